"""Proposals: from the first day by the taxonomy's own examples, then by what people of the shop confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from regulars.base.actor import SYSTEM
from regulars.base.jobs import HANDLERS
from regulars.base.models import Job
from regulars.desks.voice.needs import operations, sorting
from regulars.desks.voice.needs.models import Need, Sorter, Voice
from regulars.desks.voice.needs.queries import quality
from regulars.desks.voice.needs.queries.sorting import choices
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.operations import ponder, revise, take_back
from regulars.desks.voice.opinions.sealing import Words
from regulars.people.operations import erase
from tests.messages.shop import NOON, customer
from tests.voice.shop import OLIVE, said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def best(row: Opinion) -> str:
    """Return the theme proposed first."""
    voice = Voice.objects.filter(opinion=row).order_by("-probability").first()
    assert voice is not None
    return voice.need.theme


def test_the_first_opinions_are_proposed_for_without_anybody_having_confirmed_anything() -> None:
    late = said("My parcel has not arrived, I have been waiting for two weeks.")
    chinese = said("快递太慢了,等了半个月还没到")
    broken = said("It arrived broken, the glass was in pieces.")
    assert sorting.propose(by=SYSTEM, at=NOON) > 3
    assert [best(row) for row in (late, chinese, broken)] == ["late", "late", "damaged"]
    assert choices(late)[0].value == str(Need.objects.get(theme="late").pk)
    assert sorting.propose(by=SYSTEM, at=NOON) == 0, "nothing is new"
    assert not Voice.objects.filter(confirmed_at__isnull=False).exists()
    assert HANDLERS["needs.propose"].every is not None
    assert HANDLERS["needs.propose"].every <= timedelta(minutes=1)


def test_near_copies_wait_together() -> None:
    first = said("The glass of order 20260612 was broken when the parcel arrived.")
    second = said("the glass of order 20269931 was broken, when the parcel arrived!!", "b")
    short = [said("Good tea 1"), said("Good tea 2")]
    other = said("Where is my refund? I sent the shoes back long ago.")
    sorting.propose(by=SYSTEM, at=NOON)
    assert dict(Opinion.objects.values_list("pk", "same_as_id")) == {
        first.pk: None, second.pk: first.pk, other.pk: None, short[0].pk: None, short[1].pk: None,
    }  # fmt: skip


def test_what_the_shop_confirms_is_learned_and_measured() -> None:
    zips = operations.make_need({"en": "Zips stick"}, by=OLIVE, at=NOON)
    for n, what in enumerate(("bag", "tent", "coat", "purse", "boot", "case") * 5):
        row = said(f"The zip of the {what} sticks again and again, number {n} {what}", f"z{n}", said_at=NOON - n * DAY)
        operations.confirm(row.pk, [zips.pk], by=OLIVE, at=NOON)
        row = said(f"Thanks, all fine with order {what} {n}", f"n{n}", said_at=NOON - n * DAY)
        ponder([row.pk], how="noted", by=OLIVE, at=NOON)
    assert Job.objects.filter(kind="needs.train", state="ready").count() == 1, "many confirmations, one training"
    row = sorting.learn(by=SYSTEM, at=NOON)
    assert row.quality["n"] >= 30
    assert row.quality["accuracy"] > 0.8
    new = said("Why does the zip on my rucksack stick?")
    sorting.propose(by=SYSTEM, at=NOON)
    assert Voice.objects.filter(opinion=new).order_by("-probability")[0].need == zips
    printed = quality.printed(at=NOON)
    assert printed.trained_at == NOON
    if row.quality["n"] >= quality.FEWEST:
        assert printed.accuracy is not None
        assert printed.accuracy.low < printed.accuracy.value < printed.accuracy.high
    for n in range(3):
        sorting.learn(by=SYSTEM, at=NOON + n * DAY)
    assert Sorter.objects.count() == sorting.KEPT


def test_too_few_to_say_is_said() -> None:
    sorting.learn(by=SYSTEM, at=NOON)
    printed = quality.printed(at=NOON)
    assert (printed.n, printed.accuracy, printed.coverage, printed.agreement) == (0, None, None, None)


def test_changed_words_are_proposed_for_anew_and_what_is_gone_is_not() -> None:
    row, gone = said("My parcel has not arrived yet."), said("The parcel never came, where is it?")
    sorting.propose(by=SYSTEM, at=NOON)
    revise(row.pk, words=Words("It arrived broken, the glass was in pieces."), mark=None, by=SYSTEM, at=NOON)
    take_back(gone.pk, by=SYSTEM, at=NOON)
    sorting.propose(by=SYSTEM, at=NOON)
    assert best(row) == "damaged"


def test_erasing_a_person_takes_her_words_out_of_what_was_learned() -> None:
    ada = customer("Ada")
    secret = said("The xylophonic marzipanopticon sticks, the zip too", customer=ada.pk)
    operations.confirm(secret.pk, [operations.make_need({"en": "Zips"}, by=OLIVE, at=NOON).pk], by=OLIVE, at=NOON)
    Job.objects.all().delete()
    sorting.learn(by=SYSTEM, at=NOON)
    erase(ada.pk, reason="asked", by=OLIVE, at=NOON)
    assert Sorter.objects.count() == 0
    assert Job.objects.filter(kind="needs.train").count() == 1
    assert all("marzipan" not in one.text for one in sorting.known())


def test_what_was_learned_beside_from_words_that_wait_goes_with_their_author() -> None:
    ada = customer("Ada")
    said("Marzipan everywhere, nobody has decided on it.", customer=ada.pk)
    sorting.learn(by=SYSTEM, at=NOON)
    erase(ada.pk, reason="asked", by=OLIVE, at=NOON)
    assert Sorter.objects.count() == 0
    assert Job.objects.filter(kind="needs.train").count() == 1


def test_what_was_learned_is_sealed() -> None:
    sorting.learn(by=SYSTEM, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM needs_sorter")
        kept = bytes(cursor.fetchone()[0])
    assert b"PK" not in kept[:4]
    assert b"weights" not in kept


def test_words_that_go_while_they_are_learned_from_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    row = said("My parcel has not arrived yet.")
    operations.confirm(row.pk, [operations.need_of_theme("late", by=OLIVE, at=NOON).pk], by=OLIVE, at=NOON)
    learn_from = sorting.themes.train

    def slowly(examples: list[sorting.themes.Example], **more: Any) -> sorting.themes.Sorter:
        take_back(row.pk, by=SYSTEM, at=NOON)
        return learn_from(examples, **more)

    monkeypatch.setattr(sorting.themes, "train", slowly)
    with pytest.raises(sorting.Outdated):
        sorting.learn(by=SYSTEM, at=NOON)
    assert Sorter.objects.count() == 0
