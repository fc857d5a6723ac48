"""A shop that listens: a product, an order, a customer, and a short way to have something said."""

from __future__ import annotations

from typing import Any

from regulars.base.actor import SYSTEM, Actor
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.operations import NewOpinion, hear
from regulars.desks.voice.opinions.sealing import Words
from regulars.shop.models import Order, Product, Store
from tests.messages.shop import NOON

OLIVE = Actor("staff", 1)


def store() -> Store:
    """Return the one store."""
    row, _new = Store.objects.get_or_create(
        name="Tea & Co", defaults={"currency": "EUR", "timezone": "Europe/Berlin", "created_at": NOON}
    )
    return row


def product(title: str = "Green tea", key: str = "green") -> Product:
    """Return a product of the store."""
    return Product.objects.create(store=store(), external_id=key, title=title, category="tea", created_at=NOON)


def order(customer: int | None, number: str = "A1") -> Order:
    """Return a paid order of the store."""
    return Order.objects.create(
        store=store(), number=number, customer_id=customer, state="paid", currency="EUR", gross_minor=2_000,
        paid_minor=2_000, reporting_minor=2_000, items=1, placed_at=NOON, paid_at=NOON,
    )  # fmt: skip


def said(text: str, key: str = "", **about: Any) -> Opinion:
    """Have something said; ``about`` as in NewOpinion."""
    about.setdefault("source", "noted")
    about.setdefault("said_at", NOON)
    at = about.pop("at", about["said_at"])
    row = hear(NewOpinion(key=key or f"test:{text}", words=Words(text), **about), by=SYSTEM, at=at)
    assert row is not None
    return row
