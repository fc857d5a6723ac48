"""The three clocks of a conversation: the first reply, the next reply, the solution. Pure.

Only a public word of a person of the shop is a reply: a machine's, a note among colleagues, a mail that bounced are
none. The first reply's clock starts once and is never set back; the next reply's runs from the oldest line that nobody
answered, and more lines do not move it; the solution's stands still while the shop waits for the customer or a third
party, and goes on, with what it had, where the same thing comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from regulars.promises.calendars import Calendar

Who = Literal["customer", "person", "machine", "note"]
REOPENS_WITHIN = timedelta(days=7)
WARN_AT = (50, 80)  # percent of the target


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a conversation."""

    at: datetime
    who: Who


@dataclass(frozen=True, slots=True)
class Clock:
    """What one promise stands at. ``due_at`` is None while it stands still; ``elapsed`` is open time."""

    started_at: datetime
    elapsed: timedelta
    due_at: datetime | None
    stopped_at: datetime | None = None

    def is_kept(self, target: timedelta) -> bool | None:
        """Return whether it was kept; None while it runs and is not late."""
        if self.elapsed > target:
            return False
        return True if self.stopped_at is not None else None


@dataclass(frozen=True, slots=True)
class Hold:
    """A stretch in which a solution's clock stands still; ``until`` None: it still does."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """A case as its solution's clock sees it: when it was opened, held, solved and opened again."""

    opened_at: datetime
    holds: Sequence[Hold] = field(default_factory=tuple)
    solved_at: Sequence[datetime] = field(default_factory=tuple)
    reopened_at: Sequence[datetime] = field(default_factory=tuple)


def first_reply(entries: Iterable[Entry], calendar: Calendar, target: timedelta, *, at: datetime) -> Clock | None:
    """Return the clock of the first reply; None where the shop spoke first, or no customer has spoken."""
    start: datetime | None = None
    for entry in _until(entries, at):
        if entry.who == "customer" and start is None:
            start = entry.at
        elif entry.who == "person":
            return None if start is None else _stopped(start, entry.at, calendar, target)
    return None if start is None else _running(start, calendar, target, at)


def next_reply(entries: Iterable[Entry], calendar: Calendar, target: timedelta, *, at: datetime) -> Clock | None:
    """Return the clock of the oldest line that nobody answered; None where nothing waits."""
    start: datetime | None = None
    for entry in _until(entries, at):
        if entry.who == "customer":
            start = start or entry.at
        elif entry.who == "person":
            start = None
    return None if start is None else _running(start, calendar, target, at)


def rounds(entries: Iterable[Entry], calendar: Calendar) -> list[tuple[datetime, timedelta | None]]:
    """Return each round of question and answer: when its first unanswered line came, and the open time until a reply.

    None is a round that nobody answered yet.
    """
    found: list[tuple[datetime, timedelta | None]] = []
    start: datetime | None = None
    for entry in sorted(entries, key=lambda one: one.at):
        if entry.who == "customer":
            start = start or entry.at
        elif entry.who == "person" and start is not None:
            found.append((start, calendar.elapsed(start, entry.at)))
            start = None
    return [*found, (start, None)] if start is not None else found


def solution(matter: Matter, calendar: Calendar, target: timedelta, *, at: datetime) -> Clock:
    """Return the clock of the solution: from opening to solving, without the holds.

    What is opened again within a week was not solved: its clock goes on with what it had. What comes back later is a
    matter of its own.
    """
    ends = _turns(matter, at)
    elapsed = timedelta()
    running_since: datetime | None = matter.opened_at
    stopped_at: datetime | None = None
    for moment, is_running in ends:
        if running_since is not None and not is_running:
            elapsed += calendar.elapsed(running_since, moment)
            running_since = None
        elif running_since is None and is_running:
            running_since = moment
        stopped_at = moment if moment in matter.solved_at and not is_running else stopped_at
        stopped_at = None if is_running else stopped_at
    if running_since is None:
        return Clock(matter.opened_at, elapsed, None, stopped_at)
    due_at = calendar.deadline(running_since, target - elapsed) if elapsed < target else running_since
    return Clock(matter.opened_at, elapsed + calendar.elapsed(running_since, at), due_at)


def warn_points(start: datetime, calendar: Calendar, target: timedelta, elapsed: timedelta) -> dict[int, datetime]:
    """Return when to warn, by percent of the target, for a clock that goes on from ``start`` with ``elapsed`` used."""
    return {
        percent: calendar.deadline(start, target * percent / 100 - elapsed)
        for percent in WARN_AT
        if target * percent / 100 > elapsed
    }


def _turns(matter: Matter, at: datetime) -> list[tuple[datetime, bool]]:
    """Return the instants at which the clock may stop or go on, and whether it runs from then."""
    solved_at, holds = sorted(matter.solved_at), list(matter.holds)
    solved: list[tuple[datetime, datetime | None]] = []
    for moment in solved_at:
        again = [back for back in matter.reopened_at if moment < back <= moment + REOPENS_WITHIN]
        if not solved or (solved[-1][1] is not None and solved[-1][1] <= moment):
            solved.append((moment, min(again, default=None)))
    stretches = [*((hold.since, hold.until) for hold in holds), *solved]
    instants = {edge for stretch in stretches for edge in stretch if edge is not None and edge <= at}

    def stands(moment: datetime) -> bool:
        return any(since <= moment and (until is None or moment < until) for since, until in stretches)

    return [(moment, not stands(moment)) for moment in sorted(instants)]


def _until(entries: Iterable[Entry], at: datetime) -> list[Entry]:
    return sorted((entry for entry in entries if entry.at <= at), key=lambda one: one.at)


def _running(start: datetime, calendar: Calendar, target: timedelta, at: datetime) -> Clock:
    return Clock(start, calendar.elapsed(start, at), calendar.deadline(start, target))


def _stopped(start: datetime, end: datetime, calendar: Calendar, target: timedelta) -> Clock:
    return Clock(start, calendar.elapsed(start, end), None, end)
