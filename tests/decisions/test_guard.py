"""What the guard says, case by case: a table that a shop owner could read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from regulars.decisions.guard import Ask, Cap, Consent, Past, Person, Quiet, Rank, Reason, Rules, Window, weigh
from regulars.decisions.guard.rules import DAY, HOUR, MINUTE
from tests.decisions.worlds import instant

NOON = instant("2026-06-15T12:00")
ASK = Ask("email", NOON, NOON + 9 * DAY)
ADA = Person(consent=Consent.GRANTED)
AT_NIGHT = Rules(quiet={"email": Quiet(21 * 60, 8 * 60)})
A_DAY = Rules(caps=(Cap("a day", 1, form="day"),))
A_WEEK = Rules(caps=(Cap("a week", 2, 7 * DAY),))
WECHAT = Rules(windows={"wechat": Window(carries_marketing=True)})


def sent(hours: float, **about: Any) -> Past:
    """Return a message that left so many hours ago."""
    return Past(**({"id": int(abs(hours) * 60), "at": NOON - int(hours * HOUR), "channel": "email"} | about))


@pytest.mark.parametrize(
    ("person", "ask", "rules", "action", "reasons"),
    [
        (ADA, {}, Rules(), "allow", Reason(0)),
        (Person(), {}, Rules(), "drop", Reason.NO_CONSENT),
        (Person(consent=Consent.CUSTOMER), {}, Rules(), "drop", Reason.NO_CONSENT),
        (Person(consent=Consent.CUSTOMER), {}, Rules(customers_may_be_written_to=True), "allow", Reason(0)),
        (replace(ADA, consent=Consent.WITHDRAWN), {}, Rules(), "drop", Reason.WITHDRAWN),
        (replace(ADA, consent=Consent.WITHDRAWN), {"is_marketing": False}, Rules(), "allow", Reason(0)),
        (replace(ADA, has_address=False), {"is_marketing": False}, Rules(), "drop", Reason.NO_ADDRESS),
        (replace(ADA, is_suppressed=True), {"is_marketing": False}, Rules(), "drop", Reason.SUPPRESSED),
        (replace(ADA, is_closed_to_marketing=True), {}, Rules(), "drop", Reason.SUPPRESSED),
        (replace(ADA, is_closed_to_marketing=True), {"is_marketing": False}, Rules(), "allow", Reason(0)),
        (replace(ADA, is_under_age=True), {}, Rules(), "drop", Reason.UNDER_AGE),
        (replace(ADA, has_open_complaint=True), {}, Rules(), "drop", Reason.COMPLAINT_OPEN),
        (replace(ADA, has_open_complaint=True), {"is_marketing": False}, Rules(), "allow", Reason(0)),
        (replace(ADA, wants_no_personalisation=True), {}, Rules(), "allow", Reason(0)),
        (replace(ADA, wants_no_personalisation=True), {"is_personalised": True}, Rules(), "drop",
         Reason.NOT_PERSONALISED),
        (ADA, {}, Rules(caps=(Cap("none", 0),)), "drop", Reason.NONE_ALLOWED),
        (replace(ADA, past=(sent(1),) * 9), {}, Rules(caps=(Cap("no limit", None),)), "allow", Reason(0)),
        (replace(ADA, window_until=NOON + HOUR, quota=1), {"channel": "wechat"}, WECHAT, "allow", Reason(0)),
        (replace(ADA, window_until=NOON, quota=1), {"channel": "wechat"}, WECHAT, "drop", Reason.WINDOW_CLOSED),
        (replace(ADA, window_until=NOON + HOUR), {"channel": "wechat"}, WECHAT, "drop", Reason.NO_QUOTA),
        (replace(ADA, window_until=NOON + HOUR, quota=1), {"channel": "wechat"},
         Rules(windows={"wechat": Window(carries_marketing=False)}), "drop", Reason.CLASS_NOT_ALLOWED),
    ],
)  # fmt: skip
def test_who_may_be_written_to(person: Person, ask: dict[str, Any], rules: Rules, action: str, reasons: Reason) -> None:
    verdict = weigh(person, replace(ASK, **ask), rules)
    assert (verdict.action, verdict.reasons) == (action, reasons)


@pytest.mark.parametrize(
    ("person", "ask", "rules", "until", "reasons"),
    [
        # Quiet hours are the customer's, not the shop's, and may go over midnight.
        (ADA, {"now": instant("2026-06-15T22:30")}, AT_NIGHT, "2026-06-16T08:00", Reason.QUIET_HOURS),
        (ADA, {"now": instant("2026-06-15T07:59")}, AT_NIGHT, "2026-06-15T08:00", Reason.QUIET_HOURS),
        (replace(ADA, zone="Asia/Shanghai"), {"now": instant("2026-06-15T14:00")}, AT_NIGHT, "2026-06-16T00:00",
         Reason.QUIET_HOURS),
        # The night the clocks go forward, 02:30 does not exist: the quiet ends with the gap.
        (replace(ADA, zone="Europe/Berlin"), {"now": instant("2026-03-29T00:00")},
         Rules(quiet={"email": Quiet(21 * 60, 150)}), "2026-03-29T01:00", Reason.QUIET_HOURS),
        # The night they go back, 02:30 comes twice; the second time is quiet once more, and 08:00 is an hour later.
        (replace(ADA, zone="Europe/Berlin"), {"now": instant("2026-10-24T22:00")}, AT_NIGHT, "2026-10-25T07:00",
         Reason.QUIET_HOURS),
        # A week's slot frees a week after the first of the two, to the minute and not a whole week from now.
        (replace(ADA, past=(sent(150), sent(20))), {}, A_WEEK, "2026-06-16T06:00", Reason.CAP),
        # What an order tells takes no slot of what is sold.
        (replace(ADA, past=(sent(150), sent(20, is_marketing=False))), {}, A_WEEK, None, Reason(0)),
        # What waits for its hour has its slot reserved, unless it is the less urgent.
        (replace(ADA, past=(sent(140), sent(-20, is_reserved=True, rank=Rank.CART))), {}, A_WEEK, "2026-06-16T16:00",
         Reason.CAP),
        (replace(ADA, past=(sent(140), sent(-20, is_reserved=True))), {"rank": Rank.CART}, A_WEEK, None, Reason(0)),
        # A calendar day ends at her midnight; with quiet hours after it she hears at eight.
        (replace(ADA, past=(sent(1),), zone="Europe/Berlin"), {}, A_DAY, "2026-06-15T22:00", Reason.CAP),
        (replace(ADA, past=(sent(1),), zone="Europe/Berlin"), {}, replace(A_DAY, quiet=AT_NIGHT.quiet),
         "2026-06-16T06:00", Reason.CAP | Reason.QUIET_HOURS),
        # Whoever is tired is left alone for two weeks.
        (replace(ADA, past=(sent(100),), fatigue=1), {}, Rules(), "2026-06-25T08:00", Reason.FATIGUE),
        (replace(ADA, paused_until=instant("2026-06-20T12:00")), {}, Rules(), "2026-06-20T12:00", Reason.PAUSED),
    ],
)  # fmt: skip
def test_when_she_may_be_written_to(
    person: Person, ask: dict[str, Any], rules: Rules, until: str | None, reasons: Reason
) -> None:
    asked = replace(ASK, **ask)
    asked = replace(asked, expires=asked.now + 30 * DAY)
    verdict = weigh(person, asked, rules)
    wanted = ("hold", instant(until)) if until else ("allow", asked.now)
    assert (verdict.action, verdict.until, verdict.reasons) == (*wanted, reasons)


def test_a_daily_message_does_not_block_itself_by_seconds() -> None:
    past = (sent(23.95),)
    cap = Cap("a day", 1, DAY)
    assert weigh(replace(ADA, past=past), ASK, Rules(caps=(cap,))).action == "hold"
    assert weigh(replace(ADA, past=past), ASK, Rules(caps=(replace(cap, tolerance=10 * MINUTE),))).action == "allow"


def test_a_message_that_would_come_too_late_is_dropped_and_says_what_stood_in_its_way() -> None:
    verdict = weigh(replace(ADA, past=(sent(1), sent(2))), replace(ASK, expires=NOON + DAY), A_WEEK)
    assert (verdict.action, verdict.reasons) == ("drop", Reason.CAP | Reason.TOO_LATE)
    assert set(verdict.rows) == {60, 120}


def test_only_who_would_have_been_written_to_counts_as_held_out() -> None:
    held_out = replace(ADA, is_in_holdout=True)
    assert weigh(held_out, ASK, Rules()).would_have_left
    assert not weigh(replace(held_out, consent=Consent.WITHDRAWN), ASK, Rules()).would_have_left
    assert not weigh(ADA, ASK, Rules()).would_have_left


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Cap("x", -1),
        lambda: Cap("x", 1, 0),
        lambda: Cap("x", 1, 63 * DAY),
        lambda: Cap("x", 1, DAY, tolerance=DAY),
        lambda: Quiet(0, 1440),
    ],
)
def test_rules_that_make_no_sense_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"cap 'x'|quiet hours"):
        wrong()
