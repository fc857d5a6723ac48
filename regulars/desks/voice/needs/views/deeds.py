"""A deed from its plan to those who asked for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Deed, Need, Told
from regulars.desks.voice.needs.names import name_of
from regulars.desks.voice.needs.queries import deeds as queries
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.messages.models import Sender, Touch
from regulars.messages.operations import SpeakerUnknown
from regulars.messages.world import CHANNELS
from regulars.staff.access import actor, needs, person
from regulars.staff.models import Staff
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable

REACHES = needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.REACH_CUSTOMERS)
USUAL = timedelta(days=14)
MOST_TEXT = 4_000
VERDICTS = {
    "worked": gettext_lazy("It helped."),
    "failed": gettext_lazy("It did not help."),
    "": gettext_lazy("It cannot be told yet whether it helped."),
}


class Plan(forms.Form):
    """What is to be done, by whom, until when."""

    action = forms.CharField(label=gettext_lazy("What is done about it"), max_length=300)
    cause = forms.CharField(
        label=gettext_lazy("Why it happens"), max_length=300, required=False,
        help_text=gettext_lazy("Ask why until the answer is something you can change."),
    )  # fmt: skip
    owner = forms.TypedChoiceField(label=gettext_lazy("Who sees to it"), coerce=int)
    due = forms.DateField(
        label=gettext_lazy("Until when"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Staff.objects.filter(left_at=None).order_by("name", "pk")
        self.fields["owner"].choices = [(row.pk, row.name or row.email) for row in staff]  # type: ignore[attr-defined]


@HEARS
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, need: int) -> HttpResponse:
    """Plan a deed for a need, perhaps after one that did not help."""
    row = get_object_or_404(Need, pk=need)
    after = request.GET.get("after", "")
    before = Deed.objects.filter(pk=int(after)).first() if after.isdecimal() and len(after) < 18 else None
    me, today = person(request), now().astimezone(shop_settings().zone).date()
    start = {"owner": me.pk if me else None, "due": today + USUAL, "cause": before.cause if before else ""}
    form = Plan(request.POST) if request.method == "POST" else Plan(initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        new = operations.NewDeed(
            need=row.pk, action=said["action"], cause=said["cause"], owner=said["owner"], due=said["due"],
            follows=before.pk if before and before.need_id == row.pk else None,
        )  # fmt: skip
        deed = operations.plan_deed(new, by=actor(request), at=now())
        messages.success(request, _("Planned."))
        return redirect("needs:deed", deed.pk)
    context = {"nav": "opinions", "need": row, "name": name_of(row), "form": form, "before": before}
    return render(request, "needs/plan.html", context, status=400 if form.errors else 200)


@HEARS
@require_GET
def show(request: HttpRequest, deed: int) -> HttpResponse:
    """Show a deed: what comes next, who is to be told, and whether it helped."""
    return _page(request, get_object_or_404(Deed.objects.select_related("need"), pk=deed))


def _page(
    request: HttpRequest, row: Deed, given: list[dict[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    found = queries.effect_of(row, at=now())
    touches = Touch.objects.filter(sending__scope=row.scope)
    context = {
        "nav": "opinions", "deed": row, "name": name_of(row.need),
        "owner": _owner(row),
        "to_tell": len(queries.to_be_told(row)), "told": Told.objects.filter(deed=row).count(),
        "left": touches.filter(left_at__isnull=False).values("customer_id").distinct().count(),
        "effect": found, "verdict": VERDICTS[row.verdict or found.verdict],
        "before_rate": found.before.per(1000) if found.before else None,
        "after_rate": found.after.per(1000) if found.after else None,
        "texts": given or _draft(row), "public": _public_draft(row),
        "is_late": row.done_at is None and row.due_date < now().astimezone(shop_settings().zone).date(),
        "has_sender": Sender.objects.filter(retired_at=None).exists(),
        "followed": Deed.objects.filter(follows=row).first(),
    }  # fmt: skip
    return render(request, "needs/deed.html", context, status=status)


def _owner(row: Deed) -> str:
    staff = Staff.objects.filter(pk=row.owner_id).first()
    return (staff.name or staff.email) if staff else "–"


def _draft(row: Deed) -> list[dict[str, str]]:
    """Return the letter as it is proposed, in each language."""
    found = []
    for code, label in settings.LANGUAGES:
        with translation.override(code):
            text = _(
                "Dear {first_name|friend},\n\nyou told us about this: %(need)s. You were right. "
                "This is what we did:\n\n%(done)s\n\nIf it is still not good, answer this message. A person reads it."
            )
            done = row.public.get(code, "") or "…"
            found.append(
                {
                    "code": code, "label": str(label), "subject": _("You asked, we did"),
                    "text": text % {"need": name_of(row.need, code), "done": done},
                }
            )  # fmt: skip
    return found


def _public_draft(row: Deed) -> list[tuple[str, str, str]]:
    return [(code, str(label), row.public.get(code, "")) for code, label in settings.LANGUAGES]


@HEARS
@require_POST
def decide(request: HttpRequest, deed: int) -> HttpResponse:
    """Say that a deed is done, or given up, or neither; or take it from the public page."""
    row = get_object_or_404(Deed, pk=deed)
    do, by, at = request.POST.get("do") or request.GET.get("do", ""), actor(request), now()
    undo = reverse("needs:deed_decide", args=[row.pk]) + "?do=undo"
    if do == "done" and operations.do_deed(row.pk, by=by, at=at):
        undoable(request, _("Done. Now tell those who asked."), undo)
    elif do == "drop" and operations.drop_deed(row.pk, by=by, at=at):
        undoable(request, _("Given up."), undo)
    elif do == "undo" and operations.undo_deed(row.pk, by=by, at=at):
        messages.success(request, _("It is planned again."))
    elif do == "hide" and operations.hide_deed(row.pk, by=by, at=at):
        messages.success(request, _("It is on the page no more."))
    return redirect("needs:deed", row.pk)


@HEARS
@require_POST
def publish(request: HttpRequest, deed: int) -> HttpResponse:
    """Put a deed on the page that everybody may read."""
    row = get_object_or_404(Deed, pk=deed)
    texts = {code: request.POST.get(f"public_{code}", "") for code, _label in settings.LANGUAGES}
    try:
        is_shown = operations.show_deed(row.pk, texts, by=actor(request), at=now())
    except ValueError:
        messages.error(request, _("Say in at least one language what was done."))
        return redirect("needs:deed", row.pk)
    if is_shown:
        messages.success(request, _("Everybody may read it now."))
    else:
        messages.error(request, _("Only what is done can be shown."))
    return redirect("needs:deed", row.pk)


@REACHES
@require_POST
def tell(request: HttpRequest, deed: int) -> HttpResponse:
    """Tell exactly those who asked, once."""
    row = get_object_or_404(Deed.objects.select_related("need"), pk=deed)
    given = [
        {"code": code, "label": str(label), "subject": request.POST.get(f"subject_{code}", "").strip()[:150],
         "text": request.POST.get(f"text_{code}", "").strip()[:MOST_TEXT]}
        for code, label in settings.LANGUAGES
    ]  # fmt: skip
    content = {
        each["code"]: {"subject": each["subject"], "text": each["text"], "short": each["text"][:500]}
        for each in given if each["subject"] and each["text"]
    }  # fmt: skip
    if not content or row.done_at is None or any("…" in texts["text"] for texts in content.values()):
        messages.error(request, _("Write what you did, in place of the dots, in each language you keep."))
        return _page(request, row, given, status=400)
    there = set(Sender.objects.filter(retired_at=None).values_list("channel", flat=True))
    try:
        channels = [channel for channel in CHANNELS if channel in there]
        count = operations.tell(row.pk, content, channels=channels, by=actor(request), at=now())
    except SpeakerUnknown:
        messages.error(request, _("Say first who speaks, in the settings of speaking."))
        return redirect("needs:deed", row.pk)
    text = ngettext("%(n)d who asked is told.", "%(n)d who asked are told.", count)
    messages.success(request, text % {"n": count})
    return redirect("needs:deed", row.pk)
