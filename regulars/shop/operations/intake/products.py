"""Products and their variants. A product known only from orders is adopted by the file that tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from regulars.base import bulk
from regulars.shop.drafts import ProductDraft, VariantDraft
from regulars.shop.models import Product, Variant
from regulars.shop.operations.following import repoint
from regulars.shop.operations.intake.outcome import Applied, Before, Intake
from regulars.shop.operations.intake.product_links import PRODUCT, external_id
from regulars.shop.operations.lots.following import keep_lots_apart
from regulars.stream.operations import record_rows

VARIANT = (
    "id", "product_id", "sku", "barcode", "title", "position", "price_minor", "compare_at_minor", "currency", "stock",
    "batch",
)  # fmt: skip
PRICE = ("variant_id", "price_minor", "compare_at_minor", "currency", "since_at", "by", "batch")
_encode = msgspec.msgpack.Encoder().encode


def content_of(d: ProductDraft) -> bytes:
    """Return 16 bytes that are equal if and only if everything the file says of the product is."""
    said = (d.external_id, d.title, d.currency, d.vendor, d.category, d.image_url, d.is_listed, d.variants)
    return blake2b(_encode(said), digest_size=16).digest()


def apply_products(intake: Intake, drafts: Sequence[ProductDraft], applied: Applied, *, at: datetime) -> None:
    """Apply products; of two drafts with one id the last counts."""
    if not drafts:
        return
    unique = {external_id(d.external_id): d for d in drafts}
    applied.unchanged += len(drafts) - len(unique)
    whole = read_products(intake.store.pk, unique)
    implicit = _implicit(intake, unique, whole)
    changing = _Writing(intake, at)
    for stored, draft in unique.items():
        was, content = whole.get(stored), content_of(draft)
        absorbed = implicit.get(stored, [])
        if was is not None and was["content"] == content.hex() and not absorbed:
            applied.unchanged += 1
        elif was is None and not absorbed:
            applied.new += 1
            changing.add(stored, draft, content, None, [])
        else:
            applied.updated += 1
            was, absorbed = (was, absorbed) if was is not None else (absorbed[0], absorbed[1:])
            applied.before.append(Before("product", was["id"], was | {"absorbed": absorbed}))
            changing.add(stored, draft, content, was, absorbed)
    if not intake.is_check:
        changing.write()
        intake.products.clear()


def read_products(store: int, external_ids: Sequence[str] | dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return products with their variants as plain values (content in hex), by external id."""
    sql = f"SELECT {', '.join(PRODUCT)} FROM shop_product WHERE store_id = %s AND external_id IN ({{}})"  # noqa: S608
    whole: dict[str, dict[str, Any]] = {}
    for row in bulk.select_in(sql, external_ids, before=[store]):
        product = dict(zip(PRODUCT, row, strict=True))
        whole[product["external_id"]] = product | {
            "content": bytes(product["content"]).hex(),
            "is_listed": bool(product["is_listed"]),
            "variants": [],
        }
    by_id = {p["id"]: p for p in whole.values()}
    sql = f"SELECT {', '.join(VARIANT)} FROM shop_variant WHERE product_id IN ({{}}) ORDER BY product_id, position"  # noqa: S608
    for row in bulk.select_in(sql, by_id):
        by_id[row[1]]["variants"].append(dict(zip(VARIANT, row, strict=True)))
    return whole


