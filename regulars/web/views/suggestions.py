"""Pairs of records that may be one person, side by side; a person decides, and may change her mind."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.people import operations
from regulars.people import queries as people
from regulars.people.models import Customer, MergeSuggestion
from regulars.shop.queries.customers import CustomerRow
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable
from regulars.web import words
from regulars.web.listed import rows_of

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the person that her record belongs to by now."""

    row: CustomerRow
    title: str
    place: str
    contacts: list[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A suggestion as the page shows it."""

    id: int
    reason: str
    sides: tuple[Side, Side]


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the pairs that wait for a decision, longest waiting first."""
    found = people.open_suggestions(SHOWN)
    context = {
        "nav": "customers",
        "pairs": _pairs(found, may_see_contacts=may(request)["see_contacts"]),
        "count": people.open_suggestion_count() if len(found) == SHOWN else len(found),
    }
    return render(request, "web/suggestions.html", context)


def _pairs(found: list[people.Suggestion], *, may_see_contacts: bool) -> list[Pair]:
    records = [record for each in found for record in (each.low, each.high)]
    roots = dict(Customer.objects.filter(pk__in=records).values_list("pk", "root_id"))
    rows = rows_of(sorted(set(roots.values())))
    points = people.contact_points(rows)

    def side(record: int) -> Side:
        row = rows.get(roots[record]) or _unlisted(record)
        contacts = [
            words.shown_contact(p, may_see_contacts=may_see_contacts)
            for p in points.get(row.id, [])
            if p.kind in {"email", "phone"}
        ]
        place = ", ".join(filter(None, (row.city, row.region, row.country)))
        return Side(row, words.customer_title(row.name, row.id), place, contacts)

    return [
        Pair(each.id, str(words.MERGE_REASONS.get(each.reason, each.reason)), (side(each.low), side(each.high)))
        for each in found
    ]


def _unlisted(record: int) -> CustomerRow:
    """Return the row of somebody without a summary: nothing is known of her business yet."""
    found = Customer.objects.values("name", "country", "region", "city").get(pk=record)
    return CustomerRow(
        id=record, orders=0, revenue_minor=0, refunded_minor=0, first_order_at=None, last_order_at=None, **found
    )


def _suggestion(suggestion: int) -> MergeSuggestion:
    row = MergeSuggestion.objects.filter(pk=suggestion).first()
    if row is None:
        raise Http404(_("There is no such suggestion."))
    return row


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def same(request: HttpRequest, suggestion: int) -> HttpResponse:
    """Merge the two of a suggestion."""
    row = _suggestion(suggestion)
    try:
        done = operations.merge(
            kept=row.low_id, folded=row.high_id, reason=row.reason, by=actor(request), at=now()
        )  # fmt: skip
    except operations.MergeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("web:suggestions")
    undoable(request, _("Merged into one customer."), reverse("web:customer_unmerge", args=[done.pk]))
    return redirect("web:suggestions")


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def different(request: HttpRequest, suggestion: int) -> HttpResponse:
    """Say that the two of a suggestion are different people."""
    _suggestion(suggestion)
    if operations.reject_suggestion(suggestion, by=actor(request), at=now()):
        text = _("Noted: two different people. This will not be suggested again.")
        undoable(request, text, reverse("web:suggestion_reopen", args=[suggestion]))
    else:
        messages.info(request, _("Somebody has decided this already."))
    return redirect("web:suggestions")


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def reopen(request: HttpRequest, suggestion: int) -> HttpResponse:
    """Take back that the two are different people."""
    if operations.reopen_suggestion(suggestion, by=actor(request), at=now()):
        messages.success(request, _("The pair waits for a decision again."))
    else:
        messages.info(request, _("Somebody has decided this already."))
    return redirect("web:suggestions")
