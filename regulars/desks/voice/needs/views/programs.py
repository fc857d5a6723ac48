"""The first hundred: a board on which nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import local_midnight, now
from regulars.base.installation import shop_settings
from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Program, Step
from regulars.desks.voice.needs.queries import programs as queries
from regulars.desks.voice.needs.queries.ranking import Period, products_of, ranking
from regulars.desks.voice.needs.views.deeds import REACHES
from regulars.desks.voice.needs.views.pages import shown
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.messages.models import Sender
from regulars.messages.operations import SpeakerUnknown
from regulars.messages.world import CHANNELS
from regulars.shop.models import Product, Store
from regulars.staff.access import actor

NEXT = {
    "ask": gettext_lazy("Ask what they think"),
    "wait": gettext_lazy("Wait for the answer, or call"),
    "answer": gettext_lazy("Answer"),
    "": gettext_lazy("Nothing: answered"),
}
FEW = 5  # as many needs as can be enlarged into work at once


class Begin(forms.Form):
    """For whom the programme is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    store = forms.ModelChoiceField(Store.objects.order_by("name"), label=gettext_lazy("Store"), required=False)
    product = forms.IntegerField(
        label=gettext_lazy("Product"), required=False, min_value=1,
        help_text=gettext_lazy("The number at the end of the product page's address, if it is about one."),
    )  # fmt: skip
    begins = forms.DateField(
        label=gettext_lazy("Orders from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )  # fmt: skip
    size = forms.IntegerField(label=gettext_lazy("How many customers"), min_value=1, max_value=500, initial=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].label_from_instance = lambda store: store.name  # type: ignore[attr-defined]

    def clean_product(self) -> int | None:
        """Return the product the number belongs to."""
        number = self.cleaned_data["product"]
        if number is not None and not Product.objects.filter(pk=number).exists():
            raise forms.ValidationError(_("There is no product %(number)s.") % {"number": number})
        return int(number) if number is not None else None


@HEARS
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the programmes, and begin one."""
    today = now().astimezone(shop_settings().zone).date()
    form = Begin(request.POST) if request.method == "POST" else Begin(initial={"begins": today, "size": 100})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        row = operations.begin_program(
            name=said["name"], store=said["store"].pk if said["store"] else None, product=said["product"],
            begins_at=local_midnight(said["begins"], shop_settings().zone), size=said["size"], by=actor(request),
            at=now(),
        )  # fmt: skip
        return redirect("needs:program", row.pk)
    rows = [(row, _counts(queries.members(row))) for row in Program.objects.order_by("-at", "-pk")[:50]]
    context = {"nav": "opinions", "rows": rows, "form": form}
    return render(request, "needs/programs.html", context, status=400 if form.errors else 200)


def _counts(members: list[queries.Member]) -> dict[str, int]:
    return {
        "members": len(members), "asked": sum(m.asked_at is not None or m.heard_at is not None for m in members),
        "heard": sum(m.heard_at is not None for m in members),
        "answered": sum(m.answered_at is not None for m in members),
    }  # fmt: skip


@HEARS
@require_GET
def show(request: HttpRequest, program: int) -> HttpResponse:
    """Show each member, where she stands and what comes next; and the few needs that come out."""
    row = get_object_or_404(Program.objects.select_related("store", "product"), pk=program)
    members = queries.members(row)
    days = max(1, (now() - row.begins_at) // timedelta(days=1) + 1)
    found = ranking(Period(days, now()), among={member.root for member in members})
    few = found.lines[:FEW]
    context = {
        "nav": "opinions", "program": row, "counts": _counts(members), "to_ask": len(queries.not_asked(row)),
        "rows": [(member, NEXT[member.next]) for member in members], "left": max(0, row.size - len(members)),
        "few": [shown(line, products_of(few)) for line in few], "texts": _question(), "period": "all",
        "has_sender": Sender.objects.filter(retired_at=None).exists(),
    }  # fmt: skip
    return render(request, "needs/program.html", context)


def _question() -> list[dict[str, str]]:
    found = []
    for code, label in settings.LANGUAGES:
        with translation.override(code):
            text = _(
                "Dear {first_name|friend},\n\nyou are one of our first customers. What should we do better? "
                "Tell us here; a person reads every word and answers:\n{port}"
            )
            found.append(
                {"code": code, "label": str(label), "subject": _("What should we do better?"), "text": text}
            )  # fmt: skip
    return found


@REACHES
@require_POST
def ask(request: HttpRequest, program: int) -> HttpResponse:
    """Ask those who were not asked yet."""
    row = get_object_or_404(Program, pk=program)
    content = {}
    for code, _label in settings.LANGUAGES:
        subject, text = (request.POST.get(f"{part}_{code}", "").strip() for part in ("subject", "text"))
        if subject and text:
            content[code] = {"subject": subject[:150], "text": text[:4_000], "short": text[:500]}
    there = set(Sender.objects.filter(retired_at=None).values_list("channel", flat=True))
    try:
        if not content:
            raise ValueError
        channels = [channel for channel in CHANNELS if channel in there]
        count = operations.ask_members(row.pk, content, channels=channels, by=actor(request), at=now())
    except SpeakerUnknown:
        messages.error(request, _("Say first who speaks, in the settings of speaking."))
    except ValueError:
        messages.error(request, _("A question needs a subject and a text with {port}, the link to answer."))
    else:
        text = ngettext("%(n)d is asked.", "%(n)d are asked.", count)
        messages.success(request, text % {"n": count})
    return redirect("needs:program", row.pk)


@HEARS
@require_POST
def decide(request: HttpRequest, program: int) -> HttpResponse:
    """Write down what a person did herself, or finish the programme."""
    row = get_object_or_404(Program, pk=program)
    what, _colon, number = request.POST.get("do", "").partition(":")
    by, at = actor(request), now()
    if what == "finish":
        operations.finish_program(row.pk, by=by, at=at)
    elif what == "reopen":
        operations.reopen_program(row.pk, by=by, at=at)
    elif what.removeprefix("not_") in Step.What.values and number.isdecimal() and len(number) < 18:
        try:
            if what.startswith("not_"):
                operations.unnote_step(row.pk, int(number), what.removeprefix("not_"), by=by, at=at)
            else:
                operations.note_step(row.pk, int(number), what, by=by, at=at)
        except LookupError as error:
            raise Http404 from error
    return redirect("needs:program", row.pk)
