"""The shop's pages: forms, how many came by each, and a code to print."""

from __future__ import annotations

import io
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.desks.outreach.signup import operations
from regulars.desks.outreach.signup.models import Form
from regulars.desks.outreach.signup.public import base_of
from regulars.messages.identity import identity
from regulars.messages.models import Sender
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

REACHES = needs(Permission.REACH_CUSTOMERS)
SHOWN = 200


class NewForm(forms.Form):
    """A new sign-up form."""

    name = forms.CharField(
        label=gettext_lazy("Name of the form"), max_length=80,
        help_text=gettext_lazy("Its address is made of it. People see it above the form."),
    )  # fmt: skip
    wording = forms.CharField(
        label=gettext_lazy("What people agree to"), max_length=600, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Who writes to them, about what, how often, and that they may stop at any time. It is kept as proof and "
            "cannot be changed later."
        ),
    )  # fmt: skip
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("About what"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who had refused one of these gets it again."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = identity().topics
        if topics:
            self.fields["topics"].choices = [(topic, topic) for topic in topics]  # type: ignore[attr-defined]
        else:
            del self.fields["topics"]


@REACHES
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show all forms, and how many asked and confirmed by each."""
    rows = Form.objects.annotate(
        asking=Count("asked", filter=Q(asked__day__isnull=False)),
        confirming=Count("asked", filter=Q(asked__confirmed_at__isnull=False)),
    )
    return render(
        request, "signup/list.html", {"nav": "campaigns", "forms": rows.order_by("retired_at", "-at")[:SHOWN]}
    )


@REACHES
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a form."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        row = operations.add_form(
            name=said["name"], wording=said["wording"], topics=said.get("topics", []), by=actor(request), at=now()
        )
        messages.success(request, _("The form is open."))
        return redirect("signup:form", row.pk)
    context = {"nav": "campaigns", "form": form}
    return render(request, "signup/new.html", context, status=400 if form.errors else 200)


def _address(request: HttpRequest, row: Form) -> str:
    return base_of(request) + reverse("signup:join", args=[row.slug])


@REACHES
@require_GET
def show(request: HttpRequest, form: int) -> HttpResponse:
    """Show a form, its address and its code."""
    row = get_object_or_404(Form, pk=form)
    context = {
        "nav": "campaigns", "form_": row, "address": _address(request, row),
        "asked": row.asked_set.filter(day__isnull=False).count(),
        "confirmed": row.asked_set.filter(confirmed_at__isnull=False).count(),
        "has_sender": Sender.objects.filter(channel="email", retired_at=None).exists(),
    }  # fmt: skip
    return render(request, "signup/form.html", context)


@REACHES
@require_GET
def code(request: HttpRequest, form: int) -> HttpResponse:
    """Return the form's address as a QR code."""
    row = get_object_or_404(Form, pk=form)
    drawn = io.BytesIO()
    # A quarter may be scratched or covered: it hangs in a window or lies in a parcel.
    segno.make(_address(request, row), error="q", micro=False).save(
        drawn, kind="svg", scale=8, light="white", title=row.name
    )
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'inline; filename="{row.slug}.svg"'
    return response


@REACHES
@require_POST
def decide(request: HttpRequest, form: int) -> HttpResponse:
    """Put a form away, or bring it back."""
    row, by, at, do = get_object_or_404(Form, pk=form), actor(request), now(), request.POST.get("do", "")
    if do == "retire" and operations.retire_form(row.pk, by=by, at=at):
        messages.success(request, _("Nobody can sign up by this form any more."))
    elif do == "restore" and operations.restore_form(row.pk, by=by, at=at):
        messages.success(request, _("The form is open."))
    return redirect("signup:form", row.pk)
