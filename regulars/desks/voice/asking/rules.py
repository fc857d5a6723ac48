"""When somebody may be asked: one rule over every question, whatever it is about. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

BETWEEN = timedelta(days=7)  # two questions to one person
MOST, MOST_WITHIN = 5, timedelta(days=30)
SAME_PRODUCT = timedelta(days=365)  # before she is asked about the same thing again
# Whoever did not answer about a product is reminded once, within these days after the question.
REMIND_AFTER, REMIND_UNTIL = timedelta(days=7), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question somebody was asked. ``product`` 0: about none."""

    at: datetime
    product: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a shop asks by itself; all of it is off at first. Days count from delivery, 1 to 60.

    ``categories``: of which products a word is asked for; none is of all. ``days_after_dispatch``: when a parcel of
    which nobody knows the delivery is taken for delivered. ``reminds``: whoever does not answer about a product is
    asked once more a week later, under the same rule. ``help_hours``: after a case was closed and stayed closed for so
    long, how it was to get help, 1 to 168.
    """

    delivery_days: int | None = None
    product_days: int | None = None
    categories: tuple[str, ...] = ()
    days_after_dispatch: int = 7
    reminds: bool = True
    help_hours: int | None = None


def may_ask(before: Iterable[Asked], product: int, *, at: datetime) -> bool:
    """Return whether a person who was asked ``before`` may be asked (about ``product``) at ``at``."""
    lately = [asked for asked in before if asked.at > at - SAME_PRODUCT]
    if product and any(asked.product == product for asked in lately):
        return False
    if any(asked.at > at - BETWEEN for asked in lately):
        return False
    return sum(asked.at > at - MOST_WITHIN for asked in lately) < MOST
