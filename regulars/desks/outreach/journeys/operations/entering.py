"""How people get into journeys: something happened with them, or they came into an audience."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from regulars.base import bulk
from regulars.base.clock import from_us, to_us
from regulars.base.faults import fault_point
from regulars.base.installation import shop_settings
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.journeys import asking
from regulars.desks.outreach.journeys.models import Follower, Journey, Present, Traveller, Version
from regulars.desks.outreach.journeys.moments import MOMENTS, Moment
from regulars.desks.outreach.journeys.steps import WaitUntil, first_of, flow_of
from regulars.stream.follow import Cursor, piece

PIECE = 5_000
# What is told later than this is past: an import of old orders begins no journey.
FRESH = timedelta(days=7)
_COLUMNS = ("id", "kind", "customer_id", "visitor", "occurred_at", "body")
People = Sequence[tuple[int, datetime]]


class _Overtaken(Exception):
    """Another worker read this piece."""


def running() -> list[Version]:
    """Return the version by which people begin each journey that is on."""
    rows = Version.objects.filter(journey__started_at__isnull=False, journey__stopped_at=None)
    newest: dict[int, Version] = {row.journey_id: row for row in rows.select_related("journey").order_by("number")}
    return list(newest.values())


def follow(*, at: datetime) -> int:
    """Read what is new in the stream: take in whom it concerns and wake who waits for it; return how many entered."""
    begins = [(MOMENTS[v.plan.entry.moment], v) for v in running() if v.plan.entry.moment in MOMENTS]
    listening = _listening()
    kinds = sorted({moment.kind for moment, _version in begins} | listening.keys()) or [""]
    row, _ = Follower.objects.get_or_create(name="journeys")
    count = 0
    while True:
        found = piece(kinds, Cursor(row.tx, row.last), columns=_COLUMNS, limit=PIECE)
        try:
            with transaction.atomic():
                mine = Follower.objects.filter(pk=row.pk, tx=row.tx, last=row.last)
                row.tx, row.last = found.upto.tx, found.upto.id
                if not mine.update(tx=row.tx, last=row.last):
                    raise _Overtaken
                activities = with_roots(found.rows)
                for moment, version in begins:
                    count += take_in(version, _meant(moment, version, activities, at), at=at)
                _wake(listening, activities, at)
                fault_point("journey.1.before_entering")
        except _Overtaken:
            return count
        fault_point("journey.2.after_entering")
        if found.is_last:
            return count


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened with a person."""

    kind: str
    root: int
    at: int
    body: dict[str, Any]


def with_roots(rows: Sequence[tuple[Any, ...]]) -> list[Told]:
    """Return activities (id, kind, customer, visitor, when, body, …) of people who are known."""
    roots = asking.roots_of(row[2] for row in rows if row[2] is not None)
    visits = [row[0] for row in rows if row[2] is None and row[3]]
    visitors = asking.roots_of_visits(visits) if visits else {}
    found: list[Told] = []
    for _id, kind, customer, visitor, occurred, body, *_cursor in rows:
        root = roots.get(customer) if customer is not None else visitors.get(visitor)
        if root is not None:
            found.append(Told(kind, root, int(occurred), json.loads(body)))
    return found


def _meant(moment: Moment, version: Version, activities: Sequence[Told], at: datetime) -> People:
    """Return whom a moment is told of. What happened before the journey was on, or long ago, is past."""
    journey = version.journey
    assert journey.started_at is not None
    since = to_us(max(journey.started_at, at - FRESH))
    return [
        (told.root, from_us(told.at))
        for told in activities
        if told.kind == moment.kind and told.at >= since and moment.takes(told.body)
    ]


def _listening() -> dict[str, set[int]]:
    """Return by kind of activity the versions in which somebody may wait for it, or leave by it."""
    found: dict[str, set[int]] = {}
    for version in _with_people():
        plan = version.plan
        steps = [place.step for place in flow_of(plan.steps).values()]
        kinds = {step.kind for step in steps if isinstance(step, WaitUntil)} | {plan.exit_kind}
        for kind in kinds - {""}:
            found.setdefault(kind, set()).add(version.pk)
    return found


def _with_people() -> QuerySet[Version]:
    """Return the versions that somebody is in: one look into an index each, however many wait there."""
    return Version.objects.filter(Exists(Traveller.objects.filter(version=OuterRef("pk"), left_why="")))


def _wake(listening: dict[str, set[int]], activities: Sequence[Told], at: datetime) -> None:
    """Have who did something that is waited for looked at again. What it means for her, her step decides."""
    for kind, versions in listening.items():
        roots = {told.root for told in activities if told.kind == kind}
        marks = ", ".join(["%s"] * len(versions))
        sql = (
            "UPDATE journeys_traveller SET due_at = %s WHERE left_at IS NULL AND due_at > %s "  # noqa: S608
            f"AND customer_id = %s AND version_id IN ({marks})"
        )
        now_us, ids = to_us(at), sorted(versions)
        bulk.update(sql, [(now_us, now_us, record, *ids) for record in asking.records_of(roots)])


