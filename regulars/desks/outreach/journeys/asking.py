"""Questions about the people of a batch: each one statement for many, whatever a rule or the stream knows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from regulars.base import bulk
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.audiences import queries as audiences
from regulars.desks.outreach.audiences.messages import problem_text
from regulars.desks.outreach.audiences.models import Audience
from regulars.desks.outreach.audiences.words.events import VISITORS
from regulars.desks.outreach.journeys.rules import Entry

# A statement's list of people: below SQLite's 32,766 parameters, beside those of the rule.
AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    """Somebody (root) between two instants in microseconds, both excluded; ``key`` names it in the answer."""

    key: int
    root: int
    after: int
    before: int


def check(text: str) -> str:
    """Return what is wrong with a rule, in the reader's language; "" if nothing."""
    try:
        audiences.read(text)
    except RuleError as error:
        return problem_text(error)
    return ""


def who_of(text: str, roots: Sequence[int], *, at: datetime) -> set[int]:
    """Return who of these persons the rule ``text`` chooses at ``at``. Raises RuleError if it cannot be read."""
    found: set[int] = set()
    if not roots:
        return found
    asked = audiences.question(audiences.read(text), at=at)
    with connection.cursor() as cursor:
        for start in range(0, len(roots), AT_ONCE):
            part = list(roots[start : start + AT_ONCE])
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(
                f"SELECT found.id FROM ({asked.sql}) AS found WHERE found.id IN ({marks})",  # noqa: S608 - as above
                [*asked.params, *part],
            )
            found.update(int(row[0]) for row in cursor.fetchall())
    return found


def everybody_of(entry: Entry, *, at: datetime) -> list[int]:
    """Return the root ids of everybody in the audience, and under the rule, of an entry. Raises RuleError."""
    wanted = [text for text in (_rule_of(entry.audience), entry.rule) if text]
    if not wanted:
        return []
    rule = audiences.read(" and ".join(f"({text})" for text in wanted))
    return audiences.members(rule, at=at)


def _rule_of(audience: int | None) -> str:
    if audience is None:
        return ""
    row = Audience.objects.filter(pk=audience).first()
    return row.rule if row is not None else "not everybody"


def who_did(kind: str, windows: Sequence[Window]) -> dict[int, int]:
    """Return the keys of the windows in which the person did something of ``kind``, and when first."""
    if not windows:
        return {}
    since = min(window.after for window in windows)
    times: dict[int, list[int]] = {}
    for root, at in _done(kind, {window.root for window in windows}, since):
        times.setdefault(root, []).append(at)
    for done in times.values():
        done.sort()
    found = {window.key: _first(times.get(window.root, []), window) for window in windows}
    return {key: at for key, at in found.items() if at is not None}


def _first(times: list[int], window: Window) -> int | None:
    place = bisect_right(times, window.after)
    return times[place] if place < len(times) and times[place] < window.before else None


def _done(kind: str, roots: set[int], since: int) -> Iterable[tuple[int, int]]:
    """Yield (root, when) of each activity of ``kind`` of these persons after ``since``."""
    for begin, known in VISITORS.items():
        if kind.startswith(begin):
            sql = (
                "WITH hits AS (SELECT a.visitor, a.occurred_at FROM stream_activity a "  # noqa: S608 - texts of ours
                f"WHERE a.kind = %s AND a.occurred_at > %s), known AS ({known('SELECT visitor FROM hits')}) "
                "SELECT k.root, h.occurred_at FROM hits h JOIN known k ON k.visitor = h.visitor"
            )
            with connection.cursor() as cursor:
                cursor.execute(sql, [kind, since])
                yield from ((int(root), at) for root, at in cursor.fetchall() if root in roots)
            return
    sql = (
        "SELECT c.root_id, a.occurred_at FROM people_customer c JOIN stream_activity a ON a.customer_id = c.id "
        "WHERE a.kind = %s AND a.occurred_at > %s AND c.root_id IN ({})"
    )
    yield from bulk.select_in(sql, roots, before=[kind, since])


def roots_of_visits(activities: Sequence[int]) -> dict[str, int]:
    """Return the person, as root record, of each visitor of these activities who is known to be one."""
    found: dict[str, int] = {}
    for known in VISITORS.values():
        for start in range(0, len(activities), 900):
            part = list(activities[start : start + 900])
            marks = ", ".join(["%s"] * len(part))
            sql = (
                "WITH hits AS (SELECT DISTINCT a.visitor FROM stream_activity a "  # noqa: S608 - texts of ours
                f"WHERE a.id IN ({marks})), known AS ({known('SELECT visitor FROM hits')}) "
                "SELECT k.visitor, k.root FROM known k"
            )
            with connection.cursor() as cursor:
                cursor.execute(sql, part)
                found |= {visitor: int(root) for visitor, root in cursor.fetchall()}
    return found


def roots_of(customers: Iterable[int]) -> dict[int, int]:
    """Return the root of each of these records that is not erased."""
    sql = "SELECT id, root_id FROM people_customer WHERE erased_at IS NULL AND id IN ({})"
    return dict(bulk.select_in(sql, sorted(set(customers))))


def records_of(roots: Iterable[int]) -> dict[int, int]:
    """Return every record of these persons, with its root."""
    return dict(bulk.select_in("SELECT id, root_id FROM people_customer WHERE root_id IN ({})", sorted(set(roots))))
