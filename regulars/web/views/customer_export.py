"""Everything known about one person as JSON, to be handed to her when she asks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.people.exporting import everything, instant
from regulars.people.operations import record_customer_export
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.web.views.customer import person


@needs(Permission.SEE_CUSTOMERS, Permission.SEE_CONTACTS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest, customer: int) -> HttpResponse:
    """Send everything known about a person as a file."""
    who = person(customer)
    if who.root.erased_at:
        raise Http404(_("There is no such customer."))
    at = now()
    record_customer_export(customer=who.root.pk, by=actor(request), at=at)
    # A person has at most some thousands of rows, so this need not be streamed.
    response = JsonResponse(
        {"as_of": instant(at), **everything(who.root.pk)}, json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="customer-{who.root.pk}.json"'
    return response
