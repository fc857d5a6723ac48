"""The shop's settings, its stores, and money of several currencies in one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from regulars.base import jobs
from regulars.base.clock import to_us
from regulars.base.installation import shop_settings
from regulars.shop.drafts import BuyerDraft, OrderDraft
from regulars.shop.models import CustomerSummary, ExchangeRate, Order, Store
from regulars.shop.operations import RateEntry, StoreError, add_store, change_settings, change_store, enter_rates
from regulars.stream.models import Activity
from tests.shop.test_intake import AT, BY, shop, take

__all__ = ["shop"]

DAY = AT.date()


def rate(source: str, target: str, value: str, day: date = DAY) -> RateEntry:
    """Return a dated rate."""
    return RateEntry(source, target, day, Decimal(value))


def dollars(number: str, minor: int, days: int = 0) -> OrderDraft:
    """Return a paid order in dollars, placed some days after the first of March."""
    placed = to_us(AT + timedelta(days=days))
    return OrderDraft(
        row=2, number=number, state="paid", currency="USD", placed_us=placed, gross_minor=minor, paid_minor=minor,
        buyer=BuyerDraft(account="ada"),
    )  # fmt: skip


def test_settings_that_change_are_recorded_once(db: None) -> None:
    settings = replace(shop_settings(), name="街角咖啡", week_start=7)
    assert change_settings(settings, by=BY, at=AT)
    assert not change_settings(settings, by=BY, at=AT)
    assert shop_settings() == settings
    assert Activity.objects.get(kind="settings.changed").body == '{"fields":"name,week_start"}'


@pytest.mark.parametrize("wrong", [{"timezone": "Mars/Olympus"}, {"currency": "dollars"}, {"week_start": 0}])
def test_wrong_settings_are_refused_and_nothing_is_written(db: None, wrong: dict[str, object]) -> None:
    before = shop_settings()
    with pytest.raises(ValueError, match=r"\S"):
        change_settings(replace(before, **wrong), by=BY, at=AT)
    assert shop_settings() == before
    assert not Activity.objects.exists()


def test_a_second_store_of_the_same_name_is_refused(shop: Store) -> None:
    with pytest.raises(StoreError, match="Tmall"):
        add_store(name="Tmall", currency="CNY", timezone="UTC", by=BY, at=AT)
    other = add_store(name="Own site", currency="EUR", timezone="Europe/Berlin", by=BY, at=AT)
    with pytest.raises(StoreError, match="Tmall"):
        change_store(other, name="Tmall", by=BY, at=AT)
    with pytest.raises(StoreError, match="currency"):
        change_store(other, currency="USD", by=BY, at=AT)
    assert Store.objects.count() == 2


def test_an_order_without_a_rate_counts_once_the_rate_is_entered(shop: Store) -> None:
    take(shop, dollars("1", 10_00))
    assert Order.objects.get().reporting_minor is None
    enter_rates([rate("USD", "CNY", "7.25")], by=BY, at=AT)
    jobs.run_due()
    assert Order.objects.get().reporting_minor == 72_50
    assert CustomerSummary.objects.get().revenue_minor == 72_50
    assert Activity.objects.get(kind="orders.revalued")


def test_a_day_takes_the_latest_rate_on_or_before_it_in_either_direction(shop: Store) -> None:
    enter_rates([rate("CNY", "USD", "0.125"), rate("CNY", "USD", "0.1", DAY + timedelta(days=10))], by=BY, at=AT)
    take(
        shop,
        dollars("before", 1_00, -1),
        dollars("same", 1_00),
        dollars("between", 1_00, 9),
        dollars("after", 1_00, 11),
    )
    values = dict(Order.objects.values_list("number", "reporting_minor"))
    assert values == {"before": None, "same": 8_00, "between": 8_00, "after": 10_00}


def test_a_rate_entered_again_changes_nothing(shop: Store) -> None:
    assert enter_rates([rate("USD", "CNY", "7.25")], by=BY, at=AT) == 1
    assert enter_rates([rate("USD", "CNY", "7.25")], by=BY, at=AT) == 0
    assert enter_rates([rate("USD", "CNY", "7.30")], by=BY, at=AT) == 1
    assert ExchangeRate.objects.get().rate == Decimal("7.30")


@pytest.mark.parametrize("entry", [("USD", "USD", "1"), ("USD", "CNY", "0"), ("USD", "CNY", "-7")])
def test_a_rate_that_cannot_be_is_refused_with_all_that_came_with_it(shop: Store, entry: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="rate"):
        enter_rates([rate("EUR", "CNY", "7.8"), rate(*entry)], by=BY, at=AT)
    assert not ExchangeRate.objects.exists()


def test_another_reporting_currency_values_every_order_anew(shop: Store) -> None:
    enter_rates([rate("USD", "CNY", "8")], by=BY, at=AT)
    take(shop, dollars("1", 10_00))
    change_settings(replace(shop_settings(), currency="USD"), by=BY, at=AT)
    jobs.run_due()
    assert Order.objects.get().reporting_minor == 10_00
