"""A million customers asked about one newsletter, beside the least any guard must do: read every fact once.

``seconds_1m`` is the verdicts alone, from arrays to arrays. The peer sums every array of the same facts and sorts the
instants once, which is the memory traffic no reading of the rules gets around. ``equal_to_single`` weighs a sample of
the same customers one by one: 1.0 means that every verdict, instant and reason was the same.
"""

from __future__ import annotations

import os
from dataclasses import fields

import numpy as np

from bench.framework import Outcome, in_child, interleaved, say
from regulars.decisions.guard import Ask, Cap, Crowd, Quiet, Rank, Rules, weigh, weigh_all
from regulars.decisions.guard.rules import DAY, HOUR, MINUTE, US

NAME = "guard"
HELP = "a million guarded verdicts over one pass through the same facts"
NOW = 1_793_000_000 * US  # 2026-10-26 02:13 UTC, the day after Europe's clocks went back
ZONES = (
    "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Europe/London", "America/Los_Angeles", "Asia/Tokyo",
    "Australia/Sydney", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Auckland", "UTC",
)  # fmt: skip
RULES = Rules(
    caps=(
        Cap("a day", 1, form="day"),
        Cap("a week", 3, 7 * DAY, tolerance=70 * MINUTE),
        Cap("a month", 6, 30 * DAY, channels=frozenset({"email"})),
        Cap("between two", 1, 16 * HOUR),
    ),
    quiet={"email": Quiet(21 * 60, 8 * 60), "sms": Quiet(20 * 60, 9 * 60, frozenset({7}))},
)
ASK = Ask("email", NOW, NOW + 2 * DAY, is_personalised=True)


def crowd(people: int, seed: int = 20261026) -> Crowd:
    """Return ``people`` customers, with three messages each in the last 40 days on average and some reserved."""
    random = np.random.default_rng(seed)
    count = random.poisson(3, people)
    of = np.repeat(np.arange(people), count)
    at = NOW - (random.random(len(of)) * 40 * DAY).astype(np.int64)
    reserved = random.random(len(of)) < 0.05
    at[reserved] = NOW + (random.random(int(reserved.sum())) * 2 * DAY).astype(np.int64)
    order = np.lexsort((at, of))

    def few(share: float) -> np.ndarray:
        return random.random(people) < share

    return Crowd(
        zones=ZONES,
        channels=("email", "sms", "wechat"),
        zone=random.integers(0, len(ZONES), people),
        has_address=~few(0.05),
        consent=random.choice([0, 1, 2, 3], people, p=[0.1, 0.75, 0.1, 0.05]),
        is_suppressed=few(0.02),
        is_closed_to_marketing=few(0.04),
        is_under_age=few(0.001),
        has_open_complaint=few(0.01),
        wants_no_personalisation=few(0.02),
        is_in_global_holdout=few(0.05),
        is_in_holdout=few(0.1),
        paused_until=np.where(few(0.02), NOW + 9 * DAY, 0),
        fatigue=random.choice([0, 1, 2, 3], people, p=[0.85, 0.1, 0.03, 0.02]),
        window_until=np.zeros(people, dtype=np.int64),
        quota=np.zeros(people, dtype=np.int64),
        past_of=of[order],
        past_at=at[order],
        past_channel=random.choice(3, len(of), p=[0.7, 0.2, 0.1]),
        past_marketing=random.random(len(of)) < 0.8,
        past_rank=random.integers(0, len(Rank), len(of)),
        past_reserved=reserved[order],
        past_id=np.arange(len(of)),
    )


def run() -> Outcome:
    """Measure; REGULARS_BENCH_ROWS makes the crowd smaller for a trial."""
    detail, peak = in_child(measure, int(os.environ.get("REGULARS_BENCH_ROWS", "1000000")))
    ratios = {name: detail.pop(name) for name in ("seconds_1m", "equal_to_single", "vs_one_pass")}
    return Outcome(ratios, peak, detail)


def measure(people: int) -> dict[str, object]:
    """Return the medians and how many of a sample agree with the plain reading."""
    asked = crowd(people)
    pair = interleaved(lambda: weigh_all(asked, ASK, RULES), lambda: _one_pass(asked), rounds=5)
    say(f"  {people:,} verdicts: {pair.subject:.2f} s")
    verdicts = weigh_all(asked, ASK, RULES)
    sample = range(0, people, max(1, people // 20_000))
    equal = sum(_is_equal(asked, verdicts, index) for index in sample)
    allowed, held, dropped = (int((verdicts.action == action).sum()) for action in range(3))
    return {
        "seconds_1m": pair.subject * 1_000_000 / people,
        "equal_to_single": equal / len(sample),
        "vs_one_pass": pair.ratio,
        "customers": people,
        "messages_of_the_past": len(asked.past_of),
        "compared_one_by_one": len(sample),
        "allowed": allowed,
        "held": held,
        "dropped": dropped,
    }


def _one_pass(asked: Crowd) -> None:
    for field in fields(asked):
        array = getattr(asked, field.name)
        if isinstance(array, np.ndarray):
            array.sum()
    np.argsort(asked.past_at)


def _is_equal(asked: Crowd, verdicts: object, index: int) -> bool:
    alone = weigh(asked.person(index), ASK, RULES)
    action, until, reasons = (getattr(verdicts, name)[index] for name in ("action", "until", "reasons"))
    return (("allow", "hold", "drop")[action], int(until), int(reasons)) == (alone.action, alone.until, alone.reasons)
