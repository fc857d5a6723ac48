"""Saving a list's filters under a name, and deleting such a view."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.base.clock import now
from regulars.staff.access import actor, may, person, signed_in
from regulars.staff.models import Staff
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable
from regulars.web.operations import PAGES, ViewRefused, delete_view, save_view

LIST_OF = {page: f"web:{page}" for page in PAGES}
SEEN_WITH = {
    "customers": Permission.SEE_CUSTOMERS,
    "orders": Permission.SEE_ORDERS,
    "products": Permission.SEE_ORDERS,
}


def _me(request: HttpRequest) -> Staff:
    staff = person(request)
    if staff is None:
        raise PermissionDenied
    return staff


def _query(text: str) -> str:
    """Return the query of a list in its usual form, without the place it was read to."""
    params = QueryDict(text.removeprefix("?").replace("\0", ""), mutable=True)
    for name in ("after", "view"):
        params.pop(name, None)
    return params.urlencode()


def _list_url(page: str, query: str) -> str:
    return f"{reverse(LIST_OF[page])}?{query}" if query else reverse(LIST_OF[page])


@signed_in
@require_POST
def save(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the filters of a list under a name."""
    if page not in LIST_OF:
        raise Http404(_("There is no such list."))
    if not may(request)[SEEN_WITH[page]]:
        raise PermissionDenied
    query = _query(request.POST.get("query", ""))
    try:
        view = save_view(
            page=page,
            name=request.POST.get("name", "").replace("\0", ""),
            query=query,
            owner=_me(request),
            is_shared=request.POST.get("is_shared") == "1",
            by=actor(request),
            at=now(),
        )
        undo = reverse("web:view_delete", args=[view.pk])
        undoable(request, _("Saved as “%(name)s”.") % {"name": view.name}, undo)
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(_list_url(page, query))


@signed_in
@require_POST
def delete(request: HttpRequest, view: int) -> HttpResponse:
    """Delete one's own view."""
    try:
        gone = delete_view(view=view, owner=_me(request), by=actor(request), at=now())
    except ViewRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("web:orders")
    messages.success(request, _("View “%(name)s” deleted.") % {"name": gone.name})
    return redirect(_list_url(gone.page, gone.query))
