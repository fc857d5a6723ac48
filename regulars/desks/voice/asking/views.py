"""What the shop asks by itself, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from regulars.base.clock import now
from regulars.desks.voice.asking import operations
from regulars.desks.voice.asking.models import Ask
from regulars.desks.voice.asking.rules import Settings
from regulars.desks.voice.ports.models import Answer
from regulars.messages.identity import identity
from regulars.messages.models import Touch
from regulars.shop.models import Product
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

MAKES = needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.REACH_CUSTOMERS)
SPAN = timedelta(days=30)
MOST_CATEGORIES = 60
KINDS = {
    "delivery": gettext_lazy("After a delivery"),
    "product": gettext_lazy("About a product"),
    "help": gettext_lazy("After a case was closed"),
}
STATES = (
    (("ready", "claimed"), pgettext_lazy("asks", "about to leave")), (("held",), pgettext_lazy("asks", "held")),
    (("dropped", "cancelled"), pgettext_lazy("asks", "not asked")),
    (("handed_over", "unknown", "delivered"), pgettext_lazy("asks", "left")),
    (("bounced", "complained", "failed"), pgettext_lazy("asks", "did not arrive")),
)  # fmt: skip


class AskingForm(forms.Form):
    """Both questions, each with its days; empty is off."""

    delivery_days = forms.IntegerField(
        label=gettext_lazy("Ask whether it arrived in time, days after the delivery"), required=False, min_value=0,
        max_value=60, help_text=gettext_lazy("Empty: it is not asked. A no becomes a case at once."),
    )  # fmt: skip
    product_days = forms.IntegerField(
        label=gettext_lazy("Ask how she likes it, days after the delivery"), required=False, min_value=0, max_value=60,
        help_text=gettext_lazy("Empty: it is not asked. Of an order the dearest product is asked about."),
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Only for these categories"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: for all."),
    )  # fmt: skip
    help_hours = forms.IntegerField(
        label=gettext_lazy("Ask how our help was, hours after a case was closed"), required=False, min_value=1,
        max_value=168,
        help_text=gettext_lazy("Empty: it is not asked. A case that is opened again before is not asked about."),
    )  # fmt: skip
    reminds = forms.BooleanField(
        label=gettext_lazy("Remind once, a week later, whoever did not answer about a product"), required=False,
        help_text=gettext_lazy("The reminder counts as a question: not twice within a week, not five times a month."),
    )  # fmt: skip
    days_after_dispatch = forms.IntegerField(
        label=gettext_lazy("Days from dispatch to delivery, where the carrier says nothing"), min_value=0, max_value=60
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Product.objects.exclude(category="").values_list("category", flat=True).distinct().order_by("category")
        known = list(found[:MOST_CATEGORIES])
        if known:
            self.fields["categories"].choices = [(one, one) for one in known]  # type: ignore[attr-defined]
        else:
            del self.fields["categories"]


@MAKES
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change what is asked, and what became of the last month's questions."""
    kept, at = operations.asking(), now()
    start = {name: getattr(kept, name) for name in Settings.__slots__}
    form = AskingForm(request.POST) if request.method == "POST" else AskingForm(initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        new = Settings(
            delivery_days=said["delivery_days"], product_days=said["product_days"],
            categories=tuple(said.get("categories", ())), days_after_dispatch=said["days_after_dispatch"],
            reminds=said["reminds"], help_hours=said["help_hours"],
        )  # fmt: skip
        if operations.save_asking(new, by=actor(request), at=at):
            messages.success(request, _("Kept. It is looked at every hour."))
        return redirect("asking:settings")
    context = {
        "nav": "opinions", "form": form, "lines": _lines(), "is_unknown": bool(identity().missing),
        "states": [label for _names, label in STATES],
    }  # fmt: skip
    return render(request, "asking/settings.html", context, status=400 if form.errors else 200)


def _lines() -> list[tuple[Any, int, list[int], int]]:
    """Return for each kind: its label, how many were asked in 30 days, what became of them, how many answered."""
    lines = []
    for kind, label in KINDS.items():
        asks = Ask.objects.filter(kind=kind, at__gt=now() - SPAN)
        reminded = asks.filter(again_id__isnull=False)
        touches = Touch.objects.filter(
            Q(sending_id__in=asks.values("sending_id")) | Q(sending_id__in=reminded.values("again_id"))
        )
        counts = dict(touches.values_list("state").annotate(n=Count("pk")))
        answered = Answer.objects.filter(port_id__in=asks.values("port_id"))
        if kind == "help":
            answered = answered.filter(submitted_at__gt=now() - SPAN)
        else:
            answered = answered.filter(order_id__in=asks.values("order_id"))
        states = [sum(counts.get(name, 0) for name in names) for names, _label in STATES]
        lines.append((label, asks.count(), states, answered.count()))
    return lines
