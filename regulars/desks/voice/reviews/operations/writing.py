"""Writing a review, changing it, deleting it: its author's doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.base import pictures, secrets
from regulars.base.actor import SYSTEM, Actor
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.operations import NewOpinion, hear, open_case, revise, take_back
from regulars.desks.voice.opinions.sealing import Words
from regulars.desks.voice.reviews import kinds
from regulars.desks.voice.reviews.models import Decision, Review, ReviewPhoto
from regulars.desks.voice.reviews.operations.settings import reviewing
from regulars.desks.voice.reviews.rules import DECIDE_WITHIN, MOST_NAME, MOST_PHOTOS, MOST_TEXT, MOST_TITLE, held_for
from regulars.people.models import Customer
from regulars.shop.models import Line, Order, Product
from regulars.stream.operations import record

LOW = 2  # stars that are a case at once
FOLDER = "reviews"
# From one network address within an hour: a family, an office; not a machine.
PER_PLACE, PLACE_SPAN = 20, timedelta(hours=1)


class ReviewError(ValueError):
    """A review cannot be taken so. ``field`` names what to mend."""

    def __init__(self, field: str, says: str) -> None:
        super().__init__(says)
        self.field = field


class TooMany(Exception):
    """So many were written from one place that a machine is likelier than people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Who writes. ``link`` makes her reviews of a product one; ``place`` is a network address, "" of her own link."""

    link: str
    customer: int | None = None
    order: int | None = None
    language: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    """What somebody writes. ``photos`` are JPEGs drawn anew; ``without`` are pictures that go."""

    stars: int
    text: str = ""
    title: str = ""
    author: str = ""
    photos: Sequence[bytes] = ()
    without: Sequence[int] = ()


def write(product: int, came: Came, new: NewReview, *, at: datetime) -> Review:
    """Take in a review, or the change of one: by one link there is one. Raises ReviewError, TooMany.

    A rule may hold it for a person to look at; low stars are a case at once, and are shown like any others.
    """
    _check(new)
    files = [pictures.keep(photo, folder=FOLDER) for photo in new.photos]
    try:
        try:
            with transaction.atomic():
                return _write(product, came, new, files, at)
        except IntegrityError:
            # The same page was sent twice at once; the other was first, and this is its change.
            with transaction.atomic():
                return _write(product, came, new, files, at)
    except BaseException:
        for file in files:
            pictures.let_go(file)
        raise


def _check(new: NewReview) -> None:
    if not 1 <= new.stars <= 5:
        raise ReviewError("stars", _("Choose one to five stars."))
    for field, most in (("text", MOST_TEXT), ("title", MOST_TITLE), ("author", MOST_NAME)):
        if len(getattr(new, field)) > most:
            raise ReviewError(field, _("This is too long: %(most)s characters at most.") % {"most": most})
    if len(new.photos) > MOST_PHOTOS:
        raise ReviewError("photos", _("%(most)s pictures at most.") % {"most": MOST_PHOTOS})


def _write(product: int, came: Came, new: NewReview, files: Sequence[str], at: datetime) -> Review:
    before = Review.objects.select_for_update(of=("self",)).filter(link=came.link).first()
    if before is not None:
        return _change(before, new, files, at)
    place = secrets.digest("place", "", came.place) if came.place else b""
    if place and Review.objects.filter(place=place, written_at__gt=at - PLACE_SPAN).count() >= PER_PLACE:
        raise TooMany
    sold = Product.objects.get(pk=product)
    person = Customer.objects.filter(pk=came.customer, erased_at=None).first() if came.customer else None
    order = purchase_of(person.pk, product, order=came.order) if person else None
    heard = NewOpinion(
        source="review", key=f"review:{uuid4().hex}", words=Words(new.text, new.title), said_at=at,
        customer=person.pk if person else None, language=came.language, mark=new.stars, best=5, store=sold.store_id,
        order=order, product=product, scope=f"product:{product}", case="low_mark" if new.stars <= LOW else "",
    )  # fmt: skip
    by = Actor("customer", person.pk) if person else SYSTEM
    reasons = held_for(new.title, new.text, new.author)
    row = Review(
        opinion=heard_anew(heard, by=by, at=at), product=sold, link=came.link, customer=person, order_id=order,
        is_verified=order is not None, stars=new.stars, author=new.author.strip(),
        incentive=reviewing().incentive, place=place, written_at=at,
    )  # fmt: skip
    _judge(row, reasons, at)
    row.save(force_insert=True)
    _note_held(row, reasons, at)
    for position, file in enumerate(files):
        ReviewPhoto.objects.create(review=row, file=file, position=position)
    record_written(row, by=by, at=at, store=sold.store_id)
    return row


def heard_anew(new: NewOpinion, *, by: Actor, at: datetime) -> Opinion:
    """Have the words of a review heard. Its key is made by chance: what is once is the review."""
    opinion = hear(new, by=by, at=at)
    if opinion is None:
        raise LookupError(new.key)
    return opinion


def record_written(row: Review, *, by: Actor, at: datetime, store: int) -> None:
    """Record that a review came in."""
    body = kinds.Written(
        review=row.pk, product=row.product_id, stars=row.stars, origin=row.origin, state=row.state,
        is_verified=row.is_verified,
    )  # fmt: skip
    record(
        "review.written", f"review.written:{row.pk}", body, by=by, at=at, occurred_at=row.written_at,
        customer=row.customer_id, store=store, subject=f"review:{row.pk}",
    )  # fmt: skip


def _judge(row: Review, reasons: Sequence[str], at: datetime) -> None:
    row.reasons = list(reasons)
    row.state = Review.State.HELD if reasons else Review.State.SHOWN
    row.decide_by = at + DECIDE_WITHIN if reasons else None
    row.shown_at = None if reasons else row.shown_at or at


def _note_held(row: Review, reasons: Sequence[str], at: datetime) -> None:
    if reasons:
        Decision.objects.create(review=row, what="held", reasons=list(reasons), at=at, by=str(SYSTEM))


def _change(row: Review, new: NewReview, files: Sequence[str], at: datetime) -> Review:
    by = Actor("customer", row.customer_id) if row.customer_id else SYSTEM
    words = Words(new.text, new.title)
    is_news = revise(row.opinion_id, words=words, mark=new.stars, by=by, at=at)
    gone = list(row.photos.filter(pk__in=new.without))
    if not (is_news or files or gone or new.author.strip() != row.author):
        return row  # sent twice
    if row.photos.count() - len(gone) + len(files) > MOST_PHOTOS:
        raise ReviewError("photos", _("%(most)s pictures at most.") % {"most": MOST_PHOTOS})
    was_removed = row.state == Review.State.REMOVED
    reasons = held_for(new.title, new.text, new.author)
    if was_removed:
        # Whoever mends what was wrong is heard again; a person sees whether it is mended.
        reasons = [*reasons, "changed"]
    row.stars, row.author, row.changed_at = new.stars, new.author.strip(), at
    was_held = row.state == Review.State.HELD and row.decide_by is not None
    until = row.decide_by
    _judge(row, reasons, at)
    if was_held and reasons:
        row.decide_by = until  # a change does not push the day away on which it is shown
    row.save()
    if not was_held:
        _note_held(row, reasons, at)
    _drop(gone)
    start = row.photos.count()
    for position, file in enumerate(files, start):
        ReviewPhoto.objects.create(review=row, file=file, position=position)
    if new.stars <= LOW:
        open_case(Opinion.objects.get(pk=row.opinion_id), reason="low_mark", by=by, at=at)
    body = kinds.Changed(review=row.pk, stars=row.stars, state=row.state)
    key = f"review.changed:{row.pk}:{at.isoformat()}"
    record("review.changed", key, body, by=by, at=at, customer=row.customer_id, subject=f"review:{row.pk}")
    return row


def _drop(photos: Sequence[ReviewPhoto]) -> None:
    files = [photo.file for photo in photos]
    ReviewPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()

    def let_go() -> None:
        for file in files:
            pictures.let_go(file)

    transaction.on_commit(let_go)


def delete_own(link: str, *, at: datetime) -> bool:
    """Let an author delete her review: words, name and pictures go, that there was one stays counted. False if gone."""
    with transaction.atomic():
        row = Review.objects.select_for_update(of=("self",)).filter(link=link).first()
        if row is None:
            return False
        by = Actor("customer", row.customer_id) if row.customer_id else SYSTEM
        take_back(row.opinion_id, by=by, at=at)
        _empty(row)
        body, key = kinds.Deleted(review=row.pk), f"review.deleted:{row.pk}"
        record("review.deleted", key, body, by=by, at=at, customer=row.customer_id, subject=f"review:{row.pk}")
    return True


def _empty(row: Review) -> None:
    _drop(list(row.photos.all()))
    row.replies.all().delete()
    row.author, row.place, row.state, row.reasons, row.decide_by = "", b"", Review.State.DELETED, [], None
    row.link = f"gone:{row.pk}"  # she may write anew by the same link
    row.save()


def purchase_of(customer: int, product: int, *, order: int | None = None) -> int | None:
    """Return the order that shows that a person bought a product: the one named, else her latest; None of none."""
    root = Customer.objects.filter(pk=customer).values_list("root_id", flat=True).first() or 0
    lines = Line.objects.filter(product_id=product, order__customer__root_id=root, order__customer__isnull=False)
    lines = lines.filter(Q(order__state="paid") | Q(order__paid_minor__gt=0))
    if order:
        named = lines.filter(order_id=order).values_list("order_id", flat=True).first()
        if named is not None:
            return int(named)
    return lines.order_by("-order__placed_at").values_list("order_id", flat=True).first()


def order_of(number: str, customers: Sequence[int], product: int) -> Order | None:
    """Return the order with a number, of one of these people, that holds a product."""
    found = Order.objects.filter(
        number__iexact=number.strip().removeprefix("#"), customer__root_id__in=customers, line__product_id=product
    )
    return found.filter(Q(state="paid") | Q(paid_minor__gt=0)).order_by("-placed_at").first()


def forget_reviews(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Empty what erased people wrote; that there was a review, and its stars, stay counted without a person."""
    for row in list(Review.objects.filter(customer_id__in=customers)):
        row.customer = row.order = None
        _empty(row)
