"""What other rooms tell this one, and what it tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.desks.voice.opinions.queries import NOTES, ROOMS, Note
from regulars.desks.voice.opinions.sealing import words_of
from regulars.desks.voice.ports import public as ports
from regulars.desks.voice.ports.models import Port
from regulars.desks.voice.quality.queries import BESIDE, Beside
from regulars.desks.voice.reviews import queries
from regulars.desks.voice.reviews.models import Review
from regulars.desks.voice.reviews.names import own_name
from regulars.desks.voice.reviews.operations import forget_reviews
from regulars.desks.voice.reviews.words import STATES, TONES
from regulars.people.exporting import SECTIONS, instant
from regulars.people.operations.forget import STILL_NEEDED
from regulars.people.operations.records import ON_ERASE
from regulars.shop.models import Order


def declare() -> None:
    """Listen: to who is forgotten, to whoever asks what is kept; be known beside opinions, ports and products."""
    if forget_reviews in ON_ERASE:
        return
    # Before the opinions forget whose they are.
    ON_ERASE.insert(0, forget_reviews)
    STILL_NEEDED.append("EXISTS (SELECT 1 FROM reviews_review x WHERE x.customer_id = people_customer.id)")
    SECTIONS["reviews"] = kept
    NOTES.append(notes)
    ROOMS.append((gettext_lazy("Reviews"), "reviews:list"))
    ports.IN_PUBLIC.append(in_public)
    BESIDE.append(Beside("photos", gettext_lazy("Pictures sent in"), queries.photo_counts))


def in_public(port: Port, order: int) -> tuple[str, str] | None:
    """Return where somebody who answered about a product may review it: the same for every mark."""
    if port.about != "product" or port.about_id is None:
        return None
    owner = Order.objects.filter(pk=order).values_list("customer__root_id", flat=True).first() if order else None
    if owner is None:
        return reverse("reviews:write", args=[port.about_id]), _("Write a review")
    name = own_name(port.about_id, owner, order=order)
    return reverse("reviews:own", args=[port.about_id, name]), _("Write a review")


def notes(opinions: Sequence[int]) -> Mapping[int, Sequence[Note]]:
    """Say beside an opinion that it is a review, and whether it is shown."""
    rows = Review.objects.filter(opinion_id__in=opinions).values_list("opinion_id", "pk", "state")
    return {
        opinion: [
            Note(_("review: %(state)s") % {"state": STATES[state]}, reverse("reviews:review", args=[pk]), TONES[state])
        ]
        for opinion, pk, state in rows
    }


def kept(records: list[int]) -> list[dict[str, Any]]:
    """Return what these customers wrote in public, for their data export."""
    rows = list(Review.objects.filter(customer_id__in=records).select_related("opinion", "product").order_by("pk"))
    words = words_of(row.opinion for row in rows)
    return [
        {
            "at": instant(row.written_at), "product": row.product.title, "stars": row.stars, "name": row.author,
            "state": row.state, **(words[row.opinion_id]._asdict() if row.opinion_id in words else {}),
        }
        for row in rows
    ]  # fmt: skip
