"""Followers become customers who agreed; what they do opens a window, and the guard keeps to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from regulars.base.actor import SYSTEM
from regulars.channels import contract
from regulars.channels.contract import Report
from regulars.messages.models import Said, Sender, Touch, Window
from regulars.messages.operations import NewSending, add_sender, hear, open_sending, plan
from regulars.messages.standing import standings
from regulars.people.models import Consent, Customer, Identifier
from regulars.people.operations import erase
from tests.messages.shop import NOON, Provider, leave, provider

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def account(channel: str = "wechat", app_id: str = "wx1") -> tuple[Provider, Sender]:
    """Return an account on a channel that only answers, and its provider."""
    provider()
    kept: Any = Provider()
    kept.channel = channel
    contract.register(kept)
    sender = add_sender(channel=channel, adapter="kept", name="W", settings={"app_id": app_id}, by=SYSTEM, at=NOON)
    return kept, sender


def told(kind: Any, number: int, minutes: int = 0, **more: Any) -> Report:
    return Report(kind, f"e{number}", NOON + minutes * MINUTE, address=more.pop("address", "o-ada"), **more)


def words() -> list[tuple[str, str]]:
    return list(Consent.objects.order_by("id").values_list("state", "source"))


@pytest.mark.parametrize("channel", ["wechat", "weibo"])
def test_a_follower_becomes_a_customer_who_agreed(channel: str) -> None:
    _, sender = account(channel)
    came = told("followed", 1, scene="shop-window", code="subscribe")
    assert hear(sender, [came], at=NOON) == 1
    assert hear(sender, [came], at=NOON) == 0
    ada = Customer.objects.get()
    point = Identifier.objects.get()
    assert (point.kind, point.scope.partition(":")[0], point.customer_id) == ("openid", channel, ada.pk)
    word = Consent.objects.get()
    assert (word.channel, word.state, word.source) == (channel, "granted", "follow")
    assert (word.proof["scene"], word.proof["event"]) == ("shop-window", "e1")
    assert [(s.channel, s.basis) for s in standings(ada.pk)] == [(channel, "agreed")]


def test_leaving_takes_the_word_back_and_a_late_push_does_not_undo_it() -> None:
    _, sender = account()
    came, left = told("followed", 1, code="subscribe"), told("unfollowed", 2, 3)
    hear(sender, [came, left], at=NOON + 4 * MINUTE)
    assert hear(sender, [came, left, came], at=NOON + 5 * MINUTE) == 0
    assert words() == [("granted", "follow"), ("withdrawn", "unfollow")]
    assert hear(sender, [told("followed", 3, 9, code="SCAN")], at=NOON + 9 * MINUTE) == 1  # a window, and no new yes
    assert words()[-1] == ("withdrawn", "unfollow")
    assert hear(sender, [told("followed", 4, 9, code="subscribe")], at=NOON + 9 * MINUTE) == 1
    assert words()[-1] == ("granted", "follow")
    assert Customer.objects.count() == 1


def test_two_accounts_know_the_same_id_as_two_people() -> None:
    for app in ("wx1", "wx2"):
        _, sender = account(app_id=app)
        hear(sender, [told("followed", 1)], at=NOON)
    assert Customer.objects.count() == 2


def say(sender: Sender, at: Any, number: int) -> str:
    """Plan an answer and hand over; return what became of it."""
    root = Customer.objects.get().pk
    content = {"en": {"text": "Yes, we have."}}
    new = NewSending(f"answer:{number}", sender.channel, content, at + 72 * HOUR, is_marketing=False)
    plan(open_sending(new, by=SYSTEM, at=at), [root], by=SYSTEM, at=at)
    leave(sender, at)
    return Touch.objects.get(sending__scope=f"answer:{number}").state


@pytest.mark.parametrize(
    ("report", "answers", "closes"),
    [
        (told("said", 1, text="Do you have oolong?", code="text"), 5, 48 * HOUR),
        (told("followed", 1, code="subscribe"), 3, MINUTE),
        (told("said", 1, code="CLICK", scene="menu"), 3, MINUTE),
    ],
)
def test_a_window_takes_so_many_messages_and_then_closes(report: Report, answers: int, closes: timedelta) -> None:
    kept, sender = account()
    hear(sender, [report], at=NOON)
    assert Said.objects.count() == (1 if report.text else 0)
    got = [say(sender, NOON + timedelta(seconds=n), n) for n in range(answers + 1)]
    assert got == ["handed_over"] * answers + ["dropped"]
    assert len(kept.taken) == answers
    Touch.objects.all().delete()
    assert say(sender, NOON + closes - timedelta(seconds=1), 90) == "handed_over"
    assert say(sender, NOON + closes, 91) == "dropped"


def test_she_who_writes_again_is_answered_again() -> None:
    _, sender = account()
    hear(sender, [told("said", 1, text="Hello", code="text")], at=NOON)
    for n in range(5):
        say(sender, NOON, n)
    assert say(sender, NOON + MINUTE, 5) == "dropped"
    hear(sender, [told("said", 2, 2, text="Still there?", code="text")], at=NOON + 2 * MINUTE)
    assert say(sender, NOON + 3 * MINUTE, 6) == "handed_over"
    hear(sender, [told("unfollowed", 3, 4)], at=NOON + 4 * MINUTE)
    assert say(sender, NOON + 5 * MINUTE, 7) == "dropped"


def test_who_never_wrote_is_not_written_to_and_erasing_closes_windows() -> None:
    _, sender = account()
    hear(sender, [told("followed", 1)], at=NOON)
    assert say(sender, NOON + 2 * MINUTE, 1) == "dropped"
    assert Window.objects.count() == 1
    erase(Customer.objects.get().pk, reason="asked", by=SYSTEM, at=NOON)
    assert not Window.objects.exists()


def test_one_yes_to_a_notice_is_for_one_message() -> None:
    _, sender = account()
    asked = told("said", 1, code="subscribe_msg")
    assert hear(sender, [asked], at=NOON) == 1
    assert hear(sender, [asked], at=NOON) == 0
    assert not Said.objects.exists()
    late = NOON + timedelta(days=100)
    assert [say(sender, late, 1), say(sender, late, 2)] == ["handed_over", "dropped"]
    hear(sender, [told("said", 2, 100 * 24 * 60 + 1, code="subscribe_msg")], at=late + MINUTE)
    assert say(sender, late + HOUR, 3) == "handed_over"


def test_where_there_is_a_template_news_of_an_order_needs_no_window_and_what_sells_does() -> None:
    kept, sender = account()
    hear(sender, [told("followed", 1, code="subscribe")], at=NOON)
    ada, later = Customer.objects.get(), NOON + timedelta(days=9)
    kept.speaks_anytime = lambda settings: False  # type: ignore[attr-defined]
    assert say(sender, later, 1) == "dropped"
    kept.speaks_anytime = lambda settings: settings["app_id"] == "wx1"  # type: ignore[attr-defined]
    assert [say(sender, later + n * MINUTE, 2 + n) for n in range(8)] == ["handed_over"] * 8
    new = NewSending("campaign:1", "wechat", {"en": {"text": "Buy"}}, later + 72 * HOUR, is_marketing=True)
    plan(open_sending(new, by=SYSTEM, at=later), [ada.pk], by=SYSTEM, at=later)
    leave(sender, later)
    assert Touch.objects.get(sending__scope="campaign:1").state == "dropped"
