"""Reading the stream for people: what happened, as sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from regulars.base.clock import to_us
from regulars.stream.kinds import KINDS, BodyError, decode
from regulars.stream.models import Activity
from regulars.ui.templatetags.ui import money

NameOf = Callable[[str], str]
_MARK = re.compile(r"(-?[0-9]{1,17})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. ``sentence`` is in the reader's language; ``by`` who did it, by name."""

    id: int
    kind: str
    icon: str
    at: datetime
    sentence: str
    by: str
    store: str
    subject: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A part of a timeline, latest first; ``before`` asks for the next part, "" at the end."""

    entries: Sequence[Entry]
    before: str


def timeline(
    customers: Sequence[int],
    *,
    before: str = "",
    limit: int = 50,
    name_of: NameOf = str,
    stores: Mapping[int, str] | None = None,
    also: Q | None = None,
) -> Timeline:
    """Return what happened with these customers' records, latest first; ``also``: other activities that are theirs.

    ``before``: the mark of the part before; one that cannot be read asks for the beginning. ``name_of`` turns an
    actor's text (``staff:3``) into a name, ``stores`` ids into names: the stream knows nobody.
    """
    theirs = Q(customer_id__in=customers)
    rows = Activity.objects.filter(theirs | also if also is not None else theirs)
    if mark := _MARK.fullmatch(before):
        at_us = int(mark[1])  # may be older than Python's calendar: the mark comes from an address
        rows = rows.filter(occurred_at__lte=at_us).exclude(occurred_at=at_us, id__gte=int(mark[2]))
    found = list(rows.order_by("-occurred_at", "-id")[: limit + 1])
    more = f"{to_us(found[limit - 1].occurred_at)}-{found[limit - 1].id}" if len(found) > limit else ""
    return Timeline(_entries(found[:limit], name_of, stores or {}), more)


def told(keys: Iterable[str], *, name_of: NameOf = str, stores: Mapping[int, str] | None = None) -> list[Entry]:
    """Return the activities with these keys, latest first: what the stream says of one order, say."""
    rows = Activity.objects.filter(key__in=list(keys)).order_by("-occurred_at", "-id")
    return _entries(list(rows), name_of, stores or {})


def _entries(rows: Sequence[Activity], name_of: NameOf, stores: Mapping[int, str]) -> list[Entry]:
    return [entry(row, name_of=name_of, stores=stores) for row in rows]


def entry(row: Activity, *, name_of: NameOf, stores: Mapping[int, str]) -> Entry:
    """Return an activity as a sentence. One of a kind that is gone or changed shows its kind's name."""
    by, store = name_of(row.by), stores.get(row.store_id or 0, "")
    icon, sentence = "dot", row.kind
    if declared := KINDS.get(row.kind):
        facts: dict[str, Any] = {"by": by, "store": store, "amount": money(row.amount_minor, row.currency or "")}
        icon = declared.icon
        with suppress(BodyError):
            sentence = declared.sentence(decode(row.kind, row.body), facts)
    return Entry(row.pk, row.kind, icon, row.occurred_at, sentence, by, store, row.subject)
