"""What the whole shop agrees on: its name, currency, zone, language and week; its stores; exchange rates."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now, zone, zone_names
from regulars.base.installation import shop_settings
from regulars.base.money import COMMON, check_currency
from regulars.shop.models import ExchangeRate, Store
from regulars.shop.operations import RateEntry, add_store, change_settings, change_store, enter_rates
from regulars.shop.product_pages import is_product_page
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

RATES_SHOWN = 50
MANAGES = needs(Permission.MANAGE_SETTINGS)


def _zone(name: str) -> None:
    try:
        zone(name)
    except ValueError as error:
        text = _("“%(name)s” is not a time zone. Choose one like Asia/Shanghai or Europe/Berlin.")
        raise ValidationError(text % {"name": name}) from error


def _currency(code: str) -> None:
    try:
        check_currency(code)
    except ValueError as error:
        raise ValidationError(_("Use the three letters of a currency, such as CNY or USD.")) from error


class ShopForm(forms.Form):
    """The shop's own settings."""

    name = forms.CharField(label=gettext_lazy("Name of the shop"), max_length=80)
    currency = forms.CharField(
        label=gettext_lazy("Currency of all figures"),
        max_length=3,
        validators=[_currency],
        widget=forms.TextInput(attrs={"list": "currencies"}),
        help_text=gettext_lazy("Another one values every order anew; it takes a moment."),
    )
    timezone = forms.CharField(
        label=gettext_lazy("Time zone"),
        validators=[_zone],
        widget=forms.TextInput(attrs={"list": "zones"}),
        help_text=gettext_lazy("Decides on which day an order counts."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=django_settings.LANGUAGES)
    week_start = forms.TypedChoiceField(
        label=gettext_lazy("The week begins on"), coerce=int, choices=[(n + 1, WEEKDAYS[n]) for n in range(7)]
    )
    regular_orders = forms.IntegerField(
        label=gettext_lazy("Orders that make a regular"),
        min_value=2,
        max_value=100,
        help_text=gettext_lazy("Who bought so often and keeps to a rhythm is a regular."),
    )


def _product_page(value: str) -> None:
    if value and not is_product_page(value):
        raise ValidationError(_("Write it as an address with {id} in it: https://shop.example/products/{id}."))


class StoreForm(forms.Form):
    """A place of sale."""

    name = forms.CharField(label=gettext_lazy("Name of the store"), max_length=80)
    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, validators=[_currency],
        widget=forms.TextInput(attrs={"list": "currencies"}),
    )  # fmt: skip
    timezone = forms.CharField(
        label=gettext_lazy("Time zone"), validators=[_zone], widget=forms.TextInput(attrs={"list": "zones"})
    )
    country = forms.RegexField(
        r"^([A-Za-z]{2})?$",
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("Two letters, such as CN. Phone numbers without a country code are read as from there."),
    )
    tax_included = forms.BooleanField(label=gettext_lazy("Prices include tax"), required=False)
    product_page = forms.CharField(
        label=gettext_lazy("Page of a product"), max_length=200, required=False, validators=[_product_page],
        help_text=gettext_lazy(
            "Its address with {id} for the product's own: https://shop.example/products/{id}. Empty on Shopify, "
            "WooCommerce, Taobao and JD."
        ),
    )  # fmt: skip


