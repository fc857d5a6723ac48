"""Following visits, finding ids that are nobody's, and letting go of what is kept no longer."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import job


@job("tracker.follow", every=timedelta(seconds=10))
def follow_visits() -> None:
    """Bring visits up to date with what the sites sent."""
    from regulars.sources.tracker.following import follow

    follow(at=now())
