"""Orders: new ones are written in bulk, changed ones are compared with what the stream was told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec

from regulars.base import bulk
from regulars.shop.activities import OrderFacts, Told, activities_of, difference
from regulars.shop.drafts import OrderDraft
from regulars.shop.models import Order
from regulars.shop.operations.intake.outcome import Applied, Before, Intake
from regulars.shop.operations.intake.product_links import line_key, product_ids
from regulars.stream.operations import record_rows, retract_keys

ORDER = (
    "id", "store_id", "number", "customer_id", "state", "platform_status", "currency", "gross_minor", "paid_minor",
    "discount_minor", "shipping_minor", "tax_minor", "refunded_minor", "reporting_minor", "items", "placed_at",
    "paid_at", "closed_at", "content", "revision", "batch",
)  # fmt: skip
LINE = (
    "order_id", "position", "title", "sku", "variant_title", "product_id", "quantity", "unit_minor", "total_minor",
)  # fmt: skip
PARCEL = ("order_id", "carrier", "tracking_number", "shipped_at", "delivered_at")
REFUND = ("order_id", "amount_minor", "refunded_at", "is_date_known", "reason", "batch")

_VALUES = attrgetter(
    "number", "state", "currency", "placed_us", "gross_minor", "paid_minor", "paid_us", "closed_us", "shipped_us",
    "delivered_us", "discount_minor", "shipping_minor", "tax_minor", "refunded_minor", "refunded_us", "items",
    "platform_status", "carrier", "tracking_number", "buyer", "lines",
)  # fmt: skip
_encode = msgspec.msgpack.Encoder().encode


def content_of(draft: OrderDraft) -> bytes:
    """Return 16 bytes that are equal if and only if everything the file says of the order is."""
    return blake2b(_encode(_VALUES(draft)), digest_size=16).digest()


@dataclass(slots=True)
class _Known:
    id: int
    content: bytes
    customer: int | None
    state: str


def apply_orders(intake: Intake, drafts: Sequence[OrderDraft], applied: Applied, *, at: datetime) -> None:
    """Apply orders whose numbers differ from one another."""
    if not drafts:
        return
    known = _look_up(intake, drafts)
    new: list[tuple[OrderDraft, bytes]] = []
    changed: list[tuple[OrderDraft, bytes]] = []
    for draft in drafts:
        applied.orders += 1
        applied.gross_minor[draft.currency] = applied.gross_minor.get(draft.currency, 0) + draft.gross_minor
        content, was = content_of(draft), known.get(draft.number)
        if was is None:
            new.append((draft, content))
        # An older export of an order that was paid or closed since tells nothing new.
        elif was.content == content or (draft.state == "unpaid" and was.state != "unpaid"):
            applied.unchanged += 1
            if was.customer is not None:
                intake.customers.add(was.customer)
        else:
            changed.append((draft, content))
    applied.new += len(new)
    applied.updated += len(changed)
    both = [d for d, _ in new] + [d for d, _ in changed]
    people = intake.people.remember([d.buyer for d in both], [d.placed_us for d in both], at=at)
    applied.before += [Before("customer", pk, values) for pk, values in people.before]
    buyers = people.customers
    intake.customers.update(c for c in buyers if c is not None)
    if intake.is_check:
        return
    products = product_ids(intake, both, at=at)
    told = _insert(intake, new, buyers[: len(new)], products, at=at)
    again = _Changing(intake, changed, buyers[len(new) :], products, at)
    again.run({d.number: known[d.number].id for d, _ in changed}, applied)
    record_rows(told + again.told)
    intake.summarise({c for c in buyers if c is not None} | again.touched)


def _look_up(intake: Intake, drafts: Sequence[OrderDraft]) -> dict[str, _Known]:
    sql = "SELECT number, id, content, customer_id, state FROM shop_order WHERE store_id = %s AND number IN ({})"
    rows = bulk.select_in(sql, [d.number for d in drafts], before=[intake.store.pk], size=5000)
    return {number: _Known(pk, bytes(content), customer, state) for number, pk, content, customer, state in rows}


def _items(draft: OrderDraft) -> int:
    return draft.items or sum(line.quantity for line in draft.lines)


def _facts(draft: OrderDraft, pk: int, customer: int | None, store: int, revision: int) -> OrderFacts:
    return OrderFacts(
        pk, customer, store, draft.state, draft.currency, draft.gross_minor, draft.paid_minor, draft.discount_minor,
        draft.shipping_minor, draft.tax_minor, draft.refunded_minor, _items(draft), draft.placed_us, draft.paid_us,
        draft.closed_us, draft.refunded_us, draft.shipped_us, draft.delivered_us, revision,
    )  # fmt: skip


def _row(intake: Intake, o: OrderFacts, draft: OrderDraft, content: bytes, batch: int | None) -> tuple[Any, ...]:
    reporting = intake.rates.convert(o.paid_minor, o.currency, o.placed_us)
    return (
        o.id, o.store, draft.number, o.customer, o.state, draft.platform_status, o.currency, o.gross_minor,
        o.paid_minor, o.discount_minor, o.shipping_minor, o.tax_minor, o.refunded_minor, reporting, o.items,
        o.placed_us, o.paid_us, o.closed_us, content, o.revision, batch,
    )  # fmt: skip


def _insert(
    intake: Intake,
    new: Sequence[tuple[OrderDraft, bytes]],
    buyers: Sequence[int | None],
    products: dict[str, int],
    *,
    at: datetime,
) -> list[tuple[Any, ...]]:
    if not new:
        return []
    orders, parts, told = [], Parts(intake.batch), []
    tell = Teller(intake, at)
    for pk, (draft, content), customer in zip(bulk.reserve_ids(Order, len(new)), new, buyers, strict=True):
        facts = _facts(draft, pk, customer, intake.store.pk, 0)
        orders.append(_row(intake, facts, draft, content, intake.batch))
        parts.add(draft, facts, products)
        told += [tell(facts, t) for t in activities_of(facts)]
    bulk.insert("shop_order", ORDER, orders)
    parts.insert()
    return told


class Teller:
    """Makes rows of the stream from what is to be told of an order."""

    def __init__(self, intake: Intake, at: datetime) -> None:
        self.at_us, self.by, self.batch = intake.us(at), str(intake.by), intake.batch

    def __call__(self, o: OrderFacts, told: Told) -> tuple[Any, ...]:
        key, kind, amount, occurred, body = told
        return (
            key, kind, o.customer, None, o.store, f"order:{o.id}", amount, None if amount is None else o.currency,
            occurred, self.at_us, self.by, self.batch, body,
        )  # fmt: skip


class Parts:
    """The lines, parcels and refunds of many orders, to be written at once."""

    def __init__(self, batch: int | None) -> None:
        self.batch = batch
        self.lines: list[tuple[Any, ...]] = []
        self.parcels: list[tuple[Any, ...]] = []
        self.refunds: list[tuple[Any, ...]] = []

    def add(self, draft: OrderDraft, o: OrderFacts, products: dict[str, int]) -> None:
        """Add what belongs to one order."""
        for position, line in enumerate(draft.lines):
            product = products.get(line_key(line))
            self.lines.append((
                o.id, position, line.title[:300], line.sku[:120], line.variant_title[:200], product, line.quantity,
                line.unit_minor, line.total_minor,
            ))  # fmt: skip
        if draft.tracking_number or o.shipped_us or o.delivered_us:
            self.parcels.append((o.id, draft.carrier[:60], draft.tracking_number[:80], o.shipped_us, o.delivered_us))
        if o.refunded_minor and o.state == "paid":
            refunded = o.refunded_us or o.closed_us or o.paid_us or o.placed_us
            self.refunds.append((o.id, o.refunded_minor, refunded, o.refunded_us is not None, "", self.batch))

    def insert(self) -> None:
        """Write them."""
        bulk.insert("shop_line", LINE, self.lines)
        bulk.insert("shop_parcel", PARCEL, self.parcels)
        bulk.insert("shop_refund", REFUND, self.refunds)


class _Changing:
    """Orders whose values changed: rows anew, activities taken back and recorded anew, what was kept for undo."""

    def __init__(
        self,
        intake: Intake,
        changed: Sequence[tuple[OrderDraft, bytes]],
        buyers: Sequence[int | None],
        products: dict[str, int],
        at: datetime,
    ) -> None:
        self.intake, self.changed, self.buyers, self.products, self.at = intake, changed, buyers, products, at
        self.told: list[tuple[Any, ...]] = []
        self.taken_back: list[str] = []
        self.touched: set[int] = set()

    def run(self, ids: dict[str, int], applied: Applied) -> None:
        """Write every change."""
        if not self.changed:
            return
        whole = read_whole(list(ids.values()))
        rows, parts = [], Parts(self.intake.batch)
        tell = Teller(self.intake, self.at)
        for (draft, content), buyer in zip(self.changed, self.buyers, strict=True):
            was = whole[ids[draft.number]]
            applied.before.append(Before("order", was["id"], was))
            before = facts_of(was)
            _keep_unsaid(draft, was)
            customer = before.customer if buyer is None else buyer
            after = _facts(draft, before.id, customer, before.store, before.revision + 1)
            rows.append((*_row(self.intake, after, draft, content, was["batch"])[2:], after.id))
            parts.add(draft, after, self.products)
            if not draft.lines:
                parts.lines += [(after.id, *line) for line in was["lines"]]
            back, anew = difference(before, after)
            self.taken_back += back
            correction = f'{{"order":{after.id},"revision":{after.revision}}}'
            at_us = self.intake.us(self.at)
            anew.append((f"order.corrected:{after.id}:{after.revision}", "order.corrected", None, at_us, correction))
            self.told += [tell(after, t) for t in anew]
            self.touched |= {c for c in (before.customer, customer) if c is not None}
        reason = f"corrected by {self.intake.by}"
        retract_keys(self.taken_back, reason=reason, by=self.intake.by, at=self.at)
        rewrite(rows, parts)


def _keep_unsaid(draft: OrderDraft, was: dict[str, Any]) -> None:
    """What a newer file does not say stays as it is known."""
    parcel = was["parcels"][0] if was["parcels"] else ("", "", None, None)
    draft.carrier = draft.carrier or parcel[0]
    draft.tracking_number = draft.tracking_number or parcel[1]
    draft.shipped_us = draft.shipped_us or parcel[2]
    draft.delivered_us = draft.delivered_us or parcel[3]
    draft.platform_status = draft.platform_status or was["platform_status"]
    draft.paid_us = draft.paid_us or (was["paid_at"] if draft.state == "paid" else None)
    if was["refunds"] and was["refunds"][0][2] and draft.refunded_minor == was["refunded_minor"]:
        draft.refunded_us = draft.refunded_us or was["refunds"][0][1]
    if not draft.lines and not draft.items:
        draft.items = was["items"]


def read_whole(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return orders with lines, parcels and refunds as plain values (JSON-ready: content in hex), by id."""
    names = ", ".join(ORDER)
    whole: dict[int, dict[str, Any]] = {}
    for row in bulk.select_in(f"SELECT {names} FROM shop_order WHERE id IN ({{}})", ids):  # noqa: S608
        order = dict(zip(ORDER, row, strict=True))
        order |= {"content": bytes(order["content"]).hex(), "lines": [], "parcels": [], "refunds": []}
        whole[order["id"]] = order
    for part, table, columns, sort in (
        ("lines", "shop_line", LINE, "position"),
        ("parcels", "shop_parcel", PARCEL, "id"),
        ("refunds", "shop_refund", REFUND, "id"),
    ):
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE order_id IN ({{}}) ORDER BY order_id, {sort}"  # noqa: S608
        for pk, *values in bulk.select_in(sql, ids):
            whole[pk][part].append(values)
    return whole


