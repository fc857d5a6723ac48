"""The one place where pages are opened or closed to people. A view that says nothing is closed to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from regulars.base.actor import Actor
from regulars.staff.models import Staff
from regulars.staff.rules import Permission, allowed

View = TypeVar("View", bound=Callable[..., Any])
Respond = Callable[[HttpRequest], HttpResponse]
PUBLIC = "public"


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Open the view to people who hold all ``permissions``."""

    def mark(view: View) -> View:
        view.access = frozenset(permissions)  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: View) -> View:
    """Open the view to everybody who works here."""
    return needs()(view)


def public(view: View) -> View:
    """Open the view to the world: sign-in and what comes before it."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def person(request: HttpRequest) -> Staff | None:
    """Return who is signed in, if she still works here."""
    user = request.user
    return user if isinstance(user, Staff) and user.is_active else None


def actor(request: HttpRequest) -> Actor:
    """Return the doer of what this request does."""
    staff = person(request)
    if staff is None:
        raise PermissionDenied
    return Actor("staff", staff.pk)


def may(request: HttpRequest) -> dict[str, bool]:
    """Return every permission by name, and whether the person holds it."""
    staff = person(request)
    return {p.value: staff is not None and allowed(staff.role, p) for p in Permission}


def require_permission(get_response: Respond) -> Respond:
    """Middleware: decide by the view's mark before the view runs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if access == PUBLIC:
            return None
        staff = person(request)
        if staff is None:
            return _to_sign_in(request)
        if access is None or not all(allowed(staff.role, p) for p in access):
            raise PermissionDenied
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else ""
    address = reverse("staff:sign_in") + (f"?{urlencode({'next': back})}" if back not in {"", "/"} else "")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("staff:sign_in")})
    return HttpResponseRedirect(address)
