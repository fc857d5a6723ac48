"""The laws of the engine: once, in one place, by her own version, whatever breaks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.base import bulk
from regulars.base.models import Job
from regulars.desks.outreach.journeys import operations
from regulars.desks.outreach.journeys.models import Passage, Present, Traveller, Version
from regulars.desks.outreach.journeys.operations import advancing
from regulars.desks.outreach.journeys.rules import Entry
from regulars.desks.outreach.journeys.steps import Chance, Exit, Split, Wait, WaitUntil
from regulars.messages.models import Touch
from regulars.people.operations import erase, merge
from tests.journeys.shop import DAY, HOUR, OLIVE, buy, inside, journey, left, message, plan, through, tick, two_mails
from tests.messages.shop import NOON, customer, leave, provider, states

pytestmark = pytest.mark.django_db(transaction=True)  # readers of the stream see what is committed


def said() -> list[tuple[int, str]]:
    """Return (customer, subject) of everything that the ledger has, in order."""
    rows = Touch.objects.order_by("pk").select_related("sending")
    return [(row.customer_id, row.sending.content["en"]["subject"]) for row in rows]


def test_an_order_begins_it_and_a_mail_leaves_once() -> None:
    kept, sender = provider()
    ada = customer("Ada")
    journey(*two_mails())
    buy(ada)
    tick(NOON)
    assert inside() == {ada.pk: "s2"}
    tick(NOON)
    assert operations.advance(at=NOON) == 0
    leave(sender, NOON)
    through(NOON + HOUR, NOON + 4 * DAY, 6 * HOUR)
    leave(sender, NOON + 4 * DAY)
    assert [m.subject for m in kept.taken] == ["Thanks", "Again"]
    assert left() == {ada.pk: "finished"}
    assert [p.step for p in Passage.objects.order_by("pk")] == ["s1", "s2", "s3"]


def test_what_was_before_it_was_on_is_past() -> None:
    provider()
    ada, ben, cleo = customer("Ada"), customer("Ben"), customer("Cleo")
    buy(ada, NOON - DAY)
    journey(at=NOON)
    tick(NOON)
    buy(ben, NOON - HOUR)  # a file that is read later
    buy(cleo, NOON + HOUR)
    tick(NOON + 2 * HOUR)
    assert set(left()) == {cleo.pk}


def test_an_old_order_that_becomes_known_late_begins_nothing() -> None:
    provider()
    journey(at=NOON)
    buy(customer("Ada"), NOON + HOUR)
    tick(NOON + 30 * DAY)
    assert not Traveller.objects.exists()


def test_nobody_begins_what_is_off_or_stopped_and_who_is_inside_goes_on() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    row = journey(*two_mails())
    buy(ada)
    tick(NOON)
    assert operations.stop(row.pk, by=OLIVE, at=NOON + HOUR) == 0
    assert operations.stop(row.pk, by=OLIVE, at=NOON + HOUR) is None
    buy(ben, NOON + 2 * HOUR)
    through(NOON + 2 * HOUR, NOON + 4 * DAY, 12 * HOUR)
    assert said() == [(ada.pk, "Thanks"), (ada.pk, "Again")]
    assert operations.start(row.pk, by=OLIVE, at=NOON + 5 * DAY)
    tick(NOON + 5 * DAY)
    assert Traveller.objects.count() == 1


def test_stopping_for_everybody_takes_back_what_waits() -> None:
    provider()
    ada = customer("Ada")
    row = journey(*two_mails())
    buy(ada)
    tick(NOON)
    assert operations.stop(row.pk, by=OLIVE, at=NOON, for_everybody=True) == 1
    assert left() == {ada.pk: "stopped"}
    assert states() == {ada.pk: "cancelled"}


def test_people_inside_finish_their_version_and_new_ones_go_the_new_way() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    row = journey(*two_mails())
    buy(ada)
    tick(NOON)
    operations.change_journey(row.pk, plan=plan(message("s9", "New")), by=OLIVE, at=NOON)
    assert inside() == {ada.pk: "s2"}
    assert operations.publish(row.pk, by=OLIVE, at=NOON + HOUR)
    assert operations.publish(row.pk, by=OLIVE, at=NOON + HOUR) is None
    buy(ben, NOON + 2 * HOUR)
    through(NOON + 2 * HOUR, NOON + 4 * DAY, 6 * HOUR)
    assert said() == [(ada.pk, "Thanks"), (ben.pk, "New"), (ada.pk, "Again")]
    assert Version.objects.count() == 2


def test_waiting_until_she_does_something_or_time_is_up() -> None:
    provider()
    ada, ben, cleo = customer("Ada"), customer("Ben"), customer("Cleo")
    journey(
        WaitUntil("s1", "order.paid", days=2, then=(message("s2", "Back"),), other=(message("s3", "Still there"),)),
        message("s4", "End"),
    )
    for who in (ada, ben, cleo):
        buy(who)
    tick(NOON)
    buy(ada, NOON + DAY)
    tick(NOON + DAY)
    assert inside() == {ben.pk: "s1", cleo.pk: "s1"}
    buy(cleo, NOON + 3 * DAY)  # after her time was up, and nobody looked in between
    tick(NOON + 3 * DAY)
    assert said() == [
        (ada.pk, "Back"), (ada.pk, "End"), (ben.pk, "Still there"), (cleo.pk, "Still there"), (ben.pk, "End"),
        (cleo.pk, "End"),
    ]  # fmt: skip


def test_waiting_until_a_rule_holds() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    steps = WaitUntil("s1", "", "orders at least 2", days=9, then=(message("s2", "Two"),), other=(Exit("s3"),))
    journey(steps)
    buy(ada)
    buy(ben)
    tick(NOON)
    buy(ada, NOON + DAY)
    tick(NOON + DAY)
    assert said() == [(ada.pk, "Two")]
    tick(NOON + 9 * DAY)
    assert left() == {ada.pk: "finished", ben.pk: "exit"}


def test_a_split_parts_by_its_rule_and_chance_parts_the_same_way_again() -> None:
    provider()
    people = [customer(f"Ada{n}", country="DE" if n % 2 else "CN") for n in range(40)]
    row = journey(
        Split("s1", "country is DE", then=(Chance("s2", 30, then=(Wait("s3"),), other=(Wait("s4"),)),)), Wait("s5"),
        message("s6"), reentry_days=1,
    )  # fmt: skip
    for who in people:
        buy(who)
    tick(NOON)
    assert {root for root, step in inside().items() if step == "s5"} == {p.pk for p in people if p.country == "CN"}
    drawn = {root for root, step in inside().items() if step == "s3"}
    assert 0 < len(drawn) < 15
    through(NOON + DAY, NOON + 6 * DAY, DAY)
    for who in people:
        buy(who, NOON + 7 * DAY)
    tick(NOON + 7 * DAY)
    assert {root for root, step in inside().items() if step == "s3"} == drawn
    assert Traveller.objects.filter(journey=row, run=1).count() == 40


def test_an_order_ends_it_before_the_next_mail_and_takes_back_what_waits_for_its_hour() -> None:
    kept, sender = provider()
    ada, ben = customer("Ada"), customer("Ben")
    journey(*two_mails(), message("s4", "Held"), exit_kind="order.paid")
    buy(ada)
    buy(ben)
    tick(NOON)
    assert said() == [(ada.pk, "Thanks"), (ben.pk, "Thanks")]
    buy(ada, NOON + HOUR)
    tick(NOON + HOUR)
    assert left() == {ada.pk: "did"}
    assert states() == {ada.pk: "cancelled", ben.pk: "ready"}
    leave(sender, NOON + 2 * HOUR)
    assert kept.to() == ["ben@example.com"]


def test_a_message_that_waits_is_taken_back_even_when_its_journey_is_over() -> None:
    _, sender = provider()
    ada = customer("Ada")
    journey(message(), exit_rule="orders at least 2")
    buy(ada)
    tick(NOON)
    assert left() == {ada.pk: "finished"}
    buy(ada, NOON + HOUR)
    tick(NOON + HOUR)
    assert states() == {ada.pk: "cancelled"}
    assert leave(sender, NOON + 2 * HOUR) == 0


@pytest.mark.parametrize(("days", "runs"), [(None, 1), (10, 2), (3, 3)])
def test_who_may_begin_again(days: int | None, runs: int) -> None:
    provider()
    ada = customer("Ada")
    journey(Wait("s1", hours=1, days=0), message("s2"), reentry_days=days)
    for day in (0, 2, 5, 11):
        buy(ada, NOON + day * DAY)
        through(NOON + day * DAY, NOON + day * DAY + 2 * HOUR)
    assert Traveller.objects.count() == runs == len(said())


def test_who_comes_into_an_audience_begins_and_who_was_there_does_not_unless_asked() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    buy(ada, NOON - 2 * DAY)
    entry = Entry(rule="orders at least 1")
    journey(Wait("s1"), message("s2"), entry=entry)
    asked = journey(Wait("s1"), message("s2"), entry=entry, takes_present=True)
    tick(NOON)
    assert [(t.journey_id, t.customer_id) for t in Traveller.objects.all()] == [(asked.pk, ada.pk)]
    buy(ben, NOON + HOUR)
    tick(NOON + 2 * HOUR)  # asked once a day
    assert Traveller.objects.count() == 1
    tick(NOON + DAY)
    assert Traveller.objects.filter(customer_id=ben.pk).count() == 2
    assert Traveller.objects.filter(customer_id=ada.pk).count() == 1
    merge(kept=ben.pk, folded=ada.pk, reason="by_hand", by=OLIVE, at=NOON + DAY)
    tick(NOON + 2 * DAY)
    assert Traveller.objects.count() == 3


def test_another_audience_does_not_take_in_who_is_in_it_already() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    row = journey(message(), entry=Entry(rule="orders at least 3"))
    assert Job.objects.filter(kind="journeys.ask", state="ready").exists()
    buy(ada, NOON - 2 * HOUR)
    tick(NOON)
    operations.change_journey(row.pk, plan=plan(entry=Entry(rule="orders at least 1")), by=OLIVE, at=NOON)
    assert operations.publish(row.pk, by=OLIVE, at=NOON)
    tick(NOON + HOUR)
    tick(NOON + 2 * HOUR)
    assert not Traveller.objects.exists()
    buy(ben, NOON + 3 * HOUR)
    tick(NOON + DAY)
    assert set(left()) == {ben.pk}


def test_an_audience_that_cannot_be_asked_for_a_day_takes_in_nobody_afterwards() -> None:
    provider()
    buy(customer("Ada"), NOON - DAY)
    journey(message(), entry=Entry(rule="orders at least 1"))
    entry = Version.objects.get().entry
    Version.objects.update(entry=entry | {"rule": "in audience Gone"})
    tick(NOON)
    Version.objects.update(entry=entry)
    tick(NOON + DAY)
    tick(NOON + 2 * DAY)
    assert not Traveller.objects.exists()


def test_two_records_of_one_person_travel_once() -> None:
    provider()
    ada, ben = customer("Ada"), customer("Ben")
    journey(*two_mails())
    for n, who in enumerate((ada, ben)):
        buy(who, NOON + n * HOUR)
        tick(NOON + n * HOUR)
    merge(kept=ben.pk, folded=ada.pk, reason="by_hand", by=OLIVE, at=NOON + 2 * HOUR)
    through(NOON + 3 * HOUR, NOON + 5 * DAY, 6 * HOUR)
    assert left() == {ada.pk: "finished", ben.pk: "merged"}
    assert [subject for _who, subject in said()] == ["Thanks", "Thanks", "Again"]
    assert said()[-1] == (ben.pk, "Again")
    buy(ben, NOON + 6 * DAY)
    tick(NOON + 6 * DAY)
    assert not inside()


def test_the_erased_leave() -> None:
    provider()
    ada = customer("Ada")
    journey(*two_mails())
    buy(ada)
    tick(NOON)
    erase(ada.pk, reason="asked", by=OLIVE, at=NOON + HOUR)
    assert left() == {ada.pk: "erased"}
    through(NOON + DAY, NOON + 5 * DAY, DAY)
    assert len(said()) == 1
    assert not Present.objects.exists()


@pytest.mark.parametrize("broken", ["_write", "planned"])
def test_a_kill_between_plan_and_move_repeats_nothing(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    class Killed(BaseException):
        pass

    provider()
    ada, ben = customer("Ada"), customer("Ben")
    journey(*two_mails())
    for who in (ada, ben):
        buy(who)

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        if broken == "_write":
            patched.setattr(advancing, "_write", die)
        else:
            patched.setattr("regulars.desks.outreach.journeys.saying._not_reached", die)
        with pytest.raises(Killed):
            tick(NOON)
    assert not Touch.objects.exists()
    assert not Passage.objects.exists()
    tick(NOON)
    tick(NOON + HOUR)
    assert said() == [(ada.pk, "Thanks"), (ben.pk, "Thanks")]


def test_a_rule_that_cannot_be_read_any_more_stops_nobody_for_good() -> None:
    provider()
    ada = customer("Ada")
    row = journey(Split("s1", "everybody", then=(message("s2"),)))
    buy(ada)
    operations.follow(at=NOON)
    steps = Version.objects.get(journey=row).steps
    Version.objects.update(steps=[steps[0] | {"rule": "in audience Gone"}])
    assert operations.advance(at=NOON) == 1
    assert inside() == {ada.pk: "s1"}
    Version.objects.update(steps=steps)
    assert operations.advance(at=NOON) == 0
    assert operations.advance(at=NOON + HOUR) == 1
    assert left() == {ada.pk: "finished"}


def test_who_is_held_out_goes_along_and_hears_nothing() -> None:
    _, sender = provider()
    people = [customer(f"Ada{n}") for n in range(60)]
    journey(*two_mails(), holdout_percent=50)
    for who in people:
        buy(who)
    tick(NOON)
    first = {root for root, state in states().items() if state == "dropped"}
    assert 15 < len(first) < 45
    assert len(inside()) == 60
    assert leave(sender, NOON) == 60 - len(first)
    tick(NOON + 3 * DAY)
    second = Touch.objects.filter(sending__step__startswith="s3.", state="dropped")
    assert first <= set(second.values_list("customer_id", flat=True))


def test_whoever_waits_costs_nothing_until_she_is_due() -> None:
    provider()
    journey(Wait("s1", days=3), *(WaitUntil("s2", "order.paid", days=9), message("s3")), exit_kind="order.paid")
    asked = []
    for many in (2, 30):
        for n in range(many):
            buy(customer(f"Ada{many}n{n}"))
        tick(NOON)
        with CaptureQueriesContext(connection) as seen:
            for job in (operations.follow, operations.advance, operations.take_back_exited, operations.wake_for_rules):
                job(at=NOON + HOUR)
        asked.append(len(seen))
    assert asked[0] == asked[1]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + ("" if bulk.on_postgres() else "QUERY PLAN ") + advancing._DUE, [0, 10])
        how = str(cursor.fetchall())
    assert bulk.on_postgres() or "traveller_due" in how


def test_a_message_held_for_the_night_is_looked_at_again_before_it_leaves() -> None:
    _, sender = provider()
    ada = customer("Ada")
    journey(message(worth_hours=40), exit_kind="order.paid")
    buy(ada)
    tick(NOON)
    Touch.objects.update(state="held", release_at=NOON + 9 * HOUR)
    buy(ada, NOON + HOUR)
    tick(NOON + 9 * HOUR)
    assert states() == {ada.pk: "cancelled"}
    assert leave(sender, NOON + 9 * HOUR) == 0
