"""What campaigns do by themselves."""

from __future__ import annotations

from regulars.base.clock import now
from regulars.base.jobs import job


@job("campaigns.plan")
def plan(campaign: int) -> None:
    """Freeze and decide, when the hour of a campaign has come."""
    from regulars.desks.outreach.campaigns import operations

    operations.plan_campaign(campaign, at=now())
