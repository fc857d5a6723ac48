"""What happens to customers, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "customer.created",
    sentence=says(_("Became known to the shop")),
    help="A customer's record was made.",
    icon="person",
)
@dataclass(frozen=True, slots=True)
class Created:
    source: str = ""


@kind(
    "customer.changed",
    sentence=says(_("Details changed by %(by)s")),
    help="A customer's details were edited.",
    icon="pencil",
)
@dataclass(frozen=True, slots=True)
class Changed:
    fields: str  # names of the changed fields, comma-separated


@kind(
    "customer.merged",
    sentence=says(_("Merged with another record by %(by)s")),
    help="Two records were found to be one person.",
    icon="merge",
)
@dataclass(frozen=True, slots=True)
class Merged:
    kept: int
    folded: int


@kind("customer.unmerged", sentence=says(_("Merge undone by %(by)s")), help="A merge was undone.", icon="merge")
@dataclass(frozen=True, slots=True)
class Unmerged:
    kept: int
    folded: int


@kind(
    "customer.erased",
    sentence=says(_("Personal data erased")),
    help="A person's data were erased at her wish.",
    icon="eraser",
)
@dataclass(frozen=True, slots=True)
class Erased:
    reason: str


@kind(
    "consent.granted",
    sentence=says(_("Agreed to %(purpose)s by %(channel)s")),
    help="A customer allowed a channel for a purpose.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class ConsentGranted:
    channel: str
    purpose: str
    source: str


@kind(
    "consent.withdrawn",
    sentence=says(_("No longer agrees to %(purpose)s by %(channel)s")),
    help="A customer withdrew a consent.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    channel: str
    purpose: str
    source: str


@kind(
    "suppression.added",
    sentence=says(_("Not to be written to by %(channel)s: %(reason)s")),
    help="An address was closed to messages.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class SuppressionAdded:
    channel: str
    reason: str


@kind(
    "suppression.lifted",
    sentence=says(_("May be written to by %(channel)s again")),
    help="A suppression was lifted by a person.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class SuppressionLifted:
    channel: str


@kind(
    "customer.exported",
    sentence=says(_("All data about this person downloaded by %(by)s")),
    help="Everything known about one person was downloaded, for instance to hand it to her.",
    icon="download",
)
@dataclass(frozen=True, slots=True)
class CustomerExported:
    customer: int
