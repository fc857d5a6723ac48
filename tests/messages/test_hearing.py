"""What comes back is heard once, shrinks what is allowed, and stops a shop before its provider does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.base import secrets
from regulars.base.actor import SYSTEM, Actor
from regulars.channels.contract import Receipt, Report
from regulars.messages.models import Halt, Said, Sender, Touch, Wish
from regulars.messages.names import touch_name, touch_of
from regulars.messages.operations import hear, plan, unwish, wish
from regulars.messages.operations.hearing import words_of
from regulars.people.models import Consent, Customer, Suppression
from regulars.people.operations import erase
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider, sending, states

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sent(name: str = "Ada Abel", at: datetime = NOON, **about: Any) -> tuple[Sender, Customer, Touch]:
    """Return a sender, a customer, and the message that she got at ``at``."""
    _, sender = provider()
    ada = customer(name)
    plan(sending(**about), [ada.pk], by=SYSTEM, at=at)
    leave(sender, at)
    return sender, ada, Touch.objects.get(customer_id=ada.pk)


def report(kind: Any, touch: Touch, **more: Any) -> Report:
    return Report(kind, f"{kind}-1", NOON, message_id=touch_name(touch.pk), **more)


def suppressions() -> list[str]:
    return list(Suppression.objects.filter(lifted_at=None).values_list("reason", flat=True))


@pytest.mark.parametrize(
    ("kind", "severity", "state", "closed"),
    [
        ("delivered", "", "delivered", []),
        ("bounced", "hard", "bounced", ["bounced"]),
        ("bounced", "soft", "bounced", []),
        ("bounced", "block", "bounced", []),
        ("bounced", "message", "bounced", []),
        ("complained", "", "complained", ["complained"]),
    ],
)
def test_a_report_is_taken_in_once(kind: str, severity: Any, state: str, closed: list[str]) -> None:
    sender, ada, touch = sent()
    told = report(kind, touch, severity=severity, code="5.1.1")
    assert hear(sender, [told], at=NOON) == 1
    assert hear(sender, [told, told], at=NOON + DAY) == 0
    assert states() == {ada.pk: state}
    assert suppressions() == closed
    assert Activity.objects.filter(kind=f"message.{state}").count() == 1


def test_an_arrival_told_after_the_bounce_does_not_undo_it() -> None:
    sender, ada, touch = sent()
    assert hear(sender, [report("bounced", touch, severity="hard"), report("delivered", touch)], at=NOON) == 1
    assert states() == {ada.pk: "bounced"}


def test_a_report_of_a_message_that_is_not_ours_changes_nothing() -> None:
    sender, ada, touch = sent()
    forged = f"{touch.pk:x}.{'0' * 16}"
    assert hear(sender, [Report("complained", "1", NOON, message_id=forged)], at=NOON) == 0
    assert (states(), suppressions()) == ({ada.pk: "handed_over"}, [])
    assert touch_of(f"<{touch_name(touch.pk)}@tea.example>") == touch.pk


@pytest.mark.parametrize("has_message", [True, False])
def test_who_says_stop_is_heard_before_the_next_message_leaves(has_message: bool) -> None:
    sender, ada, touch = sent()
    later = sending("campaign:2")
    plan(later, [ada.pk], by=SYSTEM, at=NOON + DAY)
    said = (
        report("stopped", touch)
        if has_message
        else Report("stopped", "s", NOON, address="Ada@Example.com", text="STOP")
    )
    assert hear(sender, [said], at=NOON + DAY) == 1
    assert hear(sender, [said], at=NOON + DAY) == 0
    assert leave(sender, NOON + 2 * DAY) == 0
    assert Touch.objects.get(sending=later).state == "dropped"
    last = Consent.objects.filter(customer=ada).order_by("-id")[0]
    assert (last.state, last.source) == ("withdrawn", "answer")
    assert suppressions() == ["unsubscribed"]


def test_an_address_is_closed_only_when_it_is_full_for_long() -> None:
    _, sender = provider()
    ada = customer("Ada")
    for number, day in enumerate([0, 0, 0, 1, 2]):
        at = NOON + day * 20 * DAY
        touch = _left(sender, ada, f"campaign:{number}", at)
        hear(sender, [Report("bounced", f"{number}", at, message_id=touch_name(touch.pk), severity="soft")], at=at)
        assert suppressions() == (["bounced"] if number == 4 else [])


def _left(sender: Sender, to: Customer, scope: str, at: datetime) -> Touch:
    return Touch.objects.create(
        sending=sending(scope), customer_id=to.pk, channel="email", is_marketing=True, rank=5, state="handed_over",
        expires_at=at, planned_at=at, decided_at=at, left_at=at, sender_id=sender.pk,
        address=secrets.digest("email", "", "ada@example.com"),
    )  # fmt: skip


def test_a_sending_to_dead_addresses_stops_itself() -> None:
    _, sender = provider()
    people = [customer(f"Ada{n}") for n in range(60)]
    news = sending()
    plan(news, [p.pk for p in people], by=SYSTEM, at=NOON)
    assert leave(sender, NOON) == 60
    touches = list(Touch.objects.order_by("pk")[:3])
    assert hear(sender, [report("bounced", t, severity="hard") for t in touches[:2]], at=NOON) == 2
    assert not Halt.objects.exists()
    assert hear(sender, [report("bounced", touches[2], severity="hard")], at=NOON) == 1
    halt = Halt.objects.get()
    assert (halt.sending_id, halt.reason, halt.lifted_at) == (news.pk, "bounces", None)


def test_a_sender_of_whom_readers_complain_stops_itself() -> None:
    _, sender = provider()
    plan(sending(), [customer(f"Ada{n}").pk for n in range(30)], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    for touch in Touch.objects.order_by("pk")[:3]:
        assert not Halt.objects.exists()
        hear(sender, [report("complained", touch)], at=NOON)
    assert Halt.objects.get().sender_id == sender.pk


def test_an_answer_is_kept_sealed_and_goes_with_the_person() -> None:
    sender, ada, touch = sent()
    said = report("said", touch, address="ada@example.com", subject="Re: News", text="Do you have oolong?")
    assert hear(sender, [said], at=NOON) == 1
    assert hear(sender, [said], at=NOON) == 0
    kept = Said.objects.get()
    assert words_of(kept)["text"] == "Do you have oolong?"
    assert b"oolong" not in bytes(kept.sealed)
    assert not Activity.objects.filter(body__icontains="oolong").exists()
    assert Activity.objects.filter(kind="message.answered", customer_id=ada.pk).count() == 1
    stranger = Report("said", "x2", NOON, address="eve@example.com", text="Hello?")
    assert hear(sender, [stranger], at=NOON) == 1
    assert words_of(Said.objects.get(customer=None))["address"] == "eve@example.com"
    erase(ada.pk, reason="asked", by=SYSTEM, at=NOON)
    assert list(Said.objects.values_list("customer", flat=True)) == [None]


@pytest.mark.parametrize(
    ("asked", "day", "wanted"),
    [
        ({"kind": "pause", "until": NOON + 5 * DAY}, 1, "held"),
        ({"kind": "pause", "until": NOON + 5 * DAY}, 6, "handed_over"),
        ({"kind": "seldom", "level": 1}, 7, "held"),
        ({"kind": "no_topic", "topic": "tea"}, 7, "dropped"),
        ({"kind": "no_topic", "topic": "cups"}, 7, "handed_over"),
        ({"kind": "not_personalised"}, 7, "dropped"),
    ],
)
def test_a_wish_holds_until_it_is_let_go(asked: dict[str, Any], day: int, wanted: str) -> None:
    sender, ada, _ = sent()
    by = Actor("customer", ada.pk)
    assert wish(customer=ada.pk, by=by, at=NOON, **asked)
    assert not wish(customer=ada.pk, by=by, at=NOON, **asked)
    at = NOON + day * DAY
    about = {"topic": "tea", "is_personalised": True, "expires_at": at + 20 * DAY}
    plan(sending("campaign:2", **about), [ada.pk], by=SYSTEM, at=at)
    leave(sender, at)
    assert Touch.objects.get(sending__scope="campaign:2").state == wanted
    kind, topic = asked["kind"], asked.get("topic", "")
    assert unwish(customer=ada.pk, kind=kind, topic=topic, by=by, at=at)
    assert not unwish(customer=ada.pk, kind=kind, topic=topic, by=by, at=at)
    assert not Wish.objects.filter(lifted_at=None).exists()


def test_nothing_is_heard_of_a_message_that_was_refused() -> None:
    kept, sender = provider()
    kept.answer = lambda message: Receipt("refused", code="550")
    ada = customer("Ada")
    plan(sending(), [ada.pk], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    assert hear(sender, [report("delivered", Touch.objects.get())], at=NOON) == 0
    assert states() == {ada.pk: "failed"}
