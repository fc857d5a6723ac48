"""Taking in a file of reviews from elsewhere, in parts, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from secrets import token_hex
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base import pictures
from regulars.base.actor import Actor
from regulars.base.installation import shop_settings
from regulars.base.jobs import enqueue
from regulars.desks.voice.opinions.operations import NewOpinion, ponder, take_back
from regulars.desks.voice.opinions.sealing import Words
from regulars.desks.voice.reviews import kinds
from regulars.desks.voice.reviews.formats import FormatError, Problem, Row, read
from regulars.desks.voice.reviews.models import Decision, Reply, Review, ReviewFile
from regulars.desks.voice.reviews.operations.writing import heard_anew, order_of, purchase_of, record_written
from regulars.desks.voice.reviews.rules import DECIDE_WITHIN, MOST_NAME, held_for
from regulars.people.queries import find_by_identifier
from regulars.shop.models import Product
from regulars.stream.operations import record

JOB = "reviews.take_file"
PART = 200
MOST_PROBLEMS = 100
FileError = FormatError


def read_file(raw: bytes, *, origin: str, name: str, by: Actor, at: datetime) -> ReviewFile:
    """Look a file through and keep it aside; nothing is taken in yet. Raises FileError."""
    rows, unfit, problems = 0, 0, list[list[object]]()
    known = _Products()
    for found in read(raw, origin, shop_settings().zone):
        rows += 1
        problem = found if isinstance(found, Problem) else known.problem(found)
        if problem is not None:
            unfit += 1
            if len(problems) < MOST_PROBLEMS:
                problems.append([problem.line, problem.field, problem.wrong, problem.remedy])
    if not rows:
        raise FileError(_("There is no review in the file."))
    with transaction.atomic():
        file = default_storage.save(f"review-files/{token_hex(16)}.csv", ContentFile(raw))
        return ReviewFile.objects.create(
            origin=origin, name=name[:200], file=file, rows=rows, unfit=unfit, problems=problems, at=at, by=str(by)
        )


def take_file(file: int, *, by: Actor, at: datetime) -> bool:
    """Begin to take a file in. False if that was begun."""
    with transaction.atomic():
        waiting = ReviewFile.objects.filter(pk=file, state=ReviewFile.State.READ)
        if not waiting.update(state=ReviewFile.State.RUNNING, read=0, taken=0):
            return False
        enqueue(JOB, file=file, by=str(by))
    return True


def work_on_file(file: int, *, by: Actor, at: datetime) -> None:
    """Take a file in, part by part from where it stopped; each part is whole or not there."""
    begun = ReviewFile.objects.get(pk=file)
    if begun.state != ReviewFile.State.RUNNING:
        return
    with default_storage.open(begun.file) as kept:
        found = islice(read(kept.read(), begun.origin, shop_settings().zone), begun.read, None)
    known, read_before = _Products(), begun.read
    while True:
        part = list(islice(found, PART))
        with transaction.atomic():
            row = ReviewFile.objects.select_for_update().get(pk=file)
            if row.state != ReviewFile.State.RUNNING or row.read != read_before:
                return  # another worker goes on with it
            row.taken += sum(_take(each, row, known, by=by, at=at) for each in part if isinstance(each, Row))
            row.read = read_before = row.read + len(part)
            if len(part) < PART:
                _finish(row, by=by, at=at)
                return
            row.save()


def _finish(row: ReviewFile, *, by: Actor, at: datetime) -> None:
    name, row.file, row.state = row.file, "", ReviewFile.State.DONE
    row.save()
    # It holds addresses; what was wanted of it is taken in.
    transaction.on_commit(lambda: default_storage.delete(name))
    body = kinds.Imported(file=row.pk, origin=row.origin, taken=row.taken)
    record("reviews.imported", f"reviews.imported:{row.pk}", body, by=by, at=at)


class _Products:
    """The products that a file may name: by what the store calls them, or by their titles."""

    def __init__(self) -> None:
        self.by_name: dict[str, tuple[int, int]] = {}
        rows = list(Product.objects.order_by("-pk").values_list("pk", "store_id", "external_id", "title"))
        for pk, store, _external, title in rows:
            self.by_name[title.strip().casefold()] = pk, store
        for pk, store, external, _title in rows:
            self.by_name[external.casefold()] = pk, store

    def of(self, row: Row) -> tuple[int, int] | None:
        """Return (product, store) of a row; None if nobody knows it."""
        return next((self.by_name[n.casefold()] for n in row.products if n.casefold() in self.by_name), None)

    def problem(self, row: Row) -> Problem | None:
        """Return what is wrong with the product that a row names."""
        if self.of(row) is not None:
            return None
        wrong = _("there is no product “%(name)s”") % {"name": row.products[0]}
        return Problem(row.line, "product", wrong, _("Import the shop's products first, or correct the name."))


def _take(row: Row, file: ReviewFile, known: _Products, *, by: Actor, at: datetime) -> bool:
    """Take in one review; False if it is here already or its product is unknown."""
    found = known.of(row)
    if found is None or Review.objects.filter(link=row.key).exists():
        return False
    product, store = found
    people = find_by_identifier(row.email) if row.email else []
    order = order_of(row.order, people, product) if row.order and people else None
    customer = people[0] if len(people) == 1 else None
    bought = order.pk if order else purchase_of(customer, product) if customer else None
    heard = NewOpinion(
        source="review", key=f"review:{uuid4().hex}", words=Words(row.text, row.title), said_at=row.written_at,
        customer=customer, mark=row.stars, best=5, store=store, order=bought, product=product,
        scope=f"product:{product}", place=file.origin,
    )  # fmt: skip
    opinion = heard_anew(heard, by=by, at=at)
    reasons = held_for(row.title, row.text, row.author) + ["called_spam"] * row.is_called_spam
    review = Review.objects.create(
        opinion=opinion, product_id=product, link=row.key, customer_id=customer, order_id=bought,
        is_verified=bought is not None, stars=row.stars, author=row.author[:MOST_NAME], origin=file.origin,
        came_in=file, state=Review.State.HELD if reasons else Review.State.SHOWN, reasons=reasons,
        decide_by=at + DECIDE_WITHIN if reasons else None, written_at=row.written_at, shown_at=None if reasons else at,
    )  # fmt: skip
    if reasons:
        Decision.objects.create(review=review, what="held", reasons=reasons, at=at, by="system")
    if row.reply:
        Reply.objects.create(review=review, text=row.reply, at=row.reply_at or row.written_at, by=str(by))
        ponder([review.opinion_id], how="answered", by=by, at=at)
    record_written(review, by=by, at=at, store=store)
    return True


def undo_file(file: int, *, by: Actor, at: datetime) -> int:
    """Take back all that came from a file; return how many reviews. What authors changed here since stays."""
    with transaction.atomic():
        row = ReviewFile.objects.select_for_update().get(pk=file)
        if row.state != ReviewFile.State.DONE:
            return 0
        rows = list(Review.objects.filter(came_in=row, changed_at=None).prefetch_related("photos"))
        _let_go(rows, by=by, at=at)
        ReviewFile.objects.filter(pk=file).update(state=ReviewFile.State.UNDONE)
        body = kinds.Imported(file=row.pk, origin=row.origin, taken=len(rows), is_undone=True)
        record("reviews.imported", f"reviews.import_undone:{row.pk}", body, by=by, at=at)
    return len(rows)


def _let_go(rows: Sequence[Review], *, by: Actor, at: datetime) -> None:
    for row in rows:
        for photo in row.photos.all():
            pictures.let_go(photo.file)
        take_back(row.opinion_id, by=by, at=at)
        row.delete()
