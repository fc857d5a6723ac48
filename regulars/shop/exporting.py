"""What the shop keeps about a person's orders, for her data export."""

from __future__ import annotations

from typing import Any

from regulars.people.exporting import amount, instant
from regulars.shop.models import Line, Order, Parcel, Refund


def orders(records: list[int]) -> list[dict[str, Any]]:
    """Return every order of these records with its lines, parcels and refunds."""
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
                "total": amount(line.total_minor, line.order.currency),
            }
        )
    parcels: dict[int, list[dict[str, Any]]] = {}
    for parcel in Parcel.objects.filter(**of_customers).order_by("order_id", "id"):
        parcels.setdefault(parcel.order_id, []).append(
            {
                "carrier": parcel.carrier,
                "tracking_number": parcel.tracking_number,
                "shipped_at": instant(parcel.shipped_at),
                "delivered_at": instant(parcel.delivered_at),
            }
        )
    refunds: dict[int, list[dict[str, Any]]] = {}
    for refund in Refund.objects.filter(**of_customers).select_related("order").order_by("order_id", "id"):
        refunds.setdefault(refund.order_id, []).append(
            {
                "amount": amount(refund.amount_minor, refund.order.currency),
                "at": instant(refund.refunded_at) if refund.is_date_known else None,
                "reason": refund.reason,
            }
        )
    return [
        {
            "number": order.number,
            "store": order.store.name,
            "state": order.state,
            "currency": order.currency,
            "gross": amount(order.gross_minor, order.currency),
            "paid": amount(order.paid_minor, order.currency),
            "refunded": amount(order.refunded_minor, order.currency),
            "placed_at": instant(order.placed_at),
            "paid_at": instant(order.paid_at),
            "lines": lines.get(order.pk, []),
            "parcels": parcels.get(order.pk, []),
            "refunds": refunds.get(order.pk, []),
        }
        for order in orders
    ]
