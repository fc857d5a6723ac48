"""What a message should not say is found; ordinary words are left alone."""

from __future__ import annotations

import pytest

from regulars.decisions.claims import check


@pytest.mark.parametrize(
    ("text", "kind", "blocks"),
    [
        ("我们的茶是全国第一的好茶", "superlative", True),
        ("最佳品质", "superlative", True),
        ("The world's best oolong", "superlative", False),
        ("The best tea", "superlative", False),
        ("根治失眠", "cure", True),
        ("Clinically proven to calm", "cure", True),
        ("亏本大甩卖", "loss", True),
        ("We sell below cost", "loss", True),
        ("A carbon-neutral cup", "green", False),
        ("Hurry, only today", "urgency", False),
        ("手慢无", "urgency", False),
        ("New tea!!", "shouting", False),
        ("BUY THIS NOW", "shouting", False),
    ],
)
def test_what_should_not_be_said_is_named(text: str, kind: str, blocks: bool) -> None:
    found = check(text)
    assert (kind, blocks) in {(f.kind, f.blocks) for f in found}
    assert all(text[f.start : f.end] == f.word for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "The first spring tea is in. Best before March 2027.",
        "Best regards, Olive",
        "Your first order left today.",
        "这是您第一次下单，最近天气转凉，记得最后再加一点热水。",
        "Is it OK if we write once a month?",
        "The USB-C lamp from NASA fans!",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert check(text) == []