def take_in(version: Version, people: People, *, at: datetime) -> int:
    """Have people (root, what happened when) begin a journey, unless they are inside, were, or its rule says no.

    Return how many began.
    """
    first = first_of(version.plan.steps)
    since: dict[int, datetime] = {}
    for root, when in people:
        since[root] = min(when, since.get(root, when))
    if not since or not first:
        return 0
    with transaction.atomic():
        runs = _next_runs(version, since, at)
        entry, roots = version.plan.entry, sorted(runs)
        if entry.rule and entry.moment:
            try:
                roots = sorted(asking.who_of(entry.rule, roots, at=at))
            except RuleError:
                return 0  # its page says what is wrong with it
        now_us = to_us(at)
        rows = [
            (version.journey_id, version.pk, root, runs[root], first, to_us(since[root]), now_us, now_us, now_us, "")
            for root in roots
        ]
        columns = (
            "journey_id", "version_id", "customer_id", "run", "step", "since_at", "entered_at", "arrived_at", "due_at",
            "left_why",
        )  # fmt: skip
        bulk.insert("journeys_traveller", columns, rows)
    return len(rows)


def _next_runs(version: Version, people: Iterable[int], at: datetime) -> dict[int, int]:
    """Return the run of everybody who may begin now. Of records found to be one person all times count as hers."""
    sql = (
        "SELECT c.root_id, max(t.run), max(t.entered_at), max(CASE WHEN t.left_at IS NULL THEN 1 ELSE 0 END) "
        "FROM people_customer c JOIN journeys_traveller t ON t.customer_id = c.id "
        "WHERE t.journey_id = %s AND c.root_id IN ({}) GROUP BY c.root_id"
    )
    roots = {root for record, root in asking.roots_of(people).items() if record == root}
    runs = dict.fromkeys(roots, 0)
    days = version.reentry_days
    for root, run, entered, is_inside in bulk.select_in(sql, sorted(roots), before=[version.journey_id]):
        if is_inside or days is None or entered > to_us(at - timedelta(days=days)):
            del runs[root]
        else:
            runs[root] = run + 1
    return runs


def ask_audiences(*, at: datetime) -> int:
    """Have who came into the audience of a journey begin it; once on each of the shop's days. Return how many began."""
    today, count = at.astimezone(shop_settings().zone).date(), 0
    for version in running():
        row = version.journey
        if version.plan.entry.moment or row.asked_on == today:
            continue
        try:
            people = asking.everybody_of(version.plan.entry, at=at)
        except RuleError:
            continue  # its page says what is wrong with it
        with transaction.atomic():
            # The conditional update is the claim: of two workers one goes on.
            if Journey.objects.filter(pk=row.pk, asked_on=row.asked_on).update(asked_on=today):
                count += _came(version, people, at)
                fault_point("journey.3.before_asked")
    return count


def _came(version: Version, people: Sequence[int], at: datetime) -> int:
    row = version.journey
    known = dict(Present.objects.filter(journey=row).values_list("customer_id", "pk"))
    roots = asking.roots_of(known)
    was, now = {roots[record] for record in known if record in roots}, set(people)
    gone = [pk for record, pk in known.items() if roots.get(record) not in now]
    for start in range(0, len(gone), 900):
        Present.objects.filter(pk__in=gone[start : start + 900]).delete()
    came = [root for root in people if root not in was]
    bulk.insert("journeys_present", ("journey_id", "customer_id"), [(row.pk, root) for root in came])
    if row.asked_on is None and not row.takes_present:
        return 0  # these were there before
    return take_in(version, [(root, at) for root in came], at=at)


def wake_for_rules(*, at: datetime) -> int:
    """Wake who waits for a rule that holds by now: one question a step, however many wait. Return how many woke."""
    count = 0
    for version in _with_people():
        for place in flow_of(version.plan.steps).values():
            if isinstance(place.step, WaitUntil) and place.step.rule:
                count += _wake_for(version, place.step, at)
    return count


def _wake_for(version: Version, step: WaitUntil, at: datetime) -> int:
    waiting = Traveller.objects.filter(version=version, left_why="", step=step.id, due_at__gt=at)
    records = dict(waiting.values_list("customer_id", "pk"))
    roots = asking.roots_of(records)
    try:
        holds = asking.who_of(step.rule, sorted(set(roots.values())), at=at)
    except RuleError:
        return 0
    pks = [pk for record, pk in records.items() if roots.get(record) in holds]
    done = 0
    for start in range(0, len(pks), 900):
        part = Traveller.objects.filter(pk__in=pks[start : start + 900], left_at=None, due_at__gt=F("arrived_at"))
        done += part.update(due_at=at)
    return done