class RateForm(forms.Form):
    """One dated exchange rate."""

    source = forms.CharField(label=gettext_lazy("One unit of"), max_length=3, validators=[_currency])
    rate = forms.DecimalField(label=gettext_lazy("is worth"), min_value=Decimal("0.0000000001"), max_digits=20)
    target = forms.CharField(label=gettext_lazy("units of"), max_length=3, validators=[_currency])
    date = forms.DateField(
        label=gettext_lazy("from the day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _page(request: HttpRequest, **given: Any) -> HttpResponse:
    shop = shop_settings()
    today = now().astimezone(shop.zone).date()
    context = {
        "nav": "settings",
        "form": ShopForm(initial={f: getattr(shop, f) for f in ShopForm.base_fields}),
        "rate_form": RateForm(initial={"target": shop.currency, "date": today}),
        "stores": list(Store.objects.order_by("name")),
        "rates": list(ExchangeRate.objects.order_by("-date", "source")[:RATES_SHOWN]),
        "currencies": COMMON,
        "zones": zone_names(),
        "rate_problems": [],
    } | given
    return render(request, "web/settings.html", context)


@MANAGES
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change the shop's settings."""
    if request.method == "GET":
        return _page(request)
    form = ShopForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    values = form.cleaned_data | {"currency": check_currency(form.cleaned_data["currency"])}
    if change_settings(replace(shop_settings(), **values), by=actor(request), at=now()):
        messages.success(request, _("Saved."))
    return redirect("web:settings")


def _store_page(request: HttpRequest, form: StoreForm, store: Store | None) -> HttpResponse:
    context = {"nav": "settings", "form": form, "store": store, "currencies": COMMON, "zones": zone_names()}
    return render(request, "web/settings_store.html", context)


@MANAGES
@require_http_methods(["GET", "POST"])
def store_add(request: HttpRequest) -> HttpResponse:
    """Add a place of sale."""
    shop = shop_settings()
    initial = {"currency": shop.currency, "timezone": shop.timezone, "tax_included": True}
    form = StoreForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"country": form.cleaned_data["country"].upper()}
        try:
            add_store(**values, by=actor(request), at=now())
        except ValueError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The store is added."))
            return redirect("web:settings")
    return _store_page(request, form, None)


@MANAGES
@require_http_methods(["GET", "POST"])
def store_change(request: HttpRequest, store: int) -> HttpResponse:
    """Change a place of sale; its currency stays, since its orders are written in it."""
    found = get_object_or_404(Store, pk=store)
    form = StoreForm(request.POST or None, initial={f: getattr(found, f) for f in StoreForm.base_fields})
    del form.fields["currency"]
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"country": form.cleaned_data["country"].upper()}
        try:
            change_store(found, **values, by=actor(request), at=now())
        except ValueError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("web:settings")
    return _store_page(request, form, found)


@MANAGES
@require_POST
def rate_enter(request: HttpRequest) -> HttpResponse:
    """Enter one exchange rate."""
    form = RateForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        entry = RateEntry(values["source"].upper(), values["target"].upper(), values["date"], values["rate"])
        try:
            enter_rates([entry], by=actor(request), at=now())
        except ValueError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rate is entered; orders are valued anew."))
            return redirect("web:settings")
    return _page(request, rate_form=form)


@MANAGES
@require_POST
def rates_import(request: HttpRequest) -> HttpResponse:
    """Take in a CSV file of rates (date, source, target, rate): all of it, or nothing and what is wrong by row."""
    upload = request.FILES.get("file")
    if upload is None:
        return _page(request, rate_problems=[_("Choose a file first.")])
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return _page(request, rate_problems=[_("The file is not UTF-8 text. Save it as CSV in UTF-8.")])
    entries, problems = read_rates(text)
    if problems:
        return _page(request, rate_problems=problems[:20])
    try:
        count = enter_rates(entries, by=actor(request), at=now())
    except ValueError as refusal:
        return _page(request, rate_problems=[str(refusal)])
    messages.success(request, _("%(count)s rates entered; orders are valued anew.") % {"count": count})
    return redirect("web:settings")


def read_rates(text: str) -> tuple[list[RateEntry], list[str]]:
    """Return the rates of a CSV text with the columns date, source, target, rate, and what is wrong, by row."""
    rows = csv.DictReader(io.StringIO(text))
    wanted = ("date", "source", "target", "rate")
    if missing := [name for name in wanted if name not in (rows.fieldnames or [])]:
        return [], [_("The first line must name the columns; missing: %(names)s.") % {"names": ", ".join(missing)}]
    entries, problems = [], []
    for row in rows:
        column = "date"
        try:
            day = date.fromisoformat((row["date"] or "").strip())
            column = "rate"
            rate = Decimal((row["rate"] or "").strip())
            column = "source"
            source = check_currency(row["source"] or "")
            column = "target"
            target = check_currency(row["target"] or "")
        except (ValueError, InvalidOperation):
            said = {"row": rows.line_num, "column": column, "value": row[column]}
            problems.append(_("Row %(row)s, column %(column)s: “%(value)s” cannot be read.") % said)
            continue
        entries.append(RateEntry(source, target, day, rate))
    if not entries and not problems:
        problems.append(_("The file has no rates."))
    return entries, problems


@MANAGES
@require_GET
def rates_example(request: HttpRequest) -> HttpResponse:
    """Send an example of the file of rates."""
    text = "date,source,target,rate\n2026-01-01,USD,CNY,7.05\n"
    return HttpResponse(text, content_type="text/csv; charset=utf-8")
