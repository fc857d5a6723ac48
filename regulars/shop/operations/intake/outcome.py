"""What an intake keeps from chunk to chunk, and what came of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.installation import shop_settings
from regulars.people.operations.intake import People
from regulars.shop.accounts import account_scope
from regulars.shop.models import Store
from regulars.shop.operations.summaries import Rates, refresh_summaries


class Before(NamedTuple):
    """What a row was before an import changed it; ``table`` is order, customer or product."""

    table: str
    row_id: int
    values: dict[str, Any]


@dataclass(slots=True)
class Applied:
    """What came of some drafts: records counted, money by currency as ordered, and what changed rows were before."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    orders: int = 0
    gross_minor: dict[str, int] = field(default_factory=dict)
    missing: list[tuple[int, str]] = field(default_factory=list)  # (file row, order number) of lines without an order
    before: list[Before] = field(default_factory=list)


class Intake:
    """One source's way into a store, kept for a whole file: who was met, which products, which rates.

    With ``is_check`` it counts what would happen and writes nothing. An intake whose transaction was rolled back must
    not be used again.
    """

    def __init__(
        self,
        store: Store,
        *,
        source: str,
        by: Actor,
        at: datetime,
        batch: int | None = None,
        is_check: bool = False,
    ) -> None:
        self.store, self.by, self.batch, self.is_check, self.started_at = store, by, batch, is_check, at
        scope = account_scope(store.platform, store.pk)
        self.people = People(scope=scope, country=store.country, batch=batch, by=by, source=source, is_check=is_check)
        self.rates = Rates(shop_settings().currency)
        self.customers: set[int] = set()  # everybody met so far
        self.products: dict[str, int] = {}  # a line's product key → product id

    @staticmethod
    def us(at: datetime) -> int:
        """Return ``at`` in the database's form."""
        return to_us(at)

    def summarise(self, customers: set[int]) -> None:
        """Make the summaries of these customers anew."""
        refresh_summaries(customers)
