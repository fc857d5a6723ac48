"""The invented shop is the same for the same seed, and believable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from regulars.base.clock import from_us
from regulars.cli.demo import goods
from regulars.cli.demo.orders import Till
from regulars.cli.demo.world import World
from regulars.shop.drafts import OrderDraft

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CUSTOMERS = 3000


def _orders(seed: int = 1) -> dict[str, list[OrderDraft]]:
    return Till(World(seed, NOW, CUSTOMERS), seed).orders()


@pytest.fixture(scope="module")
def orders() -> dict[str, list[OrderDraft]]:
    return _orders()


def _all(orders: dict[str, list[OrderDraft]]) -> list[OrderDraft]:
    return [o for drafts in orders.values() for o in drafts]


def _days_ago(order: OrderDraft) -> float:
    return (NOW - from_us(order.placed_us)) / timedelta(days=1)


def test_a_seed_gives_one_shop(orders: dict[str, list[OrderDraft]]) -> None:
    assert _orders() == orders
    assert _orders(2) != orders


def test_it_has_about_three_orders_a_customer_over_three_years(orders: dict[str, list[OrderDraft]]) -> None:
    every = _all(orders)
    assert 2.6 * CUSTOMERS < len(every) < 3.6 * CUSTOMERS
    assert max(map(_days_ago, every)) > 1080
    assert 0 < min(map(_days_ago, every)) < 2


def test_orders_come_in_time_and_add_up(orders: dict[str, list[OrderDraft]]) -> None:
    for drafts in orders.values():
        assert [o.placed_us for o in drafts] == sorted(o.placed_us for o in drafts)
        assert len({o.number for o in drafts}) == len(drafts)
    for order in _all(orders):
        goods_minor = sum(line.total_minor or 0 for line in order.lines)
        assert order.gross_minor == goods_minor - order.discount_minor + order.shipping_minor > 0
        assert order.refunded_minor <= order.paid_minor
        assert (order.paid_minor > 0) == (order.state == "paid") == (order.paid_us is not None)


def test_nothing_lies_in_the_future(orders: dict[str, list[OrderDraft]]) -> None:
    for o in _all(orders):
        instants = [o.placed_us, o.shipped_us, o.delivered_us, o.refunded_us]
        assert max(us for us in instants if us) <= (NOW - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_the_mugs_second_lot_comes_back(orders: dict[str, list[OrderDraft]]) -> None:
    mug = next(g for g in goods.GOODS if g.id == goods.MUG)

    def share_refunded(lot: int) -> float:
        sold = [o for o in _all(orders) if any(x.sku == goods.sku(mug, lot) for x in o.lines) and o.state == "paid"]
        sold = [o for o in sold if _days_ago(o) > 20]
        return sum(o.refunded_minor > 0 for o in sold) / len(sold)

    assert share_refunded(1) > 5 * share_refunded(0)


def test_bought_traffic_becomes_dearer(orders: dict[str, list[OrderDraft]]) -> None:
    def discount(newer: int, older: int) -> float:
        part = [o for o in orders["tmall"] if newer <= _days_ago(o) < older]
        return sum(o.discount_minor for o in part) / sum(o.gross_minor + o.discount_minor for o in part)

    assert discount(0, 60) > 2 * discount(400, 700)
    recent = [sum(1 for o in orders["tmall"] if d <= _days_ago(o) < d + 150) for d in (0, 365)]
    assert recent[0] < 0.8 * recent[1]


def test_summer_drinks_are_cold(orders: dict[str, list[OrderDraft]]) -> None:
    months = [from_us(o.placed_us).month for o in _all(orders) for x in o.lines if x.product_id == "cold-brew"]
    assert sum(m in {6, 7, 8} for m in months) > 2 * sum(m in {12, 1, 2} for m in months)


def test_names_and_goods_are_in_two_languages(orders: dict[str, list[OrderDraft]]) -> None:
    names = {o.buyer.name for o in _all(orders) if o.buyer}
    assert any(n.isascii() for n in names)
    assert any("\u4e00" <= n[0] <= "\u9fff" for n in names)
    assert "House blend beans" in {x.title for o in orders["own"] for x in o.lines}
    assert "招牌拼配咖啡豆" in {x.title for o in orders["tmall"] for x in o.lines}


def test_the_cast_is_there(orders: dict[str, list[OrderDraft]]) -> None:
    last: dict[str, float] = {}
    count: dict[str, int] = {}
    for o in _all(orders):
        if o.buyer:
            last[o.buyer.name] = min(last.get(o.buyer.name, 9999), _days_ago(o))
            count[o.buyer.name] = count.get(o.buyer.name, 0) + 1
    assert count["Ada Bright"] > 30
    assert count["Ben Carter"] == 1
    assert last["Ben Carter"] < 3
    assert count["Cleo Marsh"] > 15
    assert last["Cleo Marsh"] > 150
    assert {"Dan Reed", "王芳"} <= count.keys()


def test_nobody_can_be_reached_by_what_the_demo_invents(orders: dict[str, list[OrderDraft]]) -> None:
    for o in _all(orders):
        if o.buyer is None:
            continue
        assert not o.buyer.email or o.buyer.email.endswith(("@example.com", "@example.net", "@example.org"))
        phone = o.buyer.phone
        assert not phone or phone.startswith(("+86142", "+447700900")) or (phone[:2] == "+1" and phone[5:10] == "55501")


def test_some_orders_of_the_counter_are_nobodys(orders: dict[str, list[OrderDraft]]) -> None:
    nameless = sum(o.buyer is None for o in orders["counter"])
    assert 0.05 < nameless / len(orders["counter"]) < 0.4
