"""How long things are kept: each room names its classes of data, the shop says for how many days, a job lets go.

A class says what would go (a dry run) by the same question that decides what goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.models import Setting

Text = str | Promise
LEAST_DAYS, MOST_DAYS = 7, 36_500


@dataclass(frozen=True, slots=True)
class DataClass:
    """Things of a kind. ``count`` and ``remove`` take the instant before which they go; remove returns how many went.

    ``remove`` works in pieces and stops after a while: what is left goes the next time.
    """

    name: str
    title: Text
    meaning: Text
    default_days: int
    count: Callable[[datetime], int]
    remove: Callable[[datetime, datetime], int]


CLASSES: dict[str, DataClass] = {}


def register(found: DataClass) -> None:
    """Have a class of data kept no longer than the shop says. Rooms register theirs at start."""
    CLASSES[found.name] = found


def days_kept() -> dict[str, int]:
    """Return for how many days each class is kept, as the shop says or by default."""
    row = Setting.objects.filter(name="keeping").values_list("value", flat=True).first() or {}
    return {name: int(row.get(name, each.default_days)) for name, each in CLASSES.items()}


def save_days(days: dict[str, int], *, by: Actor, at: datetime) -> None:
    """Write for how many days classes are kept. ValueError for an unknown class or a number out of bounds."""
    for name, count in days.items():
        if name not in CLASSES or not LEAST_DAYS <= count <= MOST_DAYS:
            raise ValueError(f"{name}: {count} days")
    Setting.objects.update_or_create(name="keeping", defaults={"value": days, "at": to_us(at), "by": str(by)})
