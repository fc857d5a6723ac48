"""Taking people on: a batch at a time, each step one decision for all who stand at it, in one transaction.

What is planned in the ledger, the passages and where everybody stands are written together or not at all, so a kill
loses nothing and repeats nothing; the ledger's own uniqueness and that of passages stand behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.faults import fault_point
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.journeys import asking, saying
from regulars.desks.outreach.journeys.models import Version
from regulars.desks.outreach.journeys.operations.leaving import who_leaves
from regulars.desks.outreach.journeys.steps import (
    Chance,
    Exit,
    Message,
    Place,
    Split,
    Wait,
    WaitUntil,
    Way,
    flow_of,
    span_us,
)
from regulars.messages.operations import SpeakerUnknown

BATCH = 5_000
# A step that cannot be decided (a rule that names what is gone, nobody who speaks) is tried again then.
LATER = timedelta(hours=1)


@dataclass(slots=True)
class Walker:
    """A traveller who is due, with her person's root now; what changes is written at the end."""

    id: int
    version: int
    root: int
    run: int
    step: str
    since: int
    arrived: int
    due: int
    left_why: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """Who of a step goes which way, and until when the others stay."""

    ways: dict[int, Way]
    until: dict[int, int]


def advance(*, at: datetime) -> int:
    """Take everybody who is due at ``at`` on, until nobody is; return how many were looked at."""
    count = 0
    while True:
        with transaction.atomic():
            due = _due(at)
            by_version: dict[int, list[Walker]] = defaultdict(list)
            for walker in due:
                by_version[walker.version].append(walker)
            for version in Version.objects.filter(pk__in=by_version).order_by("pk"):
                _walk(version, by_version[version.pk], at)
            fault_point("journey.4.before_advanced")
        fault_point("journey.5.after_advanced")
        count += len(due)
        if len(due) < BATCH:
            return count


_DUE = """SELECT t.id, t.version_id, c.root_id, t.run, t.step, t.since_at, t.arrived_at, t.due_at,
      CASE WHEN r.erased_at IS NULL THEN '' ELSE 'erased' END
    FROM journeys_traveller t JOIN people_customer c ON c.id = t.customer_id JOIN people_customer r ON r.id = c.root_id
    WHERE t.left_at IS NULL AND t.due_at <= %s ORDER BY t.due_at LIMIT %s"""


def _due(at: datetime) -> list[Walker]:
    lock = " FOR UPDATE OF t SKIP LOCKED" if bulk.on_postgres() else ""
    with connection.cursor() as cursor:
        cursor.execute(_DUE + lock, [to_us(at), BATCH])
        return [Walker(*row) for row in cursor.fetchall()]


def _walk(version: Version, walkers: list[Walker], at: datetime) -> None:
    """Take people of a version on, step by step in reading order: no way leads back, so one pass is enough."""
    now_us, flow = to_us(at), flow_of(version.plan.steps)
    passed: list[tuple[int, str, str, int, int]] = []
    here: dict[str, list[Walker]] = defaultdict(list)
    _part_twins(version, walkers)
    for walker in _staying(version, walkers, at):
        here[walker.step].append(walker)
    for name, place in flow.items():
        group = here.pop(name, [])
        if not group:
            continue
        moved = _decide(version, place, group, at)
        for walker in group:
            if walker.id not in moved.ways:
                walker.due = moved.until[walker.id]
                continue
            way = moved.ways[walker.id]
            passed.append((version.pk, name, way, walker.id, now_us))
            to = "" if isinstance(place.step, Exit) else place.to(way)
            if to:
                walker.step, walker.arrived = to, now_us
                here[to].append(walker)
            else:
                walker.left_why = "exit" if isinstance(place.step, Exit) else "finished"
    for walker in (lost for rest in here.values() for lost in rest):
        walker.left_why = "finished"  # a step that its version does not have
    _write(walkers, passed, now_us)


