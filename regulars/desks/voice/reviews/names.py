"""By what link somebody writes a review of a product, and later changes or deletes it."""

from __future__ import annotations

from datetime import datetime

from regulars.desks.voice.ports import names

OF = "review"


def own_name(product: int, customer: int, *, order: int = 0, until: datetime | None = None) -> str:
    """Return the name of a customer's own link to her review of a product."""
    return names.personal_name(product, customer, order=order, until=until, of=OF)


def open_name(product: int, *, at: datetime) -> str:
    """Return a name for one review on the page that is open to everybody."""
    return names.open_name(product, at=at, of=OF)


def read_name(product: int, name: str) -> names.Link | None:
    """Return what a name says; None for one that we did not make."""
    return names.read_name(product, name, of=OF)


def key_of(product: int, link: names.Link) -> str:
    """Return what makes two sendings one review: a person has one review of a product, whatever she ordered when."""
    return f"{product}:{link.kind}{link.who}"
