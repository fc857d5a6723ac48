"""Deciding what an opinion is, working on its case, and writing down what was said elsewhere."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.desks.voice.opinions import operations
from regulars.desks.voice.opinions.models import Case, Opinion
from regulars.desks.voice.opinions.sealing import Words
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.people.models import Customer
from regulars.shop.models import Product
from regulars.staff.access import actor
from regulars.ui.toasts import undoable


@HEARS
@require_POST
def decide(request: HttpRequest, opinion: int) -> HttpResponse:
    """Ponder an opinion, take that back, or work on its case; then go back to the list."""
    row = get_object_or_404(Opinion, pk=opinion)
    do, by, at = request.POST.get("do", ""), actor(request), now()
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("opinions:list")
    if do in {"noted", "answered"}:
        operations.ponder([row.pk], how=do, by=by, at=at)
        undo = reverse("opinions:decide", args=[row.pk])
        undoable(request, _("Read, and decided."), f"{undo}?do=wait")
    elif do == "wait" or request.GET.get("do") == "wait":
        operations.unponder([row.pk], by=by, at=at)
        messages.success(request, _("It waits again."))
    else:
        _work_on(request, row, do, by, at)
    return redirect(back)


def _work_on(request: HttpRequest, row: Opinion, do: str, by: Actor, at: datetime) -> None:
    if do == "open":
        operations.open_case(row, reason="by_hand", by=by, at=at)
        messages.success(request, _("It is a case now: nothing is sold to this customer until it is closed."))
        return
    case = Case.objects.filter(opinion=row).first()
    if case is None:
        return
    if do == "take" and request.user.pk is not None:
        operations.take_case(case.pk, owner=int(request.user.pk), by=by, at=at)
        messages.success(request, _("The case is yours."))
    elif do == "reopen":
        operations.reopen_case(case.pk, by=by, at=at)
        messages.success(request, _("The case is open again."))
    elif do.startswith("close:") and do.removeprefix("close:") in Case.Outcome.values:
        operations.close_case(case.pk, outcome=do.removeprefix("close:"), by=by, at=at)
        operations.ponder([row.pk], how="answered", by=by, at=at)
        messages.success(request, _("The case is closed."))


class WrittenDown(forms.Form):
    """Something a customer said on the phone, at the counter, on a social network."""

    text = forms.CharField(
        label=gettext_lazy("What was said"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("In the customer's own words, as nearly as you can."),
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("Where"), max_length=80,
        help_text=gettext_lazy("On the phone, at the counter, on Weibo …"),
    )  # fmt: skip
    customer = forms.IntegerField(
        label=gettext_lazy("Customer"), required=False, min_value=1,
        help_text=gettext_lazy("The number on the customer's page. Empty if you do not know who it was."),
    )  # fmt: skip
    product = forms.IntegerField(
        label=gettext_lazy("Product"), required=False, min_value=1,
        help_text=gettext_lazy("The number at the end of the product page's address, if it is about one."),
    )  # fmt: skip
    is_case = forms.BooleanField(
        label=gettext_lazy("It cannot wait: make it a case"), required=False,
        help_text=gettext_lazy("Nothing is sold to this customer until it is closed."),
    )  # fmt: skip
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def clean_customer(self) -> int | None:
        """Return the person the number belongs to."""
        number = self.cleaned_data["customer"]
        if number is None:
            return None
        found = Customer.objects.filter(pk=number, erased_at=None).first()
        if found is None:
            raise forms.ValidationError(_("There is no customer %(number)s.") % {"number": number})
        return found.root_id

    def clean_product(self) -> int | None:
        """Return the product the number belongs to."""
        number = self.cleaned_data["product"]
        if number is not None and not Product.objects.filter(pk=number).exists():
            raise forms.ValidationError(_("There is no product %(number)s.") % {"number": number})
        return int(number) if number is not None else None


@HEARS
@require_http_methods(["GET", "POST"])
def write_down(request: HttpRequest) -> HttpResponse:
    """Write down what somebody said elsewhere."""
    start = {"customer": request.GET.get("customer"), "product": request.GET.get("product"), "key": uuid4().hex}
    form = WrittenDown(request.POST) if request.method == "POST" else WrittenDown(initial=start)
    if request.method == "POST" and form.is_valid():
        said, at = form.cleaned_data, now()
        new = operations.NewOpinion(
            source="noted", key=f"noted:{said['key']}", words=Words(said["text"]), said_at=at, place=said["place"],
            customer=said["customer"], product=said["product"], case="by_hand" if said["is_case"] else "",
        )  # fmt: skip
        row = operations.hear(new, by=actor(request), at=at)
        messages.success(request, _("Written down."))
        return redirect("opinions:opinion", row.pk) if row else redirect("opinions:list")
    context = {"nav": "opinions", "form": form}
    return render(request, "opinions/write_down.html", context, status=400 if form.errors else 200)
