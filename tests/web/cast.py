"""The cast with orders of their own, for the tests of pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from regulars.base.actor import Actor
from regulars.base.clock import now, to_us
from regulars.base.installation import ShopSettings, save_shop_settings
from regulars.people.drafts import BuyerDraft
from regulars.people.models import Customer
from regulars.shop.drafts import LineDraft, OrderDraft, ProductDraft, VariantDraft
from regulars.shop.models import Order, Product, Store
from regulars.shop.operations import Intake, add_store, apply_drafts

BY = Actor("staff", 1)
ADA = BuyerDraft(
    account="ada", email="ada@example.com", phone="+8613800000001", name="Ada Abel", city="上海", country="CN",
    accepts_email=True,
)  # fmt: skip
BEN = BuyerDraft(account="ben", email="ben@example.com", name="Ben Brandt")
CLEO = BuyerDraft(account="cleo", email="cleo@example.com", name="Cleo Castro")
WANG = BuyerDraft(account="wang", phone="+8613800000002", name="王芳", city="杭州", country="CN")


@dataclass(frozen=True)
class Cast:
    """The shop and its people."""

    store: Store
    ada: Customer
    ben: Customer
    cleo: Customer
    wang: Customer

    def order(self, number: str) -> Order:
        """Return the order with this number."""
        return Order.objects.get(number=number)

    @property
    def espresso(self) -> Product:
        """Return the product that everybody buys."""
        return Product.objects.get(title="Espresso")


def order(number: str, buyer: BuyerDraft | None, days_ago: int, minor: int = 20_00, **said: Any) -> OrderDraft:
    """Return a paid order of so many days ago, of one pack of Espresso."""
    us = to_us(now() - timedelta(days=days_ago))
    line = LineDraft("Espresso", 1, "E250", unit_minor=minor, total_minor=minor)
    values: dict[str, Any] = {"paid_minor": minor, "paid_us": us, "state": "paid", "lines": (line,)}
    return OrderDraft(
        row=2, number=number, currency="CNY", placed_us=us, gross_minor=minor, buyer=buyer, items=1, **(values | said)
    )


def take(store: Store, *drafts: Any, batch: int = 1) -> None:
    """Apply drafts as the import ``batch``."""
    intake = Intake(store, source=f"import:{batch}", by=Actor("import", batch), at=now(), batch=batch)
    apply_drafts(intake, drafts, at=now())


def open_shop() -> Cast:
    """Make Corner Coffee: Ada is a regular, Ben is new, Cleo lapsed, Wang Fang has not paid yet."""
    at = now()
    save_shop_settings(ShopSettings("Corner Coffee", currency="CNY", timezone="Asia/Shanghai"), by=BY, at=at)
    store = add_store(
        name="Tmall", platform="tmall", currency="CNY", timezone="Asia/Shanghai", country="CN", by=BY, at=at
    )
    variants = (VariantDraft("250 g", "E250", price_minor=20_00),)
    take(
        store,
        ProductDraft(2, "espresso", "Espresso", "CNY", variants=variants),
        *[order(f"A{n}", ADA, 90 - 20 * n) for n in range(1, 5)],
        order("B1", BEN, 5, 50_00, refunded_minor=10_00, tracking_number="SF1", carrier="SF"),
        order("C1", CLEO, 500),
        order("C2", CLEO, 480),
        order("W1", WANG, 1, state="unpaid", paid_minor=0, paid_us=None),
        order("N1", None, 2),
    )
    people = {name.split()[0]: row for row in Customer.objects.all() for name in [row.name]}
    return Cast(store, people["Ada"], people["Ben"], people["Cleo"], people["王芳"])
