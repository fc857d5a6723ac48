"""What is said when a page cannot be shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def _say(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "web/error.html", {"title": title, "text": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    return _say(request, 400, _("This request could not be read"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer who may not."""
    return _say(request, 403, _("This page is not open to you"), _("Ask the owner of the shop if you need it."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was open too long, or came from elsewhere."""
    return _say(request, 403, _("This form has expired"), _("Go back, reload the page and try again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address where nothing is."""
    return _say(request, 404, _("There is nothing here"), _("Perhaps it was moved, merged or undone."))


def broken(request: HttpRequest, *args: Any) -> HttpResponse:
    """Answer when the server failed. Asks the database nothing: whatever failed may fail again."""
    words = {
        "title": _("Something went wrong on our side"),
        "text": _("Nothing was lost. Try again in a moment; if it stays so, “regulars doctor” says what is wrong."),
        "language": get_language() or "en",
    }
    return HttpResponse(render_to_string("web/broken.html", words), status=500)
