"""The pages that everybody sees: a product's reviews, the ledger, the pictures, and what the widget reads."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from regulars.base.scripts import as_response
from regulars.desks.voice.reviews import markup, queries, script
from regulars.desks.voice.reviews.models import Review, ReviewPhoto
from regulars.desks.voice.reviews.operations import reviewing
from regulars.desks.voice.reviews.queries import Shown
from regulars.desks.voice.reviews.words import ORIGINS, REASONS
from regulars.shop.models import Product
from regulars.staff.access import public
from regulars.ui.tables import paginate

SIZE = 10
FRESH = "public, max-age=60"


def rows_of(shown: list[Shown]) -> list[dict[str, Any]]:
    """Return reviews as ``reviews/_review.html`` shows them."""
    return [
        {
            "review": one.review, "words": one.words, "photos": one.photos, "reply": one.reply,
            "blank": range(5 - one.review.stars), "filled": range(one.review.stars),
            "origin": ORIGINS[one.review.origin] if one.review.origin != "own" else "",
            "reasons": [REASONS[code] for code in one.review.reasons if code in REASONS],
        }
        for one in shown
    ]  # fmt: skip


def _star(request: HttpRequest) -> int:
    asked = request.GET.get("star", "")
    return int(asked) if asked in {"1", "2", "3", "4", "5"} else 0


@public
@require_safe
def page(request: HttpRequest, product: int) -> HttpResponse:
    """Show a product's reviews: how they are spread, each of them, and what is not shown and why."""
    sold = get_object_or_404(Product.objects.select_related("store"), pk=product)
    tally, star = queries.tally_of(product), _star(request)
    sort = request.GET.get("by", "latest")
    found = queries.in_public(product, star=star, sort=sort).select_related("opinion")
    listed = paginate(found, request, size=SIZE)
    shown = queries.with_all(listed.rows)  # type: ignore[arg-type]
    url = request.build_absolute_uri(reverse("reviews:public", args=[product]))
    context = {
        "product": sold, "tally": tally, "page": listed, "rows": rows_of(shown), "star": star,
        "sort": sort if sort in queries.SORTS else "latest", "spread": _spread(tally.by_star),
        "takes_unverified": reviewing().takes_unverified,
        "markup": markup.block(markup.product_markup(sold, tally, shown, url=url)),
    }  # fmt: skip
    response = render(request, "reviews/public.html", context)
    response.headers["Cache-Control"] = FRESH
    return response


def _spread(by_star: list[int]) -> list[tuple[int, int, float]]:
    """Return (stars, count, share of 100) from five stars down."""
    most = sum(by_star) or 1
    return [(star, by_star[star - 1], 100 * by_star[star - 1] / most) for star in range(5, 0, -1)]


@public
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Show, for the shop and each product, how many reviews came in, how many are shown, and why others are not."""
    tallies = queries.tallies()
    titles = dict(Product.objects.filter(pk__in=tallies).values_list("pk", "title"))
    lines = sorted(((titles[pk], pk, tally) for pk, tally in tallies.items()), key=lambda line: -line[2].collected)
    whole = queries.total(tallies.values())
    context = {
        "whole": whole, "page": paginate(lines, request, size=50),
        "stars": [(star, whole.by_star[star - 1], whole.hidden_by_star[star - 1]) for star in range(5, 0, -1)],
        "removed": [(REASONS.get(code, code), n) for code, n in sorted(whole.removed_for.items(), key=lambda e: -e[1])],
    }  # fmt: skip
    response = render(request, "reviews/ledger.html", context)
    response.headers["Cache-Control"] = FRESH
    return response


@public
@require_safe
def photo(request: HttpRequest, photo: int) -> HttpResponseBase:
    """Send a picture of a review that is shown."""
    found = get_object_or_404(ReviewPhoto, pk=photo, review__state=Review.State.SHOWN)
    return picture(found, FRESH)


def picture(photo: ReviewPhoto, freshness: str) -> HttpResponseBase:
    """Return the file of a picture."""
    if not default_storage.exists(photo.file):
        raise Http404(_("There is no such picture."))
    response = FileResponse(default_storage.open(photo.file), content_type="image/jpeg")
    response["Cache-Control"] = freshness
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@public
@require_safe
def data(request: HttpRequest, product: int) -> HttpResponse:
    """Return a product's reviews as JSON, for the widget and for whoever builds a page of her own."""
    sold = get_object_or_404(Product, pk=product)
    tally, star = queries.tally_of(product), _star(request)
    found = queries.in_public(product, star=star, sort=request.GET.get("by", "latest")).select_related("opinion")
    listed = paginate(found, request, size=SIZE)
    shown = queries.with_all(listed.rows)  # type: ignore[arg-type]
    url = request.build_absolute_uri
    answer = {
        "product": {"id": sold.pk, "title": sold.title}, "mean": tally.mean, "by_star": tally.by_star,
        "ledger": {
            "collected": tally.collected, "shown": tally.shown, "held": tally.held, "removed": tally.removed,
            "deleted": tally.deleted,
        },
        "reviews": [_as_json(one, url) for one in shown], "has_more": listed.next_url is not None,
        "page_url": url(reverse("reviews:public", args=[product])),
        "write_url": url(reverse("reviews:write", args=[product])), "ledger_url": url(reverse("reviews:ledger")),
    }  # fmt: skip
    response = JsonResponse(answer)
    # What everybody may read anyway, and nothing else: no cookie is looked at.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = FRESH
    return response


def _as_json(one: Shown, url: Any) -> dict[str, Any]:
    review = one.review
    if review.state == Review.State.REMOVED:
        return {
            "is_removed": True, "at": review.written_at.isoformat(),
            "reasons": [str(REASONS[code]) for code in review.reasons if code in REASONS],
        }  # fmt: skip
    return {
        "stars": review.stars, "title": one.words.title if one.words else "",
        "text": one.words.text if one.words else "",
        "author": review.author, "at": review.written_at.isoformat(), "is_changed": review.changed_at is not None,
        "is_verified": review.is_verified, "incentive": review.incentive,
        "origin": str(ORIGINS[review.origin]) if review.origin != "own" else "", "language": review.opinion.language,
        "photos": [url(reverse("reviews:photo", args=[photo.pk])) for photo in one.photos],
        "reply": {"text": one.reply.text, "at": one.reply.at.isoformat()} if one.reply else None,
    }  # fmt: skip


@public
@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """Send the script that shows reviews in the shop's own pages."""
    return as_response(script.answer, request)
