"""Texts made comparable: nobody's data left in them, one thing a piece, the same said twice counted once."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight.themes.duplicates import collapse
from regulars.insight.themes.features import Features
from regulars.insight.themes.normalise import language, masked, normal, pieces, unquoted

WORDS = st.sampled_from(
    ["parcel", "late", "broken", "包裹", "太慢", "坏了", "退款", "great", "colour", "why", "从来", "never"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=30), max_size=25)


def test_one_form_of_each_sign() -> None:
    assert normal("  ＧＲＥＡＴ　shop！ ") == "great shop!"
    assert normal("質量不錯，發貨慢") == normal("质量不错,发货慢") == "质量不错,发货慢"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call me on +44 20 7946 0958 please", "call me on <phone> please"),
        ("电话13800138000，谢谢", "电话<phone>,谢谢"),
        ("(415) 555-0132!", "<phone>!"),
        ("邮箱fang.wang+shop@mail.example.cn请回复", "邮箱<mail>请回复"),
        ("see https://example.com/o/1?x=y now", "see <link> now"),
        ("order #AB-123456 is late", "order <number> is late"),
        ("iphone12 case, 500ml, 3.5 stars", "iphone12 case, 500ml, 3.5 stars"),
    ],
)
def test_what_names_somebody_is_masked(text: str, kept: str) -> None:
    assert normal(text) == kept


@given(
    before=st.text(max_size=20),
    name=st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9._+-]{0,20}", fullmatch=True),
    host=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}\.[a-z]{2,6}", fullmatch=True),
    number=st.from_regex(r"(\+[1-9]{1,2} ?)?[0-9]{3}[ .-]?[0-9]{3,4}[ .-]?[0-9]{4}", fullmatch=True),
    after=st.text(max_size=20),
)
def test_masking_leaves_no_address_and_no_telephone_number(
    before: str, name: str, host: str, number: str, after: str
) -> None:
    kept = normal(f"{before} {name}@{host} {after} {number} {before}")
    assert f"{name}@{host}".lower() not in kept
    assert "@" + host not in kept
    assert not re.search(r"[0-9](?:[ .\-]?[0-9]){9}", masked(f"x {number} y"))


@given(st.text(max_size=60))
def test_making_normal_twice_changes_nothing_more(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_an_answer_by_mail_is_without_the_letter_it_answers() -> None:
    assert (
        unquoted("It came late.\n\nOn Mon, 2 Nov 2026 at 09:00 Olive wrote:\n> Did it come?").strip() == "It came late."
    )
    assert unquoted("还没收到\n\n发件人: 客服\n您好").strip() == "还没收到"
    assert unquoted("> only what was quoted") == "> only what was quoted"


def test_language_by_script() -> None:
    assert [
        language(t) for t in ("late parcel", "物流太慢", "iPhone 屏幕碎了", "the 书 I bought is great", "😀 12", "")
    ] == [
        "en",
        "zh",
        "zh",
        "en",
        "",
        "",
    ]


def test_pieces_say_one_thing_each() -> None:
    assert pieces("great fit but it came late. nobody answers!") == ("great fit", "it came late.", "nobody answers!")
    assert pieces("质量不错,但是物流太慢。客服不理人") == ("质量不错", "物流太慢。", "客服不理人")
    assert pieces("3.5 stars") == ("3.5 stars",)
    assert pieces("😀") == ("😀",)
    assert pieces("") == ()


def test_the_same_said_twice_is_one_voice() -> None:
    texts = [
        "The parcel came two weeks late and nobody answered my mail",
        "物流太慢了,等了一个星期才送到家里",
        "the parcel came two weeks late and nobody answered my mail!!",
        "物流太慢了，等了一个星期才送到家裡。",
        "ok",
        "OK ",
        "not ok",
    ]
    assert collapse(texts) == [(0, 2), (1, 3), (4, 5), (6,)]
    assert collapse([]) == []


@given(TEXTS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_collapsing_twice_is_collapsing_once_and_order_does_not_matter(texts: list[str], chance: random.Random) -> None:
    groups = collapse(texts)
    assert sorted(place for group in groups for place in group) == list(range(len(texts)))
    # Each group's first when told apart from its own repeats.
    firsts = [min((texts[n] for n in group), key=normal) for group in groups]
    assert len(collapse(firsts)) == len(groups)
    order = list(range(len(texts)))
    chance.shuffle(order)
    again = {frozenset(order[n] for n in group) for group in collapse([texts[n] for n in order])}
    assert again == {frozenset(group) for group in groups}


@pytest.mark.parametrize(
    "text", ["", " ", "😀😀", "a" * 10_000, "1" * 10_000, "好" * 10_000, "a-1" * 3_000, "@" * 10_000]
)
def test_no_text_is_too_strange(text: str) -> None:
    assert isinstance(normal(text), str)
    assert collapse([text, text]) == [(0, 1)]
    features, rows = Features.learn([text, "a parcel"])
    assert (rows != features.rows([text, "a parcel"])).nnz == 0
