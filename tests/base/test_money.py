from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.base import money
from regulars.base.money import Money, MoneyError


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "CNY", 1250),
        (" 0.01 ", "USD", 1),
        ("1250", "JPY", 1250),
        ("1.234", "KWD", 1234),
        ("-3.10", "EUR", -310),
        # Half a cent goes to the even neighbour, so that long columns do not drift upwards.
        ("0.125", "USD", 12),
        ("0.135", "USD", 14),
    ],
)
def test_an_amount_is_whole_minor_units(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency) == minor


@pytest.mark.parametrize("text", ["", "twelve", "1,50", "NaN", "Infinity", "1.2.3"])
def test_what_is_no_amount_says_so(text: str) -> None:
    with pytest.raises(MoneyError, match="is not an amount"):
        money.parse(text, "CNY")


@pytest.mark.parametrize(("written", "code"), [(" cny ", "CNY"), ("RMB", "CNY"), ("usd", "USD")])
def test_currencies_are_three_letters(written: str, code: str) -> None:
    assert money.check_currency(written) == code


@pytest.mark.parametrize("written", ["", "¥", "EURO", "12A"])
def test_what_is_no_currency_says_so(written: str) -> None:
    with pytest.raises(MoneyError, match="is not a currency"):
        money.check_currency(written)


@pytest.mark.parametrize(
    ("minor", "source", "target", "rate", "converted"),
    [
        (10_00, "USD", "CNY", "7.1", 71_00),
        (1_000, "JPY", "CNY", "0.048", 48_00),
        (48_00, "CNY", "JPY", "20.8", 998),
        (1_000, "KWD", "USD", "3.25", 325),
    ],
)
def test_conversion_knows_the_digits_of_both(minor: int, source: str, target: str, rate: str, converted: int) -> None:
    assert money.convert(minor, source, target, Decimal(rate)) == converted


@given(minor=st.integers(-(10**15), 10**15), currency=st.sampled_from(["CNY", "JPY", "KWD"]))
def test_major_units_and_back_is_exact(minor: int, currency: str) -> None:
    assert money.to_minor(money.to_major(minor, currency), currency) == minor


def test_currencies_do_not_add_up() -> None:
    assert Money(1, "CNY") + Money(2, "CNY") == Money(3, "CNY")
    with pytest.raises(MoneyError, match="cannot add USD to CNY"):
        Money(1, "CNY") + Money(2, "USD")
