"""Writing a journey, letting it begin, changing it while people are inside, stopping it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.desks.outreach.campaigns.rules import NO_IDENTITY, NO_SENDER
from regulars.desks.outreach.journeys import asking, kinds, rules
from regulars.desks.outreach.journeys.models import Journey, Present, Traveller, Version
from regulars.desks.outreach.journeys.moments import MOMENTS
from regulars.desks.outreach.journeys.rules import Plan
from regulars.desks.outreach.journeys.steps import Message, flow_of
from regulars.messages import operations as ledger
from regulars.messages.identity import identity
from regulars.messages.models import Sender, Sending
from regulars.messages.personal import wrong_word
from regulars.stream.kinds import KINDS
from regulars.stream.operations import record


class JourneyRefused(ValueError):
    """The journey cannot begin so. ``problems`` say why, by step."""

    def __init__(self, problems: list[rules.Problem]) -> None:
        super().__init__("; ".join(f"{problem.step}.{problem.field}: {problem.says}" for problem in problems))
        self.problems = problems


def draft_journey(*, name: str, plan: Plan, by: Actor, at: datetime, ready: str = "") -> Journey:
    """Begin a journey; it is off."""
    return Journey.objects.create(name=name, draft=plan.write(), ready=ready, at=at, by=str(by))


def change_journey(journey: int, *, plan: Plan, by: Actor, at: datetime, name: str = "") -> bool:
    """Change the draft, and the name unless it is "". Whoever is inside, and who begins, see nothing of it yet.

    The draft before it is kept, for ``undo_change``. False if nothing differs.
    """
    with transaction.atomic():
        row = _locked(journey)
        if row.plan == plan and name in {"", row.name}:
            return False
        values: dict[str, Any] = {"draft": plan.write(), "at": at, "by": str(by)}
        if row.plan != plan:
            values["before"] = row.draft
        Journey.objects.filter(pk=journey).update(**values, **({"name": name} if name else {}))
    return True


def undo_change(journey: int, *, by: Actor, at: datetime) -> bool:
    """Bring the draft back that was there before its last change; once more, and the change is there again."""
    with transaction.atomic():
        row = _locked(journey)
        if row.before is None:
            return False
        Journey.objects.filter(pk=journey).update(draft=row.before, before=row.draft, at=at, by=str(by))
    return True


def count_margin(journey: int, *, margin_percent: int, cost_minor: int, by: Actor, at: datetime) -> bool:
    """Say what remains of a sale, in percent, and what a thousand messages cost. False if nothing differs."""
    if not 1 <= margin_percent <= 100 or cost_minor < 0:
        raise ValueError(f"margin_percent is {margin_percent}, cost_minor {cost_minor}; use 1 to 100 and at least 0")
    row = Journey.objects.exclude(margin_percent=margin_percent, cost_minor=cost_minor).filter(pk=journey)
    return bool(row.update(margin_percent=margin_percent, cost_minor=cost_minor, at=at, by=str(by)))


def delete_draft(journey: int, *, by: Actor, at: datetime) -> bool:
    """Throw away a journey that was never started. False if it was."""
    return bool(Journey.objects.filter(pk=journey, started_at=None).delete()[0])


def problems_of(journey: Journey) -> list[rules.Problem]:
    """Return everything that is wrong with the draft of a journey, what blocks it first."""
    plan = journey.plan
    found = rules.problems(plan, inspect=wrong_word, kinds=KINDS, check=asking.check)
    if identity().missing:
        found.insert(0, rules.Problem("", "identity", NO_IDENTITY))
    there = set(Sender.objects.filter(retired_at=None).values_list("channel", flat=True))
    messages = [place.step for place in flow_of(plan.steps).values() if isinstance(place.step, Message)]
    return found + [
        rules.Problem(step.id, "channels", NO_SENDER, False)
        for step in messages
        for channel in step.channels
        if channel not in there
    ]


def start(journey: int, *, by: Actor, at: datetime, takes_present: bool = False) -> bool:
    """Let people begin a journey from now on. False if it is on already; raises JourneyRefused if it lacks something.

    What happened before is not taken in. ``takes_present``: whoever is in its audience now begins too.
    """
    with transaction.atomic():
        row = _locked(journey)
        _refuse(row)
        off = Journey.objects.filter(pk=journey, started_at=None) | Journey.objects.filter(
            pk=journey, stopped_at__isnull=False
        )
        values: dict[str, Any] = {"started_at": at, "started_by": str(by), "stopped_at": None, "stopped_by": ""}
        if not off.update(**values):
            return False
        version = _version(row, by=by, at=at)
        _ask_anew(row, takes_present=takes_present)
        _record("started", version, by=by, at=at)
    return True


def publish(journey: int, *, by: Actor, at: datetime) -> Version | None:
    """Have whoever begins a running journey from now on go by the draft; people inside finish theirs.

    None if it is off, or nothing was changed. Raises JourneyRefused if the draft lacks something.
    """
    with transaction.atomic():
        row = _locked(journey)
        if not row.is_on:
            return None
        _refuse(row)
        before = latest(row)
        if before is not None and before.plan == row.plan:
            return None
        version = _version(row, by=by, at=at)
        entry = version.plan.entry
        if before is None or before.plan.entry != entry:
            _ask_anew(row, takes_present=False)
        _record("changed", version, by=by, at=at)
    return version


def stop(journey: int, *, by: Actor, at: datetime, for_everybody: bool = False) -> int | None:
    """Let nobody begin any more. Return how many left, None if it was stopped before and nobody had to.

    Whoever is inside goes on to her end; ``for_everybody``: they leave, and what waits for them is taken back.
    """
    with transaction.atomic():
        row = _locked(journey)
        on = Journey.objects.filter(pk=journey, started_at__isnull=False, stopped_at=None)
        done, left = on.update(stopped_at=at, stopped_by=str(by)), 0
        if for_everybody:
            left = Traveller.objects.filter(journey=row, left_at=None).update(left_at=at, left_why="stopped")
            for sending in Sending.objects.filter(scope=row.scope):
                ledger.cancel(sending, by=by, at=at)
        version = latest(row)
        if not (done or left) or version is None:
            return None
        _record("stopped", version, by=by, at=at)
    return left


def _ask_anew(row: Journey, *, takes_present: bool) -> None:
    """Forget who was in the audience, and have it asked soon: a large one is not for whoever waits for a page."""
    Present.objects.filter(journey=row).delete()
    Journey.objects.filter(pk=row.pk).update(asked_on=None, takes_present=takes_present)
    jobs.enqueue("journeys.ask", key="journeys.ask")


def latest(row: Journey) -> Version | None:
    """Return the version that people begin by, or began last."""
    return Version.objects.filter(journey=row).order_by("-number").first()


def _locked(journey: int) -> Journey:
    return Journey.objects.select_for_update().get(pk=journey)


def _refuse(row: Journey) -> None:
    blocking = [problem for problem in problems_of(row) if problem.blocks]
    if blocking:
        raise JourneyRefused(blocking)


def _version(row: Journey, *, by: Actor, at: datetime) -> Version:
    """Return the version that says what the draft says: the last one if it does, else a new one."""
    before = latest(row)
    if before is not None and before.plan == row.plan:
        return before
    number = (Version.objects.filter(journey=row).aggregate(n=Max("number"))["n"] or 0) + 1
    return Version.objects.create(journey=row, number=number, **row.plan.write(), at=at, by=str(by))


def _record(what: str, version: Version, *, by: Actor, at: datetime) -> None:
    key = f"journey.{what}:{version.journey_id}:{at.isoformat()}"
    body = kinds.AboutJourney(version.journey_id, version.number)
    record(f"journey.{what}", key, body, by=by, at=at, subject=f"journey:{version.journey_id}")


def kind_of(plan: Plan) -> str:
    """Return the kind of activity that a plan's entry listens to, "" if it begins by an audience."""
    return MOMENTS[plan.entry.moment].kind if plan.entry.moment else ""
