"""The page of a WeChat account: its menu, and codes that say where somebody came from."""

from __future__ import annotations

import io
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.base.secrets import Unreadable
from regulars.channels.contract import SettingsError
from regulars.channels.wechat.account import CallFailed, create_qr, menu_of, set_menu
from regulars.desks.outreach.senders.menus import MenuUnclear, menu_from, text_of
from regulars.messages import operations
from regulars.messages.models import Sender
from regulars.people.models import Consent
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

MANAGES = needs(Permission.MANAGE_SETTINGS)
SHOWN = 50


class MenuForm(forms.Form):
    """The menu as a text."""

    menu = forms.CharField(
        label=gettext_lazy("Menu"), max_length=4000, strip=False, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "A line an entry: Shop = https://shop.example opens a page; Ask us = ask gives us a minute to answer who "
            "pressed it. Entries that begin with spaces stand below the one before. At most three, five below each."
        ),
    )  # fmt: skip


class CodeForm(forms.Form):
    """A code to print."""

    scene = forms.CharField(
        label=gettext_lazy("Where it will hang or lie"), max_length=64,
        help_text=gettext_lazy("As: shop-window, parcel, campaign-12. It is kept with each person who follows by it."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("For how many days"), min_value=1, max_value=30, required=False,
        help_text=gettext_lazy("Empty is for good; an account has 100,000 of these."),
    )  # fmt: skip


def _account(pk: int) -> Sender:
    row = get_object_or_404(Sender, pk=pk)
    if (row.channel, row.adapter) != ("wechat", "official"):
        raise Http404(_("Only a WeChat Official Account has a menu."))
    return row


def _problem(error: Exception) -> str:
    if isinstance(error, SettingsError):
        return str(error.says)
    if isinstance(error, CallFailed):
        return _("WeChat did not do it (%(code)s).") % {"code": error.receipt.code}
    if isinstance(error, Unreadable):
        return _("Its settings do not open: the installation's key is another. Enter them anew.")
    return str(error)


_PROBLEMS = (CallFailed, SettingsError, Unreadable, ValueError)


def _page(request: HttpRequest, row: Sender, status: int = 200, **given: Any) -> HttpResponse:
    followed = Consent.objects.filter(channel="wechat", source="follow").exclude(proof__scene="")
    scenes = followed.values_list("proof__scene").annotate(n=Count("customer_id", distinct=True)).order_by("-n")
    context = {
        "nav": "settings", "sender": row, "menu_form": MenuForm(), "code_form": CodeForm(),
        "scenes": [(scene, n) for scene, n in scenes[:SHOWN] if scene],
    } | given  # fmt: skip
    return render(request, "senders/account.html", context, status=status)


@MANAGES
@require_GET
def account(request: HttpRequest, sender: int) -> HttpResponse:
    """Show the page; with ``menu`` in the address, with the menu that WeChat has now."""
    row = _account(sender)
    if "menu" not in request.GET:
        return _page(request, row)
    try:
        present = text_of(menu_of(operations.settings_of(row)))
    except _PROBLEMS as error:
        messages.error(request, _problem(error))
        return _page(request, row)
    if not present:
        messages.info(request, _("The account has no menu yet."))
    return _page(request, row, menu_form=MenuForm(initial={"menu": present}))


@MANAGES
@require_POST
def menu(request: HttpRequest, sender: int) -> HttpResponse:
    """Set the menu."""
    row, form = _account(sender), MenuForm(request.POST)
    if form.is_valid():
        try:
            set_menu(operations.settings_of(row), menu_from(form.cleaned_data["menu"]))
        except MenuUnclear as error:
            form.add_error("menu", str(error))
        except _PROBLEMS as error:
            form.add_error("menu", _problem(error))
        else:
            operations.note_sender("menu", row.pk, by=actor(request), at=now())
            messages.success(request, _("The menu is set. Phones show it within a day, at once to who follows anew."))
            return redirect("senders:account", row.pk)
    return _page(request, row, 400, menu_form=form)


@MANAGES
@require_POST
def code(request: HttpRequest, sender: int) -> HttpResponse:
    """Have WeChat make a code, and hand it out to be printed."""
    row, form = _account(sender), CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, row, 400, code_form=form)
    scene, days = form.cleaned_data["scene"], form.cleaned_data["days"]
    try:
        made = create_qr(operations.settings_of(row), scene, days * 86_400 if days else None)
        if not made.url:
            raise ValueError(_("WeChat answered without a code."))
    except _PROBLEMS as error:
        form.add_error("scene", _problem(error))
        return _page(request, row, 400, code_form=form)
    drawn = io.BytesIO()
    segno.make(made.url, error="q", micro=False).save(drawn, kind="svg", scale=8, light="white", title=scene)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = 'attachment; filename="wechat-code.svg"'
    operations.note_sender("code", row.pk, by=actor(request), at=now())
    return response
