"""Codes to print."""

from __future__ import annotations

import io

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from regulars.desks.voice.ports.models import Port
from regulars.desks.voice.ports.rules import in_language
from regulars.desks.voice.ports.views.pages import HEARS, address_of


@HEARS
@require_GET
def code(request: HttpRequest, port: int) -> HttpResponse:
    """Return a port's address as a QR code."""
    row = get_object_or_404(Port, pk=port)
    drawn = io.BytesIO()
    # A quarter may be scratched or covered: it lies in a parcel or hangs at a counter.
    segno.make(address_of(request, row), error="q", micro=False).save(
        drawn, kind="svg", scale=8, light="white", title=row.name
    )
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'inline; filename="port-{row.code}.svg"'
    return response


@HEARS
@require_GET
def card(request: HttpRequest, port: int) -> HttpResponse:
    """Show a card to print and lay into parcels."""
    row = get_object_or_404(Port, pk=port)
    titles = {language: parts.get("title", "") for language, parts in row.texts.items()}
    title = in_language(titles, get_language() or "", "en") or row.name
    context = {"port": row, "title": title, "address": address_of(request, row)}
    return render(request, "ports/card.html", context)
