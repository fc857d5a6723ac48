"""One row for one message: planned once, weighed twice, never sent again blindly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.base.actor import SYSTEM, Actor
from regulars.channels.contract import Receipt
from regulars.decisions.guard import Rank, Reason
from regulars.messages.models import Halt, Touch, Wish
from regulars.messages.operations import cancel, halt, lift_halt, plan, resume
from regulars.people.operations import merge
from regulars.people.operations.consent import suppress, withdraw_consent
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider, sending, states

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLIVE = Actor("staff", 1)


def kinds() -> list[str]:
    return sorted(Activity.objects.filter(kind__startswith="message.").values_list("kind", flat=True))


def test_a_message_reaches_who_agreed_once_however_often_it_is_planned_and_sent() -> None:
    kept, sender = provider()
    ada, dan = customer("Ada Abel"), customer("Dan", says="withdrawn")
    news = sending()
    assert plan(news, [ada.pk, dan.pk], by=OLIVE, at=NOON) == 2
    assert plan(news, [ada.pk, dan.pk], by=OLIVE, at=NOON + HOUR) == 0
    assert (leave(sender, NOON), leave(sender, NOON + HOUR)) == (1, 0)
    assert kept.to() == ["ada@example.com"]
    assert states() == {ada.pk: "handed_over", dan.pk: "dropped"}
    assert Touch.objects.get(customer_id=dan.pk).reasons == Reason.WITHDRAWN
    assert kinds() == ["message.handed_over"]


def test_it_speaks_to_her_by_name_and_in_her_language() -> None:
    kept, sender = provider()
    both = {"en": {"subject": "Hi {first_name|you}", "text": "x"}, "zh-hans": {"subject": "{name|您}好", "text": "茶"}}
    ada, wang = customer("Ada Abel"), customer("王芳", email="wang@example.com", language="zh-Hans")
    plan(sending(content=both), [ada.pk, wang.pk], by=OLIVE, at=NOON)
    leave(sender, NOON)
    assert {m.to: (m.subject, m.language) for m in kept.taken} == {
        "ada@example.com": ("Hi Ada", "en"),
        "wang@example.com": ("王芳好", "zh-hans"),
    }


@pytest.mark.parametrize("says_no", ["withdraws", "suppressed", "pauses", "hears otherwise"])
def test_a_no_between_planning_and_leaving_is_heard(says_no: str) -> None:
    kept, sender = provider()
    ada = customer("Ada")
    news = sending()
    plan(news, [ada.pk], by=OLIVE, at=NOON)
    if says_no == "withdraws":
        withdraw_consent(customer=ada.pk, channel="email", source="link", by=SYSTEM, at=NOON)
    elif says_no == "suppressed":
        suppress(kind="email", value="ada@example.com", reason="bounced", by=SYSTEM, at=NOON)
    elif says_no == "pauses":
        Wish.objects.create(customer=ada, kind="pause", until=NOON + 30 * DAY, at=NOON, by="customer")
    else:
        other = sending("campaign:2", rank=Rank.CART)
        plan(other, [ada.pk], by=OLIVE, at=NOON)
    left = leave(sender, NOON)
    assert left == (1 if says_no == "hears otherwise" else 0)
    wanted = "held" if says_no == "hears otherwise" else "dropped"
    assert Touch.objects.get(sending=news).state == wanted
    assert all(message.to == "ada@example.com" for message in kept.taken)


def test_when_one_slot_is_left_the_more_urgent_message_takes_it() -> None:
    kept, sender = provider()
    ada = customer("Ada")
    news, basket = sending("campaign:1"), sending("journey:1", rank=Rank.CART)
    plan(news, [ada.pk], by=OLIVE, at=NOON)
    plan(basket, [ada.pk], by=OLIVE, at=NOON)
    leave(sender, NOON)
    assert (Touch.objects.get(sending=basket).state, Touch.objects.get(sending=news).state) == ("handed_over", "held")
    held = Touch.objects.get(sending=news)
    assert held.release_at is not None
    assert held.release_at > NOON + 16 * HOUR
    leave(sender, held.release_at)
    assert len(kept.taken) == 2


def test_held_messages_do_not_leave_in_a_burst_when_the_night_is_over() -> None:
    _, _sender = provider()
    people = [customer(f"Ada{n}") for n in range(40)]
    plan(sending(), [p.pk for p in people], by=OLIVE, at=NOON.replace(hour=23))
    release = [at for at in Touch.objects.values_list("release_at", flat=True) if at is not None]
    opens = NOON.replace(hour=8) + DAY
    assert min(release) >= opens
    assert max(release) <= opens + HOUR
    assert len({at.minute for at in release}) > 5


def test_a_person_with_two_records_gets_one_message_also_if_found_out_later() -> None:
    kept, sender = provider()
    ada, again = customer("Ada"), customer("Ada", email="ada.abel@example.com")
    plan(sending(), [ada.pk, again.pk], by=OLIVE, at=NOON)
    merge(kept=ada.pk, folded=again.pk, reason="by_hand", by=OLIVE, at=NOON)
    leave(sender, NOON)
    leave(sender, NOON + HOUR)
    assert len(kept.taken) == 1


def test_the_holdout_is_written_down_as_would_have_been_sent_and_hears_nothing() -> None:
    kept, sender = provider()
    people = [customer(f"Ada{n}") for n in range(60)]
    dan = customer("Dan", says="withdrawn")
    plan(sending(holdout_percent=50), [p.pk for p in [*people, dan]], by=OLIVE, at=NOON)
    leave(sender, NOON)
    withheld = set(Activity.objects.filter(kind="message.withheld").values_list("customer_id", flat=True))
    written_to = set(Activity.objects.filter(kind="message.handed_over").values_list("customer_id", flat=True))
    assert withheld | written_to == {p.pk for p in people}
    assert not withheld & written_to
    assert 15 < len(withheld) < 45
    assert len(kept.taken) == len(written_to)


@pytest.mark.parametrize(
    ("receipt", "state", "activity"),
    [
        (Receipt("refused", code="550", blame="address"), "failed", ["message.failed"]),
        (Receipt("unknown"), "unknown", ["message.unknown"]),
        (Receipt("later", retry_after=600), "ready", []),
    ],
)
def test_what_the_provider_answers_is_what_the_ledger_says(receipt: Receipt, state: str, activity: list[str]) -> None:
    kept, sender = provider()
    kept.answer = lambda message: receipt
    ada = customer("Ada")
    plan(sending(), [ada.pk], by=OLIVE, at=NOON)
    leave(sender, NOON)
    assert states() == {ada.pk: state}
    assert kinds() == activity
    kept.answer = lambda message: Receipt("accepted")
    leave(sender, NOON + timedelta(seconds=590))
    assert kept.taken == []
    leave(sender, NOON + timedelta(seconds=601))
    assert len(kept.taken) == (state == "ready")


def test_a_sending_can_be_stopped_resumed_and_taken_back() -> None:
    kept, sender = provider()
    ada, ben = customer("Ada"), customer("Ben")
    news = sending()
    plan(news, [ada.pk, ben.pk], by=OLIVE, at=NOON)
    assert halt(news, reason="by_hand", by=OLIVE, at=NOON)
    assert not halt(news, reason="by_hand", by=OLIVE, at=NOON)
    assert leave(sender, NOON) == 0
    assert resume(news, by=OLIVE, at=NOON)
    assert cancel(news, by=OLIVE, at=NOON) == 2
    assert leave(sender, NOON) == 0
    assert kept.taken == []
    assert set(states().values()) == {"cancelled"}


def test_the_pace_of_a_sender_holds_over_a_restart() -> None:
    kept, sender = provider()
    type(sender).objects.filter(pk=sender.pk).update(per_hour=10, left_of_hour=10)
    plan(sending(), [customer(f"Ada{n}").pk for n in range(30)], by=OLIVE, at=NOON)
    assert leave(sender, NOON) == 10
    sender.refresh_from_db()
    assert leave(sender, NOON + timedelta(minutes=1)) == 0
    assert leave(sender, NOON + timedelta(minutes=30)) == 5
    assert len(set(kept.to())) == 15


def test_a_wrong_password_stops_the_sender_and_costs_no_message() -> None:
    kept, sender = provider()
    kept.answer = lambda message: Receipt("refused", code="535", blame="sender")
    news = sending()
    plan(news, [customer(f"Ada{n}").pk for n in range(5)], by=OLIVE, at=NOON)
    assert leave(sender, NOON) == 0
    assert set(states().values()) == {"ready"}
    assert Halt.objects.get().sender_id == sender.pk
    kept.answer = lambda message: Receipt("accepted")
    assert leave(sender, NOON + HOUR) == 0
    assert lift_halt(sender.pk, by=OLIVE, at=NOON + HOUR)
    assert leave(sender, NOON + HOUR) == 5


def test_an_address_that_its_server_says_is_gone_is_not_tried_again() -> None:
    kept, sender = provider()
    kept.answer = lambda message: Receipt("refused", code="5.1.1", blame="address", severity="hard")
    ada = customer("Ada")
    plan(sending(), [ada.pk], by=OLIVE, at=NOON)
    leave(sender, NOON)
    plan(sending("order:1", is_marketing=False), [ada.pk], by=OLIVE, at=NOON)
    assert Touch.objects.get(sending__scope="order:1").state == "dropped"
