"""What is found out about lots, and what a person decides, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "lot.failing",
    sentence=says(_("A lot goes wrong more often than others of its product")),
    help="The orders of a lot went wrong so much more often than those of other lots that chance names one lot in "
    "twenty so, at most. Recorded once.",
    icon="alert",
)
@dataclass(frozen=True, slots=True)
class LotFailing:
    lot: int
    product: int
    orders: int
    bad: int
    low: float  # at least so many times as often


@kind(
    "lot.kept_on",
    sentence=says(_("Lot stays on sale, decided by %(by)s")),
    help="A person looked at what is suspected of a lot and decided to go on selling it.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class KeptOn:
    lot: int


@kind(
    "lot.kept_on_taken_back",
    sentence=says(_("Decision on a lot taken back by %(by)s")),
    help="The decision to go on selling a lot was taken back; it waits for one again.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class KeptOnTakenBack:
    lot: int


@kind(
    "lot.downloaded",
    sentence=says(_("Orders of a lot downloaded by %(by)s")),
    help="Somebody downloaded the orders that hold a lot.",
    icon="download",
)
@dataclass(frozen=True, slots=True)
class LotDownloaded:
    lot: int
    with_names: bool
