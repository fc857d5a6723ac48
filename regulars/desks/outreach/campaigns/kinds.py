"""What happens to campaigns, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@dataclass(frozen=True, slots=True)
class AboutCampaign:
    """Which campaign."""

    campaign: int


@kind(
    "campaign.started",
    sentence=says(_("Campaign started by %(by)s")),
    help="Somebody started a campaign.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class Started(AboutCampaign):
    pass


@kind(
    "campaign.cancelled",
    sentence=says(_("Campaign cancelled by %(by)s")),
    help="Somebody cancelled a campaign; what had not left does not leave.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class Cancelled(AboutCampaign):
    pass


@kind(
    "campaign.paused",
    sentence=says(_("Campaign paused by %(by)s")),
    help="Somebody paused a campaign.",
    icon="clock",
)
@dataclass(frozen=True, slots=True)
class Paused(AboutCampaign):
    pass


@kind(
    "campaign.resumed",
    sentence=says(_("Campaign resumed by %(by)s")),
    help="Somebody let a paused campaign go on.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class Resumed(AboutCampaign):
    pass
