"""Workers that take people on through journeys are killed at every point, a day after the other.

New people begin on each day, by an order and by coming into an audience. At the end everybody began each journey once,
took each of its steps once and has each of its messages once.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime, timedelta

from faults.installation import Installation, new
from faults.outcome import Outcome

POINTS = (
    "journey.1.before_entering", "journey.2.after_entering", "journey.3.before_asked", "journey.4.before_advanced",
    "journey.5.after_advanced",
)  # fmt: skip
DAILY = 40
# What everybody goes through: a message, a night, one of two messages by chance, a last one.
PATH, SIDES = ("s1", "s2", "s3", "s6"), ("s4", "s5")


def run(rounds: int = 15) -> Outcome:
    """Kill ``rounds`` times, at each point in turn; another worker finishes the day. Then let everybody through."""
    outcome = Outcome("journeys")
    with new() as shop:
        from faults.send import people

        people(shop, DAILY * rounds)
        _begin()
        morning = _morning()
        for number in range(rounds):
            point = POINTS[number % len(POINTS)]
            _buy(range(DAILY * number + 1, DAILY * (number + 1) + 1), number)
            outcome.killed(point, _at(shop, morning + timedelta(days=number), fault=point))
            # In another stretch of time: what was told twice by now would be two messages.
            if _at(shop, morning + timedelta(days=number, hours=9)):
                outcome.survived.append(f"the worker of day {number} failed")
        for number in range(rounds, rounds + 4):
            _at(shop, morning + timedelta(days=number))
        _compare(outcome, DAILY * rounds)
    return outcome


def _morning() -> datetime:
    """Return an hour after the next midnight of the shop: audiences are asked once on each of its days, so whoever
    finishes a day must do so before it ends, whenever the scenario is run.
    """
    from regulars.base.clock import local_midnight, now
    from regulars.base.installation import shop_settings

    zone = shop_settings().zone
    return local_midnight(now().astimezone(zone).date() + timedelta(days=1), zone) + timedelta(hours=1)


def _at(shop: Installation, at: datetime, fault: str = "") -> int:
    return shop.start_and_wait("faults.journeys", at.isoformat(), fault=fault)


def _begin() -> None:
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.desks.outreach.journeys import operations
    from regulars.desks.outreach.journeys.rules import Entry, Plan
    from regulars.desks.outreach.journeys.steps import Chance, Message, Wait
    from regulars.shop.operations import add_store

    def said(name: str) -> Message:
        return Message(name, texts={"en": {"subject": name, "text": "Dear {name|friend}", "short": ""}})

    add_store(name="Own", currency="CNY", timezone="UTC", by=SYSTEM, at=now())
    steps = (said("s1"), Wait("s2"), Chance("s3", 50, (said("s4"),), (said("s5"),)), said("s6"))
    for entry in (Entry("ordered"), Entry(rule="orders at least 1")):
        row = operations.draft_journey(name="Thanks", plan=Plan(entry, steps), by=SYSTEM, at=now())
        operations.start(row.pk, by=SYSTEM, at=now() - timedelta(hours=1), takes_present=True)


def _buy(customers: range, day: int) -> None:
    from django.db import transaction

    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now, to_us
    from regulars.shop.kinds import OrderPaid
    from regulars.shop.models import Order, Store
    from regulars.shop.operations import refresh_summaries
    from regulars.stream.operations import record

    store, at = Store.objects.get(name="Own"), now() + timedelta(days=day)
    with transaction.atomic():
        for pk in customers:
            row = Order.objects.create(
                store=store, number=f"n{pk}", customer_id=pk, state="paid", currency="CNY", gross_minor=5_000,
                paid_minor=5_000, reporting_minor=5_000, placed_at=at, paid_at=at,
            )  # fmt: skip
            body = OrderPaid(order=row.pk, placed_us=to_us(at), items=1)
            record("order.paid", f"order.paid:{row.pk}", body, by=SYSTEM, at=at, customer=pk)
        refresh_summaries(list(customers))


def _compare(outcome: Outcome, people: int) -> None:
    from regulars.desks.outreach.journeys.models import Journey, Passage, Traveller
    from regulars.messages.models import Touch

    for journey in Journey.objects.all():
        began = Counter(Traveller.objects.filter(journey=journey).values_list("customer_id", flat=True))
        inside = Traveller.objects.filter(journey=journey, left_at=None).count()
        outcome.lost += people - len(began) + inside
        outcome.doubled += sum(began.values()) - len(began)
        passed = Counter(Passage.objects.filter(version__journey=journey).values_list("traveller__customer_id", "step"))
        # Each stretch of time has a sending of its own, so uniqueness in the ledger is not all there is to it.
        touches = Touch.objects.filter(sending__scope=journey.scope).values_list("customer_id", "sending__step")
        told = Counter((customer, step.partition(".")[0]) for customer, step in touches)
        for customer in began:
            for step in PATH:
                outcome.lost += passed[customer, step] == 0
            for found, steps in ((passed, SIDES), (told, SIDES), (told, ("s1",)), (told, ("s6",))):
                times = sum(found[customer, step] for step in steps)
                outcome.lost += times == 0
                outcome.doubled += max(0, times - 1)
        outcome.doubled += sum(times - 1 for times in passed.values())
        outcome.acknowledged += len(began)
        outcome.detail[journey.plan.entry.moment or "audience"] = {"steps": sum(passed.values()), "touches": len(told)}


def main() -> None:
    """Do at an instant what the jobs of journeys do: what the scenario starts and kills."""
    from regulars.cli.start import start_django

    start_django()
    from regulars.desks.outreach.journeys import operations

    at = datetime.fromisoformat(sys.argv[1])
    operations.ask_audiences(at=at)
    operations.follow(at=at)
    operations.advance(at=at)


if __name__ == "__main__":
    main()
