"""The pages on which reviews are written, changed and deleted.

A GET changes nothing. A POST needs no cookie, no page before it and no script. Whoever has a link of her own changes or
deletes her review for as long as it stands, also after the link's time for writing one is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.base.clock import now
from regulars.base.pictures import PictureError, redrawn
from regulars.base.places import place_of
from regulars.desks.voice.opinions.sealing import words_of
from regulars.desks.voice.ports.models import Answer
from regulars.desks.voice.ports.names import OPEN_FOR
from regulars.desks.voice.ports.rules import mark_of, read_questions
from regulars.desks.voice.reviews import operations
from regulars.desks.voice.reviews.models import Review
from regulars.desks.voice.reviews.names import key_of, open_name, read_name
from regulars.desks.voice.reviews.operations import Came, NewReview, ReviewError, TooMany, reviewing
from regulars.desks.voice.reviews.operations.writing import order_of
from regulars.desks.voice.reviews.rules import MOST_NAME, MOST_PHOTOS, MOST_TEXT, MOST_TITLE
from regulars.desks.voice.reviews.words import REASONS
from regulars.people.models import Customer
from regulars.people.queries import find_by_identifier, root_of
from regulars.shop.models import Product
from regulars.staff.access import public

FIELDS = ("stars", "title", "text", "author", "order", "contact")


@dataclass(frozen=True, slots=True)
class Page:
    """Who came to write about what. ``before`` is what stands by this link already."""

    product: Product
    name: str
    key: str
    is_own: bool
    customer: int | None
    order: int | None
    before: Review | None


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, product: int, name: str = "") -> HttpResponse:
    """Show the page on which a product is reviewed; take a review, its change, or its author's wish to delete it."""
    at = now()
    page = _page(request, get_object_or_404(Product, pk=product), name or request.POST.get("name", ""), at)
    if request.method != "POST":
        return _shown(request, page, _start(page))
    said = {field: request.POST.get(field, "") for field in FIELDS}
    if request.POST.get("website"):
        return _shown(request, page, said, state="done")  # a machine; it is thanked like anybody
    if request.POST.get("do") == "delete":
        operations.delete_own(page.key, at=at)
        return _shown(request, page, {}, state="deleted")
    try:
        review = _take(request, page, said, at)
    except ReviewError as error:
        return _shown(request, page, said, problems={error.field: str(error)}, status=400)
    except TooMany:
        return _shown(request, page, said, state="too_many", status=429)
    return _shown(request, page, said, state="done", review=review)


def _page(request: HttpRequest, product: Product, name: str, at: datetime) -> Page:
    name = name or open_name(product.pk, at=at)
    link = read_name(product.pk, name)
    if link is None:
        raise Http404(_("This link is not one of ours, or its time is over."))
    is_own = link.kind == "c"
    root = root_of(link.who) if is_own else None
    if is_own and not Customer.objects.filter(pk=root or 0, erased_at=None).exists():
        raise Http404(_("This link is not one of ours, or its time is over."))
    key = f"{product.pk}:c{root}" if is_own else key_of(product.pk, link)
    before = Review.objects.filter(link=key).select_related("opinion").first()
    is_late = (link.until is not None and at >= link.until) or (
        link.issued_at is not None and at > link.issued_at + OPEN_FOR
    )
    if before is None and is_late:
        raise Http404(_("This link is not one of ours, or its time is over."))
    return Page(product, name, key, is_own, root, link.order or None, before)


def _start(page: Page) -> dict[str, Any]:
    """Return what the page begins with: the review as it stands, or what she answered when she was asked."""
    if page.before is not None:
        words = words_of([page.before.opinion]).get(page.before.opinion_id)
        title, text = (words.title, words.text) if words else ("", "")
        return {"stars": str(page.before.stars), "title": title, "text": text, "author": page.before.author}
    if page.customer is None:
        return {}
    about = Answer.objects.filter(port__about="product", port__about_id=page.product.pk)
    answer = about.filter(customer__root_id=page.customer).select_related("port", "opinion").order_by("-pk").first()
    if answer is None:
        return {}
    mark = mark_of(read_questions(answer.port.questions), answer.values)
    words = words_of([answer.opinion]).get(answer.opinion.pk) if answer.opinion else None
    return {"stars": str(mark[0]) if mark and mark[1] == 5 else "", "text": words.text if words else ""}


def _take(request: HttpRequest, page: Page, said: dict[str, Any], at: datetime) -> Review:
    if said["stars"] not in {"1", "2", "3", "4", "5"}:
        raise ReviewError("stars", _("Choose one to five stars."))
    language = translation.get_language() or ""
    came = Came(
        link=page.key, customer=page.customer, order=page.order, language=language,
        place="" if page.is_own else place_of(request),
    )  # fmt: skip
    if not page.is_own and page.before is None:
        came = _checked(page, came, said)
    new = NewReview(
        stars=int(said["stars"]), title=said["title"].strip(), text=said["text"].strip(), author=said["author"].strip(),
        photos=_photos(request),
        without=[int(n) for n in request.POST.getlist("without") if n.isdecimal() and len(n) < 18],
    )  # fmt: skip
    return operations.write(page.product.pk, came, new, at=at)


def _checked(page: Page, came: Came, said: dict[str, Any]) -> Came:
    """Return who she is by her order's number and her address; refuse what does not fit, or whoever must show one."""
    number, contact = said["order"].strip(), said["contact"].strip()
    if not number and not contact:
        if reviewing().takes_unverified:
            return came
        raise ReviewError("order", _("Only who bought it here reviews it: write the number of your order."))
    found = order_of(number, find_by_identifier(contact), page.product.pk) if number and contact else None
    root = root_of(found.customer_id) if found and found.customer_id else None
    if found is None or root is None:
        raise ReviewError(
            "order", _("We know no order of this product with this number and address. Check both of them.")
        )
    written = Review.objects.filter(product=page.product, customer__root_id=root).exclude(state=Review.State.DELETED)
    if written.exists():
        # A parcel's label shows both; so they open nothing that was written already.
        raise ReviewError("order", _("This order was reviewed already. Change it by the link in our mail."))
    return Came(
        link=came.link, customer=root, order=found.pk, language=came.language, place=came.place
    )  # fmt: skip


def _photos(request: HttpRequest) -> list[bytes]:
    files = request.FILES.getlist("photos")
    if len(files) > MOST_PHOTOS:
        raise ReviewError("photos", _("%(most)s pictures at most.") % {"most": MOST_PHOTOS})
    try:
        return [redrawn(file.read()) for file in files]
    except PictureError as error:
        raise ReviewError("photos", str(error)) from error


def _shown(
    request: HttpRequest, page: Page, said: dict[str, Any], *, state: str = "", problems: dict[str, str] | None = None,
    review: Review | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    chosen = reviewing()
    context = {
        "product": page.product, "name": page.name, "is_own": page.is_own, "before": page.before, "said": said,
        "state": state, "problems": problems or {}, "review": review, "takes_unverified": chosen.takes_unverified,
        "incentive": chosen.incentive, "thanks": chosen.thanks,
        "photos": page.before.photos.order_by("position") if page.before and state != "deleted" else [],
        "most": {"text": MOST_TEXT, "title": MOST_TITLE, "author": MOST_NAME, "photos": MOST_PHOTOS},
        "reasons": [REASONS[code] for code in (review.reasons if review else ()) if code in REASONS],
    }  # fmt: skip
    response = render(request, "reviews/write.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
