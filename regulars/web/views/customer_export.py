"""Everything known about one person as JSON, to be handed to her when she asks."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.money import to_major
from regulars.people import queries as people
from regulars.people.models import Consent
from regulars.shop.models import Line, Order, Parcel, Refund
from regulars.sources.tracker.whose import visitors_of
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.stream import kinds
from regulars.stream.models import Activity
from regulars.web.operations import record_customer_export
from regulars.web.views.customer import Person, person


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
        {"as_of": _instant(at), **everything(who)}, json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = f'attachment; filename="customer-{who.root.pk}.json"'
    return response


def everything(who: Person) -> dict[str, Any]:
    """Return all that is kept about a person, as JSON values: instants in ISO 8601, amounts as decimal texts."""
    points = people.contact_points([who.root.pk]).get(who.root.pk, [])
    return {
        "customer": who.root.pk,
        "records": [
            {
                "id": record.pk,
                "name": record.name,
                "language": record.language,
                "country": record.country,
                "region": record.region,
                "city": record.city,
                "since": _instant(record.created_at),
            }
            for record in who.records
        ],
        "contacts": [
            {"kind": p.kind, "scope": p.scope, "value": p.value, "is_suppressed": p.is_suppressed} for p in points
        ],
        "consents": _consents(who.ids),
        "orders": _orders(who.ids),
        "activities": _activities(who.ids),
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _amount(minor: int | None, currency: str) -> str | None:
    return None if minor is None else str(to_major(minor, currency))


def _consents(records: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "channel": row.channel,
            "purpose": row.purpose,
            "state": row.state,
            "source": row.source,
            "wording": row.wording,
            "at": _instant(row.at),
        }
        for row in Consent.objects.filter(customer_id__in=records).order_by("at", "id")
    ]


def _orders(records: list[int]) -> list[dict[str, Any]]:
    orders = list(Order.objects.filter(customer_id__in=records).select_related("store").order_by("placed_at", "id"))
    of_customers = {"order__customer_id__in": records}
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in Line.objects.filter(**of_customers).select_related("order").order_by("order_id", "position"):
        lines.setdefault(line.order_id, []).append(
            {
                "title": line.title,
                "variant": line.variant_title,
                "sku": line.sku,
                "quantity": line.quantity,
                "total": _amount(line.total_minor, line.order.currency),
            }
        )
    parcels: dict[int, list[dict[str, Any]]] = {}
    for parcel in Parcel.objects.filter(**of_customers).order_by("order_id", "id"):
        parcels.setdefault(parcel.order_id, []).append(
            {
                "carrier": parcel.carrier,
                "tracking_number": parcel.tracking_number,
                "shipped_at": _instant(parcel.shipped_at),
                "delivered_at": _instant(parcel.delivered_at),
            }
        )
    refunds: dict[int, list[dict[str, Any]]] = {}
    for refund in Refund.objects.filter(**of_customers).select_related("order").order_by("order_id", "id"):
        refunds.setdefault(refund.order_id, []).append(
            {
                "amount": _amount(refund.amount_minor, refund.order.currency),
                "at": _instant(refund.refunded_at) if refund.is_date_known else None,
                "reason": refund.reason,
            }
        )
    return [
        {
            "number": order.number,
            "store": order.store.name,
            "state": order.state,
            "currency": order.currency,
            "gross": _amount(order.gross_minor, order.currency),
            "paid": _amount(order.paid_minor, order.currency),
            "refunded": _amount(order.refunded_minor, order.currency),
            "placed_at": _instant(order.placed_at),
            "paid_at": _instant(order.paid_at),
            "lines": lines.get(order.pk, []),
            "parcels": parcels.get(order.pk, []),
            "refunds": refunds.get(order.pk, []),
        }
        for order in orders
    ]


def _activities(records: list[int]) -> list[dict[str, Any]]:
    # What happened in browsers that are known to be hers is about her too.
    theirs = Q(customer_id__in=records) | Q(visitor__in=visitors_of(records))
    rows = Activity.objects.filter(theirs).order_by("occurred_at", "id")
    return [
        {
            "kind": row.kind,
            "what": kinds.get(row.kind).help,
            "at": _instant(row.occurred_at),
            "subject": row.subject,
            "amount": _amount(row.amount_minor, row.currency or ""),
            "currency": row.currency,
            "facts": json.loads(row.body) if row.kind.startswith("site.") else None,
        }
        for row in rows
    ]
