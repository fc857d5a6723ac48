"""What happens to journeys, as activities. Who enters and leaves stands in rows: no news of the shop's or hers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "journey.started",
    sentence=says(_("Journey started by %(by)s")),
    help="Somebody let people begin a journey.",
    icon="mail",
)
@kind(
    "journey.changed",
    sentence=says(_("Journey changed by %(by)s")),
    help="Somebody changed a running journey: who begins from now on goes the new way.",
    icon="pencil",
)
@kind(
    "journey.stopped",
    sentence=says(_("Journey stopped by %(by)s")),
    help="Somebody stopped a journey: nobody begins it any more.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class AboutJourney:
    """Which journey, and its version."""

    journey: int
    version: int
