"""What the room does by itself."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import job


@job("signup.clean_up", every=timedelta(hours=1))
def clean() -> None:
    """Forget addresses that nobody confirmed."""
    from regulars.desks.outreach.signup.operations import clean_up

    clean_up(at=now())
