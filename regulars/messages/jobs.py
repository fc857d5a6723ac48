"""What the ledger does by itself."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import job
from regulars.base.secrets import Unreadable
from regulars.channels.contract import ADAPTERS, Greets, SettingsError
from regulars.messages.models import Sender
from regulars.messages.sending import hand_over, judge_the_dead

log = logging.getLogger("regulars.messages")
# A worker looks after other work between two turns; what is left over leaves with the next.
TURN_SECONDS = 45.0


@job("messages.send", every=timedelta(seconds=10))
def send() -> None:
    """Judge what dead workers left behind, then hand over what is due, by every sender in turn."""
    judge_the_dead(at=now())
    for sender in Sender.objects.filter(retired_at=None).order_by("pk"):
        adapter = ADAPTERS.get((sender.channel, sender.adapter))
        if isinstance(adapter, Greets) and adapter.only_greets:
            continue
        stop_at = time.monotonic() + TURN_SECONDS
        try:
            hand_over(sender, until=lambda end=stop_at: time.monotonic() > end)  # type: ignore[misc]
        except (SettingsError, Unreadable, KeyError) as error:
            log.warning("sender %s cannot send: %s", sender.pk, error)
