"""Random worlds: whatever happens, everybody is in exactly one place and hears nothing twice."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from django.db.models import Count

from regulars.desks.outreach.journeys.models import Journey, Passage, Traveller
from regulars.desks.outreach.journeys.steps import Chance, Exit, Split, Wait, WaitUntil, flow_of
from regulars.messages.models import Sending, Touch
from regulars.people.models import Customer
from regulars.people.operations import erase, merge
from tests.journeys.shop import HOUR, OLIVE, buy, journey, message, plan, tick
from tests.messages.shop import NOON, customer, provider

pytestmark = pytest.mark.django_db(transaction=True)  # readers of the stream see what is committed

STEPS = (
    message("a1", "One"),
    WaitUntil(
        "a2", "order.paid", days=1,
        then=(Split("a3", "country is DE", then=(message("a4", "Two"),), other=(Wait("a5", hours=5, days=0),)),),
        other=(Chance("a6", 40, then=(Exit("a7"),), other=(Wait("a8", days=2),)),),
    ),
    message("a9", "Three"),
)  # fmt: skip


def _is_sane(row: Journey) -> None:
    """Everybody is in one place, came there by a way that leads there, and nothing was said twice."""
    flow = flow_of(plan(*STEPS).steps)
    for traveller in Traveller.objects.filter(journey=row):
        past = list(Passage.objects.filter(traveller=traveller).order_by("pk").values_list("step", "way"))
        at = "a1"
        for step, way in past:
            assert step == at
            at = flow[step].to(way)  # type: ignore[arg-type]
        assert traveller.step == at or traveller.left_why in {"finished", "exit"}
        assert (traveller.left_at is None) == (traveller.left_why == "")
    twice = Traveller.objects.filter(left_at=None).values("customer_id").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()
    assert Sending.objects.exclude(scope=row.scope).count() == 0
    told = Touch.objects.values_list("customer_id", "run", "sending__step")
    steps = [(who, run, step.split(".")[0]) for who, run, step in told]
    assert len(steps) == len(set(steps))


@pytest.mark.parametrize("seed", range(6))
def test_in_random_worlds_everybody_is_in_exactly_one_place(seed: int) -> None:
    provider()
    chance = random.Random(seed)
    people = [customer(f"P{seed}n{n}", country=chance.choice(["DE", "CN"])) for n in range(8)]
    row = journey(*STEPS, reentry_days=chance.choice([None, 1, 3]), exit_rule=chance.choice(["", "orders at least 5"]))
    at: datetime = NOON
    gone: set[int] = set()
    for _turn in range(40):
        at += chance.choice([HOUR, 5 * HOUR, 20 * HOUR])
        alive = [who for who in people if who.pk not in gone]
        what = chance.random()
        if what < 0.55:
            buy(chance.choice(alive), at)
        elif what < 0.6 and len(alive) > 3:
            erase(chance.choice(alive).pk, reason="asked", by=OLIVE, at=at)
            gone = set(Customer.objects.filter(erased_at__isnull=False).values_list("pk", flat=True))
        elif what < 0.65:
            one, other = chance.sample(alive, 2)
            roots = dict(Customer.objects.values_list("pk", "root_id"))
            if roots[one.pk] != roots[other.pk]:
                merge(kept=one.pk, folded=other.pk, reason="by_hand", by=OLIVE, at=at)
        for _again in range(chance.randrange(3)):
            tick(at)
        _is_sane(row)
