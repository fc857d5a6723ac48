"""Undoing an import: what it made goes, what it changed is as before, and the stream takes back what it told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.faults import fault_point
from regulars.people.operations.forget import forget_batch
from regulars.shop.activities import activities_of, difference
from regulars.shop.models import Order, Product, Store, Variant
from regulars.shop.operations.following import let_go
from regulars.shop.operations.intake.orders import ORDER, Parts, Teller, facts_of, read_whole, rewrite
from regulars.shop.operations.intake.outcome import Before, Intake
from regulars.shop.operations.intake.product_links import PRODUCT
from regulars.shop.operations.intake.products import VARIANT
from regulars.shop.operations.summaries import refresh_summaries
from regulars.stream.operations import record_rows, retract_batch, retract_keys


def undo_batch(
    *,
    batch: int,
    store: int,
    changes: Sequence[Before],
    first_activity_id: int,
    by: Actor,
    at: datetime,
) -> None:
    """Take an import back as if it had never been. ``changes``: what it changed, in the order in which it did.

    The caller has made sure that no later import changed the same rows. Withdrawn consents and suppressions stay:
    who said no has said no.
    """
    with transaction.atomic():
        touched = _customers_of(batch)
        _delete_orders(batch)
        intake = Intake(Store.objects.get(pk=store), source="", by=by, at=at)
        orders = [c for c in changes if c.table == "order"]
        reason = f"import {batch} undone"
        # No upper end: undoing a later import tells again, under this batch, what that one had taken back.
        retract_batch(batch, first_id=first_activity_id, reason=reason, by=by, at=at)
        touched |= _restore_orders(intake, orders, reason, at)
        _restore_products([c for c in changes if c.table == "product"], batch)
        _delete_products(batch)
        fault_point("undo.1.inside")
        forget_batch(batch, before=[(c.row_id, c.values) for c in changes if c.table == "customer"], by=by, at=at)
        refresh_summaries(touched)


def _customers_of(batch: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT customer_id FROM shop_order WHERE batch = %s AND customer_id IS NOT NULL", [batch]
        )
        return {row[0] for row in cursor.fetchall()}


def _delete_orders(batch: int) -> None:
    own = ("shop_line", "shop_parcel", "shop_refund")
    let_go(Order, "SELECT id FROM shop_order WHERE batch = %s", [batch], without=own)
    with connection.cursor() as cursor:
        for table in own:
            cursor.execute(
                f"DELETE FROM {table} WHERE order_id IN (SELECT id FROM shop_order WHERE batch = %s)",  # noqa: S608
                [batch],
            )
        cursor.execute("DELETE FROM shop_order WHERE batch = %s", [batch])


def _restore_orders(intake: Intake, changes: Sequence[Before], reason: str, at: datetime) -> set[int]:
    """Give changed orders back their first values; return the customers concerned."""
    first: dict[int, dict[str, Any]] = {}
    for change in changes:  # of several changes of one order, the first knows what was before the import
        first.setdefault(change.row_id, change.values)
    present = read_whole(list(first))
    rows, parts, told, taken_back = [], Parts(None), [], []
    tell = Teller(intake, at)
    touched: set[int] = set()
    for pk, was in first.items():
        if pk not in present:
            continue
        before, now = facts_of(was), facts_of(present[pk])
        after = before._replace(revision=now.revision + 1)
        # Taking the batch back removed what it had recorded. Whatever is missing now is told again; what the batch
        # left alone still stands under its key, and is skipped.
        taken_back += difference(now, after)[0]
        tell.batch = was["batch"]
        told += [tell(after, t) for t in activities_of(after)]
        values = was | {"revision": after.revision, "content": bytes.fromhex(was["content"])}
        rows.append((*[values[name] for name in ORDER[2:]], pk))
        parts.lines += [(pk, *line) for line in was["lines"]]
        parts.parcels += [(pk, *parcel) for parcel in was["parcels"]]
        parts.refunds += [(pk, *refund) for refund in was["refunds"]]
        touched |= {c for c in (before.customer, now.customer) if c is not None}
    retract_keys(taken_back, reason=reason, by=intake.by, at=at)
    rewrite(rows, parts)
    record_rows(told)
    return touched


def _restore_products(changes: Sequence[Before], batch: int) -> None:
    names = ", ".join(f'"{n}" = %s' for n in PRODUCT[2:9])
    variant_names = ", ".join(f'"{n}" = %s' for n in VARIANT[2:10])
    first: dict[int, dict[str, Any]] = {}
    absorbed: list[tuple[int, dict[str, Any]]] = []
    for change in changes:
        first.setdefault(change.row_id, change.values)
        absorbed += [(change.row_id, product) for product in change.values["absorbed"]]
    rows = [_product_row(values)[2:9] + (pk,) for pk, values in first.items()]
    bulk.update(f"UPDATE shop_product SET {names} WHERE id = %s", rows)  # noqa: S608 - our own columns
    variants = [v for values in first.values() for v in values["variants"]]
    bulk.update(
        f"UPDATE shop_variant SET {variant_names} WHERE id = %s",  # noqa: S608 - our own columns
        [(*[v[n] for n in VARIANT[2:10]], v["id"]) for v in variants],
    )
    bulk.insert("shop_product", PRODUCT, [_product_row(product) for _, product in absorbed])
    for kept, product in absorbed:
        key = product["external_id"]
        column, value = ("sku", key[4:]) if key.startswith("sku:") else ("title", key[6:])
        bulk.update(
            f"UPDATE shop_line SET product_id = %s WHERE product_id = %s AND {column} = %s",  # noqa: S608
            [(product["id"], kept, value)],
        )
    let_go(Variant, "SELECT id FROM shop_variant WHERE batch = %s", [batch], without=("shop_price",))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM shop_price WHERE batch = %s", [batch])
        cursor.execute("DELETE FROM shop_variant WHERE batch = %s", [batch])


def _product_row(values: dict[str, Any]) -> tuple[Any, ...]:
    values = values | {"content": bytes.fromhex(values["content"])}
    return tuple(values[name] for name in PRODUCT)


def _delete_products(batch: int) -> None:
    """Delete the products of the batch, save those that orders of other imports, or lots, have come to name."""
    unused = (
        "SELECT id FROM shop_product p WHERE p.batch = %s "
        "AND NOT EXISTS (SELECT 1 FROM shop_line WHERE product_id = p.id) "
        "AND NOT EXISTS (SELECT 1 FROM shop_variant WHERE product_id = p.id) "
        "AND NOT EXISTS (SELECT 1 FROM shop_lot WHERE product_id = p.id)"
    )
    let_go(Product, unused, [batch], without=("shop_line", "shop_variant", "shop_lot"))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM shop_product WHERE id IN ({unused})", [batch])  # noqa: S608 - constant text
