"""Following visits, and finding ids that are nobody's."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import job


@job("tracker.follow", every=timedelta(seconds=10))
def follow_visits() -> None:
    """Bring visits up to date with what the sites sent."""
    from regulars.sources.tracker.following import follow

    follow(at=now())


@job("tracker.tidy", every=timedelta(hours=1))
def tidy() -> None:
    """Find ids that are nobody's; clear what only lists of the last days need."""
    from regulars.sources.tracker.junk import find_junk
    from regulars.sources.tracker.keeping import clear_working_visits

    find_junk(at=now())
    clear_working_visits(at=now())
