"""Opinions: heard once, sealed, pondered by a person, gone when their author wishes."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from regulars.base.actor import SYSTEM
from regulars.channels.contract import Report
from regulars.desks.voice.opinions import operations, queries
from regulars.desks.voice.opinions.models import Case, Earlier, Opinion, Pondering
from regulars.desks.voice.opinions.operations import NewOpinion
from regulars.desks.voice.opinions.sealing import Words, earlier_words, words_of
from regulars.messages.operations import hear as hear_report
from regulars.messages.operations import plan
from regulars.people.exporting import everything
from regulars.people.operations import erase, merge
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider, sending
from tests.voice.shop import OLIVE, order, product, said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BROKEN = "The lid was broken when the parcel came."


def kinds() -> list[str]:
    """Return what was recorded about opinions and cases."""
    found = Activity.objects.filter(kind__regex=r"^(opinion|case)\.").order_by("id")
    return list(found.values_list("kind", flat=True))


def test_heard_once_and_recorded_without_its_words() -> None:
    ada, tea = customer("Ada"), product()
    row = said(BROKEN, "k1", customer=ada.pk, product=tea.pk, order=order(ada.pk).pk, mark=2, best=5)
    again = operations.hear(
        NewOpinion(source="noted", key="k1", words=Words("Another"), said_at=NOON), by=SYSTEM, at=NOON
    )
    assert again is None
    assert Opinion.objects.count() == 1
    activity = Activity.objects.get(kind="opinion.heard")
    assert (activity.customer_id, activity.subject) == (ada.pk, f"opinion:{row.pk}")
    assert "lid" not in json.dumps(activity.body)
    assert words_of([row]) == {row.pk: Words(BROKEN)}


def test_words_are_sealed_in_the_database() -> None:
    said(BROKEN, customer=customer("Ada").pk)
    said("Nobody knows who said this long sentence.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, fingerprint FROM opinions_opinion")
        kept = b"".join(bytes(cell) for row in cursor.fetchall() for cell in row)
    assert b"lid" not in kept
    assert b"sentence" not in kept


def test_everything_received_is_pondered_or_waits() -> None:
    rows = [said(f"Opinion number {n} of a long day", at=NOON - n * DAY) for n in range(5)]
    said("", "mark only", mark=5, best=5)
    operations.ponder([rows[0].pk, rows[3].pk], how="noted", by=OLIVE, at=NOON)
    days = queries.days(until=NOON + timedelta(minutes=1), zone=ZoneInfo("Europe/Berlin"), most=7)
    assert [(day.received, day.pondered, day.waiting) for day in days] == [
        (1, 1, 0), (1, 0, 1), (1, 0, 1), (1, 1, 0), (1, 0, 1), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip
    assert queries.waiting().count() + Pondering.objects.count() == queries.received().count() == 5


def test_the_same_words_wait_together_and_are_read_together() -> None:
    first = said("The lid was broken when it came!", "a", customer=customer("Ada").pk)
    second = said("the lid was broken, when it came", "b")
    short = [said("Good.", f"good{n}") for n in range(2)]
    assert second.same_as_id == first.pk
    assert [row.same_as_id for row in short] == [None, None]
    assert queries.rows([first])[0].alike == 1
    assert operations.ponder([first.pk], how="noted", by=OLIVE, at=NOON) == 2
    assert not Pondering.objects.filter(opinion__in=short).exists()
    third = said("The lid was broken when it came", "c")
    assert third.same_as_id is None, "what was decided was decided of other words: this one is shown"
    assert operations.unponder([first.pk], by=OLIVE, at=NOON) == 2


def test_pondering_twice_is_once_and_only_says_more() -> None:
    row = said(BROKEN)
    assert operations.ponder([row.pk], how="noted", by=OLIVE, at=NOON) == 1
    assert operations.ponder([row.pk], how="noted", by=OLIVE, at=NOON + DAY) == 0
    assert operations.ponder([row.pk], how="answered", by=OLIVE, at=NOON + DAY) == 0
    assert operations.ponder([row.pk], how="noted", by=OLIVE, at=NOON + 2 * DAY) == 0
    assert Pondering.objects.get().how == "answered"
    assert kinds() == ["opinion.heard", "opinion.pondered", "opinion.pondered"]


def test_an_author_changes_her_mind_and_what_was_is_kept() -> None:
    row = said(BROKEN, customer=customer("Ada").pk, mark=1, best=5)
    operations.ponder([row.pk], how="noted", by=OLIVE, at=NOON)
    assert operations.revise(row.pk, words=Words("They sent a new one at once."), mark=5, by=SYSTEM, at=NOON + DAY)
    assert not operations.revise(row.pk, words=Words("They sent a new one at once."), mark=5, by=SYSTEM, at=NOON + DAY)
    row.refresh_from_db()
    assert (words_of([row])[row.pk].text, row.mark) == ("They sent a new one at once.", 5)
    assert [(kept.mark, words.text) for kept, words in earlier_words(row)] == [(1, BROKEN)]
    assert queries.waiting().get() == row


def test_taken_back_leaves_no_word_and_waits_for_nobody() -> None:
    row = said(BROKEN, mark=1, best=5)
    operations.revise(row.pk, words=Words("Something else entirely"), mark=2, by=SYSTEM, at=NOON)
    assert operations.take_back(row.pk, by=SYSTEM, at=NOON + DAY)
    assert not operations.take_back(row.pk, by=SYSTEM, at=NOON + DAY)
    assert not operations.revise(row.pk, words=Words("Again"), mark=2, by=SYSTEM, at=NOON + DAY)
    row.refresh_from_db()
    assert words_of([row]) == {}
    assert (bytes(row.sealed), Earlier.objects.count(), queries.waiting().count()) == (b"", 0, 0)
    day = queries.days(until=NOON + 2 * DAY, zone=ZoneInfo("UTC"), most=4)[2]
    assert (day.received, day.waiting) == (1, 0)


def test_erasing_a_person_empties_what_she_said_and_its_export_holds_it_before() -> None:
    ada = customer("Ada")
    row = said(BROKEN, customer=ada.pk, mark=1, best=5)
    assert [line["text"] for line in everything(ada.pk)["opinions"]] == [BROKEN]
    erase(ada.pk, reason="asked", by=OLIVE, at=NOON)
    row.refresh_from_db()
    assert (row.customer_id, bytes(row.sealed), bytes(row.fingerprint), row.mark) == (None, b"", b"", 1)
    assert queries.rows([row])[0].words is None


def test_a_merged_customers_words_still_open() -> None:
    ada, other = customer("Ada"), customer("Ada L", email="ada.l@example.com")
    row = said(BROKEN, customer=other.pk)
    merge(kept=ada.pk, folded=other.pk, reason="by_hand", by=OLIVE, at=NOON)
    shown = queries.rows([row])[0]
    assert shown.words == Words(BROKEN)
    assert shown.who is not None
    assert shown.who.pk == ada.pk


def test_what_is_written_back_to_a_message_is_an_opinion_of_its_campaign() -> None:
    kept, sender = provider()
    ada, news = customer("Ada"), sending("campaign:7")
    plan(news, [ada.pk], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    report = Report(
        kind="said",
        at=NOON,
        event_id="m1",
        address="ada@example.com",
        subject="Re: News",
        text="Do you have it in red?",
    )
    hear_report(sender, [report, report], at=NOON)
    row = Opinion.objects.get()
    assert (row.source, row.customer_id) == ("reply", ada.pk)
    assert words_of([row])[row.pk] == Words("Do you have it in red?", "Re: News")
    assert len(kept.taken) == 1


def test_who_has_an_open_case_is_not_sold_to_until_it_is_closed() -> None:
    _kept, sender = provider()
    ada = customer("Ada")
    row = said(BROKEN, customer=ada.pk, mark=1, best=5, case="low_mark")
    case = Case.objects.get()
    held = sending("campaign:1")
    plan(held, [ada.pk], by=SYSTEM, at=NOON)
    assert held.touch_set.get().state != "ready"
    assert operations.take_case(case.pk, owner=1, by=OLIVE, at=NOON)
    assert not operations.take_case(case.pk, owner=1, by=OLIVE, at=NOON)
    assert operations.close_case(case.pk, outcome="made_good", by=OLIVE, at=NOON)
    assert not operations.close_case(case.pk, outcome="made_good", by=OLIVE, at=NOON)
    free = sending("campaign:2")
    plan(free, [ada.pk], by=SYSTEM, at=NOON)
    assert free.touch_set.get().state == "ready"
    assert operations.reopen_case(case.pk, by=OLIVE, at=NOON)
    assert operations.open_case(row, reason="by_hand", by=OLIVE, at=NOON) == case
    assert kinds() == ["opinion.heard", "case.opened", "case.taken", "case.closed", "case.reopened"]


class Laws(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(["noted", "answered", "back", "take"]), st.integers(0, 4)), max_size=12))
    def test_received_is_always_pondered_plus_waiting(self, steps: list[tuple[str, int]]) -> None:
        rows = [said(f"A sentence that is long enough {n % 3}", f"law{n}") for n in range(5)]
        for step, n in steps:
            if step == "back":
                operations.unponder([rows[n].pk], by=OLIVE, at=NOON)
            elif step == "take":
                operations.take_back(rows[n].pk, by=SYSTEM, at=NOON)
            else:
                operations.ponder([rows[n].pk], how=step, by=OLIVE, at=NOON)
        day = queries.days(until=NOON + timedelta(hours=1), zone=ZoneInfo("UTC"), most=1)[0]
        assert day.received == 5
        assert day.waiting == queries.waiting().count()
