"""What happens to needs and deeds, as activities. No word of a customer is in them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@dataclass(frozen=True, slots=True)
class AboutNeed:
    """Which need."""

    need: int


@kind(
    "need.heard",
    sentence=says(_("Named a need, as %(by)s found")),
    help="A person confirmed that an opinion names a need.",
    icon="heart",
)
@dataclass(frozen=True, slots=True)
class Heard(AboutNeed):
    opinion: int
    probability: float | None = None  # of the machine's proposal, if there was one


@kind(
    "need.unheard",
    sentence=says(_("%(by)s took back that this names a need")),
    help="A person took back that an opinion names a need.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class Unheard(AboutNeed):
    opinion: int


@kind("need.made", sentence=says(_("Need made by %(by)s")), help="A person made a need of the shop's own.", icon="plus")
@dataclass(frozen=True, slots=True)
class Made(AboutNeed):
    pass


@kind(
    "need.changed",
    sentence=says(_("Need changed by %(by)s: %(fields)s")),
    help="A person changed the name, the weight or the summary of a need.",
    icon="pencil",
)
@dataclass(frozen=True, slots=True)
class Changed(AboutNeed):
    fields: str


@kind(
    "need.merged",
    sentence=says(_("Needs made one by %(by)s")),
    help="A person found two needs to be one.",
    icon="merge",
)
@dataclass(frozen=True, slots=True)
class Merged(AboutNeed):
    into: int


@kind(
    "need.unmerged",
    sentence=says(_("Needs parted again by %(by)s")),
    help="A person took back that two needs are one.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class Unmerged(AboutNeed):
    pass


@kind(
    "need.split",
    sentence=says(_("Need split by %(by)s")),
    help="A person found some voices of a need to be another.",
    icon="copy",
)
@dataclass(frozen=True, slots=True)
class WasSplit(AboutNeed):
    made: int
    voices: int


@kind(
    "need.unsplit",
    sentence=says(_("Split of a need taken back by %(by)s")),
    help="A person took back the split of a need.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class Unsplit(AboutNeed):
    made: int


@kind(
    "sorter.trained",
    sentence=says(_("Learned to sort from %(n)s voices")),
    help="The sorter of opinions learned from what people confirmed.",
    icon="repeat",
)
@dataclass(frozen=True, slots=True)
class Trained:
    sorter: int
    n: int
    accuracy: float | None = None


@kind(
    "check.answered",
    sentence=says(_("Double check answered by %(by)s")),
    help="A second person said what an opinion is, for the weekly double check.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class CheckAnswered:
    check: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class AboutDeed:
    """Which deed, for which need."""

    deed: int
    need: int


@kind(
    "deed.planned",
    sentence=says(_("Deed planned by %(by)s")),
    help="A person planned what is done about a need, with an owner and a day.",
    icon="clock",
)
@dataclass(frozen=True, slots=True)
class Planned(AboutDeed):
    owner: int
    due: str  # ISO date
    follows: int | None = None  # the deed that did not help


@kind("deed.changed", sentence=says(_("Deed changed by %(by)s")), help="A planned deed was changed.", icon="pencil")
@dataclass(frozen=True, slots=True)
class DeedChanged(AboutDeed):
    pass


@kind(
    "deed.done", sentence=says(_("Deed done, says %(by)s")), help="What was planned for a need is done.", icon="check"
)
@dataclass(frozen=True, slots=True)
class Done(AboutDeed):
    pass


@kind(
    "deed.undone",
    sentence=says(_("Deed not done after all, says %(by)s")),
    help="A person took back that a deed is done.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class Undone(AboutDeed):
    pass


@kind("deed.dropped", sentence=says(_("Deed given up by %(by)s")), help="A planned deed was given up.", icon="stop")
@dataclass(frozen=True, slots=True)
class Dropped(AboutDeed):
    pass


@kind(
    "deed.told",
    sentence=says(_("Is to be told: you asked, we did")),
    help="Somebody who asked for it is told what was done; the guard decides whether and when.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class WasTold(AboutDeed):
    pass


@kind(
    "deed.shown",
    sentence=says(_("Put on the page of what changed by %(by)s")),
    help="A deed was put on the public page of what changed.",
    icon="globe",
)
@dataclass(frozen=True, slots=True)
class Shown(AboutDeed):
    pass


@kind(
    "deed.hidden",
    sentence=says(_("Taken from the page of what changed by %(by)s")),
    help="A deed was taken from the public page of what changed.",
    icon="eraser",
)
@dataclass(frozen=True, slots=True)
class Hidden(AboutDeed):
    pass


@kind(
    "deed.judged",
    sentence=says(_("Effect of a deed tested: %(verdict)s")),
    help="The test of a deed's effect came to a result.",
    icon="chart",
)
@dataclass(frozen=True, slots=True)
class Judged(AboutDeed):
    verdict: str
    days: int
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class AboutProgram:
    """Which programme."""

    program: int


@kind(
    "program.begun",
    sentence=says(_("First hundred begun by %(by)s")),
    help="A programme began in which each of the first customers is asked, heard and answered.",
    icon="people",
)
@dataclass(frozen=True, slots=True)
class Begun(AboutProgram):
    size: int


@kind(
    "program.asked",
    sentence=says(_("Asked what she thinks")),
    help="One of the first customers was asked what she thinks: by a message, or by a person.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class Asked(AboutProgram):
    is_by_hand: bool


@kind(
    "program.answered",
    sentence=says(_("Answered by %(by)s")),
    help="A person of the shop answered one of the first customers.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class Answered(AboutProgram):
    pass


@kind(
    "program.finished",
    sentence=says(_("First hundred finished by %(by)s")),
    help="A programme of the first customers was finished.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class Finished(AboutProgram):
    pass


@kind(
    "language_model.changed",
    sentence=says(_("Settings of the language model changed by %(by)s")),
    help="The language model that may propose names was switched on, off, or changed.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class LanguageModelChanged:
    is_on: bool
