"""What a journey is to do, and what it lacks before it may begin. Pure: values in, problems out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.guard import Rank
from regulars.desks.outreach.campaigns import rules as texts
from regulars.desks.outreach.journeys.moments import DOES, MOMENTS
from regulars.desks.outreach.journeys.steps import (
    Chance,
    Message,
    Split,
    Step,
    Steps,
    Wait,
    WaitUntil,
    flow_of,
    read_steps,
    span_us,
    write_steps,
)

MOST_STEPS, MOST_DAYS, MOST_HOURS = 40, 730, 24 * 31


@dataclass(frozen=True, slots=True)
class Entry:
    """Who begins: those of whom a moment is told, or who come into an audience or under a rule.

    With a moment ``rule`` is who of them: "" is all.
    """

    moment: str = ""
    audience: int | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole journey. ``reentry_days``: how long after she began she may begin again; None is never."""

    entry: Entry = Entry()
    steps: Steps = ()
    exit_kind: str = ""
    exit_rule: str = ""
    reentry_days: int | None = None
    holdout_percent: int = 10

    def write(self) -> dict[str, Any]:
        """Return the plan as JSON."""
        return {
            "entry": asdict(self.entry), "steps": write_steps(self.steps), "exit_kind": self.exit_kind,
            "exit_rule": self.exit_rule, "reentry_days": self.reentry_days, "holdout_percent": self.holdout_percent,
        }  # fmt: skip


def read_plan(said: Mapping[str, Any]) -> Plan:
    """Return a plan from JSON."""
    values = {
        name: said[name] for name in ("exit_kind", "exit_rule", "reentry_days", "holdout_percent") if name in said
    }
    return Plan(Entry(**said.get("entry", {})), read_steps(said.get("steps", [])), **values)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a journey. ``step``: the id of the step it is about, "" the whole; ``field`` of its form."""

    step: str
    field: str
    says: Any  # lazy translation
    blocks: bool = True


# Returns what is wrong with a rule in words, "" if nothing.
Check = Callable[[str], str]


def problems(plan: Plan, *, inspect: texts.Wrong, kinds: Collection[str], check: Check) -> list[Problem]:
    """Return what is wrong with a plan, what blocks it first.

    ``inspect`` says what is wrong with a word in braces; ``kinds``: of activities that exist.
    """
    found = [*_of_entry(plan, check), *_of_steps(plan.steps, inspect, kinds, check)]
    return sorted(found, key=lambda problem: not problem.blocks)


def _of_entry(plan: Plan, check: Check) -> Iterator[Problem]:
    entry = plan.entry
    if entry.moment and entry.moment not in MOMENTS:
        yield Problem(
            "", "moment", _("Choose anew what begins it: “%(name)s” is not known here.") % {"name": entry.moment}
        )
    if not entry.moment and entry.audience is None and not entry.rule:
        yield Problem("", "moment", _("Choose what begins it: something that happens, an audience or a rule."))
    if entry.rule and (wrong := check(entry.rule)):
        yield Problem("", "rule", wrong)
    if plan.exit_rule and (wrong := check(plan.exit_rule)):
        yield Problem("", "exit_rule", wrong)
    if plan.exit_kind and plan.exit_kind not in DOES:
        yield Problem("", "exit_kind", _("Choose anew what ends it early."))
    if plan.reentry_days is not None and not 1 <= plan.reentry_days <= MOST_DAYS:
        yield Problem("", "reentry_days", _("Between 1 and %(most)d days, or never.") % {"most": MOST_DAYS})
    if not 0 <= plan.holdout_percent <= 50:
        yield Problem("", "holdout_percent", _("Between 0 and 50 percent."))


def _of_steps(steps: Steps, inspect: texts.Wrong, kinds: Collection[str], check: Check) -> Iterator[Problem]:
    flow = flow_of(steps)
    if not any(isinstance(place.step, Message) for place in flow.values()):
        yield Problem("", "steps", _("Add a message: so far nothing is said."))
    if len(flow) > MOST_STEPS:
        yield Problem(
            "", "steps", _("At most %(most)d steps; make a second journey of the rest.") % {"most": MOST_STEPS}
        )
    for place in flow.values():
        yield from _of_step(place.step, inspect, kinds, check)


def _of_step(step: Step, inspect: texts.Wrong, kinds: Collection[str], check: Check) -> Iterator[Problem]:
    if isinstance(step, Message):
        yield from _of_message(step, inspect)
    if isinstance(step, Wait | WaitUntil):
        if span_us(step) <= 0 or step.days < 0 or step.hours < 0:
            yield Problem(step.id, "days", _("Say how long: at least an hour."))
        elif step.days > MOST_DAYS or step.hours > MOST_HOURS:
            yield Problem(step.id, "days", _("At most %(most)d days.") % {"most": MOST_DAYS})
    if isinstance(step, WaitUntil):
        if not step.kind and not step.rule:
            yield Problem(step.id, "kind", _("Say what is waited for: something she does, or a rule."))
        elif step.kind and step.kind not in kinds:
            yield Problem(step.id, "kind", _("Nothing of the kind “%(kind)s” is recorded.") % {"kind": step.kind})
        if step.kind and step.rule:
            yield Problem(step.id, "rule", _("Wait for one of both: what she does, or the rule."))
    if isinstance(step, Split) and not step.rule:
        yield Problem(step.id, "rule", _("Write the rule by which the ways part."))
    if isinstance(step, Split | WaitUntil) and step.rule and (wrong := check(step.rule)):
        yield Problem(step.id, "rule", wrong)
    if isinstance(step, Chance) and not 1 <= step.percent <= 99:
        yield Problem(step.id, "percent", _("Between 1 and 99 percent."))


def _of_message(step: Message, inspect: texts.Wrong) -> Iterator[Problem]:
    for found in texts.problems([step.texts], step.channels, inspect):
        yield Problem(step.id, found.field.removeprefix("0-"), found.says, found.blocks)
    if not 1 <= step.worth_hours <= MOST_HOURS:
        yield Problem(step.id, "worth_hours", _("Between 1 and %(most)d hours.") % {"most": MOST_HOURS})
    if step.rank not in {Rank.CART, Rank.WIN_BACK, Rank.NEWSLETTER}:
        yield Problem(step.id, "rank", _("Choose how urgent it is."))
