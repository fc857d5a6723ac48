"""Effects against published figures, and intervals that keep their word when they are looked at every day."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from regulars.insight.experiments import Arm, is_split_as_planned, lift

HILLSTROM = Path(__file__).resolve().parents[3] / "shared" / "data" / "hillstrom"


def arm(values: np.ndarray) -> Arm:
    return Arm(len(values), float(values.sum()), float((values * values).sum()))


@pytest.mark.data
@pytest.mark.parametrize(
    ("segment", "column", "effect", "error"),
    [
        ("Mens E-Mail", "visit", 0.07659, 0.00339),
        ("Mens E-Mail", "conversion", 0.00681, 0.00092),
        ("Mens E-Mail", "spend", 0.770, 0.145),
        ("Womens E-Mail", "visit", 0.04523, 0.00323),
        ("Womens E-Mail", "conversion", 0.00311, 0.00082),
        ("Womens E-Mail", "spend", 0.424, 0.130),
    ],
)
def test_hillstroms_published_effects(segment: str, column: str, effect: float, error: float) -> None:
    found = {segment: list[float](), "No E-Mail": list[float]()}
    path = next(p for p in sorted(HILLSTROM.iterdir()) if ".csv" in p.name)
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as text:
        for row in csv.DictReader(text):
            if row["segment"] in found:
                found[row["segment"]].append(float(row[column]))
    got = lift(arm(np.array(found[segment])), arm(np.array(found["No E-Mail"])))
    assert got is not None
    digits = 3 if column == "spend" else 5
    assert (round(got.estimate, digits), round(got.error, digits)) == (effect, error)


def test_looking_every_day_raises_no_false_alarm_too_often() -> None:
    random, alarms, days, worlds = np.random.default_rng(11), 0, 14, 400
    for _ in range(worlds):
        written, silent = np.zeros(2_000), np.zeros(400)
        for day in range(1, days + 1):
            written += random.poisson(0.02, 2_000)
            silent += random.poisson(0.02, 400)
            got = lift(arm(written), arm(silent), elapsed=day / days)
            if got is not None and got.tells:
                alarms += 1
                break
    assert alarms / worlds <= 0.05


def test_a_true_effect_is_inside_its_interval_and_small_groups_tell_nothing() -> None:
    random = np.random.default_rng(5)
    inside = 0
    for _ in range(200):
        got = lift(arm(random.poisson(0.30, 3_000)), arm(random.poisson(0.25, 600)))
        assert got is not None
        inside += got.low <= 0.05 <= got.high
        assert got.tells == (got.needed is None)
    assert inside >= 190
    assert lift(Arm(500, 20, 20), Arm(19, 1, 1)) is None
    assert lift(Arm(500, 0, 0), Arm(100, 0, 0)) is None


def test_about_how_many_more_would_tell() -> None:
    got = lift(Arm(1_000, 110, 110), Arm(1_000, 100, 100))
    assert got is not None
    assert not got.tells
    assert got.needed is not None
    times = (2_000 + got.needed) // 2 / 1_000
    more = lift(
        Arm(int(1_000 * times) + 1, 110 * times, 110 * times), Arm(int(1_000 * times) + 1, 100 * times, 100 * times)
    )
    assert more is not None
    assert more.tells


@pytest.mark.parametrize(
    ("treated", "control", "is_fair"), [(9_000, 1_000, True), (9_000, 800, False), (0, 0, True), (90, 4, True)]
)
def test_groups_that_chance_did_not_make_are_named(treated: int, control: int, is_fair: bool) -> None:
    assert is_split_as_planned(treated, control, 0.1) is is_fair
