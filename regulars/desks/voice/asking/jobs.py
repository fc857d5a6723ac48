"""What the room does by itself."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import job


@job("asking.ask", every=timedelta(hours=1))
def ask() -> None:
    """Ask whose parcel arrived long enough ago."""
    from regulars.desks.voice.asking.operations import ask_due

    ask_due(at=now())
