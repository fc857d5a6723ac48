"""Drafts put like with like, and what two people agree on beyond chance, against hand-worked values."""

from __future__ import annotations

import random

import pytest

from regulars.insight.themes.drafts import alike, drafts, split
from regulars.insight.themes.quality import agreement


def test_kappa_of_a_worked_example() -> None:
    # Fifty applications, two readers: 20 both yes, 15 both no, 5 and 10 apart: kappa 0.4.
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = agreement(first, second)
    assert (found.n, found.share, found.kappa) == (50, 0.7, pytest.approx(0.4))
    assert found.low is not None
    assert found.high is not None
    assert 0.14 < found.low < 0.16 < 0.64 < found.high < 0.66
    assert agreement(["a"] * 5, ["a"] * 5).kappa is None
    assert agreement([], []).n == 0


LATE = [f"the {what} came {when} late" for what in ("parcel", "box", "letter") for when in ("two weeks", "ten days")]
CANDLE = [f"my {scent} candle went out after {time}" for scent in ("rose", "lemon") for time in ("an hour", "a minute")]
CHINESE = ["蜡烛点不着", "蜡烛点不着火", "蜡烛根本点不着", "蜡烛老是点不着"]


def test_drafts_put_like_with_like_and_never_join_languages() -> None:
    texts = [*LATE, *CANDLE, *CHINESE, "😀", "completely unrelated remark"]
    found = drafts(texts)
    groups = [set(draft.places) for draft in found]
    assert set(range(6)) in groups
    assert set(range(6, 10)) in groups
    assert set(range(10, 14)) in groups
    assert [draft.language for draft in found] == ["en", "en", "zh"]
    labels = {word for draft in found for phrase in draft.label for word in phrase.split()}
    assert "late" in labels
    assert "candle" in labels
    assert any("蜡烛" in word for word in labels)
    assert not labels & {"the", "my", "after"}
    assert all(set(draft.quotes(2)) <= set(draft.places) for draft in found)


def test_drafts_do_not_depend_on_the_order() -> None:
    texts = [*LATE, *CANDLE, *CHINESE]
    order = random.Random(2).sample(range(len(texts)), len(texts))
    again = drafts([texts[n] for n in order])
    assert [[texts[p] for p in d.places] for d in drafts(texts)] == [[texts[order[p]] for p in d.places] for d in again]


def test_two_needs_that_are_one_and_one_that_is_two() -> None:
    pairs = alike({"late": LATE[:3], "slow": LATE[3:], "candles": CANDLE})
    assert [(pair.one, pair.other) for pair in pairs] == [("late", "slow")]
    parts = split([*LATE, *CANDLE])
    assert [len(part.places) for part in parts] == [6, 4]
    assert split(CHINESE) == ()


@pytest.mark.parametrize(
    "texts", [[], [""], ["😀", "😀"], ["one remark"], ["late", "late"], ["a" * 10_000, "好" * 10_000]]
)
def test_few_or_strange_texts_make_few_drafts(texts: list[str]) -> None:
    assert len(drafts(texts)) <= 1
    assert split(texts) == ()
