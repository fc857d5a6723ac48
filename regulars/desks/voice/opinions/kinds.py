"""What happens to opinions, as activities. The words themselves stay in their own rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.desks.voice.opinions.words import HOW, OUTCOMES, REASONS, SOURCES
from regulars.stream.kinds import kind
from regulars.stream.sentences import says


def _says(text: str | Promise, field: str, labels: Mapping[str, str | Promise]) -> Callable[[Any, dict[str, str]], str]:
    """Return a sentence maker that says ``field`` of the body in words."""

    def sentence(body: Any, facts: dict[str, str]) -> str:
        value = getattr(body, field)
        return str(text) % {**facts, field: labels.get(value, value)}

    return sentence


@kind(
    "opinion.heard",
    sentence=_says(_("Said something: %(source)s"), "source", SOURCES),
    help="A customer said something to the shop, or about it.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class Heard:
    opinion: int
    source: str
    scope: str = ""
    product: int | None = None
    order: int | None = None
    mark: int | None = None
    best: int | None = None
    language: str = ""
    has_words: bool = True


@dataclass(frozen=True, slots=True)
class AboutOpinion:
    """Which opinion."""

    opinion: int


@kind(
    "opinion.changed",
    sentence=says(_("Changed what was said")),
    help="The author of an opinion changed her words or her mark; what was before is kept.",
    icon="pencil",
)
@dataclass(frozen=True, slots=True)
class Changed(AboutOpinion):
    mark: int | None = None


@kind(
    "opinion.taken_back",
    sentence=says(_("Took back what was said")),
    help="The author of an opinion took it back; its words are gone.",
    icon="eraser",
)
@dataclass(frozen=True, slots=True)
class TakenBack(AboutOpinion):
    pass


@kind(
    "opinion.pondered",
    sentence=_says(_("Read by %(by)s: %(how)s"), "how", HOW),
    help="A person read an opinion and decided what it is: a need, answered, or noted.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class Pondered(AboutOpinion):
    how: str


@kind(
    "opinion.unpondered",
    sentence=says(_("Put back among what waits to be read by %(by)s")),
    help="A person took back what was decided of an opinion; it waits again.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class Unpondered(AboutOpinion):
    pass


@kind(
    "case.opened",
    sentence=_says(_("A case was opened: %(reason)s"), "reason", REASONS),
    help="An opinion that cannot wait became a case: a low mark, a promise broken, a danger.",
    icon="alert",
)
@dataclass(frozen=True, slots=True)
class CaseOpened(AboutOpinion):
    case: int
    reason: str


@kind(
    "case.taken",
    sentence=says(_("Case taken by %(by)s")),
    help="A person of the shop took a case: from now on it is hers.",
    icon="people",
)
@dataclass(frozen=True, slots=True)
class CaseTaken:
    case: int


@kind(
    "case.closed",
    sentence=_says(_("Case closed by %(by)s: %(outcome)s"), "outcome", OUTCOMES),
    help="A case came to its end.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class CaseClosed:
    case: int
    outcome: str


@kind(
    "case.reopened",
    sentence=says(_("Case opened again by %(by)s")),
    help="A closed case was opened again.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class CaseReopened:
    case: int
