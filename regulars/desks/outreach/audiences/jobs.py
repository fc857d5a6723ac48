"""The sizes of audiences, day by day."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import job


@job("audiences.take_sizes", every=timedelta(hours=1))
def take_sizes() -> None:
    """Count every audience once on each of the shop's days; an hour's tick finds the day's first."""
    from regulars.desks.outreach.audiences import operations

    operations.take_sizes(at=now())
