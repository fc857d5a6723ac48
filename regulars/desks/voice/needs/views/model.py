"""The settings of the language model, and asking it about one need."""

from __future__ import annotations

import json
from dataclasses import replace

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from regulars.base.clock import now
from regulars.desks.voice.needs import language_model
from regulars.desks.voice.needs.models import Need
from regulars.desks.voice.needs.names import name_of
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

WHY = {
    "off": gettext_lazy("The language model is switched off."),
    "private-address": gettext_lazy("The address is one of a private network; say so in its settings if it is yours."),
    "unreadable": gettext_lazy("What it answered cannot be read as a name."),
}


class Server(forms.Form):
    """Where the model is."""

    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=300, required=False,
        help_text=gettext_lazy("What stands before /chat/completions, such as https://llm.example/v1."),
    )  # fmt: skip
    model = forms.CharField(label=gettext_lazy("Model"), max_length=120, required=False)
    key = forms.CharField(
        label=gettext_lazy("Key"), max_length=400, required=False, widget=forms.PasswordInput,
        help_text=gettext_lazy("Empty keeps the one there is, as long as the address is the same."),
    )  # fmt: skip
    is_own = forms.BooleanField(
        label=gettext_lazy("It stands in our own network (private addresses and plain http are let through)"),
        required=False,
    )
    is_on = forms.BooleanField(
        label=gettext_lazy("Switch it on: what customers said may leave this installation for this address"),
        required=False,
    )


@needs(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "POST"])
def server(request: HttpRequest) -> HttpResponse:
    """Say where the model is, and switch it on or off."""
    kept = language_model.config()
    start = {"address": kept.address, "model": kept.model, "is_own": kept.is_own, "is_on": kept.is_on}
    form = Server(request.POST) if request.method == "POST" else Server(initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            language_model.save_config(
                address=said["address"], model=said["model"], key=said["key"] or None, is_own=said["is_own"],
                is_on=said["is_on"], by=actor(request), at=now(),
            )  # fmt: skip
            messages.success(request, _("Kept."))
            return redirect("needs:server")
        except ValueError:
            form.add_error("address", _("It needs a model, and an address that begins with https:// or is your own."))
    context = {"nav": "settings", "form": form, "kept": kept}
    return render(request, "needs/server.html", context, status=400 if form.errors else 200)


@HEARS
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, need: int) -> HttpResponse:
    """Show exactly what would be sent about a need; send it if a person says so; show what came back."""
    row = get_object_or_404(Need, pk=need)
    kept = language_model.config()
    proposed, problem = None, ""
    if request.method == "POST":
        try:
            proposed = language_model.ask(row)
        except language_model.Unwilling as error:
            problem = str(WHY.get(str(error), _("It did not answer (%(code)s).") % {"code": error}))
    sent = language_model.request_of(row, replace(kept, model=kept.model or "…"))
    names = {**row.names, **proposed.names} if proposed else row.names
    context = {
        "nav": "opinions", "need": row, "name": name_of(row), "kept": kept, "proposed": proposed, "problem": problem,
        "sent": json.dumps(sent, ensure_ascii=False, indent=2), "severity": row.severity or "",
        "names": [(code, label, names.get(code, "")) for code, label in settings.LANGUAGES],
    }  # fmt: skip
    return render(request, "needs/ask.html", context)
