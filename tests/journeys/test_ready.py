"""Ready journeys may start as they are; what a trial run says, and that it writes nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from django.apps import apps

from regulars.base.actor import SYSTEM
from regulars.desks.outreach.audiences import queries as audiences
from regulars.desks.outreach.journeys import operations, rules
from regulars.desks.outreach.journeys.models import Traveller
from regulars.desks.outreach.journeys.ready import READY, plan_of
from regulars.desks.outreach.journeys.rules import Entry, Plan, read_plan
from regulars.desks.outreach.journeys.steps import (
    Chance,
    Exit,
    Message,
    Split,
    Wait,
    WaitUntil,
    added,
    flow_of,
    moved,
    new_id,
    swapped,
)
from regulars.desks.outreach.journeys.trial import foretell
from regulars.messages.models import Touch
from regulars.messages.personal import wrong_word
from regulars.shop.kinds import ParcelDelivered
from regulars.shop.models import Line, Product
from regulars.sources.tracker.kinds import Visited
from regulars.stream.kinds import KINDS
from regulars.stream.operations import record
from tests.journeys.shop import DAY, HOUR, OLIVE, buy, journey, message, plan, through
from tests.messages.shop import NOON, customer, provider

pytestmark = pytest.mark.django_db(transaction=True)  # readers of the stream see what is committed


@pytest.mark.parametrize("name", READY)
def test_a_ready_journey_lacks_nothing_and_is_off(name: str) -> None:
    provider()
    made = plan_of(name, at=NOON)
    row = operations.draft_journey(name=str(READY[name].title), plan=made, by=OLIVE, at=NOON, ready=name)
    assert not row.is_on
    assert operations.problems_of(row) == []
    assert read_plan(msgspec.json.decode(msgspec.json.encode(made.write()))) == made
    for text in (made.entry.rule, made.exit_rule):
        if text:
            audiences.find(audiences.read(text), at=NOON)
    messages = [step for step in made.steps if isinstance(step, Message)]
    assert all(set(step.texts) == {"en", "zh-hans"} for step in messages)
    assert operations.start(row.pk, by=OLIVE, at=NOON)


def test_thanks_go_to_first_orders_and_help_to_whom_has_not_ordered_again() -> None:
    provider()
    ada, ben, cleo = customer("Ada"), customer("Ben"), customer("Cleo")
    buy(cleo, NOON - 90 * DAY)
    row = operations.draft_journey(name="Thanks", plan=plan_of("first_order", at=NOON), by=OLIVE, at=NOON)
    operations.start(row.pk, by=OLIVE, at=NOON)
    for who in (ada, ben, cleo):
        buy(who, NOON + HOUR)
    through(NOON + HOUR, NOON + 10 * DAY, DAY)
    buy(ada, NOON + 11 * DAY)
    through(NOON + 11 * DAY, NOON + 16 * DAY, DAY)
    assert Counter(Touch.objects.values_list("customer_id", flat=True)) == {ada.pk: 1, ben.pk: 2}


def test_a_basket_left_is_reminded_of_once_and_not_after_an_order() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    row = operations.draft_journey(name="Basket", plan=plan_of("basket", at=NOON), by=OLIVE, at=NOON - DAY)
    operations.start(row.pk, by=OLIVE, at=NOON - DAY)
    for who in (ada, ben):
        body = Visited(key=1, seconds=60, added=1)
        record("site.visited", f"v{who.pk}", body, by=SYSTEM, at=NOON, customer=who.pk)
    buy(ben, NOON + timedelta(minutes=5))
    through(NOON + HOUR, NOON + 6 * HOUR)
    assert list(Touch.objects.values_list("customer_id", flat=True)) == [ada.pk]
    touch = Touch.objects.select_related("sending").get()
    assert touch.expires_at <= NOON + 27 * HOUR


def test_after_delivery_goes_by_parcels_where_they_are_known() -> None:
    provider()
    assert plan_of("delivered", at=NOON).entry.moment == "ordered"
    record("parcel.delivered", "p1", ParcelDelivered(1), by=SYSTEM, at=NOON, customer=customer("Ada").pk)
    assert plan_of("delivered", at=NOON + DAY).entry.moment == "delivered"


def test_the_new_season_is_told_to_whom_bought_the_favourite_of_last_year() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    order = buy(ada, NOON - 365 * DAY)
    buy(ben, NOON - 100 * DAY)
    beans = Product.objects.create(title="Crema", store=order.store, category="Coffee beans", created_at=NOON)
    Line.objects.create(order=order, product=beans, title="Crema", quantity=1, total_minor=5000, position=0)
    made = plan_of("season", at=NOON)
    assert 'category "Coffee beans"' in made.entry.rule
    row = operations.draft_journey(name="Season", plan=made, by=OLIVE, at=NOON)
    operations.start(row.pk, by=OLIVE, at=NOON, takes_present=True)
    assert operations.ask_audiences(at=NOON) == 1
    assert list(Traveller.objects.values_list("customer_id", flat=True)) == [ada.pk]


def everything() -> dict[str, int]:
    """Return how many rows each table has."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_a_trial_says_who_would_have_begun_and_what_the_guard_says_and_writes_nothing() -> None:
    provider()
    ada, ben, dan = customer("Ada"), customer("Ben"), customer("Dan", says="withdrawn")
    row = journey(
        message("s1"), Wait("s2", days=5), message("s3"), exit_kind="order.paid", on=False,
    )  # fmt: skip
    buy(ada, NOON - 40 * DAY)
    buy(ada, NOON - 20 * DAY)
    buy(ada, NOON - 18 * DAY)
    buy(ben, NOON - 10 * DAY)
    buy(dan, NOON - 2 * DAY)
    before = everything()
    found = foretell(row, at=NOON)
    assert everything() == before
    assert (found.present, found.begun, found.ended_early, found.on_the_way) == (None, 3, 1, 1)
    assert {day.isoformat(): n for day, n in found.days if n} == {"2026-05-26": 1, "2026-06-05": 1, "2026-06-13": 1}
    first, second = found.told
    assert (first.people, second.people) == (3, 1)
    by_state: Counter[str] = Counter()
    for (state, _reasons), number in first.verdicts.items():
        by_state[state] += number
    assert by_state == {"ready": 2, "dropped": 1}


