"""What is read by itself."""

from __future__ import annotations

import time
from datetime import timedelta

from regulars.base.jobs import job

# A worker looks after other work between two turns; what is left over is read in the next.
TURN_SECONDS = 20.0


@job("answers.read_mail", every=timedelta(minutes=1))
def read_mail() -> None:
    """Read what is new in every mailbox, each for a while."""
    from regulars.sources.answers.models import Mailbox
    from regulars.sources.answers.reading import read_mailbox

    rows = Mailbox.objects.filter(retired_at=None, sender__retired_at=None).select_related("sender")
    for row in rows.order_by("read_at", "pk"):
        stop_at = time.monotonic() + TURN_SECONDS
        read_mailbox(row, until=lambda end=stop_at: time.monotonic() > end)  # type: ignore[misc]
