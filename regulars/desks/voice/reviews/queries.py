"""What is read of reviews: a product's stars, what is shown, the ledger that everybody may see, what needs a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse

from regulars.base import secrets
from regulars.base.text import email_key
from regulars.desks.voice.opinions.sealing import Words, words_of
from regulars.desks.voice.reviews.models import Reply, Review, ReviewPhoto
from regulars.insight import stars
from regulars.insight.fraud import USUAL_DAYS, Facts, Signal, signals
from regulars.people.models import Identifier
from regulars.shop.models import Parcel
from regulars.staff.models import Staff

State = Review.State
SORTS = {"latest": "-written_at", "highest": "-stars", "lowest": "stars"}
# Reviews of the same products that are looked at to find what is suspicious in one.
MOST_BESIDE = 20_000


@dataclass(slots=True)
class Tally:
    """How many reviews came in and what became of them: ``collected == shown + held + removed + deleted``.

    ``by_star`` are the shown ones, from one star to five; ``removed_for`` counts the first reason of each.
    """

    by_star: list[int] = field(default_factory=lambda: [0] * stars.BEST)
    hidden_by_star: list[int] = field(default_factory=lambda: [0] * stars.BEST)
    held: int = 0
    deleted: int = 0
    removed_for: dict[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> int:
        """Return how many everybody can read."""
        return sum(self.by_star)

    @property
    def removed(self) -> int:
        """Return how many were taken down."""
        return sum(self.removed_for.values())

    @property
    def collected(self) -> int:
        """Return how many ever came in."""
        return self.shown + self.held + self.removed + self.deleted

    @property
    def mean(self) -> float | None:
        """Return the plain mean of the shown ones; None of none."""
        return stars.mean(self.by_star)

    @property
    def rank(self) -> float:
        """Return what orders products: what their mean surely is."""
        return stars.lower_bound(self.by_star)


def tallies(products: Iterable[int] | None = None) -> dict[int, Tally]:
    """Return the counts of products; of all of them without a choice."""
    rows = Review.objects.all() if products is None else Review.objects.filter(product_id__in=list(products))
    found: defaultdict[int, Tally] = defaultdict(Tally)
    counted = rows.exclude(state=State.REMOVED).values_list("product_id", "state", "stars").annotate(n=Count("pk"))
    for product, state, mark, n in counted.order_by():
        tally = found[product]
        if state == State.SHOWN:
            tally.by_star[mark - 1] += n
            continue
        tally.hidden_by_star[mark - 1] += n
        if state == State.HELD:
            tally.held += n
        else:
            tally.deleted += n
    removed = rows.filter(state=State.REMOVED).values_list("product_id", "stars", "reasons")
    for product, mark, reasons in removed:
        tally = found[product]
        tally.hidden_by_star[mark - 1] += 1
        reason = reasons[0] if reasons else ""
        tally.removed_for[reason] = tally.removed_for.get(reason, 0) + 1
    return found


def tally_of(product: int) -> Tally:
    """Return the counts of one product."""
    return tallies([product]).get(product, Tally())


def total(parts: Iterable[Tally]) -> Tally:
    """Return the counts of several products together."""
    whole = Tally()
    for part in parts:
        whole.by_star = [a + b for a, b in zip(whole.by_star, part.by_star, strict=True)]
        whole.hidden_by_star = [a + b for a, b in zip(whole.hidden_by_star, part.hidden_by_star, strict=True)]
        whole.held += part.held
        whole.deleted += part.deleted
        for reason, n in part.removed_for.items():
            whole.removed_for[reason] = whole.removed_for.get(reason, 0) + n
    return whole


@dataclass(frozen=True, slots=True)
class Shown:
    """A review with all that a list shows of it. ``words`` is None where they are gone."""

    review: Review
    words: Words | None
    photos: Sequence[ReviewPhoto]
    reply: Reply | None
    signals: Sequence[Signal] = ()


def in_public(product: int, *, star: int = 0, sort: str = "latest") -> QuerySet[Review]:
    """Return what everybody sees of a product: the shown ones, and stubs of what was taken down."""
    found = Review.objects.filter(product_id=product)
    found = (
        found.filter(state=State.SHOWN, stars=star) if star else found.filter(state__in=[State.SHOWN, State.REMOVED])
    )
    order = SORTS.get(sort, SORTS["latest"])
    return found.order_by(order, "-written_at", "-pk")


def with_all(reviews: Sequence[Review], *, looks_for_fraud: bool = False) -> list[Shown]:
    """Return reviews with words, pictures and the shop's answers, in a handful of queries."""
    ids = [row.pk for row in reviews]
    opinions = {row.pk: row.opinion for row in reviews}
    words = words_of(opinions.values())
    photos: defaultdict[int, list[ReviewPhoto]] = defaultdict(list)
    for photo in ReviewPhoto.objects.filter(review_id__in=ids).order_by("position", "pk"):
        photos[photo.review_id].append(photo)
    replies = {row.review_id: row for row in Reply.objects.filter(review_id__in=ids, replaced_at=None)}
    found = suspicions(reviews) if looks_for_fraud else {}
    return [
        Shown(row, words.get(row.opinion_id), photos[row.pk], replies.get(row.pk), found.get(row.pk, ()))
        for row in reviews
    ]


