"""Language and appearance, for whoever is before the page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from regulars.staff.access import person, public
from regulars.staff.operations import change_own_details
from regulars.ui.context import THEMES

YEAR = 365 * 24 * 3600


@public
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Set language or theme: a cookie before sign-in, with it also the person's own choice. GET leads to her page."""
    if request.method == "GET":
        return redirect("staff:account" if person(request) else "staff:sign_in")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = redirect(back)
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    if language in dict(settings.LANGUAGES):
        keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if theme in {*THEMES, "auto"}:
        keep(response, "theme", theme)
    if staff := person(request):
        change_own_details(
            staff.pk,
            name=staff.name,
            language=language if language in dict(settings.LANGUAGES) else staff.language,
            theme=theme.replace("auto", "") if theme in {*THEMES, "auto"} else staff.theme,
        )
    return response


def keep(response: HttpResponse, name: str, value: str) -> None:
    """Set a cookie that says how this browser likes its pages."""
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SECURE, httponly=True)
