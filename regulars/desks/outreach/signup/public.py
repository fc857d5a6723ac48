"""The page to sign up, and the page that the mail leads to.

What is said does not depend on whether the address is known. A GET changes nothing, since mail scanners follow links;
no cookie and no script is needed.
"""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.base.clock import now
from regulars.base.places import place_of
from regulars.base.text import email_key
from regulars.desks.outreach.signup import operations
from regulars.desks.outreach.signup.models import Asked, Form
from regulars.desks.outreach.signup.names import asked_of, name_of
from regulars.messages.identity import identity
from regulars.staff.access import public


class JoinForm(forms.Form):
    """An address, and a field that only machines fill in."""

    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip

    def clean_email(self) -> str:
        """Return the address in its matching form."""
        found = email_key(self.cleaned_data["email"])
        if found is None:
            raise forms.ValidationError(_("This is no e-mail address: it looks like ada@example.com."))
        return found


def base_of(request: HttpRequest) -> str:
    """Return where the world finds this installation."""
    return (identity().address or request.build_absolute_uri("/")).rstrip("/")


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a form; take an address and say that a mail is on its way."""
    found = get_object_or_404(Form, slug=slug, retired_at=None)
    form, status, is_too_many = JoinForm(request.POST or None), 200, False
    if request.method == "POST":
        if request.POST.get("website"):
            return _private(render(request, "signup/asked.html", {"form_": found}))
        if form.is_valid():
            try:
                _ask(request, found, form.cleaned_data["email"])
                return _private(render(request, "signup/asked.html", {"form_": found}))
            except operations.TooMany:
                status, is_too_many = 429, True
        else:
            status = 400
    context = {"form": form, "form_": found, "is_too_many": is_too_many}
    return _private(render(request, "signup/join.html", context, status=status))


def _ask(request: HttpRequest, found: Form, email: str) -> None:
    base = base_of(request)

    def link(asked: int) -> str:
        return base + reverse("signup:confirm", args=[found.slug, name_of(asked)])

    operations.ask_to_join(
        found, email=email, place=place_of(request), agent=request.headers.get("User-Agent", ""),
        language=translation.get_language() or "", link=link, at=now(),
    )  # fmt: skip


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Ask her to confirm, and write down that she did."""
    number, at = asked_of(name), now()
    row = Asked.objects.select_related("form").filter(pk=number, form__slug=slug).first() if number else None
    if row is None or row.day is None or not operations.is_valid(row, at=at):
        raise Http404(_("This link is older than a week, or not one of ours. Sign up anew."))
    if request.method == "POST" and row.confirmed_at is None:
        agent = request.headers.get("User-Agent", "")
        if not operations.confirm(row, place=place_of(request), agent=agent, at=at):
            row.refresh_from_db()
            if row.confirmed_at is None:
                raise Http404(_("This link is older than a week, or not one of ours. Sign up anew."))
    context = {"form_": row.form, "is_done": request.method == "POST" or row.confirmed_at is not None}
    return _private(render(request, "signup/confirm.html", context))
