"""What happens to reviews, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "review.written",
    sentence=says(_("Wrote a review")),
    help="A customer wrote a review, or one came from a file.",
    icon="star",
)
@dataclass(frozen=True, slots=True)
class Written:
    review: int
    product: int
    stars: int
    origin: str
    state: str
    is_verified: bool


@kind(
    "review.changed",
    sentence=says(_("Changed a review")),
    help="An author changed her review.",
    icon="pencil",
)
@dataclass(frozen=True, slots=True)
class Changed:
    review: int
    stars: int
    state: str


@kind(
    "review.deleted",
    sentence=says(_("Deleted a review")),
    help="An author deleted her review.",
    icon="close",
)
@dataclass(frozen=True, slots=True)
class Deleted:
    review: int


@kind(
    "review.decided",
    sentence=says(_("Review decided by %(by)s: %(what)s")),
    help="A review was shown, held or taken down, with the reasons.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class Decided:
    review: int
    what: str
    reasons: str = ""


@kind(
    "review.replied",
    sentence=says(_("The shop answered a review in public")),
    help="The shop answered a review, changed its answer, or took it back.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class Replied:
    review: int
    is_taken_back: bool = False


@kind(
    "reviews.changed",
    sentence=says(_("How reviews are taken changed by %(by)s")),
    help="The shop changed what authors get, or who may write.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class SettingsChanged:
    fields: str


@kind(
    "reviews.imported",
    sentence=says(_("Reviews imported by %(by)s")),
    help="A file of reviews was taken in, or taken back.",
    icon="upload",
)
@dataclass(frozen=True, slots=True)
class Imported:
    file: int
    origin: str
    taken: int
    is_undone: bool = False