def facts_of(whole: dict[str, Any]) -> OrderFacts:
    """Return the facts of an order as ``read_whole`` gives it."""
    parcel = whole["parcels"][0] if whole["parcels"] else (None, None, None, None)
    refund = whole["refunds"][0] if whole["refunds"] else None
    return OrderFacts(
        id=whole["id"], customer=whole["customer_id"], store=whole["store_id"], state=whole["state"],
        currency=whole["currency"], gross_minor=whole["gross_minor"], paid_minor=whole["paid_minor"],
        discount_minor=whole["discount_minor"], shipping_minor=whole["shipping_minor"], tax_minor=whole["tax_minor"],
        refunded_minor=whole["refunded_minor"], items=whole["items"], placed_us=whole["placed_at"],
        paid_us=whole["paid_at"], closed_us=whole["closed_at"],
        refunded_us=refund[1] if refund and refund[2] else None,
        shipped_us=parcel[2], delivered_us=parcel[3], revision=whole["revision"],
    )  # fmt: skip


def rewrite(rows: Sequence[tuple[Any, ...]], parts: Parts) -> None:
    """Give orders new values and parts. ``rows``: the columns of ORDER from ``number`` on, then the id."""
    assignments = ", ".join(f'"{name}" = %s' for name in ORDER[2:])
    bulk.update(f"UPDATE shop_order SET {assignments} WHERE id = %s", rows)  # noqa: S608 - our own columns
    ids = [(row[-1],) for row in rows]
    for table in ("shop_line", "shop_parcel", "shop_refund"):
        bulk.update(f"DELETE FROM {table} WHERE order_id = %s", ids)  # noqa: S608 - our own tables
    parts.insert()