def unanswered() -> QuerySet[Review]:
    """Return what is shown and has no answer of the shop, lowest and then longest-waiting first."""
    answered = Reply.objects.filter(review=OuterRef("pk"), replaced_at=None)
    return Review.objects.filter(state=State.SHOWN).exclude(Exists(answered)).order_by("stars", "written_at", "pk")


def held() -> QuerySet[Review]:
    """Return what a person must look at, the soonest deadline first."""
    return Review.objects.filter(state=State.HELD).order_by("decide_by", "pk")


def suspicions(reviews: Sequence[Review]) -> Mapping[int, Sequence[Signal]]:
    """Return what is suspicious in these reviews, seen among those of the same products, places and words."""
    if not reviews:
        return {}
    since = min(row.written_at for row in reviews) - timedelta(days=USUAL_DAYS + 1)
    places = {bytes(row.place) for row in reviews} - {b""}
    prints = {bytes(row.opinion.fingerprint) for row in reviews} - {b""}
    near = Q(product_id__in={row.product_id for row in reviews}, written_at__gte=since)
    near |= Q(place__in=places) | Q(opinion__fingerprint__in=prints)
    columns = (
        "pk", "product_id", "written_at", "customer__root_id", "place", "opinion__fingerprint", "order_id",
    )  # fmt: skip
    rows = list(Review.objects.filter(near).exclude(state=State.DELETED).values_list(*columns)[:MOST_BESIDE])
    staff = _staff_customers()
    arrived = _arrived({row[6] for row in rows if row[6]})
    found = signals(
        Facts(
            pk,
            product,
            at,
            f"c{root}" if root else "",
            bytes(place),
            bytes(print_),
            root in staff,
            arrived.get(order or 0),
        )
        for pk, product, at, root, place, print_, order in rows
    )
    return {row.pk: found[row.pk] for row in reviews if row.pk in found}


def _staff_customers() -> set[int]:
    """Return the customers that have an address of somebody who works here."""
    addresses = [email_key(email) for email in Staff.objects.values_list("email", flat=True)]
    digests = [secrets.digest("email", "", address) for address in addresses if address]
    return set(Identifier.objects.filter(digest__in=digests).values_list("customer__root_id", flat=True))


def _arrived(orders: Iterable[int]) -> dict[int, datetime]:
    """Return when the first parcel of each order was delivered, where that is known."""
    parcels = Parcel.objects.filter(order_id__in=list(orders), delivered_at__isnull=False)
    return dict(parcels.values_list("order_id").annotate(at=Min("delivered_at")).order_by())


def photo_counts(products: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return how many pictures customers sent of products, for the board of quality."""
    counted = ReviewPhoto.objects.filter(review__product_id__in=products).values_list("review__product_id")
    return {
        product: (n, f"{reverse('reviews:list')}?pile=all&product={product}")
        for product, n in counted.annotate(n=Count("pk"))
    }


def board() -> list[tuple[int, Tally]]:
    """Return (product, its counts), best first by what its mean surely is."""
    return sorted(tallies().items(), key=lambda item: (-item[1].rank, -item[1].shown, item[0]))
