"""What other rooms tell the lake: small tables beside the activities that may change (who is whose record, what a
currency was worth), and what amounts mean.

Kept apart from the lake's writer, so that registering one at start does not load Arrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dimension:
    """A table of the lake: its columns with their types (int, str, float, date), and where its rows come from."""

    name: str
    columns: Sequence[tuple[str, type]]
    rows: Callable[[], Iterable[Sequence[Any]]]


DIMENSIONS: dict[str, Dimension] = {}


def register(name: str, columns: Sequence[tuple[str, type]], rows: Callable[[], Iterable[Sequence[Any]]]) -> None:
    """Have the lake carry a table. Rooms register theirs at start."""
    DIMENSIONS[name] = Dimension(name, columns, rows)


# What an amount of these kinds does to revenue: 1 earned, -1 given back. Others are no revenue.
REVENUE: dict[str, int] = {}


def counts_as_revenue(kind: str, sign: int) -> None:
    """Say that amounts of activities of ``kind`` are revenue (``sign`` 1) or money given back (-1)."""
    REVENUE[kind] = sign
