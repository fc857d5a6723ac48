"""Activities about messages, many at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.messages import kinds
from regulars.messages.models import Sending
from regulars.stream.operations import record_rows


def record_about(kind: str, sending: Sending, touches: Iterable[tuple[int, int]], *, by: Actor, at: datetime) -> None:
    """Record ``kind`` for each touch (id, customer) of a sending. Inside the transaction of the change."""
    body = msgspec.json.encode(kinds.About(sending.channel, sending.scope, sending.step, sending.is_marketing)).decode()
    now_us = to_us(at)
    rows = [
        (f"{kind}:{pk}", kind, customer, None, None, f"touch:{pk}", None, None, now_us, now_us, str(by), None, body)
        for pk, customer in touches
    ]
    if rows:
        record_rows(rows)
