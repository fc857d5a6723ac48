"""The shop's answer in public: dated, and changed openly."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.base.actor import Actor
from regulars.desks.voice.opinions.operations import ponder
from regulars.desks.voice.reviews import kinds
from regulars.desks.voice.reviews.models import Reply, Review
from regulars.stream.operations import record

MOST = 3_000


def reply(review: int, text: str, *, by: Actor, at: datetime) -> bool:
    """Answer a review, or put a new wording in the place of the answer. False if nothing differs, or it is deleted."""
    text = text.replace("\0", "").strip()[:MOST]
    with transaction.atomic():
        row = Review.objects.select_for_update(of=("self",)).get(pk=review)
        before = row.replies.filter(replaced_at=None).first()
        if not text or row.state == Review.State.DELETED or (before is not None and before.text == text):
            return False
        row.replies.filter(replaced_at=None).update(replaced_at=at)
        Reply.objects.create(review=row, text=text, at=at, by=str(by))
        ponder([row.opinion_id], how="answered", by=by, at=at)
        _record(row, by=by, at=at)
    return True


def take_back_reply(review: int, *, by: Actor, at: datetime) -> bool:
    """Take the shop's answer back. False if there is none."""
    with transaction.atomic():
        row = Review.objects.get(pk=review)
        if not row.replies.filter(replaced_at=None).update(replaced_at=at):
            return False
        _record(row, by=by, at=at, is_taken_back=True)
    return True


def _record(row: Review, *, by: Actor, at: datetime, is_taken_back: bool = False) -> None:
    body = kinds.Replied(review=row.pk, is_taken_back=is_taken_back)
    key = f"review.replied:{row.pk}:{at.isoformat()}"
    record("review.replied", key, body, by=by, at=at, customer=row.customer_id, subject=f"review:{row.pk}")
