"""The lists that ask for something, on a small world whose answers are known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from regulars.base.actor import SYSTEM
from regulars.base.clock import to_us
from regulars.base.installation import ShopSettings
from regulars.people.drafts import BuyerDraft
from regulars.shop.drafts import OrderDraft, ProductDraft, VariantDraft
from regulars.shop.operations import Intake, apply_drafts
from regulars.sources.tracker import following, lists
from regulars.sources.tracker.models import SiteKey
from regulars.stream.operations import COLUMNS, record_rows
from tests.tracker.sending import ask, new_key

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
SHOP = ShopSettings(timezone="UTC", regular_orders=3)


def order(number: int, account: str, at: datetime) -> OrderDraft:
    return OrderDraft(
        row=number, number=f"O{number}", state="paid", currency="CNY", placed_us=to_us(at), gross_minor=100,
        paid_minor=100, buyer=BuyerDraft(account=account, name=account.title()),
    )  # fmt: skip


def happened(key: SiteKey, visitor: str, at: datetime, kind: str, **said: Any) -> None:
    body = json.dumps({"key": key.pk} | said)
    row = {"key": f"site:{visitor}:{kind}:{at}", "kind": f"site.{kind}", "visitor": visitor, "store_id": key.store_id,
           "occurred_at": to_us(at), "recorded_at": to_us(at), "by": "site:1", "body": body}  # fmt: skip
    with transaction.atomic():
        record_rows([tuple(row.get(c) for c in COLUMNS)])


def world() -> SiteKey:
    """Ada and Ben are regulars, Cleo bought once; Ben ordered again today."""
    key = new_key()
    orders = [order(n * 10 + m, who, NOW - timedelta(days=40 + 9 * n)) for m, who in enumerate(("ada", "ben"))
              for n in range(3)]  # fmt: skip
    orders += [order(90, "cleo", NOW - timedelta(days=50)), order(91, "ben", NOW - timedelta(hours=1))]
    products = [
        ProductDraft(row=1, external_id="grinder", title="Hand grinder", currency="CNY",
                     variants=(VariantDraft(sku="G-1", stock=0), VariantDraft(title="black", sku="G-2", stock=0))),
        ProductDraft(row=2, external_id="dripper", title="Dripper", currency="CNY",
                     variants=(VariantDraft(sku="D-1", stock=0), VariantDraft(title="black", sku="D-2", stock=3))),
        ProductDraft(row=3, external_id="tote", title="Tote", currency="CNY", variants=(VariantDraft(sku="T-1"),)),
    ]  # fmt: skip
    apply_drafts(Intake(key.store, source="test", by=SYSTEM, at=NOW), [*products, *orders], at=NOW)
    for who in ("ada", "ben", "cleo"):
        ask("/v1/identify", {"anonymousId": f"{who}-1", "userId": who}, key=key.key)
    return key


def names(seen: list[lists.Seen]) -> list[str]:
    return [s.visitor for s in seen]


def test_regulars_who_looked_today_and_did_not_buy() -> None:
    key = world()
    for who in ("ada-1", "ben-1", "cleo-1", "stranger"):
        happened(key, who, NOW - timedelta(hours=3), "page_viewed", host="x", path="/tea")
    happened(key, "ada-1", NOW - timedelta(minutes=2), "page_viewed", host="x", path="/")
    following.follow(at=NOW)
    found = lists.looked_today(at=NOW, shop=SHOP)
    assert names(found) == ["ada-1"]
    assert found[0].last_at == NOW - timedelta(minutes=2)
    assert lists.LISTS["looked-today"](NOW, SHOP) == [found[0].person]
    assert names(lists.here_now(at=NOW)) == ["ada-1"]
    assert not lists.looked_today(at=NOW + timedelta(days=1), shop=SHOP)
    assert not lists.here_now(at=NOW, store=key.store_id + 1)


def test_baskets_left_and_not_ordered_since() -> None:
    key = world()
    before = NOW - timedelta(hours=5)
    for who in ("ada-1", "ben-1", "stranger", "buyer", "emptied", "going"):
        at = NOW if who == "going" else before
        happened(key, who, at, "product_added", product="tote", name="Tote", quantity=2)
    happened(key, "emptied", before + timedelta(minutes=1), "product_removed", product="tote", quantity=2)
    happened(key, "buyer", NOW - timedelta(hours=2), "order_hinted", order="O500")
    happened(key, "buyer", NOW - timedelta(hours=2, minutes=1), "page_viewed", host="x", path="/")
    following.follow(at=NOW + timedelta(minutes=1))
    found = lists.baskets_left(at=NOW)
    assert sorted(names(found)) == ["ada-1", "stranger"]
    assert found[0].facts.basket == {"tote": 2}
    assert not lists.baskets_left(at=NOW + timedelta(days=8))


def test_products_wanted_and_out_of_stock() -> None:
    key = world()
    for who, product in (("ada-1", "grinder"), ("stranger", "G-2"), ("ada-1", "dripper"), ("ben-1", "tote")):
        happened(key, who, NOW - timedelta(hours=1), "product_viewed", product=product)
    happened(key, "stranger", NOW - timedelta(minutes=50), "product_added", product="G-2")
    happened(key, "robot", NOW - timedelta(minutes=50), "product_viewed", product="grinder", is_bot=True)
    following.follow(at=NOW)
    (wanted,) = lists.wanted_in_vain(at=NOW)
    assert (wanted.title, wanted.viewers, wanted.added) == ("Hand grinder", 2, 1)
    assert list(wanted.persons) == lists.LISTS["wanted-in-vain"](NOW, SHOP)
    assert len(wanted.persons) == 1
