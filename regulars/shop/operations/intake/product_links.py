"""Which product a line is about. One that no product file has told of yet is made from what the line says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from regulars.base import bulk
from regulars.shop.drafts import LineDraft, OrderDraft, OrderLinesDraft
from regulars.shop.models import Product
from regulars.shop.operations.intake.outcome import Intake
from regulars.stream.operations import record_rows

ID_LENGTH = 190


def line_key(line: LineDraft) -> str:
    """Return by what a line names its product: the store's id, else the stock number, else the title."""
    if line.product_id:
        return line.product_id
    return f"sku:{line.sku}" if line.sku else f"title:{line.title}"


def external_id(key: str) -> str:
    """Return ``key`` as it is stored: a very long one is cut and ends in its digest."""
    if len(key) <= ID_LENGTH:
        return key
    return f"{key[: ID_LENGTH - 33]}-{blake2b(key.encode(), digest_size=16).hexdigest()}"


def product_ids(intake: Intake, drafts: Iterable[OrderDraft | OrderLinesDraft], *, at: datetime) -> dict[str, int]:
    """Return the product of every line's key, making those that nobody knows yet."""
    first: dict[str, tuple[LineDraft, str]] = {}
    for draft in drafts:
        for line in draft.lines:
            key = line_key(line)
            if key not in intake.products and key not in first:
                first[key] = (line, getattr(draft, "currency", intake.store.currency))
    if first:
        _find(intake, first)
        _make(intake, {key: first[key][0] for key in first if key not in intake.products}, at=at)
    return intake.products


def _find(intake: Intake, first: dict[str, tuple[LineDraft, str]]) -> None:
    store = intake.store.pk
    by_id = {external_id(key): key for key in first}
    sql = "SELECT external_id, id FROM shop_product WHERE store_id = %s AND external_id IN ({})"
    for stored, pk in bulk.select_in(sql, by_id, before=[store]):
        intake.products[by_id[stored]] = pk
    skus = {first[key][0].sku for key in first if key.startswith("sku:") and key not in intake.products}
    sql = (
        "SELECT v.sku, min(p.id) FROM shop_variant v JOIN shop_product p ON p.id = v.product_id "
        "WHERE p.store_id = %s AND v.sku IN ({}) GROUP BY v.sku"
    )
    for sku, pk in bulk.select_in(sql, skus, before=[store]):
        intake.products[f"sku:{sku}"] = pk
    titles = {first[key][0].title for key in first if key.startswith("title:") and key not in intake.products}
    sql = "SELECT title, min(id) FROM shop_product WHERE store_id = %s AND title IN ({}) GROUP BY title"
    for title, pk in bulk.select_in(sql, titles, before=[store]):
        intake.products[f"title:{title}"] = pk


def _make(intake: Intake, unknown: dict[str, LineDraft], *, at: datetime) -> None:
    if not unknown:
        return
    at_us, by = intake.us(at), str(intake.by)
    rows: list[Sequence[Any]] = []
    told: list[Sequence[Any]] = []
    for pk, (key, line) in zip(bulk.reserve_ids(Product, len(unknown)), unknown.items(), strict=True):
        title = line.title[:300] or line.sku or line.product_id
        rows.append((pk, intake.store.pk, external_id(key), title, "", "", "", True, b"", at_us, intake.batch))
        told.append((
            f"product.added:{pk}", "product.added", None, None, intake.store.pk, f"product:{pk}", None, None,
            at_us, at_us, by, intake.batch, f'{{"product":{pk}}}',
        ))  # fmt: skip
        intake.products[key] = pk
    bulk.insert("shop_product", PRODUCT, rows)
    record_rows(told)


PRODUCT = (
    "id", "store_id", "external_id", "title", "vendor", "category", "image_url", "is_listed", "content", "created_at",
    "batch",
)  # fmt: skip
