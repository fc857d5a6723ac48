"""The people of an audience as CSV, contact data only for those who may see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.installation import ShopSettings
from regulars.base.money import to_major
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.audiences import operations, queries
from regulars.desks.outreach.audiences.messages import problem_text
from regulars.desks.outreach.audiences.models import Audience, Freeze
from regulars.people.queries import contact_points
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.tables import csv_response

LOADS = needs(Permission.SEE_CUSTOMERS, Permission.REACH_CUSTOMERS, Permission.EXPORT_DATA)


@LOADS
@require_GET
def export(request: HttpRequest, audience: int) -> HttpResponseBase:
    """Send who is in an audience now."""
    row, at = get_object_or_404(Audience, pk=audience), now()
    try:
        roots = queries.members(queries.read(row.rule), at=at)
    except RuleError as error:
        messages.error(request, problem_text(error))
        return redirect("audiences:show", row.pk)
    return _file(request, row, None, roots, at)


@LOADS
@require_GET
def export_frozen(request: HttpRequest, freeze: int) -> HttpResponseBase:
    """Send who is on a frozen list; people who were merged since are there once, the erased are not."""
    row = get_object_or_404(Freeze.objects.select_related("audience"), pk=freeze)
    return _file(request, row.audience, row.pk, queries.frozen_members(row.pk), now())


def _file(
    request: HttpRequest, audience: Audience, freeze: int | None, roots: Sequence[int], at: datetime
) -> HttpResponseBase:
    shop, with_contacts = shop_of(request), may(request)["see_contacts"]
    operations.record_download(
        audience=audience.pk, freeze=freeze, with_contacts=with_contacts, by=actor(request), at=at
    )
    contacts = [_("E-mail"), _("Phone")] if with_contacts else []
    header = [
        _("Customer"), _("Name"), *contacts, _("City"), _("Region"), _("Country"), _("Orders"),
        _("Revenue (%(currency)s)") % {"currency": shop.currency}, _("First order"), _("Last order"),
    ]  # fmt: skip
    name = f"audience-{audience.pk}" + (f"-list-{freeze}" if freeze else "")
    return csv_response(name, header, _rows(roots, shop, at, with_contacts))


def _rows(roots: Sequence[int], shop: ShopSettings, at: datetime, with_contacts: bool) -> Iterator[list[Any]]:
    for part in queries.in_parts(roots, at=at):
        points = contact_points([row.id for row in part]) if with_contacts else {}
        for row in part:
            contacts = []
            if with_contacts:
                known = points.get(row.id, [])
                contacts = ["; ".join(p.value for p in known if p.kind == kind) for kind in ("email", "phone")]
            yield [
                row.id, row.name, *contacts, row.city, row.region, row.country, row.orders,
                to_major(row.revenue_minor, shop.currency), _day(row.first_order_at, shop),
                _day(row.last_order_at, shop),
            ]  # fmt: skip


def _day(at: datetime | None, shop: ShopSettings) -> str:
    return at.astimezone(shop.zone).date().isoformat() if at else ""