def _implicit(
    intake: Intake, drafts: dict[str, ProductDraft], whole: dict[str, dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the products made from mere lines that these drafts tell of: by stock number, else by title."""
    wanted: dict[str, str] = {}
    for stored, draft in drafts.items():
        for variant in draft.variants:
            if variant.sku:
                wanted.setdefault(external_id(f"sku:{variant.sku}"), stored)
        wanted.setdefault(external_id(f"title:{draft.title}"), stored)
    found: dict[str, list[dict[str, Any]]] = {}
    for key, product in read_products(intake.store.pk, [k for k in wanted if k not in whole]).items():
        found.setdefault(wanted[key], []).append(product)
    return found


class _Writing:
    """Collects what products become, and writes it at once."""

    def __init__(self, intake: Intake, at: datetime) -> None:
        self.intake, self.at_us, self.by = intake, intake.us(at), str(intake.by)
        self.new: list[tuple[str, ProductDraft, bytes]] = []
        self.changed: list[tuple[Any, ...]] = []
        self.absorbed: list[tuple[int, int]] = []  # (implicit product, the product that takes its lines)
        self.new_variants: list[tuple[int, int, VariantDraft, str]] = []  # product, position, variant, currency
        self.changed_variants: list[tuple[Any, ...]] = []
        self.prices: list[tuple[Any, ...]] = []
        self.told: list[tuple[Any, ...]] = []

    def add(
        self,
        stored: str,
        draft: ProductDraft,
        content: bytes,
        was: dict[str, Any] | None,
        absorbed: Sequence[dict[str, Any]],
    ) -> None:
        """Add one product: new if ``was`` is None."""
        if was is None:
            self.new.append((stored, draft, content))
            return
        self.changed.append((*self._values(stored, draft), content, was["id"]))
        self.absorbed += [(a["id"], was["id"]) for a in absorbed]
        self._compare_variants(draft, was)

    @staticmethod
    def _values(stored: str, d: ProductDraft) -> tuple[Any, ...]:
        return stored, d.title[:300], d.vendor[:120], d.category[:160], d.image_url[:500], d.is_listed

    def _compare_variants(self, draft: ProductDraft, was: dict[str, Any]) -> None:
        known: dict[str, list[dict[str, Any]]] = {}
        for variant in was["variants"]:
            known.setdefault(variant["sku"] or variant["title"], []).append(variant)
        position = 1 + max((v["position"] for v in was["variants"]), default=-1)
        for v in draft.variants:
            same = known.get(v.sku[:120] or v.title[:200])
            if not same:
                self.new_variants.append((was["id"], position, v, draft.currency))
                position += 1
                continue
            old = same.pop(0)
            self.changed_variants.append((
                v.sku[:120], v.barcode[:60], v.title[:200], v.price_minor, v.compare_at_minor, draft.currency, v.stock,
                old["id"],
            ))  # fmt: skip
            asked = (v.price_minor, v.compare_at_minor, draft.currency)
            if v.price_minor is not None and asked != (old["price_minor"], old["compare_at_minor"], old["currency"]):
                self._price(was["id"], old["id"], v, draft.currency, old["price_minor"])

    def _price(self, product: int, variant: int, v: VariantDraft, currency: str, was: int | None) -> None:
        self.prices.append(
            (variant, v.price_minor, v.compare_at_minor, currency, self.at_us, self.by, self.intake.batch)
        )
        key = f"product.price_changed:{variant}:{self.at_us}"
        body = msgspec.json.encode({"product": product, "variant": variant, "was_minor": was}).decode()
        if was is not None and was != v.price_minor:
            self.told.append(self._told(key, "product.price_changed", product, v.price_minor, currency, body))

    def _told(
        self, key: str, kind: str, product: int, amount: int | None, currency: str | None, body: str
    ) -> tuple[Any, ...]:
        return (
            key, kind, None, None, self.intake.store.pk, f"product:{product}", amount, currency, self.at_us,
            self.at_us, self.by, self.intake.batch, body,
        )  # fmt: skip

    def write(self) -> None:
        """Write everything collected."""
        rows = []
        for pk, (stored, d, content) in zip(bulk.reserve_ids(Product, len(self.new)), self.new, strict=True):
            rows.append((pk, self.intake.store.pk, *self._values(stored, d), content, self.at_us, self.intake.batch))
            self.new_variants += [(pk, i, v, d.currency) for i, v in enumerate(d.variants)]
            key = f"product.added:{pk}"
            self.told.append(self._told(key, "product.added", pk, None, None, f'{{"product":{pk}}}'))
        bulk.insert("shop_product", PRODUCT, rows)
        bulk.update("UPDATE shop_line SET product_id = %s WHERE product_id = %s", [(b, a) for a, b in self.absorbed])
        keep_lots_apart(self.absorbed)
        repoint(Product, self.absorbed, without=("shop_line",))
        bulk.update("DELETE FROM shop_product WHERE id = %s", [(a,) for a, _ in self.absorbed])
        bulk.update(
            "UPDATE shop_product SET external_id = %s, title = %s, vendor = %s, category = %s, image_url = %s, "
            "is_listed = %s, content = %s WHERE id = %s",
            self.changed,
        )
        self._write_variants()
        bulk.insert("shop_price", PRICE, self.prices)
        record_rows(self.told)

    def _write_variants(self) -> None:
        rows = []
        ids = bulk.reserve_ids(Variant, len(self.new_variants))
        for pk, (product, position, v, currency) in zip(ids, self.new_variants, strict=True):
            rows.append((
                pk, product, v.sku[:120], v.barcode[:60], v.title[:200], position, v.price_minor, v.compare_at_minor,
                currency, v.stock, self.intake.batch,
            ))  # fmt: skip
            if v.price_minor is not None:
                self._price(product, pk, v, currency, None)
        bulk.insert("shop_variant", VARIANT, rows)
        bulk.update(
            "UPDATE shop_variant SET sku = %s, barcode = %s, title = %s, price_minor = %s, compare_at_minor = %s, "
            "currency = %s, stock = %s WHERE id = %s",
            self.changed_variants,
        )
