"""Where a customer stands with the shop, and that the same rule in SQL says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.people.models import Customer
from regulars.shop.models import CustomerSummary
from regulars.shop.queries.customers import CustomerFilter, listing
from regulars.shop.queries.keyset import count_up_to
from regulars.shop.rules import Business, CustomerState, customer_state

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def ago(days: float) -> datetime:
    """Return the instant so many days before NOW."""
    return NOW - timedelta(days=days)


def state(orders: int, first: float, last: float) -> CustomerState:
    """Return the state after so many orders, the first and last so many days ago."""
    return customer_state(Business(orders, ago(first), ago(last)), now=NOW, regular_orders=3)


def test_who_never_bought_has_no_orders() -> None:
    assert customer_state(Business(0, None, None), now=NOW, regular_orders=3) is CustomerState.NO_ORDERS


@pytest.mark.parametrize(("days", "expected"), [(0, "new"), (60, "new"), (61, "one_time"), (900, "one_time")])
def test_one_order_is_new_for_two_months_and_then_one_time(days: int, expected: str) -> None:
    assert state(1, days, days) == expected


def test_somebody_who_came_back_is_repeat_and_from_three_orders_a_regular() -> None:
    assert state(2, 40, 10) is CustomerState.REPEAT
    assert state(3, 40, 10) is CustomerState.REGULAR


def test_silence_is_measured_by_her_own_rhythm() -> None:
    # Every 50 days: missed after 100, lapsed after 200.
    assert state(3, 100 + 100, 100) is CustomerState.REGULAR
    assert state(3, 100 + 101, 101) is CustomerState.LAPSING
    assert state(3, 100 + 200, 200) is CustomerState.LAPSING
    assert state(3, 100 + 201, 201) is CustomerState.LAPSED


def test_nobody_is_missed_within_a_month_nor_expected_after_two_years() -> None:
    assert state(10, 38, 29) is CustomerState.REGULAR  # every day until a month ago
    assert state(10, 40, 31) is CustomerState.LAPSING
    assert state(2, 2000, 366) is CustomerState.LAPSING
    assert state(2, 3000, 731) is CustomerState.LAPSED


people = st.tuples(
    st.integers(0, 6), st.integers(0, 900 * 86_400), st.integers(0, 900 * 86_400), st.sampled_from([0, 1, 43_200])
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(people, min_size=1, max_size=12))
@pytest.mark.django_db
def test_the_list_filters_by_the_same_rule(people: list[tuple[int, int, int, int]]) -> None:
    CustomerSummary.objects.all().delete()
    Customer.objects.all().delete()
    expected: dict[CustomerState, int] = {}
    for pk, (orders, silent, span, more) in enumerate(people, start=1):
        last = NOW - timedelta(seconds=silent)
        first = last if orders < 2 else last - timedelta(seconds=span, microseconds=more)
        business = Business(orders, first, last) if orders else Business(0, None, None)
        Customer.objects.create(pk=pk, root_id=pk, created_at=NOW)
        CustomerSummary.objects.create(
            customer_id=pk, orders=orders, first_order_at=business.first_order_at, last_order_at=business.last_order_at
        )
        found = customer_state(business, now=NOW, regular_orders=3)
        expected[found] = expected.get(found, 0) + 1
    for each in CustomerState:
        asked = listing(CustomerFilter(states=(each,)), now=NOW, regular_orders=3)
        assert count_up_to(asked) == (expected.get(each, 0), True), each
