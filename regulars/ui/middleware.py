"""Headers that keep a page to itself, and the language and zone it is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from regulars.ui.context import shop_of

Respond = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join((
    "default-src 'self'",
    "img-src 'self' data: https:",  # product photos lie on the shop's own host
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def security_headers(get_response: Respond) -> Respond:
    """Middleware: nothing inline, nothing from other hosts, framed by nobody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        return response

    return middleware


def _known(code: str) -> str:
    """Return the language of the product that ``code`` (``zh-CN``, ``en-GB``) means, or ""."""
    codes = {known for known, _ in settings.LANGUAGES}
    code = code.strip().lower().replace("_", "-")
    if code in codes:
        return code
    # There is one Chinese; zh, zh-CN and zh-TW read it rather than English.
    base = "zh-hans" if code.partition("-")[0] == "zh" else code.partition("-")[0]
    return base if base in codes else ""


def _accepted(header: str) -> Iterator[str]:
    """Return the languages of an Accept-Language header, best first."""
    wanted = []
    for part in header[:500].split(","):
        tag, _, quality = part.partition(";q=")
        try:
            wanted.append((-float(quality or 1), tag))
        except ValueError:
            continue
    return (tag for rank, tag in sorted(wanted, key=lambda pair: pair[0]) if rank < 0)


def chosen_language(request: HttpRequest) -> str:
    """Return the page's language: the cookie (set at sign-in and by the switch), the browser's, the shop's."""
    wishes = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    wishes += _accepted(request.headers.get("Accept-Language", ""))
    found = next(filter(None, map(_known, wishes)), "")
    return found or _known(shop_of(request).language) or settings.LANGUAGE_CODE


def language(get_response: Respond) -> Respond:
    """Middleware: activate the language of the page and the shop's time zone.

    It runs before authentication, so that a refusal is in the right language too. What the person who is signed in
    chose for herself is known only later and wins then (``process_view``).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        code = chosen_language(request)
        with translation.override(code), timezone.override(shop_of(request).zone):
            request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
            response = get_response(request)
            # Template responses of error handlers are rendered by now; nothing leaves half translated.
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        code = _known(getattr(getattr(request, "user", None), "language", ""))
        if code:
            translation.activate(code)  # the override above restores what was before the request
            request.LANGUAGE_CODE = code  # type: ignore[attr-defined]

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
