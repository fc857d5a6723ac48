"""Lots of a product that turns out to be another one."""

from __future__ import annotations

from collections.abc import Collection

from regulars.base import bulk


def keep_lots_apart(absorbed: Collection[tuple[int, int]]) -> None:
    """Make room for the lots and stops of products that are about to become those of another (gone, kept).

    A code that both have gets its number behind it: two lots are never made one. Of two stops one is enough.
    """
    pairs = [(gone, kept) for gone, kept in absorbed]
    bulk.update(
        "UPDATE shop_lot SET code = substr(code, 1, 40) || ' #' || id WHERE product_id = %s "
        "AND code IN (SELECT code FROM shop_lot WHERE product_id = %s)",
        pairs,
    )
    bulk.update(
        "UPDATE shop_stopsale SET lifted_at = at, lifted_by = 'system' WHERE product_id = %s AND lot_id IS NULL "
        "AND lifted_at IS NULL AND EXISTS (SELECT 1 FROM shop_stopsale s WHERE s.product_id = %s "
        "AND s.lot_id IS NULL AND s.lifted_at IS NULL)",
        pairs,
    )
