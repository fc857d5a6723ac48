"""Following the stream of events: visits go on, end, and are recorded; each event counts once, whatever is killed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from regulars.base import bulk
from regulars.base.actor import SYSTEM
from regulars.base.clock import from_us, to_us
from regulars.base.faults import fault_point
from regulars.sources.tracker.models import Follower, Visit
from regulars.sources.tracker.visits import (
    IDLE_US,
    KINDS,
    Event,
    Facts,
    Going,
    body_of,
    decode_facts,
    encode_facts,
    fold,
)
from regulars.stream.follow import Cursor, Piece, piece
from regulars.stream.operations import NewActivity, record_many, retract_keys

PIECE = 20_000  # events of a transaction: other writers wait for it
_COLUMNS = ("visitor", "store_id", "occurred_at", "kind", "body")
_SQL = "visitor, store_id, started_at, last_at, facts, agent, pages, added, orders, id, revision, recorded_at"
ENDED = 5_000  # visits that are recorded in a transaction


class Overtaken(Exception):
    """Another worker followed the stream in the meantime: what was read is its already."""


def follow(*, at: datetime) -> int:
    """Bring visits up to date with the stream, and record those that are over at ``at``; return how many events."""
    done, is_last = 0, False
    while not is_last:
        row, _ = Follower.objects.get_or_create(name="visits")
        found = piece(list(KINDS), Cursor(row.tx, row.last), columns=_COLUMNS, limit=PIECE)
        is_last = found.is_last
        try:
            with transaction.atomic():
                _step(row, found, at)
        except Overtaken:
            return done
        done += len(found.rows)
    while end_visits(at=at) == ENDED:
        pass
    return done


def _step(row: Follower, found: Piece, at: datetime) -> None:
    """Take in a piece: the cursor moves in the same transaction, from where it was read or not at all."""
    moved = Follower.objects.filter(pk=row.pk, tx=row.tx, last=row.last)
    if not moved.update(tx=found.upto.tx, last=found.upto.id):
        raise Overtaken
    if not found.rows:
        return
    events = [Event(*r[: len(_COLUMNS)]) for r in found.rows if r[0]]
    _keep(fold(events, _near(events)))
    fault_point("tracker.3.before_visits")


def _near(events: Sequence[Event]) -> list[Going]:
    """Return the visits that are there which these events may belong to."""
    if not events:
        return []
    low, high = min(e.at_us for e in events) - IDLE_US, max(e.at_us for e in events) + IDLE_US
    sql = f"SELECT {_SQL} FROM tracker_visit WHERE last_at >= %s AND started_at <= %s AND visitor IN ({{}})"  # noqa: S608
    visitors = {e.visitor for e in events}
    return [_going(r) for r in bulk.select_in(sql, visitors, before=[low, high])]


def _going(row: Sequence[object]) -> Going:
    visitor, store, started, last, facts, agent, pages, added, orders, pk, revision, recorded = row
    held: Facts = decode_facts(facts)  # type: ignore[arg-type]
    return Going(
        visitor, store, started, last, held, agent, pages, added, orders, pk, revision, recorded is not None  # type: ignore[arg-type]
    )  # fmt: skip


def _keep(changed: Sequence[Going]) -> None:
    """Write visits that began or changed. One that was recorded already is open again, to be recorded anew."""
    new = [v for v in changed if not v.id]
    for visit, pk in zip(new, bulk.reserve_ids(Visit, len(new)) if new else (), strict=True):
        visit.id = pk
    columns = [
        "id", "visitor", "store_id", "started_at", "last_at", "agent", "pages", "added", "orders", "facts", "revision",
    ]  # fmt: skip
    fresh = set(map(id, new))
    bulk.insert("tracker_visit", columns, [(v.id, v.visitor, v.store, *_state(v), v.revision) for v in new])
    bulk.update(
        "UPDATE tracker_visit SET started_at = %s, last_at = %s, agent = %s, pages = %s, added = %s, orders = %s, "
        "facts = %s, recorded_at = NULL WHERE id = %s",
        [(*_state(v), v.id) for v in changed if id(v) not in fresh],
    )


def _state(v: Going) -> tuple[int, int, str, int, int, int, str]:
    return v.started, v.last, v.agent, v.pages, v.added, v.orders, encode_facts(v.facts).decode()


def end_visits(*, at: datetime) -> int:
    """Record at most ENDED visits in which nothing happened for half an hour; return how many were looked at."""
    with transaction.atomic():
        open_ones = Visit.objects.select_for_update(skip_locked=True) if bulk.on_postgres() else Visit.objects.all()
        rows = list(
            open_ones.filter(recorded_at=None, last_at__lt=from_us(to_us(at) - IDLE_US))
            .order_by("last_at")
            .values_list(*_SQL.split(", "))[:ENDED]
        )
        ended = [_going((r[0], r[1], to_us(r[2]), to_us(r[3]), *r[4:])) for r in rows]
        visits = [v for v in ended if v.is_visit()]
        retract_keys(
            [_key(v, v.revision) for v in visits if v.revision], reason="late events", by=SYSTEM, at=at
        )  # fmt: skip
        first_seen = _first_seen([v.visitor for v in visits])
        record_many([_activity(v, first_seen) for v in visits], by=SYSTEM, at=at)
        bulk.update(
            "UPDATE tracker_visit SET recorded_at = %s, revision = revision + 1 WHERE id = %s",
            [(to_us(at), v.id) for v in ended],
        )
    return len(rows)


def _key(visit: Going, revision: int) -> str:
    return f"visit:{visit.id}:{revision}"


def _first_seen(visitors: Sequence[str]) -> dict[str, int]:
    """Return when visitors with an id that lasts were first seen, in microseconds."""
    lasting = {v for v in visitors if not v.startswith("d:")}
    sql = "SELECT visitor, min(occurred_at) FROM stream_activity WHERE visitor IN ({}) GROUP BY visitor"
    return {visitor: int(first) for visitor, first in bulk.select_in(sql, lasting)}


def _activity(visit: Going, first_seen: dict[str, int]) -> NewActivity:
    seen = first_seen.get(visit.visitor)
    first = "unknown" if seen is None else "new" if seen >= visit.started else "returning"
    return NewActivity(
        kind="site.visited",
        key=_key(visit, visit.revision + 1),
        occurred_at=from_us(visit.started),
        body=body_of(visit, first=first),
        visitor=visit.visitor,
        store=visit.store,
        subject=f"visit:{visit.id}",
    )
