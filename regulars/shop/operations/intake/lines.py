"""Line files: the lines of orders that another file told of (Taobao exports the two apart)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from regulars.base import bulk
from regulars.shop.activities import difference
from regulars.shop.drafts import OrderLinesDraft
from regulars.shop.operations.intake.orders import ORDER, Parts, Teller, facts_of, read_whole, rewrite
from regulars.shop.operations.intake.outcome import Applied, Before, Intake
from regulars.shop.operations.intake.product_links import line_key, product_ids
from regulars.stream.operations import record_rows, retract_keys


def apply_lines(intake: Intake, drafts: Sequence[OrderLinesDraft], applied: Applied, *, at: datetime) -> None:
    """Give orders their lines. A draft whose order is not there is named in ``applied.missing``."""
    if not drafts:
        return
    sql = "SELECT number, id FROM shop_order WHERE store_id = %s AND number IN ({})"
    ids = dict(bulk.select_in(sql, {d.number for d in drafts}, before=[intake.store.pk], size=5000))
    applied.missing += [(d.row, d.number) for d in drafts if d.number not in ids]
    present = {ids[d.number]: d for d in drafts if d.number in ids}
    whole = read_whole(list(present))
    changed = [
        d for pk, d in present.items() if _said(d) != [tuple(v for n, v in _named(r)) for r in whole[pk]["lines"]]
    ]
    applied.orders += len(present)
    applied.updated += len(changed)
    applied.unchanged += len(present) - len(changed)
    intake.customers.update(w["customer_id"] for w in whole.values() if w["customer_id"] is not None)
    if changed and not intake.is_check:
        _write(intake, changed, {d.number: whole[ids[d.number]] for d in changed}, applied, at=at)


def _named(row: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return a stored line's values (position first) without the link to a product, which is ours."""
    names = ("position", "title", "sku", "variant_title", "product_id", "quantity", "unit_minor", "total_minor")
    return [(n, v) for n, v in zip(names, row, strict=True) if n != "product_id"]


def _said(draft: OrderLinesDraft) -> list[tuple[Any, ...]]:
    return [
        (i, x.title[:300], x.sku[:120], x.variant_title[:200], x.quantity, x.unit_minor, x.total_minor)
        for i, x in enumerate(draft.lines)
    ]


def _write(
    intake: Intake,
    changed: Sequence[OrderLinesDraft],
    whole: dict[str, dict[str, Any]],
    applied: Applied,
    *,
    at: datetime,
) -> None:
    products = product_ids(intake, changed, at=at)
    rows, parts, told, taken_back = [], Parts(intake.batch), [], []
    tell = Teller(intake, at)
    for draft in changed:
        was = whole[draft.number]
        applied.before.append(Before("order", was["id"], was))
        before = facts_of(was)
        items = sum(line.quantity for line in draft.lines)
        after = before._replace(items=items, revision=before.revision + 1)
        values = was | {"items": items, "revision": after.revision, "content": bytes.fromhex(was["content"])}
        rows.append((*[values[name] for name in ORDER[2:]], after.id))
        parts.lines += [
            (after.id, i, t, sku, variant, products.get(line_key(x)), quantity, unit, total)
            for x, (i, t, sku, variant, quantity, unit, total) in zip(draft.lines, _said(draft), strict=True)
        ]
        parts.parcels += [(after.id, *p) for p in was["parcels"]]
        parts.refunds += [(after.id, *r) for r in was["refunds"]]
        back, anew = difference(before, after)
        taken_back += back
        told += [tell(after, t) for t in anew]
    retract_keys(taken_back, reason=f"corrected by {intake.by}", by=intake.by, at=at)
    rewrite(rows, parts)
    record_rows(told)
