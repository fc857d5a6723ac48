"""From voices to the critical few: the rule of the ranking, and figures of quality against hand-worked values."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.themes.drafts import alike, drafts, split
from regulars.insight.themes.quality import agreement, ari, coverage, nmi, purity, quality
from regulars.insight.themes.ranking import Voice, fisher, rank, trend

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NEEDS = st.dictionaries(st.sampled_from(["late", "damaged", "safety"]), st.integers(1, 5), min_size=1)
VOICES = st.lists(
    st.builds(
        lambda days, needs, value: (days, needs, value),
        st.floats(0, 400, allow_nan=False),
        NEEDS,
        st.floats(1, 2, allow_nan=False),
    ),
    max_size=25,
).map(lambda rows: [heard(n, days, needs, value) for n, (days, needs, value) in enumerate(rows)])


def heard(number: int, days: float, needs: dict[str, int], value: float = 1.0) -> Voice:
    return Voice(f"o{number:03}", NOW - timedelta(days=days), needs, value)


def test_severity_times_value_halved_each_thirty_days() -> None:
    ranking = rank(
        [
            heard(1, 0, {"late": 4}, 1.5),
            heard(2, 30, {"late": 4}),
            heard(3, 60, {"late": 2}, 2.0),
            heard(4, 0, {"fit": 2}),
        ],
        at=NOW,
    )
    late = ranking.needs[0]
    assert (late.key, late.score) == ("late", pytest.approx(4 * 1.5 + 4 * 0.5 + 2 * 2 * 0.25))
    assert (late.n, late.share, late.severity) == (3, 0.75, pytest.approx(10 / 3))
    assert late.quotes == ("o001", "o002", "o003")
    assert [need.key for need in ranking.said_once] == ["fit"]
    assert ranking.voices == 4


def test_safety_comes_first_however_few_say_it_and_singles_are_never_dropped() -> None:
    voices = [heard(n, 0, {"late": 5}) for n in range(90)]
    voices += [heard(100, 50, {"safety": 3}), heard(101, 5, {"idea": 1}), heard(102, 1, {"packaging": 2})]
    ranking = rank(voices, at=NOW, first=["safety"])
    assert [need.key for need in ranking.needs] == ["safety", "late"]
    assert ranking.needs[0].is_first
    assert [need.key for need in ranking.said_once] == ["packaging", "idea"]
    assert ranking.needs[1].score > ranking.needs[0].score


def test_one_voice_may_count_in_two_needs() -> None:
    ranking = rank([heard(1, 0, {"late": 4, "attitude": 4}), heard(2, 0, {"late": 4, "attitude": 4})], at=NOW)
    assert [(need.n, need.share) for need in ranking.needs] == [(2, 1.0), (2, 1.0)]


@given(VOICES, NEEDS, st.floats(0, 400, allow_nan=False), st.floats(1, 2, allow_nan=False))
def test_another_voice_never_lowers_the_score_of_its_needs(
    voices: list[Voice], needs: dict[str, int], days: float, value: float
) -> None:
    def scores(heard_: list[Voice]) -> dict[str, float]:
        found = rank(heard_, at=NOW)
        return {need.key: need.score for need in (*found.needs, *found.said_once)}

    before, after = scores(voices), scores([*voices, heard(999, days, needs, value)])
    assert all(after[key] >= score for key, score in before.items())
    assert set(after) == set(before) | set(needs)


@given(VOICES, st.randoms(use_true_random=False))
def test_the_order_of_voices_does_not_matter_and_none_is_lost(voices: list[Voice], chance: random.Random) -> None:
    ranking = rank(voices, at=NOW, first=["safety"])
    assert ranking == rank(chance.sample(voices, len(voices)), at=NOW, first=["safety"])
    found = {need.key: need.n for need in (*ranking.needs, *ranking.said_once)}
    assert found == {key: sum(key in v.needs for v in voices) for key in {k for v in voices for k in v.needs}}


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="value"):
        heard(1, 0, {"late": 4}, 3.0)
    with pytest.raises(ValueError, match="severity"):
        heard(1, 0, {"late": 6})


def test_fishers_tea_and_a_trend_that_is_no_more_than_noise() -> None:
    # Fisher's lady tasting tea, 3 of 4 right: one-sided 17/70, two-sided 34/70.
    assert fisher(3, 1, 1, 3) == pytest.approx(34 / 70)
    assert trend(10, 100, 12, 100).state == "same"
    assert trend(10, 100, 30, 100).state == "more"
    assert trend(30, 100, 10, 100).state == "less"
    # Twice as many voices of twice as many customers is nothing new.
    assert trend(20, 100, 40, 200).state == "same"
    assert trend(0, 50, 4, 50).state == ""
    assert trend(0, 0, 40, 200).state == ""


def test_a_trend_counts_the_two_last_periods_only() -> None:
    voices = [heard(n, 10, {"late": 4}) for n in range(20)]
    voices += [heard(100 + n, 45, {"fit": 2}) for n in range(20)] + [heard(200 + n, 80, {"late": 4}) for n in range(50)]
    late = next(need for need in rank(voices, at=NOW).needs if need.key == "late")
    assert (late.trend.was, late.trend.was_of, late.trend.now, late.trend.now_of) == (0, 20, 20, 20)
    assert late.trend.state == "more"


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


def test_figures_of_groups() -> None:
    meant = [0, 0, 0, 1, 1, 1]
    assert (purity(meant, meant), nmi(meant, meant), ari(meant, meant)) == (1, pytest.approx(1), pytest.approx(1))
    crossed = [0, 0, 1, 1, 2, 2]
    # As scikit-learn has them.
    assert purity(crossed, meant) == pytest.approx(5 / 6)
    assert ari(crossed, meant) == pytest.approx(0.24242, abs=1e-5)
    assert nmi(crossed, meant) == pytest.approx(0.51580, abs=1e-5)


def test_quality_of_proposals() -> None:
    proposed, confirmed = ["a", "a", "b", "b"], ["a", "b", "b", "b"]
    found = quality(proposed, confirmed, [0.9, 0.2, 0.8, 0.7])
    assert (found.accuracy, found.coverage) == (0.75, 0.75)
    assert found.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert quality([], [], []).n == 0
    # Equals stand or fall as one: the order in which they are listed proves nothing.
    assert coverage([True, False], [0.5, 0.5]) == coverage([False, True], [0.5, 0.5]) == 0


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
