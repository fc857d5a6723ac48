"""What a journey would have done in the last days, reckoned from what is recorded. Writes nothing.

Rules are asked as of today, for nobody knows any more what they said then; what people did is known to the hour.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection

from regulars.base.clock import from_us, local_midnight, to_us
from regulars.base.installation import shop_settings
from regulars.desks.outreach.journeys import asking, saying
from regulars.desks.outreach.journeys.models import Journey, Version
from regulars.desks.outreach.journeys.moments import MOMENTS
from regulars.desks.outreach.journeys.operations.entering import with_roots
from regulars.desks.outreach.journeys.rules import Plan
from regulars.desks.outreach.journeys.steps import Chance, Exit, Message, Split, Wait, WaitUntil, flow_of, span_us
from regulars.messages.operations import foresee

DAYS = 30
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a message step would have come to: how many reached it, and by the guard's verdict and reasons."""

    step: str
    channel: str
    people: int
    verdicts: Counter[tuple[str, int]]


@dataclass(slots=True)
class Trial:
    """Who would have begun on which day, and what became of them."""

    days: list[tuple[date, int]] = field(default_factory=list)
    present: int | None = None  # in the audience now, if it begins by one
    begun: int = 0
    ended_early: int = 0
    on_the_way: int = 0
    told: list[Told] = field(default_factory=list)


@dataclass(slots=True)
class _Shade:
    """Somebody who would travel; ``at``: her own time, in microseconds."""

    id: int
    root: int
    since: int
    at: int


def foretell(journey: Journey, *, at: datetime) -> Trial:
    """Reckon what the draft of a journey would have done in the last days. Raises RuleError, if a rule is broken."""
    plan, shop = journey.plan, shop_settings()
    begun = _once(plan, _by_moment(plan, at) if plan.entry.moment else _by_audience(plan, at))
    counts = Counter(from_us(when).astimezone(shop.zone).date() for _root, when in begun)
    today = at.astimezone(shop.zone).date()
    days = [today - timedelta(days=n) for n in range(DAYS, -1, -1)]
    present = None if plan.entry.moment else len(asking.everybody_of(plan.entry, at=at))
    found = Trial([(day, counts[day]) for day in days], present, len(begun))
    shades = [_Shade(n, root, when, when) for n, (root, when) in enumerate(begun)]
    _travel(Version(journey=journey, number=0, **plan.write()), shades, found, at)
    return found


def _by_moment(plan: Plan, at: datetime) -> list[tuple[int, int]]:
    """Return (root, when) of everything in the last days that would have let somebody begin, oldest first."""
    moment, after, found = MOMENTS[plan.entry.moment], 0, list[tuple[int, int]]()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, kind, customer_id, visitor, occurred_at, body FROM stream_activity "
                "WHERE kind = %s AND occurred_at >= %s AND occurred_at <= %s AND id > %s ORDER BY id LIMIT %s",
                [moment.kind, to_us(at - timedelta(days=DAYS)), to_us(at), after, AT_ONCE],
            )
            rows = cursor.fetchall()
        found += [(told.root, told.at) for told in with_roots(rows) if moment.takes(told.body)]
        if len(rows) < AT_ONCE:
            break
        after = rows[-1][0]
    if plan.entry.rule:
        holds = asking.who_of(plan.entry.rule, sorted({root for root, _when in found}), at=at)
        found = [(root, when) for root, when in found if root in holds]
    return sorted(found, key=lambda one: one[1])


def _by_audience(plan: Plan, at: datetime) -> list[tuple[int, int]]:
    """Return who came into the audience on each of the last days, as its rule would have been asked then."""
    zone = shop_settings().zone
    today, found = at.astimezone(zone).date(), list[tuple[int, int]]()
    was: set[int] | None = None
    for back in range(DAYS, -1, -1):
        when = min(at, local_midnight(today - timedelta(days=back), zone))
        people = set(asking.everybody_of(plan.entry, at=when))
        found += [(root, to_us(when)) for root in sorted(people - was)] if was is not None else []
        was = people
    return found


def _once(plan: Plan, people: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out whoever had begun before, unless she may begin again."""
    last: dict[int, int] = {}
    found = []
    rest = None if plan.reentry_days is None else timedelta(days=plan.reentry_days) // timedelta(microseconds=1)
    for root, when in people:
        if root not in last or (rest is not None and when - last[root] >= rest):
            last[root] = when
            found.append((root, when))
    return found


def _travel(version: Version, shades: list[_Shade], found: Trial, at: datetime) -> None:
    """Send everybody through the steps by her own time; who comes to the present is still on her way."""
    plan, now_us = version.plan, to_us(at)
    flow = flow_of(plan.steps)
    here: dict[str, list[_Shade]] = defaultdict(list)
    here[next(iter(flow), "")] = shades
    for name, place in flow.items():
        group = here.pop(name, [])
        waiting = [shade for shade in group if shade.at > now_us]
        found.on_the_way += len(waiting)
        inside = _staying(plan, [shade for shade in group if shade.at <= now_us], at)
        found.ended_early += len(group) - len(waiting) - len(inside)
        step = place.step
        if isinstance(step, Message):
            found.told.append(_told(version, step, inside, at))
        then = _then(version, place.step, inside, at)
        for shade in inside:
            to = place.next if then is None else place.then if shade.id in then else place.other
            if to and not isinstance(step, Exit):
                here[to].append(shade)


def _staying(plan: Plan, group: list[_Shade], at: datetime) -> list[_Shade]:
    gone: set[int] = set()
    if plan.exit_kind:
        windows = [asking.Window(shade.id, shade.root, shade.since, shade.at + 1) for shade in group]
        gone |= set(asking.who_did(plan.exit_kind, windows))
    if plan.exit_rule:
        holds = asking.who_of(plan.exit_rule, sorted({shade.root for shade in group}), at=at)
        gone |= {shade.id for shade in group if shade.root in holds}
    return [shade for shade in group if shade.id not in gone]


def _then(version: Version, step: object, group: list[_Shade], at: datetime) -> set[int] | None:
    """Return who goes the first way, None where there is one way only; moves everybody's own time on."""
    if isinstance(step, Wait):
        for shade in group:
            shade.at += span_us(step)
    if isinstance(step, Split):
        holds = asking.who_of(step.rule, sorted({shade.root for shade in group}), at=at)
        return {shade.id for shade in group if shade.root in holds}
    if isinstance(step, Chance):
        salt = saying.salt_of(version, step)
        return {shade.id for shade in group if saying.is_drawn(step, salt, shade.root)}
    if not isinstance(step, WaitUntil):
        return None
    if step.kind:
        windows = [asking.Window(shade.id, shade.root, shade.at, shade.at + span_us(step)) for shade in group]
        came = asking.who_did(step.kind, windows)
    else:
        holds = asking.who_of(step.rule, sorted({shade.root for shade in group}), at=at)
        came = {shade.id: shade.at for shade in group if shade.root in holds}
    for shade in group:
        shade.at = came.get(shade.id, shade.at + span_us(step))
    return set(came)


def _told(version: Version, step: Message, group: list[_Shade], at: datetime) -> Told:
    roots = sorted({shade.root for shade in group})
    news = [saying.sending_of(version, step, channel, at=at) for channel in step.channels]
    new = next((one for one in news if one.content), None)
    verdicts = foresee(new, roots, at=at) if new is not None and roots else Counter[tuple[str, int]]()
    return Told(step.id, new.channel if new else "", len(group), verdicts)
