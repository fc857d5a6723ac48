"""Which activities an order's present state stands for: pure, so that a correction or undo is a difference of two."""

from __future__ import annotations

from typing import NamedTuple


class OrderFacts(NamedTuple):
    """What an order is, as far as the stream tells it. Instants in microseconds, money in minor units."""

    id: int
    customer: int | None
    store: int
    state: str
    currency: str
    gross_minor: int
    paid_minor: int
    discount_minor: int
    shipping_minor: int
    tax_minor: int
    refunded_minor: int
    items: int
    placed_us: int
    paid_us: int | None
    closed_us: int | None
    refunded_us: int | None
    shipped_us: int | None
    delivered_us: int | None
    revision: int


# key, kind, amount or None, occurred, body JSON
Told = tuple[str, str, int | None, int, str]


def activities_of(o: OrderFacts) -> list[Told]:
    """Return what the stream says of the order: one entry per key, bodies as JSON of their kinds' dataclasses."""
    told: list[Told] = []
    order = f'{{"order":{o.id}'
    if o.state == "paid":
        body = (
            f'{order},"placed_us":{o.placed_us},"items":{o.items},"discount_minor":{o.discount_minor},'
            f'"shipping_minor":{o.shipping_minor},"tax_minor":{o.tax_minor},"revision":{o.revision}}}'
        )
        told.append((f"order.paid:{o.id}", "order.paid", o.paid_minor, o.paid_us or o.placed_us, body))
    elif o.state == "unpaid":
        told.append(
            (f"order.placed:{o.id}", "order.placed", o.gross_minor, o.placed_us, f'{order},"items":{o.items}}}')
        )
    else:
        told.append((f"order.closed:{o.id}", "order.closed", o.gross_minor, o.closed_us or o.placed_us, f"{order}}}"))
    if o.refunded_minor and o.state == "paid":
        known = "true" if o.refunded_us else "false"
        at = o.refunded_us or o.closed_us or o.paid_us or o.placed_us
        told.append(
            (f"order.refunded:{o.id}", "order.refunded", o.refunded_minor, at, f'{order},"is_date_known":{known}}}')
        )
    if o.shipped_us:
        told.append((f"parcel.shipped:{o.id}", "parcel.shipped", None, o.shipped_us, f"{order}}}"))
    if o.delivered_us:
        told.append((f"parcel.delivered:{o.id}", "parcel.delivered", None, o.delivered_us, f"{order}}}"))
    return told


def difference(before: OrderFacts, after: OrderFacts) -> tuple[list[str], list[Told]]:
    """Return (keys to take back, activities to record) that turn what was told of ``before`` into ``after``."""
    was = {t[0]: t for t in activities_of(_as_revision(before, 0))}
    now = {t[0]: t for t in activities_of(_as_revision(after, 0))}
    moved = (before.customer, before.store, before.currency) != (after.customer, after.store, after.currency)
    same = {key for key, told in now.items() if was.get(key) == told and not moved}
    return [key for key in was if key not in same], [t for t in activities_of(after) if t[0] not in same]


def _as_revision(o: OrderFacts, revision: int) -> OrderFacts:
    """Return ``o`` under another revision: a new revision alone is no news."""
    return o._replace(revision=revision)
