"""Applying what a source hands over: drafts become rows, and the stream is told, many at a time.

The caller holds the transaction. Applying a draft twice changes nothing: what was imported is known by a digest of
its values, and activities by their keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from regulars.base import bulk
from regulars.shop.drafts import CustomerDraft, Draft, OrderDraft, OrderLinesDraft, ProductDraft
from regulars.shop.operations.intake.lines import apply_lines
from regulars.shop.operations.intake.orders import apply_orders
from regulars.shop.operations.intake.outcome import Applied, Before, Intake
from regulars.shop.operations.intake.products import apply_products

__all__ = ["Applied", "Before", "Intake", "apply_drafts", "recount"]


def apply_drafts(intake: Intake, drafts: Sequence[Draft], *, at: datetime) -> Applied:
    """Apply ``drafts`` in one transaction and return what came of each; with ``intake.is_check`` nothing is written."""
    applied = Applied()
    with transaction.atomic():
        apply_products(intake, [d for d in drafts if isinstance(d, ProductDraft)], applied, at=at)
        _apply_customers(intake, [d for d in drafts if isinstance(d, CustomerDraft)], applied, at=at)
        for wave in _waves([d for d in drafts if isinstance(d, OrderDraft)]):
            apply_orders(intake, wave, applied, at=at)
        apply_lines(intake, [d for d in drafts if isinstance(d, OrderLinesDraft)], applied, at=at)
    return applied


def recount(intake: Intake, drafts: Sequence[Draft]) -> None:
    """Look up, without writing, whom drafts that were applied before concern, so that totals survive a restart."""
    orders = [d.number for d in drafts if isinstance(d, OrderDraft)]
    sql = "SELECT customer_id FROM shop_order WHERE customer_id IS NOT NULL AND store_id = %s AND number IN ({})"
    intake.customers.update(row[0] for row in bulk.select_in(sql, orders, before=[intake.store.pk]))
    customers = [d.buyer for d in drafts if isinstance(d, CustomerDraft)]
    if customers:
        was, intake.people.is_check = intake.people.is_check, True
        found = intake.people.remember(customers, [0] * len(customers), at=intake.started_at)
        intake.people.is_check = was
        intake.customers.update(c for c in found.customers if c is not None)


def _waves(drafts: Sequence[OrderDraft]) -> list[list[OrderDraft]]:
    """Cut the drafts so that no order number comes twice in a piece: the second is a change of the first."""
    waves: list[list[OrderDraft]] = []
    wave: list[OrderDraft] = []
    seen: set[str] = set()
    for draft in drafts:
        if draft.number in seen:
            waves.append(wave)
            wave, seen = [], set()
        seen.add(draft.number)
        wave.append(draft)
    if wave:
        waves.append(wave)
    return waves


def _apply_customers(intake: Intake, drafts: Sequence[CustomerDraft], applied: Applied, *, at: datetime) -> None:
    if not drafts:
        return
    now_us = intake.us(at)
    buyers = intake.people.without_erased([d.buyer for d in drafts])
    known = intake.people.remember(buyers, [d.created_us or now_us for d in drafts], at=at)
    applied.before += [Before("customer", pk, values) for pk, values in known.before]
    counted: set[int] = set()
    for customer in known.customers:
        if customer is None:
            applied.unchanged += 1
            continue
        intake.customers.add(customer)
        if customer in known.new and customer not in counted:
            applied.new += 1
        elif customer in known.changed and customer not in counted:
            applied.updated += 1
        else:
            applied.unchanged += 1
        counted.add(customer)
    if not intake.is_check:
        intake.summarise({c for c in known.customers if c is not None})
