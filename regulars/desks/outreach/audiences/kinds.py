"""What people do with audiences, as activities. Names and rules are not in them: the lake knows ids and numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind("audience.saved", sentence=says(_("Audience saved by %(by)s")), help="An audience was made.", icon="people")
@kind("audience.changed", sentence=says(_("Audience changed by %(by)s")), help="An audience’s name or rule changed.",
      icon="people")  # fmt: skip
@kind("audience.retired", sentence=says(_("Audience put away by %(by)s")), help="An audience was put away.",
      icon="people")  # fmt: skip
@kind("audience.restored", sentence=says(_("Audience brought back by %(by)s")),
      help="An audience that was put away is used again.", icon="people")  # fmt: skip
@dataclass(frozen=True, slots=True)
class AudienceChanged:
    audience: int


@kind(
    "audience.frozen",
    sentence=says(_("List of %(people)s people frozen by %(by)s")),
    help="Who is in an audience at this instant was kept as a list.",
    icon="people",
)
@dataclass(frozen=True, slots=True)
class AudienceFrozen:
    audience: int
    freeze: int
    people: int


@kind(
    "audience.downloaded",
    sentence=says(_("People of an audience downloaded by %(by)s")),
    help="Somebody downloaded the people of an audience, or of a list frozen of it, as a file.",
    icon="download",
)
@dataclass(frozen=True, slots=True)
class AudienceDownloaded:
    audience: int
    freeze: int | None
    with_contacts: bool
