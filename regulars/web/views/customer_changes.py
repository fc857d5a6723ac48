"""What staff change about a customer: details, consent, suppression, merges, erasure; with undo where there is one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base import secrets
from regulars.base.clock import now
from regulars.people import operations
from regulars.people import queries as people
from regulars.people.models import Consent, Merge, Suppression
from regulars.people.operations.records import EDITABLE
from regulars.shop.models import Store
from regulars.shop.queries import customers as lists
from regulars.shop.queries.keyset import window
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.toasts import undoable
from regulars.web import words
from regulars.web.views.customer import Person, person

# A withdrawal by mistake can be taken back so long, by whoever made it; a consent is otherwise the customer's to give.
UNDO_CONSENT = timedelta(minutes=30)
FOUND_TO_MERGE = 20


class DetailsForm(forms.Form):
    """Name, language and place of a customer."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    language = forms.CharField(
        label=gettext_lazy("Language"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("A code such as en or zh-hans."),
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("Two letters, such as CN or DE."),
        error_messages={"invalid": gettext_lazy("Write the country as two letters, such as CN or DE.")},
    )
    region = forms.CharField(label=gettext_lazy("Region"), max_length=60, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=60, required=False)

    def clean_country(self) -> str:
        """Return the country in capitals."""
        return str(self.cleaned_data["country"]).upper()


