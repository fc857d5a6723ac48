"""Deciding what is shown, answering in public, and how reviews are taken."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import now
from regulars.desks.voice.reviews import operations
from regulars.desks.voice.reviews.models import Review
from regulars.desks.voice.reviews.operations import DecisionError, Settings
from regulars.desks.voice.reviews.views.pages import HEARS, review_page
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable


@HEARS
@require_POST
def decide(request: HttpRequest, review: int) -> HttpResponse:
    """Show a review, take it down for a reason, answer it, or take the answer back."""
    found = get_object_or_404(Review.objects.select_related("opinion", "product"), pk=review)
    do, by, at = request.POST.get("do", "") or request.GET.get("do", ""), actor(request), now()
    here = reverse("reviews:decide", args=[review])
    if do == "show" and operations.publish(review, by=by, at=at):
        messages.success(request, _("Everybody can read it now."))
    elif do == "remove":
        try:
            reasons, note = request.POST.getlist("reason"), request.POST.get("note", "")
            if operations.remove(review, reasons=reasons, note=note, by=by, at=at):
                undoable(request, _("Taken down. In public a line with the reason stays."), f"{here}?do=show")
        except DecisionError as error:
            return review_page(request, found, problem=str(error), status=400)
    elif do == "reply" and operations.reply(review, request.POST.get("text", ""), by=by, at=at):
        undoable(request, _("Your answer stands under the review."), f"{here}?do=unreply")
    elif do == "unreply" and operations.take_back_reply(review, by=by, at=at):
        messages.success(request, _("The answer is taken back."))
    return redirect("reviews:review", review)


class SettingsForm(forms.Form):
    """How reviews are taken."""

    incentive = forms.CharField(
        label=gettext_lazy("What every author gets"), required=False, max_length=120,
        help_text=gettext_lazy(
            "In words for the badge beside the review, such as “a voucher of 5 euros”. The same for one star as for "
            "five: the law wants it so in most countries, and nothing here can make a difference. Empty for nothing."
        ),
    )  # fmt: skip
    thanks = forms.CharField(
        label=gettext_lazy("What she reads after writing"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The voucher's code, for instance."),
    )  # fmt: skip
    takes_unverified = forms.BooleanField(
        label=gettext_lazy("Also who did not buy here may write"), required=False,
        help_text=gettext_lazy("Beside each review stands whether the purchase is known."),
    )  # fmt: skip


@needs(Permission.HEAR_CUSTOMERS, Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change how reviews are taken."""
    kept = operations.reviewing()
    start = {name: getattr(kept, name) for name in Settings.__slots__}
    form = SettingsForm(request.POST) if request.method == "POST" else SettingsForm(initial=start)
    if request.method == "POST" and form.is_valid():
        if operations.save_reviewing(Settings(**form.cleaned_data), by=actor(request), at=now()):
            messages.success(request, _("Kept."))
        return redirect("reviews:settings")
    context = {"nav": "opinions", "form": form}
    return render(request, "reviews/settings.html", context, status=400 if form.errors else 200)
