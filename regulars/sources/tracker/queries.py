"""What came in: keys with their counts, the newest events, and whose visits they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from regulars.base.clock import now
from regulars.sources.tracker import kinds
from regulars.sources.tracker.models import Junk, KeyDay, OptOut, Refusal, SiteKey
from regulars.sources.tracker.whose import persons_of, visitors_of
from regulars.sources.tracker.words import DEVICES, channel_name
from regulars.stream.kinds import decode
from regulars.stream.models import Activity
from regulars.stream.queries import Entry, entry

SHOWN = 1000
_SHOWN_IN_VISIT = 200
_LOOKED_THROUGH = 20_000  # newest activities among which a key's events are looked for


@dataclass(frozen=True, slots=True)
class KeyCounts:
    """A key with what it brought in the last seven days."""

    key: SiteKey
    received: int
    refused: int


@dataclass(frozen=True, slots=True)
class EventSeen:
    """One event of the debugger: taken (then with its facts), or refused (then with the reason)."""

    at: datetime
    kind: str
    visitor: str
    facts: dict[str, Any]
    reason: str = ""


def keys_with_counts() -> list[KeyCounts]:
    """Return all keys, open ones first, newest first."""
    since = now().date() - timedelta(days=6)
    sums = {
        row["key"]: (row["of_received"], row["of_refused"])
        for row in KeyDay.objects.filter(date__gte=since)
        .values("key")
        .annotate(of_received=Sum("received"), of_refused=Sum("refused"))
    }
    keys = sorted(SiteKey.objects.select_related("store"), key=lambda k: (k.closed_at is not None, -k.pk))
    return [KeyCounts(k, *sums.get(k.pk, (0, 0))) for k in keys]


def newest_events(key: int) -> list[EventSeen]:
    """Return the newest events of ``key``, taken and refused, at most a thousand, latest first."""
    newest = Activity.objects.order_by("-id").values_list("id", flat=True)[_LOOKED_THROUGH - 1 : _LOOKED_THROUGH]
    lowest = next(iter(newest), 0)
    taken = [
        EventSeen(a.recorded_at, a.kind, a.visitor or "", _facts(a.body))
        for a in Activity.objects.filter(id__gte=lowest, by=f"site:{key}").order_by("-id")[:SHOWN]
    ]
    refused = [
        EventSeen(r.at, r.name or r.type or "?", "", {}, r.reason)
        for r in Refusal.objects.filter(key=key).order_by("-id")[:SHOWN]
    ]
    return sorted([*taken, *refused], key=lambda e: e.at, reverse=True)[:SHOWN]


def _facts(body: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(body).items() if name != "key" and value not in ("", False)}


@dataclass(frozen=True, slots=True)
class SeenOnSite:
    """What a customer did on the shop's sites lately: of her newest two hundred events."""

    last_at: datetime
    pages: int
    products: Sequence[tuple[str, datetime]]  # name and when last, latest first


def seen_on_site(customers: Sequence[int]) -> SeenOnSite | None:
    """Return what the visitors of these customer records did; None if none is known or did anything."""
    visitors = visitors_of(customers)
    if not visitors:
        return None
    rows = list(
        Activity.objects.filter(visitor__in=visitors)
        .order_by("-occurred_at")
        .values_list("kind", "body", "occurred_at")[:200]
    )
    if not rows:
        return None
    products: dict[str, datetime] = {}
    for kind, body, at in rows:
        if kind in {"site.product_viewed", "site.product_added"}:
            said = json.loads(body)
            products.setdefault(said.get("name") or said["product"], at)
    pages = sum(kind == "site.page_viewed" for kind, _, _ in rows)
    return SeenOnSite(rows[0][2], pages, [item for item in products.items() if item[0]][:5])


@dataclass(frozen=True, slots=True)
class VisitShown:
    """A visit with what happened in it, in the order of time."""

    at: datetime
    said: kinds.Visited
    channel: str
    device: str
    entries: Sequence[Entry]
    person: int | None


def visit(activity: int) -> VisitShown | None:
    """Return a visit by the id of its activity; None if there is none."""
    row = Activity.objects.filter(pk=activity, kind="site.visited").first()
    if row is None:
        return None
    said: kinds.Visited = decode(row.kind, row.body)
    upto = row.occurred_at + timedelta(seconds=said.seconds + 1)
    inside = Activity.objects.filter(
        visitor=row.visitor, store_id=row.store_id, occurred_at__gte=row.occurred_at, occurred_at__lt=upto
    ).exclude(kind__in=["site.visited", "site.engaged"])
    entries = [entry(each, name_of=str, stores={}) for each in inside.order_by("occurred_at", "id")[:_SHOWN_IN_VISIT]]
    person = persons_of([row.visitor or ""]).get(row.visitor or "")
    device = str(DEVICES[said.device]) if said.device else ""
    return VisitShown(row.occurred_at, said, channel_name(said.channel), device, entries, person)


def opted_out_at(customers: Sequence[int]) -> datetime | None:
    """Return since when the person of these records is not followed; None if she is."""
    return OptOut.objects.filter(customer_id__in=customers, lifted_at=None).values_list("at", flat=True).first()


def junk_found() -> list[Junk]:
    """Return the ids that are nobody's, newest first."""
    return list(Junk.objects.filter(lifted_at=None).order_by("-at")[:50])
