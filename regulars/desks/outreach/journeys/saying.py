"""What a message step says, as the ledger takes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import from_us, to_us
from regulars.decisions.guard import Rank, Reason
from regulars.desks.outreach.campaigns import rules as texts
from regulars.desks.outreach.journeys.models import Version
from regulars.desks.outreach.journeys.steps import HOUR_US, Chance, Message
from regulars.messages import operations as ledger
from regulars.messages.models import Sending
from regulars.messages.personal import FIELDS
from regulars.messages.world import bucket
from regulars.messages.writing import fields_in

# Somebody whom a channel cannot reach is tried on the next one; who said no on it is not.
NOT_REACHED = Reason.NO_ADDRESS | Reason.NO_CONSENT | Reason.WINDOW_CLOSED | Reason.NO_QUOTA | Reason.CLASS_NOT_ALLOWED
HELD_OUT = Reason.HOLDOUT | Reason.GLOBAL_HOLDOUT


def step_name(version: Version, step: Message, at: datetime) -> str:
    """Return how the ledger names a step of a version in the stretch of time around ``at``.

    A sending ends at one instant, and a journey has none: each stretch, an eighth of what the message is worth, has
    a sending of its own.
    """
    stretch = max(1, step.worth_hours // 8) * HOUR_US
    return f"{step.id}.{version.number}.{to_us(at) // stretch * stretch // HOUR_US}"


def sending_of(version: Version, step: Message, channel: str, *, at: datetime) -> ledger.NewSending:
    """Return what a step says on a channel. It is worth nothing ``worth_hours`` after its stretch began."""
    content = texts.content_for(step.texts, channel)
    words = fields_in(text for said in content.values() for text in said.values())
    began = int(step_name(version, step, at).rpartition(".")[2]) * HOUR_US
    return ledger.NewSending(
        scope=f"journey:{version.journey_id}",
        step=step_name(version, step, at),
        channel=channel,
        content=content,
        expires_at=from_us(began) + timedelta(hours=step.worth_hours),
        is_personalised=step.is_personalised or any(FIELDS[word].is_personalised for word in words if word in FIELDS),
        topic=step.topic,
        rank=Rank(step.rank),
        holdout_percent=version.holdout_percent,
        # One salt for all steps and times: whoever is held out is held out of the whole journey.
        salt=f"journey:{version.journey_id}",
    )


def say(version: Version, step: Message, roots: Sequence[int], *, run: int, by: Actor, at: datetime) -> None:
    """Have the ledger decide for each person on the first channel that reaches her."""
    left = list(roots)
    for channel in step.channels:
        new = sending_of(version, step, channel, at=at)
        if not new.content or not left:
            continue
        sending = ledger.open_sending(new, by=by, at=at)
        ledger.plan(sending, left, by=by, at=at, run=run)
        left = _not_reached(sending, run, left)


def _not_reached(sending: Sending, run: int, roots: Sequence[int]) -> list[int]:
    sql = (
        "SELECT customer_id, reasons FROM ledger_touch "
        "WHERE sending_id = %s AND run = %s AND state = 'dropped' AND customer_id IN ({})"
    )
    # Whoever is held out is followed to the next channel too: there she counts as not written to.
    others = ~(NOT_REACHED | HELD_OUT)
    rows = bulk.select_in(sql, roots, before=[sending.pk, run])
    return [root for root, reasons in rows if reasons & NOT_REACHED and not reasons & others]


def salt_of(version: Version, step: Chance) -> str:
    """Return by what people are drawn at a step: the same in every version, so that nobody changes sides."""
    return f"journey:{version.journey_id}:{step.id}"


def is_drawn(step: Chance, salt: str, root: int) -> bool:
    """Return whether a person goes the first way of a split by chance."""
    return bucket(salt, root) < step.percent * 100
