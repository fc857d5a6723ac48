"""Where numbers are kept between pages: one row each, with the mark of the data that it was worked out from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from regulars.base.clock import now
from regulars.web.models import StoredNumber
from regulars.web.numbers import engine

# What somebody asked for once is kept so long; what pages show first is worked out anew all the time.
KEEP = timedelta(days=2)
LONGEST = 200

Board = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """The name of a row: a board, and what it was asked with."""

    board: str
    params: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer. ``as_of``: the instant up to which the data were known."""

    data: Board
    as_of: datetime
    mark: str


def place(board: str, **params: object) -> Place:
    """Return the place of ``board`` for these parameters; those that are None are left out."""
    text = urlencode(sorted((k, str(v)) for k, v in params.items() if v is not None))
    # Parameters that people write can be of any length; the column is not.
    return Place(board, text if len(text) <= LONGEST else hashlib.sha256(text.encode()).hexdigest())


def read(*places: Place) -> dict[Place, Kept]:
    """Return what is kept at these places, in one query."""
    wanted = Q()
    for each in places:
        wanted |= Q(name=each.board, params=each.params)
    return {
        Place(row.name, row.params): Kept(row.value["data"], row.as_of, row.value["mark"])
        for row in StoredNumber.objects.filter(wanted)
    }


def keep(where: Place, data: Board, *, mark: str) -> Kept:
    """Put ``data`` at its place and return it as kept. A cache: nothing is lost with it, nothing is recorded."""
    at = engine.as_of()
    StoredNumber.objects.update_or_create(
        name=where.board,
        params=where.params,
        defaults={"value": {"mark": mark, "data": data}, "as_of": at, "computed_at": now()},
    )
    return Kept(data, at, mark)


def ask(where: Place, compute: Callable[[], Board], *, mark: str) -> Kept:
    """Return what is kept at ``where`` if it was worked out from the present data, else work it out and keep it."""
    found = read(where).get(where)
    if found is not None and found.mark == mark:
        return found
    return keep(where, compute(), mark=mark)


def confirm(mark: str) -> None:
    """Note that what bears ``mark`` is still so: the lake was read to a later instant and nothing changed."""
    StoredNumber.objects.filter(value__mark=mark).update(as_of=engine.as_of())


def clear(boards: Iterable[str], *, mark: str) -> None:
    """Remove what was asked for once, long ago, from other data."""
    old = StoredNumber.objects.filter(name__in=list(boards), computed_at__lt=now() - KEEP)
    old.exclude(value__mark=mark).delete()


def empty(boards: Iterable[str]) -> None:
    """Remove everything of these boards: there are no orders any more."""
    StoredNumber.objects.filter(name__in=list(boards)).delete()
