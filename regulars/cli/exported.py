"""What an export of the shop consists of: one file per noun, rows in the order of their ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from regulars.people.models import Consent, Customer, Merge, Suppression
from regulars.people.queries import contact_points
from regulars.shop.models import (
    CustomerSummary,
    ExchangeRate,
    Line,
    Order,
    Parcel,
    Price,
    Product,
    Refund,
    Store,
    Variant,
)
from regulars.stream.models import Activity

Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Exported:
    """One file of the export. ``help`` says what a row is, for docs/reference/files.md."""

    name: str
    help: str
    columns: tuple[str, ...]
    rows: Callable[[], Rows]


def _of(model: type[Model], columns: tuple[str, ...], order: str = "pk") -> Callable[[], Rows]:
    def rows() -> Rows:
        query = model._default_manager.order_by(order).values_list(*columns)
        return query.iterator(chunk_size=5000)

    return rows


def _file(model: type[Model], name: str, help: str, columns: str, order: str = "pk") -> Exported:
    fields = tuple(columns.split())
    return Exported(name, help, fields, _of(model, fields, order))


def _identifiers() -> Rows:
    """Yield identifiers in clear, person by person."""
    roots = Customer.objects.filter(erased_at=None).order_by("root_id").values_list("root_id", flat=True).distinct()
    part: list[int] = []
    for root in roots.iterator(chunk_size=5000):
        part.append(root)
        if len(part) == 900:
            yield from _points(part)
            part = []
    yield from _points(part)


def _points(roots: list[int]) -> Rows:
    found = contact_points(roots)
    for root in roots:
        for p in found.get(root, ()):
            yield (p.customer, p.kind, p.scope, p.value, p.is_suppressed)


EXPORTED: tuple[Exported, ...] = (
    _file(
        Customer, "customers", "a record of a person; records of one person share root_id",
        "id root_id name language country region city created_at erased_at",
    ),
    Exported(
        "identifiers", "an e-mail address, phone number or account of a customer, in clear",
        ("customer_id", "kind", "scope", "value", "is_suppressed"), _identifiers,
    ),
    _file(
        Consent, "consents", "a customer's word on a channel",
        "customer_id channel purpose state source wording at by",
    ),
    _file(
        Suppression, "suppressions", "a closed address, known by its digest alone",
        "id kind reason at by lifted_at lifted_by",
    ),
    _file(
        Merge, "merges", "two records found to be one person",
        "id kept_id folded_id reason at by undone_at undone_by",
    ),
    _file(Store, "stores", "a place of sale", "id name platform currency timezone country tax_included created_at"),
    _file(ExchangeRate, "rates", "a dated exchange rate", "source target date rate at by"),
    _file(
        Product, "products", "a product",
        "id store_id external_id title vendor category image_url is_listed created_at",
    ),
    _file(
        Variant, "variants", "a variant of a product",
        "id product_id position sku barcode title price_minor compare_at_minor currency stock",
    ),
    _file(
        Price, "prices", "a price a variant had from an instant on",
        "variant_id price_minor compare_at_minor currency since_at",
    ),
    _file(
        Order, "orders", "an order",
        "id store_id number customer_id state platform_status currency gross_minor paid_minor discount_minor "
        "shipping_minor tax_minor refunded_minor reporting_minor items placed_at paid_at closed_at",
    ),
    _file(
        Line, "lines", "a line of an order",
        "order_id position title sku variant_title product_id quantity unit_minor total_minor",
    ),
    _file(Parcel, "parcels", "a parcel of an order", "order_id carrier tracking_number shipped_at delivered_at"),
    _file(Refund, "refunds", "money given back", "order_id amount_minor refunded_at is_date_known reason"),
    _file(
        CustomerSummary, "summaries", "a person's business, in the reporting currency",
        "customer_id orders revenue_minor refunded_minor first_order_at last_order_at",
    ),
    _file(
        Activity, "activities", "something that happened; body is JSON",
        "id kind customer_id visitor store_id subject amount_minor currency occurred_at recorded_at by batch body",
        order="id",
    ),
)  # fmt: skip


def as_text(value: Any) -> str:
    """Return a value as the export writes it: instants in ISO 8601 UTC, truth as 1 and 0, nothing as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
