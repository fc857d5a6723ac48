"""Stopping by itself: before a provider closes the shop's account, and before more people are annoyed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from regulars.base.actor import SYSTEM
from regulars.messages.models import Halt, Sender, Sending, Touch

# A sending is stopped at this share of dead or blocked addresses, a sender at this share of complaints within a day.
BOUNCES, COMPLAINTS = 0.05, 0.003
LEAST_TRIED, LEAST_COMPLAINTS = 50, 3


def break_off(*, reason: str, at: datetime, sending: Sending | None = None, sender: Sender | None = None) -> bool:
    """Stop a sending or a sender until a person lets it go on. False if it is stopped already."""
    try:
        with transaction.atomic():
            Halt.objects.create(sending=sending, sender=sender, reason=reason, at=at, by=str(SYSTEM))
    except IntegrityError:
        return False
    return True


def look_at_bounces(sending: Sending, *, at: datetime) -> None:
    """Stop a sending of which too much comes back. A full mailbox is nobody's fault; a block is ours, and grows."""
    tried = Touch.objects.filter(Q(left_at__isnull=False) | Q(state="failed"), sending=sending)
    count, bad = tried.count(), tried.filter(severity__in=["hard", "block"]).count()
    if count >= LEAST_TRIED and bad >= BOUNCES * count:
        break_off(sending=sending, reason="bounces", at=at)


def look_at_complaints(sender: int, *, at: datetime) -> None:
    """Stop a sender of whom too many readers complained within a day."""
    left = Touch.objects.filter(sender_id=sender, left_at__gt=at - timedelta(days=1))
    bad = left.filter(state="complained").count()
    if bad >= LEAST_COMPLAINTS and bad >= COMPLAINTS * left.count():
        break_off(sender=Sender.objects.get(pk=sender), reason="complaints", at=at)
