"""Small random shops for the guard: persons, their messages, rules and questions, as Hypothesis strategies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from regulars.decisions.guard import Ask, Cap, Consent, Crowd, Holiday, Past, Person, Quiet, Rank, Rules, Window
from regulars.decisions.guard.rules import DAY, HOUR, MINUTE, US

CHANNELS = ("email", "sms", "wechat")
# New York and Berlin change their clocks, Lord Howe by half an hour, Kathmandu is off by three quarters.
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu")


def instant(text: str) -> int:
    """Return the microseconds of an instant written as ISO 8601, UTC unless it says otherwise."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()) * US


# The nights of 2026 on which clocks change somewhere, and a day on which they do not.
NOWS = st.sampled_from(
    [instant(text) for text in ("2026-03-08", "2026-03-28T20:00", "2026-06-15T03:30", "2026-10-24T22:00", "2026-11-01")]
).flatmap(lambda base: st.integers(0, 36 * 60).map(lambda minutes: base + minutes * MINUTE))

_caps = st.builds(
    Cap,
    name=st.just("some"),
    most=st.sampled_from([None, 0, 1, 1, 2, 3]),
    window=st.sampled_from([16 * HOUR, DAY, 7 * DAY, 30 * DAY]),
    form=st.sampled_from(["rolling", "rolling", "day", "week", "month"]),
    channels=st.frozensets(st.sampled_from(CHANNELS), max_size=2),
    covers_service=st.booleans(),
    tolerance=st.sampled_from([0, 10 * MINUTE]),
)
_quiets = st.builds(
    Quiet,
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
    weekdays=st.frozensets(st.sampled_from([6, 7]), max_size=1),
)
# The days on which the clocks of NOWS change, and those around them.
DAYS = st.sampled_from([(3, 8), (3, 29), (6, 15), (10, 24), (10, 25), (11, 1)]).flatmap(
    lambda day: st.integers(-1, 2).map(lambda more: date(2026, *day) + timedelta(days=more))
)
_holidays = st.builds(Holiday, day=DAYS, name=st.just("a holiday"))
rules = st.builds(
    Rules,
    caps=st.lists(_caps, max_size=3).map(tuple),
    quiet=st.dictionaries(st.sampled_from(CHANNELS), _quiets),
    service_quiet=st.dictionaries(st.sampled_from(CHANNELS), _quiets, max_size=1),
    holidays=st.lists(_holidays, max_size=3).map(tuple),
    windows=st.dictionaries(st.just("wechat"), st.builds(Window, carries_marketing=st.booleans())),
    week_start=st.integers(1, 7),
    customers_may_be_written_to=st.booleans(),
)
asks = st.builds(
    Ask,
    channel=st.sampled_from(CHANNELS),
    now=NOWS,
    expires=st.just(0),
    is_marketing=st.booleans(),
    rank=st.sampled_from(Rank),
    is_personalised=st.booleans(),
).flatmap(
    lambda ask: st.sampled_from([HOUR, DAY, 9 * DAY, 90 * DAY]).map(
        lambda more: Ask(ask.channel, ask.now, ask.now + more, ask.is_marketing, ask.rank, ask.is_personalised)
    )
)


def persons(now: int) -> st.SearchStrategy[Person]:
    """Return persons who mostly may be written to, with messages around ``now``."""
    seldom = st.sampled_from([False] * 7 + [True])
    past = st.builds(
        Past,
        id=st.integers(1, 10**6),
        at=st.integers(-40 * 24 * 4, 10 * 24 * 4).map(lambda quarters: now + quarters * 15 * MINUTE),
        channel=st.sampled_from(CHANNELS),
        is_marketing=st.booleans(),
        rank=st.sampled_from(Rank),
        is_reserved=st.booleans(),
    )
    return st.builds(
        Person,
        zone=st.sampled_from(ZONES),
        has_address=seldom.map(lambda no: not no),
        consent=st.sampled_from([Consent.GRANTED, Consent.GRANTED, *Consent]),
        is_suppressed=seldom,
        is_closed_to_marketing=seldom,
        is_under_age=seldom,
        has_open_complaint=seldom,
        wants_no_personalisation=seldom,
        is_in_global_holdout=seldom,
        is_in_holdout=seldom,
        paused_until=st.sampled_from([0, 0, 0, now + 3 * DAY, now + 40 * DAY]),
        fatigue=st.sampled_from([0, 0, 0, 1, 2, 3, 9]),
        window_until=st.sampled_from([0, now + HOUR, now + 2 * DAY]),
        quota=st.integers(0, 3),
        past=st.lists(past, max_size=6).map(tuple),
    )


worlds = asks.flatmap(lambda ask: st.tuples(st.just(ask), rules, st.lists(persons(ask.now), min_size=1, max_size=8)))


def crowd(people: Sequence[Person]) -> Crowd:
    """Return the same persons as arrays."""
    columns = {
        f.name: np.array([getattr(p, f.name) for p in people])
        for f in fields(Person)
        if f.name not in {"zone", "past", "consent"}
    }
    past = [(i, p) for i, person in enumerate(people) for p in person.in_order]

    def of(values: list[int]) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    return Crowd(
        zones=ZONES,
        channels=CHANNELS,
        zone=of([ZONES.index(p.zone) for p in people]),
        consent=of([p.consent for p in people]),
        past_of=of([i for i, _ in past]),
        past_at=of([p.at for _, p in past]),
        past_channel=of([CHANNELS.index(p.channel) for _, p in past]),
        past_marketing=np.array([p.is_marketing for _, p in past], dtype=bool),
        past_rank=of([p.rank for _, p in past]),
        past_reserved=np.array([p.is_reserved for _, p in past], dtype=bool),
        past_id=of([p.id for _, p in past]),
        **columns,
    )