def _living(customer: int) -> Person:
    who = person(customer)
    if who.root.erased_at:
        raise Http404(_("This customer was erased."))
    return who


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, customer: int) -> HttpResponse:
    """Show the form of a person's details, and take it back."""
    who = _living(customer)
    initial = {name: getattr(who.root, name) for name in EDITABLE}
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.change_details(who.root.pk, by=actor(request), at=now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("web:customer", who.root.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/customer_edit.html", {"nav": "customers", "who": who, "form": form}, status=status)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def withdraw(request: HttpRequest, customer: int) -> HttpResponse:
    """Write down that the customer no longer agrees to a channel."""
    who, by, at = _living(customer), actor(request), now()
    channel = request.POST.get("channel", "")[:12]
    done = [
        operations.withdraw_consent(customer=record, channel=channel, source="staff", by=by, at=at)
        for record in who.ids
    ]
    if any(done):
        undo = reverse("web:customer_restore_consent", args=[who.root.pk, channel])
        undoable(request, _("Consent withdrawn."), undo)
    else:
        messages.info(request, _("There was no consent to withdraw."))
    return redirect("web:customer", who.root.pk)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def restore_consent(request: HttpRequest, customer: int, channel: str) -> HttpResponse:
    """Take back a withdrawal that the same person made a moment ago."""
    who, by, at = _living(customer), actor(request), now()
    entries = []
    for record in who.ids:
        words_given = list(
            Consent.objects.filter(customer_id=record, channel=channel, purpose="marketing").order_by("-at", "-id")[:2]
        )
        if len(words_given) == 2 and _is_own_mistake(words_given[0], str(by), at - UNDO_CONSENT):
            before = words_given[1]
            entries.append(
                operations.ConsentEntry(
                    customer=record, channel=channel, state="granted", source=before.source, wording=before.wording,
                    proof={"undoes_consent": words_given[0].pk},
                )
            )  # fmt: skip
    if operations.record_consents(entries, by=by, at=at):
        messages.success(request, _("The consent stands again."))
    else:
        messages.error(request, _("This can no longer be undone. Ask the customer to agree again."))
    return redirect("web:customer", who.root.pk)


def _is_own_mistake(last: Consent, by: str, since: Any) -> bool:
    return last.state == Consent.State.WITHDRAWN and last.by == by and last.source == "staff" and last.at >= since


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def suppress(request: HttpRequest, customer: int, identifier: int) -> HttpResponse:
    """Close one of the customer's addresses to messages."""
    who, by, at = _living(customer), actor(request), now()
    points = people.contact_points([who.root.pk]).get(who.root.pk, [])
    point = next((p for p in points if p.identifier_id == identifier and p.kind in {"email", "phone"}), None)
    if point is None:
        raise Http404(_("There is no such address."))
    operations.suppress(kind=point.kind, value=point.value, reason="by_hand", by=by, at=at, customer=who.root.pk)
    closed = [s for s in people.suppressions_of(who.root.pk) if s.reason == "by_hand" and _is_address(point, s)]
    row = closed[0] if closed else None
    if row is not None:
        undo = reverse("web:customer_lift", args=[who.root.pk, row.pk])
        undoable(request, _("Nobody will write to this address."), undo)
    return redirect("web:customer", who.root.pk)


def _is_address(point: people.ContactPoint, row: Suppression) -> bool:
    return secrets.digest(point.kind, "", point.value) == bytes(row.digest)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def lift(request: HttpRequest, customer: int, suppression: int) -> HttpResponse:
    """Open an address of the customer again."""
    who = _living(customer)
    row = next((s for s in people.suppressions_of(who.root.pk) if s.pk == suppression), None)
    if row is None:
        messages.info(request, _("This address is open already."))
        return redirect("web:customer", who.root.pk)
    operations.lift_suppression(suppression, by=actor(request), at=now(), customer=who.root.pk)
    undo = reverse("web:customer_close_again", args=[who.root.pk, suppression])
    undoable(request, _("The address is open to messages again."), undo)
    return redirect("web:customer", who.root.pk)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def close_again(request: HttpRequest, customer: int, suppression: int) -> HttpResponse:
    """Undo the lifting of a suppression: the address is closed for the same reason again."""
    who = _living(customer)
    lifted = Suppression.objects.filter(pk=suppression).exclude(lifted_at=None).first()
    points = people.contact_points([who.root.pk]).get(who.root.pk, [])
    for point in points:
        if lifted is not None and _is_address(point, lifted):
            operations.suppress(
                kind=point.kind, value=point.value, reason=lifted.reason, by=actor(request), at=now(),
                customer=who.root.pk,
            )  # fmt: skip
            messages.success(request, _("Nobody will write to this address."))
    return redirect("web:customer", who.root.pk)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def merge_with(request: HttpRequest, customer: int) -> HttpResponse:
    """Find another customer who is the same person, and merge her into this one."""
    who = _living(customer)
    if request.method == "POST":
        return _merge(request, who)
    text, found = request.GET.get("q", "").replace("\0", "").strip()[:200], []
    if text:
        shop, at = shop_of(request), now()
        countries = set(Store.objects.exclude(country="").values_list("country", flat=True))
        asked = lists.listing(
            lists.CustomerFilter(text=text), now=at, regular_orders=shop.regular_orders, countries=countries
        )
        part = window(asked, lists.SORTS["last"], descending=True, size=FOUND_TO_MERGE)
        found = [(row, words.customer_title(row.name, row.id)) for row in part.rows if row.id != who.root.pk]
    context = {"nav": "customers", "who": who, "text": text, "found": found, "currency": shop_of(request).currency}
    return render(request, "web/customer_merge.html", context)


def _merge(request: HttpRequest, who: Person) -> HttpResponse:
    other = request.POST.get("other", "")
    if not (other.isdecimal() and len(other) < 15):
        messages.error(request, _("Choose a customer to merge with."))
        return redirect("web:customer", who.root.pk)
    try:
        reason = request.POST.get("reason", "")[:60] or "by_hand"
        done = operations.merge(kept=who.root.pk, folded=int(other), reason=reason, by=actor(request), at=now())
    except operations.MergeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("web:customer", who.root.pk)
    undoable(request, _("Merged into one customer."), reverse("web:customer_unmerge", args=[done.pk]))
    return redirect("web:customer", done.kept_id)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def unmerge(request: HttpRequest, merge: int) -> HttpResponse:
    """Undo a merge."""
    row = Merge.objects.filter(pk=merge).first()
    if row is None:
        raise Http404(_("There is no such merge."))
    try:
        operations.unmerge(merge, by=actor(request), at=now())
        messages.success(request, _("These are two customers again."))
    except operations.MergeRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("web:customer", row.kept_id)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def reject(request: HttpRequest, customer: int, suggestion: int) -> HttpResponse:
    """Say that the two of a merge suggestion are different people."""
    if operations.reject_suggestion(suggestion, by=actor(request), at=now()):
        messages.success(request, _("Noted: two different people. This will not be suggested again."))
    else:
        messages.info(request, _("Somebody has decided this already."))
    return redirect("web:customer", customer)


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, customer: int) -> HttpResponse:
    """Erase a person's data. It cannot be undone, so her number must be typed."""
    who = _living(customer)
    problem = ""
    if request.method == "POST":
        if request.POST.get("confirm", "").strip() == str(who.root.pk):
            operations.erase(who.root.pk, reason="asked", by=actor(request), at=now())
            messages.success(request, _("The person’s data are erased. Her orders stay in the books without a name."))
            return redirect("web:customers")
        problem = _("Type %(number)d to confirm.") % {"number": who.root.pk}
    context = {"nav": "customers", "who": who, "problem": problem}
    return render(request, "web/customer_erase.html", context, status=422 if problem else 200)
