"""Signing in and out, the first account, one's own account, invitations accepted."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import now
from regulars.staff import operations
from regulars.staff.access import actor, person, public, signed_in
from regulars.staff.forms import DetailsForm, JoinForm, OwnerForm, PasswordForm, SignInForm
from regulars.staff.models import Staff

BACKEND = "django.contrib.auth.backends.ModelBackend"
YEAR = 365 * 24 * 3600


def _welcome(request: HttpRequest, staff: Staff, target: str) -> HttpResponse:
    """Begin a session (under a new key, so that one planted before is worth nothing) and go on."""
    login(request, staff, backend=BACKEND)
    response = redirect(target)
    if staff.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, staff.language, max_age=YEAR, samesite="Lax", secure=settings.SECURE,
            httponly=True,
        )  # fmt: skip
    return response


def _target(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None, require_https=request.is_secure())
    return target if safe else "/"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is."""
    if person(request):
        return redirect(_target(request))
    if not Staff.objects.exists():
        return redirect("staff:first_start")
    form, status = SignInForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            staff = operations.sign_in(**form.cleaned_data, address=request.META.get("REMOTE_ADDR", ""), at=now())
        except operations.TooManyAttempts as refusal:
            form.add_error(None, str(refusal))
            status = 429
        else:
            if staff is not None:
                return _welcome(request, staff, _target(request))
            form.add_error(None, _("E-mail and password do not belong together."))
    return render(request, "staff/sign_in.html", {"form": form, "next": _target(request)}, status=status)


@signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("staff:sign_in")


@public
@never_cache
@require_http_methods(["GET", "POST"])
def first_start(request: HttpRequest) -> HttpResponse:
    """Make the owner's account. Open only while nobody works here, and to who can read what the server printed."""
    if Staff.objects.exists():
        return redirect("staff:sign_in")
    form = OwnerForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if not hmac.compare_digest(values.pop("code").strip(), operations.setup_code()):
            form.add_error("code", _("This is not the code."))
        else:
            try:
                staff = operations.create_owner(**values, at=now())
            except operations.StaffRefused as refusal:
                form.add_error("password", str(refusal))
            else:
                return _welcome(request, staff, "/")
    return render(request, "staff/first_start.html", {"form": form})


@public
@never_cache
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited colleague make her account."""
    invitation = operations.find_invitation(token, at=now())
    if invitation is None:
        raise Http404
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            staff = operations.accept_invitation(token=token, **form.cleaned_data, at=now())
        except operations.StaffRefused as refusal:
            form.add_error("password", str(refusal))
        else:
            return _welcome(request, staff, "/")
    return render(request, "staff/accept_invitation.html", {"form": form, "invitation": invitation})


@signed_in
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show and change one's own account."""
    staff = person(request)
    assert staff is not None
    initial = {"name": staff.name, "language": staff.language or request.LANGUAGE_CODE, "theme": staff.theme}  # type: ignore[attr-defined]
    is_password = request.POST.get("form") == "password"
    details = DetailsForm(request.POST if request.method == "POST" and not is_password else None, initial=initial)
    password = PasswordForm(request.POST if is_password else None)
    if details.is_bound and details.is_valid():
        operations.change_own_details(staff.pk, **details.cleaned_data)
        response = redirect("staff:account")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, details.cleaned_data["language"], max_age=YEAR, samesite="Lax",
            secure=settings.SECURE, httponly=True,
        )  # fmt: skip
        messages.success(request, _("Saved."))
        return response
    if password.is_bound and password.is_valid() and _change_password(request, staff, password):
        messages.success(request, _("Your password is changed. Other sessions have ended."))
        return redirect("staff:account")
    context = {"nav": "account", "details": details, "password": password}
    return render(request, "staff/account.html", context)


def _change_password(request: HttpRequest, staff: Staff, form: PasswordForm) -> bool:
    if not check_password(form.cleaned_data["current"], staff.password):
        form.add_error("current", _("This is not your present password."))
        return False
    try:
        changed = operations.change_password(
            staff.pk, password=form.cleaned_data["password"], by=actor(request), at=now()
        )
    except operations.StaffRefused as refusal:
        form.add_error("password", str(refusal))
        return False
    update_session_auth_hash(request, changed)
    return True
