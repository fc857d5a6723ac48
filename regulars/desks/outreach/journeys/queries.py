"""How journeys stand: counted from travellers, passages and the ledger, never kept beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, QuerySet

from regulars.desks.outreach.journeys import asking
from regulars.desks.outreach.journeys.models import Journey, Passage, Traveller, Version
from regulars.messages.models import Sending, Touch
from regulars.shop.models import CustomerSummary

State = Literal["draft", "on", "stopped"]
What = Literal["waiting", "passed", "written", "held", "dropped", "left"]
# States of the ledger, as the steps of a journey count them.
TOUCHES: dict[str, tuple[str, ...]] = {
    "written": ("handed_over", "delivered", "bounced", "complained", "unknown"),
    "held": ("ready", "held", "claimed"),
    "dropped": ("dropped", "cancelled", "failed"),
}
EARLY = ("did", "rule", "merged", "erased", "stopped")


@dataclass(frozen=True, slots=True)
class Standing:
    """A journey with how many are inside, and how many were."""

    journey: Journey
    state: State
    inside: int
    gone: int


@dataclass(slots=True)
class StepCounts:
    """What a step came to. ``ways``: how many went past it by each way; messages only where it says something."""

    ways: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    left: int = 0
    touches: Counter[str] = field(default_factory=Counter)

    @property
    def passed(self) -> int:
        """Return how many went past it, by any way."""
        return sum(self.ways.values())


@dataclass(frozen=True, slots=True)
class Listed:
    """A person behind a count: her record, since when or at what instant, and why."""

    key: int
    customer: int
    at: datetime
    why: str = ""
    reasons: int = 0
    code: str = ""


def standings(journeys: Sequence[Journey]) -> list[Standing]:
    """Return how journeys stand, in the order given."""
    rows = Traveller.objects.filter(journey__in=journeys).values_list("journey", "left_why").annotate(n=Count("pk"))
    inside: Counter[int] = Counter()
    gone: Counter[int] = Counter()
    for journey, why, number in rows.order_by():
        (gone if why else inside)[journey] += number
    return [Standing(row, state_of(row), inside[row.pk], gone[row.pk]) for row in journeys]


def state_of(row: Journey) -> State:
    """Return whether a journey was never on, is, or was."""
    if row.started_at is None:
        return "draft"
    return "on" if row.is_on else "stopped"


def versions(row: Journey) -> list[tuple[Version, int]]:
    """Return the versions of a journey, newest first, with how many are inside each."""
    inside = dict(
        Traveller.objects.filter(version__journey=row, left_why="").values_list("version").annotate(n=Count("pk"))
    )
    return [(version, inside.get(version.pk, 0)) for version in Version.objects.filter(journey=row).order_by("-number")]


def readers(row: Journey, most: int = 10) -> list[int]:
    """Return persons to show a message as: who was in the journey last, then who bought last."""
    inside = Traveller.objects.filter(journey=row).order_by("-pk").values_list("customer_id", flat=True)[:most]
    found = set(asking.roots_of(inside).values())
    if len(found) < most:
        bought = CustomerSummary.objects.filter(orders__gt=0).order_by("-last_order_at")
        found |= set(bought.values_list("customer_id", flat=True)[: most - len(found)])
    return sorted(found)


def counts(version: Version) -> dict[str, StepCounts]:
    """Return what each step of a version came to."""
    found: dict[str, StepCounts] = defaultdict(StepCounts)
    travellers = Traveller.objects.filter(version=version).values_list("left_why", "step").annotate(n=Count("pk"))
    for why, step, number in travellers.order_by():
        if not why:
            found[step].waiting += number
        elif why in EARLY:
            found[step].left += number
    for step, way, number in (
        Passage.objects.filter(version=version).values_list("step", "way").annotate(n=Count("pk")).order_by()
    ):
        found[step].ways[way] += number
    sendings = _sendings(version)
    kinds = {state: what for what, states in TOUCHES.items() for state in states}
    touches = Touch.objects.filter(sending__in=list(sendings)).values_list("sending", "state").annotate(n=Count("pk"))
    for sending, state, number in touches.order_by():
        found[sendings[sending]].touches[kinds[state]] += number
    return found


def _sendings(version: Version, step: str = "") -> dict[int, str]:
    """Return the step of each sending of a version."""
    rows = Sending.objects.filter(scope=f"journey:{version.journey_id}").values_list("pk", "step")
    parts = ((pk, name.split(".")) for pk, name in rows)
    mine = {pk: name[0] for pk, name in parts if name[1:2] == [str(version.number)]}
    return {pk: name for pk, name in mine.items() if not step or name == step}


def people(version: Version, *, step: str, what: str, after: int, most: int) -> list[Listed]:
    """Return who stands behind a count, by row, from after ``after`` on; ``step`` "" is any."""
    if what in TOUCHES:
        touches = Touch.objects.filter(
            sending__in=list(_sendings(version, step)), state__in=TOUCHES[what], pk__gt=after
        ).order_by("pk")[:most]
        return [
            Listed(t.pk, t.customer_id, t.left_at or t.release_at or t.decided_at, "", t.reasons, t.code)
            for t in touches
        ]
    if what == "passed":
        rows = Passage.objects.filter(version=version, pk__gt=after).select_related("traveller").order_by("pk")
        chosen = rows.filter(step=step) if step else rows
        return [Listed(p.pk, p.traveller.customer_id, p.at, p.way) for p in chosen[:most]]
    inside: QuerySet[Traveller] = Traveller.objects.filter(version=version, pk__gt=after).order_by("pk")
    inside = inside.filter(left_why="") if what == "waiting" else inside.filter(left_why__in=EARLY)
    if step:
        inside = inside.filter(step=step)
    return [Listed(t.pk, t.customer_id, t.left_at or t.arrived_at, t.left_why) for t in inside[:most]]


def as_dict(found: StepCounts) -> dict[str, Any]:
    """Return the counts by their names."""
    return {"waiting": found.waiting, "passed": found.passed, "left": found.left, **found.touches}
