"""Taking a message out of the ledger, for the sake of somebody who is not to be known."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.base.actor import Actor
from regulars.messages.models import Halt, Sending, Touch
from regulars.stream.operations import retract_keys

_TOLD = ("handed_over", "withheld", "unknown", "failed", "delivered", "bounced", "complained", "answered")


def unsay(sending: Sending, *, reason: str, by: Actor, at: datetime) -> int:
    """Remove a sending of service messages with its touches and their activities; return how many touches went."""
    if sending.is_marketing:
        raise ValueError("what sold stays in the ledger: it is counted")
    with transaction.atomic():
        touches = list(Touch.objects.filter(sending=sending).values_list("pk", flat=True))
        keys = [f"message.{told}:{pk}" for pk in touches for told in _TOLD]
        retract_keys(keys, reason=reason, by=by, at=at)
        Touch.objects.filter(sending=sending).delete()
        Halt.objects.filter(sending=sending).delete()
        sending.delete()
    return len(touches)