def test_a_trial_of_an_audience_reckons_by_day() -> None:
    provider()
    ada = customer("Ada")
    row = journey(message("s1"), entry=Entry(rule="last order over 15 days ago"), on=False)
    buy(ada, NOON - 20 * DAY)
    found = foretell(row, at=NOON)
    assert [day.isoformat() for day, n in found.days if n] == ["2026-06-11"]
    assert (found.begun, found.present) == (1, 1)


@pytest.mark.parametrize(
    ("made", "where"),
    [
        (Plan(Entry(), (message(),)), ("", "moment")),
        (Plan(Entry("gone"), (message(),)), ("", "moment")),
        (Plan(Entry("ordered", rule="orders least"), (message(),)), ("", "rule")),
        (plan(exit_rule="orders least"), ("", "exit_rule")),
        (plan(reentry_days=0), ("", "reentry_days")),
        (plan(Wait("s1")), ("", "steps")),
        (plan(message(), Wait("s2", days=0)), ("s2", "days")),
        (plan(message(), WaitUntil("s2", kind="", rule="")), ("s2", "kind")),
        (plan(message(), WaitUntil("s2", kind="no.such")), ("s2", "kind")),
        (plan(message(), WaitUntil("s2", kind="order.paid", rule="everybody")), ("s2", "rule")),
        (plan(message(), Split("s2", "")), ("s2", "rule")),
        (plan(message(), Split("s2", "orders least")), ("s2", "rule")),
        (plan(message(), Chance("s2", 100)), ("s2", "percent")),
        (plan(message(channels=())), ("s1", "channels")),
        (plan(message(worth_hours=0)), ("s1", "worth_hours")),
        (plan(message(rank=0)), ("s1", "rank")),
        (plan(Message("s1", texts={"en": {"subject": "x", "text": "Hi {frist_name}"}})), ("s1", "en-text")),
        (plan(message(), Exit("s2"), *[Exit(f"x{n}") for n in range(40)]), ("", "steps")),
    ],
)
def test_what_is_wrong_is_named_with_its_step(made: Plan, where: tuple[str, str]) -> None:
    found = rules.problems(
        made, inspect=wrong_word, kinds=KINDS, check=lambda text: "" if "least" not in text else "wrong"
    )
    assert where in {(p.step, p.field) for p in found}
    assert all(str(p.says) for p in found)


def test_a_journey_that_lacks_something_does_not_start() -> None:
    provider()
    row = journey(Wait("s1"), on=False)
    with pytest.raises(operations.JourneyRefused):
        operations.start(row.pk, by=OLIVE, at=NOON)
    row.refresh_from_db()
    assert not row.is_on


def test_steps_are_added_moved_and_taken_out_also_in_branches() -> None:
    steps = plan(message("s1"), Split("s2", "everybody")).steps
    steps = added(steps, Wait(new_id(steps)), under="s2")
    steps = added(steps, Exit(new_id(steps)), under="s2", branch="other")
    steps = added(steps, Wait(new_id(steps)), under="s2")
    assert list(flow_of(steps)) == ["s1", "s2", "s3", "s5", "s4"]
    assert list(flow_of(moved(steps, "s5", -1))) == ["s1", "s2", "s5", "s3", "s4"]
    assert list(flow_of(moved(steps, "s1", 1))) == ["s2", "s3", "s5", "s4", "s1"]
    assert moved(steps, "s3", -1) == steps
    assert list(flow_of(swapped(steps, "s3", None))) == ["s1", "s2", "s5", "s4"]
    assert list(flow_of(swapped(steps, "s2", None))) == ["s1"]
    place = flow_of(added(steps, message("s9")))["s5"]
    assert (place.next, place.depth) == ("s9", 1)
