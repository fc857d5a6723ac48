"""The rule language: text, tree and form say the same; what cannot be read is named with its place and a remedy."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings

from regulars.decisions.audiences import (
    EVERYBODY,
    All,
    Any,
    Compare,
    Fact,
    FormErrors,
    Not,
    Rule,
    RuleError,
    Share,
    Texts,
    When,
    format_rule,
    from_form,
    parse,
    to_form,
)
from regulars.decisions.audiences.chance import PLACES, place
from tests.audiences.languages import WORDS, rules

EXAMPLE = (
    'orders at least 2 in 365 days and last order over 60 days ago and bought product "Tea" and country is DE '
    'and not in audience "VIP" and random 10% "spring"'
)
TEA = Fact("bought product", (Texts(("Tea",)), None))
DE = Fact("country", (Texts(("DE",), "is"),))


@given(rule=rules())
@settings(max_examples=300, deadline=None)
def test_text_tree_and_form_are_the_same_rule(rule: Rule) -> None:
    assert parse(format_rule(rule, WORDS), WORDS) == rule
    form = to_form(rule, WORDS)
    assert "parts" in form
    assert from_form(json.loads(json.dumps(form)), WORDS) == rule


def test_the_example_is_read_as_it_is_meant() -> None:
    rule = parse(EXAMPLE, WORDS)
    assert rule == All((
        Fact("orders", (Compare("at least", Decimal(2)), When("in", 365, "days"))),
        Fact("last order", (When("over", 60, "days"),)),
        TEA,
        DE,
        Not(Fact("in audience", (Texts(("VIP",)),))),
        Fact("random", (Share(Decimal(10)), Texts(("spring",)))),
    ))  # fmt: skip
    assert format_rule(rule, WORDS) == EXAMPLE.replace('"Tea"', "Tea").replace('"VIP"', "VIP").replace(
        '"spring"', "spring"
    )


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("", "everybody"),
        ("  \n ", "everybody"),
        ("COUNTRY IS DE", "country is DE"),
        ("country is not DE", "not country is DE"),
        ("not not country is DE", "not not country is DE"),
        ("((country is DE))", "country is DE"),
        ("country is DE or city is Bern and bought", "country is DE or (city is Bern and bought)"),
        ("（country is DE or bought）and bought product “Green tea”，Tea",
         '(country is DE or bought) and bought product "Green tea", Tea'),
        ("last order within 1 week ago", "last order within 1 week"),
        ("did x at least 3 times in 2 days", "did x at least 3 in 2 days"),
        ("in audience vip", "in audience VIP"),
        ("random 0.5％ x", "random 0.5% x"),
        ("spent between 10 and 20.50 from 2026-01-01 to 2026-01-31",
         "spent between 10 and 20.50 from 2026-01-01 to 2026-01-31"),
        ("agreed to email for news and bought", "agreed to email for news and bought"),
    ],
)  # fmt: skip
def test_ways_to_write_the_same(text: str, same: str) -> None:
    assert format_rule(parse(text, WORDS), WORDS) == same


def test_and_binds_closer_than_or_and_brackets_group() -> None:
    assert parse("country is DE and bought product Tea or country is DE", WORDS) == Any((All((DE, TEA)), DE))
    assert parse("country is DE and (bought product Tea or country is DE)", WORDS) == All((DE, Any((TEA, DE))))
    assert parse("(country is DE and country is DE) and country is DE", WORDS) == All((All((DE, DE)), DE))


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ("order at least 2", "unknown_word_near", "order"),
        ("country is DE and lst order over 2 days ago", "unknown_word_near", "lst order"),
        ("zzzz", "unknown_word", "zzzz"),
        ("country is DE and", "condition_missing", ""),
        ("country is DE and or bought", "condition_missing", "or"),
        ("()", "condition_missing", ")"),
        ("(country is DE", "bracket_open", "("),
        ("country is DE)", "bracket_extra", ")"),
        ('bought product "Tea', "quote_open", '"Tea'),
        ("bought product Green tea", "join_missing", "tea"),
        ("bought product", "text_missing", ""),
        ("bought product and bought", "text_missing", "and"),
        ('bought product ""', "text_missing", '""'),
        ('bought product "a\nb"', "text_sign", '"a\nb"'),
        ("country DE", "operator_missing", "DE"),
        ("orders 2", "operator_missing", "2"),
        ("orders at least two", "number_missing", "two"),
        ("orders at least 1.5", "number_whole", "1.5"),
        ("orders at least 12345678901", "number_large", "12345678901"),
        ("orders between 5 and 2", "number_order", "2"),
        ("orders between 5 or 2", "number_and", "or"),
        ("last order over 60 ago", "span_unit", "60 ago"),
        ("last order over 2 months ago", "span_months", "2 months"),
        ("last order over 0 days ago", "span_zero", "0 days"),
        ("last order over 60 days", "ago_missing", ""),
        ("last order within 9999999 weeks", "span_large", "9999999 weeks"),
        ("last order since 2026-02-30", "date_missing", "2026-02-30"),
        ("last order from 2026-02-01", "date_to", ""),
        ("last order from 2026-02-01 to 2026-01-01", "date_order", "2026-01-01"),
        ("random 10 x", "percent_missing", "x"),
        ("random 101% x", "percent_range", "101"),
        ("random 0% x", "percent_range", "0"),
        ("in audience VIB", "text_unknown_near", "VIB"),
        ("in audience xyz", "text_unknown", "xyz"),
        ("in audience VIP, New", "one_text", ","),
    ],
)
def test_what_is_wrong_is_named_at_its_place(text: str, code: str, marked: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, WORDS)
    assert caught.value.code == code
    assert text[caught.value.start : caught.value.end] == marked
    assert "%(" not in str(caught.value)


def test_what_was_meant_is_proposed() -> None:
    with pytest.raises(RuleError, match="Did you mean “last order”"):
        parse("lsat order over 2 days ago", WORDS)
    with pytest.raises(RuleError, match="Did you mean “VIP”"):
        parse("in audience VI", WORDS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(" * 40 + "bought" + ")" * 40, "too_deep"),
        (" or ".join(["bought"] * 101), "too_many"),
        ("bought or " * 2000 + "bought", "too_long"),
        ("not " * 3000, "too_long"),
        ("not " * 40 + "bought", "too_deep"),
    ],
)
def test_rules_have_an_end(text: str, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, WORDS)
    assert caught.value.code == code


def test_a_form_names_every_field_that_is_wrong() -> None:
    form = {"join": "any", "not": False, "parts": [
        {"word": "orders", "not": False, "args": {"compare_op": "at least", "compare_low": "x"}},
        {"join": "all", "not": True, "parts": [
            {"word": "country", "not": False, "args": {}}, {"word": "gone", "args": {}}]},
    ]}  # fmt: skip
    with pytest.raises(FormErrors) as caught:
        from_form(form, WORDS)
    found = [(path, error.field, error.code) for path, error in caught.value.found]
    assert found == [
        ("0", "compare_low", "number_missing"),
        ("1.0", "values", "field_missing"),
        ("1.1", "word", "unknown_word"),
    ]


def test_an_empty_form_is_everybody_and_empty_groups_say_nothing() -> None:
    assert from_form({"join": "all", "parts": []}, WORDS) == EVERYBODY
    form = {"join": "all", "parts": [{"join": "any", "parts": []}, {"word": "bought", "not": True, "args": {}}]}
    assert from_form(form, WORDS) == Not(Fact("bought"))


def test_random_places_are_even_and_independent() -> None:
    people = range(1, 50_001)
    spring = {p for p in people if place("spring", p) < 1000}
    autumn = {p for p in people if place("autumn", p) < 1000}
    assert abs(len(spring) - 5000) < 300
    assert abs(len(spring & autumn) - 500) < 100
    tenths = [0] * 10
    for p in people:
        tenths[place("evenly", p) * 10 // PLACES] += 1
    assert max(tenths) - min(tenths) < 450
