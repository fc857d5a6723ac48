"""A thousand good lots and a thousand bad ones, watched from the first order until a month after the last.

The good go wrong as often as the others of the product (2 %), the bad three times as often; each bad outcome becomes
known some days after the order left (gamma, ten days on average). ``false_alarm_rate`` is the share of good lots named
at any time, which must stay below the stated 5 %; ``median_delay`` the days from a bad lot's first order to its being
named (``orders``: how many had left by then), with those never named counted as the longest.

Two peers watch the same lots. ``daily_binomial``: the exact binomial test at 5 % against the history's rate, run each
day over the orders that are old enough; it is what a shop's spreadsheet does, and it alarms far too often. ``cusum``:
Page's cumulative sum (1954) of bad outcomes over those to be expected at the orders' ages, tuned for a tripled rate,
its bar set on a thousand other good lots so that it alarms as often as the subject. It needs such tuning for each shop;
the subject needs none.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import cache
from math import comb, log
from statistics import median

import numpy as np

from bench.framework import Outcome, in_child, say
from regulars.insight.lots import ALPHA, WINDOW, Sent, read

NAME = "lots"
HELP = "false alarms and delay of the test of lots over 1,000 good and 1,000 bad lots, beside a binomial test and CUSUM"
HISTORY, SIZE, A_DAY, FOLLOWED = 1_500, 600, 10, 30
FIRST = HISTORY // A_DAY
END = FIRST + SIZE // A_DAY + FOLLOWED
USUAL, BAD = 0.02, 0.06
OLD_ENOUGH = 14  # days; the spreadsheet's rule


def run() -> Outcome:
    """Measure; REGULARS_BENCH_ROWS makes it fewer lots for a trial."""
    detail, peak = in_child(measure, int(os.environ.get("REGULARS_BENCH_ROWS", "1000")))
    ratios = {name: detail.pop(name) for name in ("false_alarm_rate", "median_delay", "delay_over_cusum")}
    return Outcome(ratios, peak, detail)


def lots(seed: int, rate: float) -> tuple[list[Sent], list[Sent]]:
    """Return a lot that goes wrong at ``rate``, and the others of its product."""
    random = np.random.default_rng(seed)
    return _sent(random, SIZE, FIRST, rate), _sent(random, HISTORY, 0, USUAL)


def _sent(random: np.random.Generator, count: int, first: int, rate: float) -> list[Sent]:
    ages, bad = random.gamma(2, 5, count).astype(int), random.random(count) < rate
    days = first + np.arange(count) // A_DAY
    return [Sent(int(d), int(d + a) if b else None) for d, a, b in zip(days, ages, bad, strict=True)]


def ours(lot: Sequence[Sent], others: Sequence[Sent]) -> int | None:
    """Return the day on which the product names the lot."""
    return read(lot, others, today=END, quantity=SIZE).failing_since


@cache
def _tail(n: int, p: float) -> list[float]:
    """Return the chance of at least k of n, for every k."""
    terms = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(min(n, 80) + 1)]
    return list(np.cumsum(terms[::-1])[::-1])


def daily_binomial(lot: Sequence[Sent], others: Sequence[Sent]) -> int | None:
    """Return the first day on which a fixed-sample test would have named the lot."""
    p = round(sum(s.age <= OLD_ENOUGH for s in others) / len(others), 4)
    for today in range(FIRST + OLD_ENOUGH, END):
        old = [s for s in lot if s.day + OLD_ENOUGH <= today]
        bad = sum(s.age <= OLD_ENOUGH for s in old)
        if bad and (bad > 80 or _tail(len(old), p)[bad] < ALPHA):
            return today
    return None


def _expected(others: Sequence[Sent]) -> np.ndarray:
    """Return the share that goes wrong at each age in days, from the history."""
    ages = [int(s.age) for s in others if s.age < WINDOW]
    return np.bincount(ages, minlength=WINDOW)[:WINDOW] / len(others)


def sums(lot: Sequence[Sent], others: Sequence[Sent]) -> np.ndarray:
    """Return the cumulative sum at the end of each day, from the first order on."""
    days = np.arange(FIRST, END)
    usual = np.zeros(len(days))
    by_age = _expected(others)
    for day, count in zip(*np.unique([s.day for s in lot], return_counts=True), strict=True):
        ages = days - day
        usual += count * np.where((ages >= 0) & (ages < WINDOW), by_age[np.clip(ages, 0, WINDOW - 1)], 0)
    seen = np.bincount([s.bad_day - FIRST for s in lot if s.bad_day is not None], minlength=len(days))[: len(days)]
    ratio, level, course = BAD / USUAL, 0.0, []
    for bad, expected in zip(seen, usual, strict=True):
        level = max(0.0, level + bad * log(ratio) - expected * (ratio - 1))
        course.append(level)
    return np.array(course)


def measure(runs: int) -> dict[str, object]:
    """Return how often each names a good lot, and how soon a bad one."""
    good = [lots(seed, USUAL) for seed in range(runs)]
    bad = [lots(10**6 + seed, BAD) for seed in range(runs)]
    began = time.process_time()
    false_alarms = [ours(*pair) is not None for pair in good]
    taken = (time.process_time() - began) / runs
    rate = float(np.mean(false_alarms))
    say(f"  false alarms of {runs:,} good lots: {rate:.1%}, {taken * 1000:.1f} ms a lot")
    tuning = [sums(*lots(2 * 10**6 + seed, USUAL)).max() for seed in range(runs)]
    bar = float(np.quantile(tuning, 1 - max(rate, 1 / runs)))

    def cusum(lot: Sequence[Sent], others: Sequence[Sent]) -> int | None:
        above = sums(lot, others) > bar
        return FIRST + int(above.argmax()) if above.any() else None

    found: dict[str, dict[str, float]] = {}
    watches: dict[str, Callable[..., int | None]] = {"ours": ours, "daily_binomial": daily_binomial, "cusum": cusum}
    for name, watch in watches.items():
        named = [watch(*pair) for pair in bad]
        delays = [END - FIRST if day is None else day - FIRST for day in named]
        found[name] = {
            "false_alarm_rate": float(np.mean([watch(*pair) is not None for pair in good])),
            "median_delay_days": float(median(delays)),
            "median_delay_orders": float(median(min((days + 1) * A_DAY, SIZE) for days in delays)),
            "caught": float(np.mean([day is not None for day in named])),
        }
        say(f"  {name}: {found[name]}")
    mine, theirs = found["ours"], found["cusum"]
    return {
        "false_alarm_rate": rate,
        "median_delay": mine["median_delay_days"],
        "delay_over_cusum": mine["median_delay_days"] / theirs["median_delay_days"],
        "stated_false_alarm_rate": ALPHA,
        "lots_each": runs,
        "ms_a_lot": round(taken * 1000, 2),
        "watches": found,
    }
