"""Addresses with a view that forgot to say whom it is for."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def forgetful(request: HttpRequest) -> HttpResponse:
    """Answer anybody who gets here."""
    return HttpResponse("hello")


urlpatterns = [path("", include("regulars.config.urls")), path("open/", forgetful)]
handler403 = "regulars.web.views.errors.forbidden"
