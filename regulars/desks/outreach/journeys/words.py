"""Steps and beginnings as sentences for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from regulars.desks.outreach.audiences.models import Audience
from regulars.desks.outreach.campaigns.forms import CHANNELS
from regulars.desks.outreach.journeys.moments import DOES, MOMENTS
from regulars.desks.outreach.journeys.rules import Plan, Problem
from regulars.desks.outreach.journeys.steps import (
    BRANCHED,
    Chance,
    Exit,
    Message,
    Split,
    Step,
    Steps,
    Wait,
    WaitUntil,
)

LABELS: dict[str, Any] = {
    "message": gettext_lazy("Say something"), "wait": gettext_lazy("Wait"),
    "wait_until": gettext_lazy("Wait until something happens"), "split": gettext_lazy("Part by a rule"),
    "chance": gettext_lazy("Part by chance"), "exit": gettext_lazy("End here"),
}  # fmt: skip
ICONS = {Message: "mail", Wait: "clock", WaitUntil: "clock", Split: "filter", Chance: "filter", Exit: "stop"}
WHY: dict[str, Any] = {
    "": "", "finished": gettext_lazy("went through"), "exit": gettext_lazy("a step ended it"),
    "did": gettext_lazy("did what ends it"), "rule": gettext_lazy("the rule that ends it held"),
    "merged": gettext_lazy("travels under another record"), "erased": gettext_lazy("was erased"),
    "stopped": gettext_lazy("it was stopped for everybody"), "next": "", "then": "", "other": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of a step that parts, with the steps on it."""

    name: str
    label: str
    nodes: list[Node]


@dataclass(frozen=True, slots=True)
class Node:
    """A step as a page shows it."""

    id: str
    icon: str
    says: str
    branches: list[Branch]
    problems: list[Problem] = field(default_factory=list)
    has_more: bool = True  # something of it can be changed
    counts: Any = None


def tree(steps: Steps, problems: list[Problem] | None = None, counts: Any = None) -> list[Node]:
    """Return the steps with their sentences, branch by branch."""
    return [
        Node(
            step.id,
            ICONS[type(step)],
            describe(step),
            [Branch(name, label, tree(part, problems, counts)) for name, label, part in _branches(step)],
            [problem for problem in problems or [] if problem.step == step.id],
            not isinstance(step, Exit),
            counts.get(step.id) if counts is not None else None,
        )
        for step in steps
    ]


def _branches(step: Step) -> list[tuple[str, str, Steps]]:
    if not isinstance(step, BRANCHED):
        return []
    if isinstance(step, WaitUntil):
        labels = _("If it comes true in time"), _("If time is up first")
    elif isinstance(step, Split):
        labels = _("For whom it holds"), _("For all others")
    else:
        share = {"n": step.percent, "rest": 100 - step.percent}
        labels = _("%(n)d of a hundred") % share, _("The other %(rest)d") % share
    return [("then", labels[0], step.then), ("other", labels[1], step.other)]


def describe(step: Step) -> str:
    """Return what a step does, as a sentence in the reader's language."""
    if isinstance(step, Message):
        ways = ", ".join(str(label) for name, label in CHANNELS if name in step.channels)
        subject = _subject(step)
        return _("Say “%(subject)s” by: %(ways)s") % {"subject": subject or "…", "ways": ways or "…"}
    if isinstance(step, Wait):
        return _("Wait %(time)s") % {"time": span(step.days, step.hours)}
    if isinstance(step, WaitUntil):
        what = str(DOES.get(step.kind, step.kind)) if step.kind else ""
        about = {"what": what, "rule": step.rule or "…", "time": span(step.days, step.hours)}
        if what:
            return _("Wait until she %(what)s, at most %(time)s") % about
        return _("Wait until “%(rule)s” holds, at most %(time)s") % about
    if isinstance(step, Split):
        return _("Part by the rule “%(rule)s”") % {"rule": step.rule or "…"}
    if isinstance(step, Chance):
        return _("Part by chance: %(n)d of a hundred go the first way") % {"n": step.percent}
    return _("End here")


def _subject(step: Message) -> str:
    own = step.texts.get((get_language() or "en").lower()) or next(iter(step.texts.values()), {})
    return (own.get("subject") or own.get("short") or own.get("text") or "")[:80]


def span(days: int, hours: int) -> str:
    """Return a stretch of time in words."""
    parts = []
    if days or not hours:
        parts.append(ngettext("%(n)d day", "%(n)d days", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    return _(" and ").join(parts)


def begins(plan: Plan) -> str:
    """Return when somebody begins, as a sentence."""
    entry = plan.entry
    if entry.moment:
        moment = MOMENTS.get(entry.moment)
        said = str(moment.label) if moment else entry.moment
        only = {"what": said, "rule": entry.rule}
        return _("%(what)s, only for “%(rule)s”") % only if entry.rule else said
    if entry.audience is not None:
        row = Audience.objects.filter(pk=entry.audience).first()
        name = row.name if row else "…"
        if entry.rule:
            return _("Somebody comes into “%(name)s” and “%(rule)s” holds") % {"name": name, "rule": entry.rule}
        return _("Somebody comes into the audience “%(name)s”") % {"name": name}
    return _("“%(rule)s” comes true for somebody") % {"rule": entry.rule} if entry.rule else _("Not chosen yet")


def ends(plan: Plan) -> str:
    """Return what ends it early, as a sentence."""
    parts = []
    if plan.exit_kind:
        parts.append(_("as soon as she %(what)s") % {"what": DOES.get(plan.exit_kind, plan.exit_kind)})
    if plan.exit_rule:
        parts.append(_("as soon as “%(rule)s” holds") % {"rule": plan.exit_rule})
    return _(", or ").join(parts) if parts else _("nothing: everybody goes to the end")


def again(plan: Plan) -> str:
    """Return whether somebody may begin again, as a sentence."""
    if plan.reentry_days is None:
        return _("never again")
    text = ngettext("again after %(n)d day", "again after %(n)d days", plan.reentry_days)
    return text % {"n": plan.reentry_days}
