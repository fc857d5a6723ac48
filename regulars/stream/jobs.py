"""Keeping the lake up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from regulars.base.jobs import job

log = logging.getLogger("regulars.lake")

# Rooms whose numbers come from the lake register here what to do when it changed.
AFTER_WRITE: list[Callable[[], None]] = []


@job("stream.write_lake", every=timedelta(seconds=30))
def write_lake() -> None:
    """Copy what is new in the stream to the lake, and tell who reads it."""
    # Arrow is loaded where the work is done, not in every process that starts.
    from regulars.stream import lake

    try:
        written = lake.write_now(waits=False)
    except lake.Busy:
        return  # it is being written; what is new now is met in half a minute
    if written.is_changed:
        log.info("lake: %s activities, %s taken back, %s files", written.activities, written.retractions, written.files)
        for listener in AFTER_WRITE:
            listener()
