"""Hearing an opinion, its author's changes to it, and forgetting her."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from regulars.base import secrets
from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.desks.voice.opinions import kinds
from regulars.desks.voice.opinions.models import Earlier, Opinion, Pondering
from regulars.desks.voice.opinions.operations.cases import open_case
from regulars.desks.voice.opinions.sealing import Words, fingerprint, seal, seal_with, tidy, words_of
from regulars.people.models import Customer
from regulars.stream.operations import record

# The same words from as long ago are a new voice; nearer, a copy or a repetition of the same.
SAME_WITHIN = timedelta(days=90)
# "Good." said by two people are two voices: below so many letters equal words say nothing about being copied. A sign of
# Chinese says about as much as two letters.
SAME_FROM = 14

# Rooms that read opinions are told here of each that was heard or changed, inside its transaction.
ON_HEARD: list[Callable[[Opinion], None]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOpinion:
    """An opinion as it comes in. ``key`` makes hearing it twice harmless; ``mark`` is out of ``best``."""

    source: str
    key: str
    words: Words
    said_at: datetime
    customer: int | None = None
    language: str = ""
    mark: int | None = None
    best: int | None = None
    store: int | None = None
    order: int | None = None
    product: int | None = None
    scope: str = ""
    place: str = ""
    staff: int | None = None
    touch: int | None = None
    case: str = ""  # the reason for which it becomes a case at once


def hear(new: NewOpinion, *, by: Actor, at: datetime) -> Opinion | None:
    """Take in an opinion; None if it was heard before. Words nearly equal to earlier ones are put beside them."""
    words = tidy(new.words)
    author = Customer.objects.filter(pk=new.customer, erased_at=None).first() if new.customer else None
    wrapped, sealed = seal(words, author)
    print_ = fingerprint(words)
    row = Opinion(
        source=Opinion.Source(new.source), key=new.key[:240], customer=author, wrapped_key=wrapped, sealed=sealed,
        language=new.language, mark=new.mark, best=new.best, store_id=new.store, order_id=new.order,
        product_id=new.product, scope=new.scope, place=new.place[:80], staff_id=new.staff, touch_id=new.touch,
        fingerprint=print_, said_at=new.said_at, heard_at=at, by=str(by),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.same_as_id = _first_of(print_, words, new.said_at)
            row.save(force_insert=True)
            _record_heard(row, bool(words.text), by=by, at=at)
            if new.case:
                open_case(row, reason=new.case, by=by, at=at)
            for listener in ON_HEARD:
                listener(row)
    except IntegrityError:
        if Opinion.objects.filter(key=row.key).exists():
            return None
        raise
    return row


def _first_of(print_: bytes, words: Words, said_at: datetime) -> int | None:
    weight = sum(2 if sign > "\u2e80" else 1 for sign in words.text if sign.isalnum())
    if not print_ or weight < SAME_FROM:
        return None
    # Only beside one that still waits: what a person has decided, she decided of the words she saw.
    near = Opinion.objects.filter(fingerprint=print_, said_at__gt=said_at - SAME_WITHIN, taken_back_at=None)
    near = near.filter(pondering=None)
    found = near.order_by("pk").values_list("pk", "same_as_id").first()
    return (found[1] or found[0]) if found else None


def _record_heard(row: Opinion, has_words: bool, *, by: Actor, at: datetime) -> None:
    body = kinds.Heard(
        opinion=row.pk, source=row.source, scope=row.scope, product=row.product_id, order=row.order_id, mark=row.mark,
        best=row.best, language=row.language, has_words=has_words,
    )  # fmt: skip
    record(
        "opinion.heard", f"opinion.heard:{row.key}", body, by=by, at=at, occurred_at=row.said_at,
        customer=row.customer_id, store=row.store_id, subject=f"opinion:{row.pk}",
    )  # fmt: skip


def revise(opinion: int, *, words: Words, mark: int | None, by: Actor, at: datetime) -> bool:
    """Let an author change her words or her mark; what was before is kept. False if nothing differs.

    An opinion that was pondered waits again, for it says something else now.
    """
    words = tidy(words)
    with transaction.atomic():
        row = Opinion.objects.select_for_update(of=("self",)).select_related("customer").get(pk=opinion)
        print_ = fingerprint(words)
        if row.taken_back_at is not None or (mark == row.mark and words_of([row]).get(row.pk, Words("")) == words):
            return False
        Earlier.objects.create(opinion=row, sealed=bytes(row.sealed), mark=row.mark, at=at)
        wrapped = bytes(row.wrapped_key) or bytes(row.customer.wrapped_key if row.customer else b"")
        row.sealed = seal_with(secrets.unwrap(wrapped), words)
        row.fingerprint, row.mark, row.same_as_id = print_, mark, None
        row.save(update_fields=["sealed", "fingerprint", "mark", "same_as"])
        Opinion.objects.filter(same_as=row).update(same_as=None)
        Pondering.objects.filter(opinion=row).delete()
        body = kinds.Changed(opinion=row.pk, mark=mark)
        record(
            "opinion.changed", f"opinion.changed:{row.pk}:{at.isoformat()}", body, by=by, at=at,
            customer=row.customer_id, store=row.store_id, subject=f"opinion:{row.pk}",
        )  # fmt: skip
        for listener in ON_HEARD:
            listener(row)
    return True


def take_back(opinion: int, *, by: Actor, at: datetime) -> bool:
    """Let an author take back what she said: the words go, that somebody spoke stays. False if it is gone already."""
    with transaction.atomic():
        row = Opinion.objects.get(pk=opinion)
        if not _emptied(Opinion.objects.filter(pk=opinion, taken_back_at=None), at):
            return False
        record(
            "opinion.taken_back", f"opinion.taken_back:{opinion}", kinds.TakenBack(opinion=opinion), by=by, at=at,
            customer=row.customer_id, store=row.store_id, subject=f"opinion:{opinion}",
        )  # fmt: skip
    return True


def _emptied(rows: QuerySet[Opinion], at: datetime) -> int:
    ids = list(rows.values_list("pk", flat=True))
    Earlier.objects.filter(opinion_id__in=ids).delete()
    Opinion.objects.filter(same_as_id__in=ids).update(same_as=None)
    return int(
        Opinion.objects.filter(pk__in=ids).update(
            sealed=b"", wrapped_key=b"", fingerprint=b"", same_as=None, taken_back_at=at
        )
    )


def forget_opinions(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Empty what erased people said; that somebody said something, and its mark, stay without a person."""
    rows = Opinion.objects.filter(customer_id__in=customers)
    ids = list(rows.values_list("pk", flat=True))
    _emptied(rows.filter(taken_back_at=None), now())
    Opinion.objects.filter(pk__in=ids).update(customer=None, order=None, touch_id=None)
