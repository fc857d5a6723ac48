"""Reading reviews: what must be decided, what has no answer, everything; one of them; products by their stars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from regulars.desks.voice.opinions.models import Case
from regulars.desks.voice.reviews import public, queries
from regulars.desks.voice.reviews.models import Review, ReviewPhoto
from regulars.desks.voice.reviews.queries import Shown
from regulars.desks.voice.reviews.rules import REASONS as MAY_REMOVE
from regulars.desks.voice.reviews.words import ORIGINS, REASONS, STATES, TONES, signal_text
from regulars.people.models import Customer
from regulars.shop.models import Product
from regulars.staff.access import needs
from regulars.staff.models import Staff
from regulars.staff.rules import Permission
from regulars.ui.tables import csv_response, paginate

HEARS = needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS)
SIZE = 20
AT_ONCE = 500
PILES = {
    "held": gettext_lazy("To decide"),
    "unanswered": gettext_lazy("Without an answer"),
    "all": pgettext_lazy("reviews", "All"),
}


def _pile(request: HttpRequest) -> str:
    asked = request.GET.get("pile", "")
    if asked in PILES:
        return asked
    return "held" if queries.held().exists() else "unanswered"


def _chosen(request: HttpRequest, pile: str) -> QuerySet[Review]:
    found = {"held": queries.held, "unanswered": queries.unanswered}.get(pile, _all)()
    star, state, product = (request.GET.get(name, "") for name in ("star", "state", "product"))
    if star in {"1", "2", "3", "4", "5"}:
        found = found.filter(stars=int(star))
    if state in STATES and pile == "all":
        found = found.filter(state=state)
    if product.isdecimal() and len(product) < 18:
        found = found.filter(product_id=int(product))
    return found


def _all() -> QuerySet[Review]:
    return Review.objects.order_by("-written_at", "-pk")


@HEARS
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show a pile of reviews."""
    pile = _pile(request)
    page = paginate(_chosen(request, pile).select_related("opinion", "product"), request, size=SIZE)
    product = request.GET.get("product", "")
    known = Product.objects.filter(pk=int(product)).first() if product.isdecimal() and len(product) < 18 else None
    counts = {"held": queries.held().count(), "unanswered": queries.unanswered().count()}
    context = {
        "nav": "opinions", "page": page, "rows": shown(queries.with_all(page.rows, looks_for_fraud=True)),  # type: ignore[arg-type]
        "pile": pile, "piles": [(name, label, counts.get(name), name == pile) for name, label in PILES.items()],
        "states": STATES.items(), "state": request.GET.get("state", ""), "star": request.GET.get("star", ""),
        "product": known, "stars": "54321",
    }  # fmt: skip
    return render(request, "reviews/list.html", context)


def shown(found: list[Shown]) -> list[dict[str, Any]]:
    """Return reviews as the pages of the shop show them."""
    owners = {one.review.customer_id for one in found if one.review.customer_id}
    roots = dict(Customer.objects.filter(pk__in=owners).values_list("pk", "root_id"))
    people = Customer.objects.in_bulk(set(roots.values()))
    return [
        row
        | {
            "state": STATES[one.review.state], "tone": TONES[one.review.state],
            "signals": [signal_text(signal) for signal in one.signals],
            "who": people.get(roots.get(one.review.customer_id or 0, 0)),
        }
        for one, row in zip(found, public.rows_of(found), strict=True)
    ]  # fmt: skip


@HEARS
@require_GET
def show(request: HttpRequest, review: int) -> HttpResponse:
    """Show one review: its words and pictures, what is suspicious, what was decided, the answer, and what to do."""
    return review_page(request, get_object_or_404(Review.objects.select_related("opinion", "product"), pk=review))


def review_page(request: HttpRequest, found: Review, *, problem: str = "", status: int = 200) -> HttpResponse:
    """Return a review's page; ``problem`` is what could not be done."""
    names = {f"staff:{person.pk}": person.name for person in Staff.objects.all()}
    decisions = [
        (STATES.get(row.what, row.what), [REASONS.get(code, code) for code in row.reasons], row.note,
         names.get(row.by, row.by), row.at) for row in found.decisions.order_by("-at", "-pk")
    ]  # fmt: skip
    replies = [(row, names.get(row.by, row.by)) for row in found.replies.order_by("-at", "-pk")]
    context = {
        "nav": "opinions", "shown": shown(queries.with_all([found], looks_for_fraud=True))[0], "review": found,
        "decisions": decisions, "earlier": [pair for pair in replies if pair[0].replaced_at is not None],
        "reply": next((row for row, _name in replies if row.replaced_at is None), None),
        "may_remove": [(code, REASONS[code]) for code in MAY_REMOVE], "problem": problem,
        "case": Case.objects.filter(opinion_id=found.opinion_id).first(), "is_alone": True,
    }  # fmt: skip
    return render(request, "reviews/review.html", context, status=status)


@HEARS
@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """Show the products by what their stars surely are, each with its public page and its widget."""
    board = queries.board()
    titles = dict(Product.objects.filter(pk__in=[pk for pk, _tally in board]).values_list("pk", "title"))
    asked = request.GET.get("q", "").strip().casefold()
    lines = [(pk, titles[pk], tally) for pk, tally in board if asked in titles[pk].casefold()]
    context = {
        "nav": "opinions", "page": paginate(lines, request, size=50), "asked": request.GET.get("q", ""),
        "script": request.build_absolute_uri(reverse("reviews:widget")),
    }  # fmt: skip
    return render(request, "reviews/products.html", context)


@HEARS
@require_GET
def photo(request: HttpRequest, photo: int) -> HttpResponseBase:
    """Send a picture, also of a review that nobody else sees."""
    return public.picture(get_object_or_404(ReviewPhoto, pk=photo), "private, max-age=3600")


@needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the pile as a file, without contact data."""
    header = [
        _("Review"), _("Written"), _("Product"), _("Stars"), _("Name"), _("Title"), _("Words"), _("State"),
        _("Reasons"), _("Purchase verified"), _("From"), _("Answer"), _("Customer"),
    ]  # fmt: skip
    pile = _pile(request)
    return csv_response(f"reviews-{pile}", header, _lines(_chosen(request, pile)))


def _lines(found: QuerySet[Review]) -> Iterator[list[Any]]:
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = Review.objects.select_related("opinion", "product").in_bulk(ids[start : start + AT_ONCE])
        for one in queries.with_all([part[pk] for pk in ids[start : start + AT_ONCE] if pk in part]):
            row = one.review
            yield [
                row.pk, row.written_at.isoformat(timespec="seconds"), row.product.title, row.stars, row.author,
                one.words.title if one.words else "", one.words.text if one.words else "", str(STATES[row.state]),
                ", ".join(str(REASONS.get(code, code)) for code in row.reasons),
                _("yes") if row.is_verified else _("no"), str(ORIGINS[row.origin]),
                one.reply.text if one.reply else "", row.customer_id or "",
            ]  # fmt: skip