def _write(walkers: Sequence[Walker], passed: list[tuple[int, str, str, int, int]], now_us: int) -> None:
    columns = ("version_id", "step", "way", "traveller_id", "at")
    bulk.insert("journeys_passage", columns, passed)
    bulk.update(
        """UPDATE journeys_traveller SET step = %s, arrived_at = %s, due_at = %s, left_at = %s, left_why = %s
        WHERE id = %s AND left_at IS NULL""",
        [(w.step, w.arrived, w.due, now_us if w.left_why else None, w.left_why, w.id) for w in walkers],
    )


# Everybody of these persons who travels in the journey, by whichever record.
_TWINS = """SELECT c.root_id, min(t.id) FROM people_customer c JOIN journeys_traveller t ON t.customer_id = c.id
    WHERE t.journey_id = %s AND t.left_at IS NULL AND c.root_id IN ({}) GROUP BY c.root_id HAVING count(*) > 1"""


def _part_twins(version: Version, walkers: Sequence[Walker]) -> None:
    """Of records that were found to be one person, the one that began first travels on."""
    roots = {walker.root for walker in walkers}
    first = dict(bulk.select_in(_TWINS, sorted(roots), before=[version.journey_id]))
    for walker in walkers:
        if first.get(walker.root, walker.id) != walker.id and not walker.left_why:
            walker.left_why = "merged"


def _staying(version: Version, walkers: Sequence[Walker], at: datetime) -> list[Walker]:
    """Return who travels on, and let the others leave: whoever did, or is, what ends the journey early."""
    inside = [walker for walker in walkers if not walker.left_why]
    try:
        leaving = who_leaves(version.plan, [(w.id, w.root, w.since) for w in inside], at=at)
    except RuleError:
        # Rather nobody goes on than somebody is told what is not for her any more.
        for walker in inside:
            walker.due = to_us(at + LATER)
        return []
    for walker in inside:
        walker.left_why = leaving.get(walker.id, "")
    return [walker for walker in inside if not walker.left_why]


def _decide(version: Version, place: Place, group: Sequence[Walker], at: datetime) -> Moved:
    try:
        with transaction.atomic():
            return _decided(version, place, group, at)
    except (RuleError, SpeakerUnknown):
        return Moved({}, {walker.id: to_us(at + LATER) for walker in group})


def _decided(version: Version, place: Place, group: Sequence[Walker], at: datetime) -> Moved:
    step, now_us = place.step, to_us(at)
    if isinstance(step, Message):
        by = Actor("journey", version.journey_id)
        runs: dict[int, list[int]] = defaultdict(list)
        for walker in group:
            runs[walker.run].append(walker.root)
        for run, roots in runs.items():
            saying.say(version, step, roots, run=run, by=by, at=at)
        return Moved({walker.id: "next" for walker in group}, {})
    if isinstance(step, Wait):
        until = {walker.id: walker.arrived + span_us(step) for walker in group}
        return Moved({key: "next" for key, end in until.items() if end <= now_us}, until)
    if isinstance(step, WaitUntil):
        return waited(step, group, at)
    if isinstance(step, Split):
        holds = asking.who_of(step.rule, [walker.root for walker in group], at=at)
        return Moved({w.id: "then" if w.root in holds else "other" for w in group}, {})
    if isinstance(step, Chance):
        salt = saying.salt_of(version, step)
        return Moved({w.id: "then" if saying.is_drawn(step, salt, w.root) else "other" for w in group}, {})
    return Moved({walker.id: "next" for walker in group}, {})


def waited(step: WaitUntil, group: Sequence[Walker], at: datetime) -> Moved:
    """Return for whom it came true in time, for whom time is up, and until when the others wait.

    What she did counts from when she came to the step until time was up, however late it is looked at.
    """
    now_us = to_us(at)
    until = {walker.id: walker.arrived + span_us(step) for walker in group}
    if step.kind:
        windows = [asking.Window(w.id, w.root, w.arrived, min(until[w.id], now_us + 1)) for w in group]
        true = set(asking.who_did(step.kind, windows))
    else:
        roots = asking.who_of(step.rule, [walker.root for walker in group], at=at)
        true = {walker.id for walker in group if walker.root in roots}
    ways: dict[int, Way] = {key: "other" for key, end in until.items() if end <= now_us}
    return Moved(ways | dict.fromkeys(true, "then"), until)
