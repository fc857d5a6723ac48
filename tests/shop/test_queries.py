"""Lists of customers, orders and sales: who is found, in what order, page after page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.base.clock import to_us
from regulars.people.models import Customer
from regulars.people.operations import erase, merge
from regulars.shop.drafts import BuyerDraft, LineDraft, OrderDraft
from regulars.shop.models import Product, Store
from regulars.shop.operations import add_store
from regulars.shop.queries import customers, orders
from regulars.shop.queries.keyset import every_row, window
from regulars.shop.queries.products import Sales, has_many_lines, recent_sales, sales
from regulars.shop.rules import CustomerState
from tests.shop.test_intake import AT, BY, order, shop, take

__all__ = ["shop"]

ADA = BuyerDraft(account="ada", email="ada@example.com", phone="+8613800000001", name="Ada Abel", city="上海")
BEN = BuyerDraft(account="ben", email="ben@example.com", name="Ben 100%")
WANG = BuyerDraft(account="wang", phone="+8613800000002", name="王芳", city="杭州")


def placed(number: str, days: int, **said: Any) -> OrderDraft:
    """Return an order placed so many days after AT."""
    us = to_us(AT + timedelta(days=days))
    draft = order(number, **said)
    return replace(draft, placed_us=us, paid_us=us if draft.state == "paid" else None)


@pytest.fixture
def cast(shop: Store) -> Store:
    """Ada bought three times, Ben once, Wang Fang has an unpaid order."""
    take(
        shop,
        placed("A1", 0, buyer=ADA),
        placed("A2", 20, buyer=ADA, minor=20_00),
        placed("A3", 40, buyer=ADA, minor=5_00),
        placed("#B1", 30, buyer=BEN, minor=50_00),
        order("W1", buyer=WANG, state="unpaid"),
    )
    return shop


def names(*, sort: str = "last", falling: bool = True, **wanted: Any) -> list[str]:
    """Return the names of the customers a filter finds, 45 days after AT."""
    asked = customers.listing(
        customers.CustomerFilter(**wanted), now=AT + timedelta(days=45), regular_orders=3, countries=["CN"]
    )
    return [row.name for row in every_row(asked, customers.SORTS[sort], descending=falling, size=2)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada", ["Ada Abel"]),
        ("abel", ["Ada Abel"]),
        ("ADA@example.com", ["Ada Abel"]),
        ("138 0000 0001", ["Ada Abel"]),
        ("+86 138-0000-0002", ["王芳"]),
        ("芳", ["王芳"]),
        ("A2", ["Ada Abel"]),
        ("B1", ["Ben 100%"]),
        ("#b1", []),
        ("100%", ["Ben 100%"]),
        ("%", ["Ben 100%"]),
        ("_", []),
        ("nobody\0", []),
        ("'; drop table", []),
    ],
)
def test_one_box_finds_by_name_address_phone_and_order_number(cast: Store, text: str, found: list[str]) -> None:
    assert names(text=text) == found


def test_sorting_goes_both_ways_and_who_lacks_the_value_comes_last(cast: Store) -> None:
    assert names(sort="last") == ["Ada Abel", "Ben 100%", "王芳"]
    assert names(sort="last", falling=False) == ["Ben 100%", "Ada Abel", "王芳"]
    assert names(sort="revenue") == ["Ben 100%", "Ada Abel", "王芳"]
    assert names(sort="name", falling=False) == ["Ada Abel", "Ben 100%", "王芳"]
    assert names(sort="orders", falling=False) == ["王芳", "Ben 100%", "Ada Abel"]


def test_filters_narrow_the_list(cast: Store) -> None:
    assert names(states=(CustomerState.REGULAR,)) == ["Ada Abel"]
    assert names(states=(CustomerState.NEW, CustomerState.NO_ORDERS)) == ["Ben 100%", "王芳"]
    assert names(orders_min=1, orders_max=1) == ["Ben 100%"]
    assert names(revenue_min=40_00) == ["Ben 100%"]
    assert names(last_from=AT + timedelta(days=35)) == ["Ada Abel"]
    assert names(last_before=AT + timedelta(days=35)) == ["Ben 100%"]


def test_a_store_shows_who_ordered_there(cast: Store) -> None:
    other = add_store(name="Counter", platform="", currency="CNY", timezone="Asia/Shanghai", country="CN", by=BY, at=AT)
    assert names(store=other.pk) == []
    take(other, placed("C1", 1, buyer=BuyerDraft(email="ben@example.com")), batch=2)
    assert names(store=other.pk) == ["Ben 100%"]
    assert names(store=cast.pk) == ["Ada Abel", "Ben 100%", "王芳"]


def test_a_large_store_is_filtered_alike(cast: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "FEW", 1)
    monkeypatch.setattr(orders, "FEW", 1)
    assert names(store=cast.pk) == ["Ada Abel", "Ben 100%", "王芳"]
    found = every_row(orders.listing(orders.OrderFilter(store=cast.pk)), orders.SORTS["placed"], descending=True)
    assert len(list(found)) == 5


def test_merged_people_are_one_line_found_by_either_name_and_the_erased_are_gone(cast: Store) -> None:
    ada, wang = Customer.objects.get(name="Ada Abel"), Customer.objects.get(name="王芳")
    merge(kept=ada.pk, folded=wang.pk, reason="by_hand", by=BY, at=AT)
    assert names(text="芳") == ["Ada Abel"]
    assert names() == ["Ada Abel", "Ben 100%"]
    erase(ada.pk, reason="asked", by=BY, at=AT)
    assert names() == ["Ben 100%"]


def test_pages_follow_each_other_without_gap_or_repetition(shop: Store) -> None:
    # Equal values on both sides of a page's end are the hard case.
    take(shop, *[order(str(n), buyer=BuyerDraft(account=f"a{n}"), minor=(n % 3) * 100 + 100) for n in range(11)])
    asked = customers.listing(customers.CustomerFilter(), now=AT, regular_orders=3)
    for sort in customers.SORTS.values():
        for falling in (True, False):
            seen: list[int] = []
            after = ""
            while True:
                part = window(asked, sort, descending=falling, after=after, size=3)
                seen += [row.id for row in part.rows]
                after = part.after
                if not after:
                    break
            assert len(seen) == len(set(seen)) == 11


@pytest.mark.parametrize(
    "token", ["x", "!!!", "WzEsMl0", "WyJ0ZXh0IiwxXQ", "W251bGwsIDFd", "eyJhIjoxfQ", "WzFlOTksMV0"]
)
def test_a_broken_place_in_the_url_means_the_beginning(cast: Store, token: str) -> None:
    asked = customers.listing(customers.CustomerFilter(), now=AT, regular_orders=3)
    for sort in customers.SORTS.values():
        assert window(asked, sort, descending=True, after=token, size=2).rows is not None


def numbers(*, sort: str = "placed", **wanted: Any) -> list[str]:
    """Return the numbers of the orders a filter finds."""
    asked = orders.listing(orders.OrderFilter(**wanted))
    return [row.number for row in every_row(asked, orders.SORTS[sort], descending=True, size=2)]


def test_orders_are_found_by_number_state_store_and_time(cast: Store) -> None:
    assert numbers(states=("paid",)) == ["A3", "#B1", "A2", "A1"]
    assert numbers(states=("unpaid",)) == ["W1"]
    assert numbers(number="b1") == []
    assert numbers(number="#A2") == ["A2"]
    assert numbers(number="B1") == ["#B1"]
    assert numbers(placed_from=AT + timedelta(days=20), placed_before=AT + timedelta(days=40)) == ["#B1", "A2"]
    assert numbers(store=cast.pk, sort="amount", states=("paid",)) == ["#B1", "A2", "A1", "A3"]
    assert numbers(customers=(Customer.objects.get(name="Ada Abel").pk,)) == ["A3", "A2", "A1"]


def test_sales_count_pieces_money_buyers_and_who_came_back(shop: Store) -> None:
    espresso = (LineDraft("Espresso", 2, "E1", total_minor=16_00), LineDraft("Cup", 1, "C1", total_minor=4_00))
    take(
        shop,
        placed("1", 0, buyer=ADA, minor=20_00, lines=espresso),
        placed("2", 9, buyer=ADA, minor=8_00, lines=(LineDraft("Espresso", 1, "E1", total_minor=8_00),)),
        placed("3", 5, buyer=BEN, minor=8_00, lines=(LineDraft("Espresso", 1, "E1", total_minor=8_00),)),
        order("4", buyer=WANG, state="unpaid", lines=espresso),
    )
    product, cup = Product.objects.get(title="Espresso"), Product.objects.get(title="Cup")
    assert sales() == {product.pk: Sales(4, 32_00, 2, 1), cup.pk: Sales(1, 4_00, 1, 1)}
    assert sales(product.pk) == {product.pk: Sales(4, 32_00, 2, 1)}
    assert has_many_lines(2, product.pk)
    assert not has_many_lines(4, product.pk)
    for is_frequent in (True, False):
        found = recent_sales(product.pk, is_frequent=is_frequent, limit=3)
        assert [(sale.number, sale.customer_name) for sale in found] == [
            ("2", "Ada Abel"),
            ("3", "Ben 100%"),
            ("4", "王芳"),
        ] or [sale.number for sale in found][:2] == ["2", "3"]


def test_a_buyer_merged_from_two_records_counts_once(shop: Store) -> None:
    line = (LineDraft("Espresso", 1, "E1", total_minor=8_00),)
    take(shop, placed("1", 0, buyer=ADA, lines=line), placed("2", 5, buyer=BEN, lines=line))
    ada, ben = Customer.objects.get(name="Ada Abel"), Customer.objects.get(name="Ben 100%")
    merge(kept=ada.pk, folded=ben.pk, reason="by_hand", by=BY, at=datetime(2026, 5, 1, tzinfo=UTC))
    assert next(iter(sales().values())) == Sales(2, 16_00, 1, 1)


def test_a_text_that_many_names_have_finds_them_all(cast: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "NAMES", 0)
    ada, wang = Customer.objects.get(name="Ada Abel"), Customer.objects.get(name="王芳")
    merge(kept=ada.pk, folded=wang.pk, reason="by_hand", by=BY, at=AT)
    assert names(text="b") == ["Ada Abel", "Ben 100%"]
    assert names(text="芳") == ["Ada Abel"]
    assert names(text="ben@example.com") == ["Ben 100%"]
