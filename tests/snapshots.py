"""The whole state of the facts in comparable form: what two imports, or an import and its undo, must leave equal."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from regulars.people.models import Consent, Customer, Identifier, MergeSuggestion
from regulars.shop.models import CustomerSummary, Line, Order, Parcel, Price, Product, Refund, Variant
from regulars.stream.models import Activity

ORDER = (
    "number", "store_id", "customer_id", "state", "platform_status", "currency", "gross_minor", "paid_minor",
    "discount_minor", "shipping_minor", "tax_minor", "refunded_minor", "reporting_minor", "items", "placed_at",
    "paid_at", "closed_at",
)  # fmt: skip


def facts() -> dict[str, Any]:
    """Return every row of people and shop as sorted plain values, without what only says when it was written."""
    return {
        "customers": sorted(Customer.objects.values_list("id", "root_id", "name", "country", "region", "city")),
        "identifiers": sorted(
            (c, k, s, bytes(d))
            for c, k, s, d in Identifier.objects.values_list("customer_id", "kind", "scope", "digest")
        ),  # fmt: skip
        "consents": sorted(Consent.objects.values_list("customer_id", "channel", "state")),
        "suggestions": sorted(MergeSuggestion.objects.values_list("low_id", "high_id", "state")),
        "orders": sorted(Order.objects.values_list(*ORDER), key=str),
        "lines": sorted(
            Line.objects.values_list("order__number", "position", "title", "sku", "quantity", "product__external_id"),
            key=str,
        ),
        "parcels": sorted(
            Parcel.objects.values_list("order__number", "tracking_number", "shipped_at", "delivered_at"), key=str
        ),
        "refunds": sorted(Refund.objects.values_list("order__number", "amount_minor", "refunded_at"), key=str),
        "products": sorted(Product.objects.values_list("external_id", "title", "vendor")),
        "variants": sorted(Variant.objects.values_list("product__external_id", "sku", "price_minor"), key=str),
        "prices": sorted(Price.objects.values_list("variant__sku", "price_minor"), key=str),
        "summaries": sorted(
            CustomerSummary.objects.exclude(orders=0).values_list(
                "customer_id", "orders", "revenue_minor", "refunded_minor", "first_order_at", "last_order_at"
            )
        ),
    }


def stream() -> Counter[tuple[Any, ...]]:
    """Return what the stream says now, without ids, times of recording and revisions."""
    said: Counter[tuple[Any, ...]] = Counter()
    for a in Activity.objects.all():
        body = json.loads(a.body)
        body.pop("revision", None)
        said[a.kind, a.customer_id, a.subject, a.amount_minor, a.currency, a.occurred_at, str(body)] += 1
    return said
