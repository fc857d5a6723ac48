"""The figures and tests, every hour: a lot gets older, and more can be said of it, also while nothing happens."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import enqueue, job
from regulars.desks.voice.quality import operations

KIND = "quality.work_out"


@job(KIND, every=timedelta(hours=1))
def work_out() -> None:
    """Work out what came of products and lots."""
    operations.work_out(at=now())


def ask_soon() -> None:
    """Have it worked out soon, after a person entered something; while that waits, asking again changes nothing."""
    enqueue(KIND, key=KIND)
