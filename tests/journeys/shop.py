"""A small shop with a journey, and what people do in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import to_us
from regulars.desks.outreach.journeys import operations
from regulars.desks.outreach.journeys.models import Journey, Traveller
from regulars.desks.outreach.journeys.rules import Entry, Plan
from regulars.desks.outreach.journeys.steps import Message, Step, Wait
from regulars.people.models import Customer
from regulars.shop.kinds import OrderPaid
from regulars.shop.models import Order, Store
from regulars.shop.operations import add_store, refresh_summaries
from regulars.stream.operations import record
from tests.messages.shop import NOON

OLIVE, HOUR, DAY = Actor("staff", 1), timedelta(hours=1), timedelta(days=1)


def message(id: str = "s1", subject: str = "Thanks", **values: Any) -> Message:
    """Return a mail."""
    texts = {"en": {"subject": subject, "text": f"{subject}, {{first_name|friend}}.", "short": ""}}
    return Message(id, texts=texts, **values)


def plan(*steps: Step, entry: Entry | None = None, **values: Any) -> Plan:
    """Return a plan that begins with an order; a mail, unless other steps are given. Nobody is held out."""
    about: dict[str, Any] = {"holdout_percent": 0} | values
    return Plan(entry or Entry("ordered"), steps or (message(),), **about)


def journey(*steps: Step, on: bool = True, at: datetime = NOON - HOUR, **values: Any) -> Journey:
    """Return a journey that is on."""
    takes_present = values.pop("takes_present", False)
    row = operations.draft_journey(name="Thanks", plan=plan(*steps, **values), by=OLIVE, at=at)
    if on:
        assert operations.start(row.pk, by=OLIVE, at=at, takes_present=takes_present)
        row.refresh_from_db()
    return row


def buy(who: Customer, at: datetime = NOON) -> Order:
    """Have somebody place a paid order."""
    store = Store.objects.first() or add_store(name="Own", currency="USD", timezone="UTC", by=SYSTEM, at=NOON)
    number = f"n{Order.objects.count()}"
    row = Order.objects.create(
        store=store, number=number, customer_id=who.pk, state="paid", currency="USD", gross_minor=5000,
        paid_minor=5000, reporting_minor=5000, placed_at=at, paid_at=at,
    )  # fmt: skip
    refresh_summaries([who.pk])
    body = OrderPaid(order=row.pk, placed_us=to_us(at), items=1)
    record("order.paid", f"order.paid:{row.pk}", body, by=SYSTEM, at=at, customer=who.pk)
    return row


def tick(at: datetime) -> int:
    """Do what the jobs do, in their order."""
    operations.ask_audiences(at=at)
    operations.wake_for_rules(at=at)
    operations.follow(at=at)
    count = operations.advance(at=at)
    operations.take_back_exited(at=at)
    return count


def through(start: datetime, end: datetime, every: timedelta = HOUR) -> None:
    """Let the jobs run from one instant to another."""
    while start <= end:
        tick(start)
        start += every


def inside() -> dict[int, str]:
    """Return at which step each traveller is."""
    return dict(Traveller.objects.filter(left_at=None).values_list("customer_id", "step"))


def left() -> dict[int, str]:
    """Return why each traveller left."""
    return dict(Traveller.objects.filter(left_at__isnull=False).values_list("customer_id", "left_why"))


def two_mails(gap: int = 3) -> Sequence[Step]:
    """Return a mail, some days, and another mail."""
    return message("s1", "Thanks"), Wait("s2", days=gap), message("s3", "Again", worth_hours=24)
