"""What the room does by itself."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.base.jobs import job
from regulars.desks.voice.reviews import operations
from regulars.desks.voice.reviews.operations.files import JOB


@job("reviews.publish_overdue", every=timedelta(minutes=15))
def publish_overdue() -> None:
    """Show what nobody decided in time."""
    operations.publish_overdue(at=now())


@job(JOB)
def take_file(file: int, by: str) -> None:
    """Take in a file of reviews."""
    operations.work_on_file(file, by=Actor.parse(by), at=now())
