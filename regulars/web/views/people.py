"""The customers behind something, as a page or as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from regulars.base.clock import now
from regulars.insight import LakeError
from regulars.staff.access import actor, may
from regulars.ui.context import shop_of
from regulars.ui.tables import csv_response, paginate
from regulars.web.listed import file_rows, listed
from regulars.web.operations import record_download
from regulars.web.views.numbers import people_header


def people_page(
    request: HttpRequest,
    roots: Callable[[], Sequence[int]],
    title: str,
    file: str,
    *,
    nav: str,
    back: str,
    back_label: str | Promise,
    lede: str = "",
) -> HttpResponseBase:
    """Show these people as a page, or send them as a file where the URL says so and the role may."""
    allowed = may(request)
    may_download = allowed["see_customers"] and allowed["export_data"]
    try:
        found = roots()
    except LakeError as error:
        said = {"title": _("The numbers cannot be read just now"), "text": str(error)}
        return render(request, "web/error.html", said, status=503)
    if request.GET.get("format") == "csv" and may_download:
        shop = shop_of(request)
        record_download(page="customers", with_contacts=False, by=actor(request), at=now())
        return csv_response(file, people_header(shop.currency), file_rows(found, shop))
    page = paginate(found, request)
    context = {
        "nav": nav,
        "title": title,
        "lede": lede,
        "page": page,
        "people": listed([{"root": r} for r in page.rows], may_see_customers=allowed["see_customers"]),
        "download_url": page.link(format="csv") if may_download and found else "",
        "back_url": reverse(back),
        "back_label": back_label,
    }
    return render(request, "web/people.html", context)
