"""The days on which nobody gets anything that sells: typed in, or loaded as a country keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import holidays as calendars
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.decisions.guard import Holiday
from regulars.messages import guarding, operations
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable

MANAGES = needs(Permission.MANAGE_SETTINGS)
MOST_NAME = 80


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays that can be loaded. ``of``: (years, language of names) to days."""

    label: Any  # lazy translation
    of: Callable[[list[int], str], dict[date, str]]


def _country(code: str) -> Callable[[list[int], str], dict[date, str]]:
    return lambda years, language: dict(calendars.country_holidays(code, years=years, language=language))


CALENDARS: dict[str, Calendar] = {
    "china": Calendar(_("China"), _country("CN")),
    "us": Calendar(_("United States"), _country("US")),
    # What all of the union's banks keep, and nearly everybody with them; each country has more of its own.
    "eu": Calendar(
        _("European Union"), lambda years, _language: dict(calendars.financial_holidays("XECB", years=years))
    ),
}  # fmt: skip


class HolidayForm(forms.Form):
    """One day."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=_("What it is"), max_length=MOST_NAME)


def _shown(request: HttpRequest, form: HolidayForm, status: int = 200) -> HttpResponse:
    today = now().astimezone(shop_settings().zone).date()
    kept = guarding.kept_rules().holidays
    context = {
        "nav": "settings", "form": form, "calendars": [(name, one.label) for name, one in CALENDARS.items()],
        "coming": [holiday for holiday in kept if holiday.day >= today],
        "past": sum(holiday.day < today for holiday in kept), "years": (today.year, today.year + 1),
    }  # fmt: skip
    return render(request, "senders/holidays.html", context, status=status)


@MANAGES
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the days, and add one."""
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _shown(request, form, 400 if form.is_bound else 200)
    day = Holiday(form.cleaned_data["day"], " ".join(form.cleaned_data["name"].split()))
    if operations.add_holidays([day], by=actor(request), at=now()):
        messages.success(request, gettext("Nobody is written to on that day."))
    else:
        messages.info(request, gettext("That day is in the list already."))
    return redirect("senders:holidays")


@MANAGES
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Add the public holidays of this year and the next, from today on."""
    calendar = CALENDARS.get(request.POST.get("calendar", ""))
    if calendar is None:
        raise Http404
    today = now().astimezone(shop_settings().zone).date()
    language = "zh_CN" if (get_language() or "").startswith("zh") else "en_US"
    days = calendar.of([today.year, today.year + 1], language)
    new = operations.add_holidays(
        [Holiday(day, name[:MOST_NAME]) for day, name in days.items() if day >= today], by=actor(request), at=now()
    )
    text = ngettext("%(n)d day is added.", "%(n)d days are added.", len(new)) % {"n": len(new)}
    if new:
        query = urlencode({"day": [day.isoformat() for day in new]}, doseq=True)
        undoable(request, text, f"{reverse('senders:holidays_remove')}?{query}")
    else:
        messages.info(request, gettext("All of them are in the list already."))
    return redirect("senders:holidays")


@MANAGES
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take days out of the list; with a button to put them back."""
    gone = operations.remove_holidays(_days(request), by=actor(request), at=now())
    if gone:
        pairs = [pair for one in gone for pair in (("day", one.day.isoformat()), ("name", one.name))]
        text = ngettext("%(n)d day is taken out.", "%(n)d days are taken out.", len(gone)) % {"n": len(gone)}
        undoable(request, text, f"{reverse('senders:holidays_restore')}?{urlencode(pairs)}")
    return redirect("senders:holidays")


@MANAGES
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Put days back that were taken out."""
    names = [name.replace("\0", "")[:MOST_NAME] for name in request.GET.getlist("name")]
    days = [Holiday(day, name) for day, name in zip(_days(request), names, strict=False)]
    operations.add_holidays(days, by=actor(request), at=now())
    return redirect("senders:holidays")


def _days(request: HttpRequest) -> list[date]:
    try:
        return [date.fromisoformat(text) for text in [*request.GET.getlist("day"), *request.POST.getlist("day")]]
    except ValueError as error:
        raise Http404 from error
