"""Deciding what a rule held, taking a review down for a reason, showing it again. Whoever waits too long is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base.actor import SYSTEM, Actor
from regulars.desks.voice.reviews import kinds
from regulars.desks.voice.reviews.models import Decision, Review
from regulars.desks.voice.reviews.rules import REASONS
from regulars.stream.operations import record

OVERDUE = "overdue"
AT_ONCE = 500


class DecisionError(ValueError):
    """A review cannot be taken down so; the text says what is missing."""


def publish(review: int, *, by: Actor, at: datetime, note: str = "") -> bool:
    """Show a review that is held or was taken down. False if it is shown, or its author deleted it."""
    with transaction.atomic():
        hidden = Review.objects.filter(pk=review, state__in=[Review.State.HELD, Review.State.REMOVED])
        if not hidden.update(state=Review.State.SHOWN, reasons=[], decide_by=None, shown_at=at):
            return False
        _decide(review, "shown", [], note, by=by, at=at)
    return True


def publish_overdue(*, at: datetime) -> int:
    """Show what nobody decided in time; return how many. A review does not vanish in a pile."""
    shown = 0
    due = Review.objects.filter(state=Review.State.HELD, decide_by__lte=at).order_by("decide_by")
    for review in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        shown += publish(review, by=SYSTEM, at=at, note=OVERDUE)
    return shown


def remove(review: int, *, reasons: Sequence[str], note: str = "", by: Actor, at: datetime) -> bool:
    """Take a review down; a stub with the reason stays in public. False if it is down, or its author deleted it.

    Raises DecisionError without one of the reasons for which the law lets a shop do so.
    """
    if not reasons or not set(reasons) <= set(REASONS):
        raise DecisionError(_("Choose the reason for which it is taken down. That somebody is angry is none."))
    with transaction.atomic():
        standing = Review.objects.filter(pk=review, state__in=[Review.State.HELD, Review.State.SHOWN])
        if not standing.update(state=Review.State.REMOVED, reasons=list(reasons), decide_by=None):
            return False
        _decide(review, "removed", reasons, note, by=by, at=at)
    return True


def _decide(review: int, what: str, reasons: Sequence[str], note: str, *, by: Actor, at: datetime) -> None:
    Decision.objects.create(
        review_id=review, what=what, reasons=list(reasons), note=note[:300], at=at, by=str(by)
    )  # fmt: skip
    body = kinds.Decided(review=review, what=what, reasons=",".join(reasons))
    key = f"review.decided:{review}:{what}:{at.isoformat()}"
    customer = Review.objects.values_list("customer_id", flat=True).get(pk=review)
    record("review.decided", key, body, by=by, at=at, customer=customer, subject=f"review:{review}")
