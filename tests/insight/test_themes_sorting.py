"""Sorting: what the taxonomy knows by itself, what the shop's confirmations add, and what is kept."""

from __future__ import annotations

import io
import pickle
import random

import numpy as np
import pytest

from regulars.insight.themes.keeping import Unreadable, from_bytes, to_bytes
from regulars.insight.themes.margins import judge, logistic
from regulars.insight.themes.sorting import Example, Sorter, train
from regulars.insight.themes.taxonomy import LANGUAGES, Kind, themes


@pytest.fixture(scope="module")
def beginner() -> Sorter:
    """Return what is known before anybody confirmed anything."""
    return train([])


def said(sorter: Sorter, text: str) -> set[str]:
    return {found.theme for found in sorter.sort([text])[0].said}


def test_every_theme_has_names_cues_and_sentences_in_both_languages() -> None:
    assert [theme.key for theme in themes().values() if theme.is_first] == ["safety", "counterfeit", "privacy"]
    seen = set()
    for key, theme in themes().items():
        assert 1 <= theme.severity <= 5
        for language in LANGUAGES:
            assert theme.names[language]
            assert 20 <= len(theme.examples[language]) <= 30, key
            assert theme.cues[language] or theme.kind is Kind.OTHER
            for sentence in theme.examples[language]:
                assert sentence not in seen, sentence
                seen.add(sentence)


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Still waiting for my parcel, it is two weeks late", "late"),
        ("都十天了快递还没到", "late"),
        ("the vase was broken when I opened the box", "damaged"),
        ("收到的时候瓶子漏了", "damaged"),
        ("I want my money back, where is the refund", "refund"),
        ("申请退款一直不给退", "refund"),
        ("your agent on the phone was very rude", "attitude"),
        ("客服态度恶劣", "attitude"),
        ("the charger caught fire", "safety"),
        ("孩子用了过敏起红疹", "safety"),
        ("這是假貨", "counterfeit"),
        ("the app crashes when I pay", "app"),
        ("非常满意，会再来", "praise"),
        ("please add more colours", "idea"),
    ],
)
def test_a_beginner_knows_the_plain_cases(beginner: Sorter, text: str, theme: str) -> None:
    assert beginner.sort([text])[0].said[0].theme == theme


def test_one_text_may_speak_of_several_needs(beginner: Sorter) -> None:
    assert said(beginner, "物流太慢了！客服态度也差") >= {"late", "attitude"}
    assert said(beginner, "The parcel is two weeks late. Your staff were rude to me.") >= {"late", "attitude"}


def test_a_beginner_does_not_claim_the_shops_own_texts_proved_it(beginner: Sorter) -> None:
    assert not beginner.is_proven
    assert beginner.judged.n > 700


def own_examples() -> list[Example]:
    scents = ["rose", "lemon", "cedar", "jasmine", "amber", "musk", "lime", "pine"]
    return [
        *(
            Example(f"the {scent} candle {verb} before an hour is over", ("wick",))
            for scent in scents
            for verb in ("dies", "goes out", "drowns")
        ),
        *(
            Example(f"I can hardly smell the {scent} {what}", ("scent",))
            for scent in scents
            for what in ("one", "candle", "at all")
        ),
    ]


def test_the_shops_own_themes_are_learnt_from_a_few_confirmations(beginner: Sorter) -> None:
    sorter = train(own_examples())
    assert sorter.is_proven
    assert said(sorter, "my candle goes out within an hour") == {"wick"}
    assert said(sorter, "cannot smell anything") == {"scent"}
    assert "wick" not in said(beginner, "my candle goes out within an hour")
    # What was known before is not forgotten.
    assert said(sorter, "the parcel is two weeks late, still waiting") == {"late"}


def test_the_order_of_examples_changes_nothing() -> None:
    examples = own_examples()
    shuffled = random.Random(4).sample(examples, len(examples))
    assert to_bytes(train(examples)) == to_bytes(train(shuffled))


def test_what_is_kept_sorts_alike(beginner: Sorter) -> None:
    again = from_bytes(to_bytes(beginner))
    texts = ["two weeks late", "漏了一半", "", "😀", "love it but the box was crushed"]
    assert again.sort(texts) == beginner.sort(texts)
    assert again.judged == beginner.judged


def test_bytes_of_somebody_else_are_refused() -> None:
    trap = io.BytesIO()
    np.savez(trap, heading=np.array([{"version": 1}], dtype=object))
    for kept in (b"", b"nonsense", pickle.dumps({"a": 1}), trap.getvalue()):
        with pytest.raises(Unreadable):
            from_bytes(kept)


def test_with_no_examples_and_no_taxonomy_nothing_is_said() -> None:
    sorter = train([], taxonomy={})
    assert sorter.keys == ()
    assert [found.said for found in sorter.sort(["late", ""])] == [(), ()]
    assert from_bytes(to_bytes(sorter)).sort(["late"])[0].said == ()


def test_one_theme_only_and_texts_of_no_theme() -> None:
    one = train(
        [Example(f"candle number {word} went out", ("wick",)) for word in ("one", "two", "six")],
        taxonomy={},
    )
    assert one.keys == ("wick",)
    found = one.sort(["my candle went out"])[0]
    assert [s.theme for s in found.said] == ["wick"]
    assert not found.is_sure
    none = train([Example("hello there", ()), Example("late again", ("late",))], taxonomy={})
    assert none.keys == ("late",)


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "a" * 10_000, "好" * 10_000, "late. " * 2_000])
def test_strange_texts_do_no_harm(beginner: Sorter, text: str) -> None:
    found = beginner.sort([text, "late parcel"])
    assert len(found) == 2
    assert all(0 <= s.probability <= 1 for s in found[0].said)


def test_sure_means_nineteen_of_twenty_on_unseen_texts() -> None:
    random_ = np.random.default_rng(1)
    margins = random_.uniform(0, 2, 4_000)
    right = random_.uniform(size=4_000) < 1 / (1 + np.exp(-3 * margins))
    judged = judge(margins, right)
    fresh = random_.uniform(0, 2, 4_000)
    held = (random_.uniform(size=4_000) < 1 / (1 + np.exp(-3 * fresh)))[fresh >= judged.threshold]
    assert held.mean() >= 0.94
    assert 0.3 < judged.coverage < 1
    assert np.abs(logistic(judged, fresh) - 1 / (1 + np.exp(-3 * fresh))).max() < 0.05


def test_a_handful_of_lucky_texts_proves_nothing() -> None:
    lucky = judge(np.arange(1.0, 13.0), np.ones(12, bool))
    assert lucky.coverage == 0
    assert lucky.threshold == float("inf")
    assert judge(np.arange(1.0, 31.0), np.ones(30, bool)).coverage == 1
