"""One customer's page: who, by what contacts and with what consent, her business, and everything that happened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.installation import ShopSettings
from regulars.people import queries as people
from regulars.people.models import Customer
from regulars.shop.queries import orders as orders_queries
from regulars.shop.rules import Business, CustomerState, customer_state
from regulars.sources.tracker.whose import visits_of
from regulars.staff.access import may, needs
from regulars.staff.rules import Permission
from regulars.stream.queries import Entry, timeline
from regulars.ui.context import shop_of
from regulars.web import words
from regulars.web.actors import ActorNames
from regulars.web.views.orders import present

ORDERS_SHOWN = 10
ACTIVITIES_SHOWN = 30
# A place in the timeline: an instant in microseconds and an activity's id.
MARK = re.compile(r"[0-9]{1,17}-[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Person:
    """The records of one person: the one that stands for her, and all of them."""

    root: Customer
    records: list[Customer]

    @property
    def ids(self) -> list[int]:
        """Return the ids of all her records."""
        return [record.pk for record in self.records]

    @property
    def title(self) -> str:
        """Return what she is called: the name of the record that stands for her, else of another."""
        names = [self.root.name, *(record.name for record in self.records)]
        return words.customer_title(next(filter(None, names), ""), self.root.pk)

    @property
    def business(self) -> Business:
        """Return her purchases as the rules see them."""
        summary = getattr(self.root, "customersummary", None)
        if summary is None:
            return Business(0, None, None)
        return Business(summary.orders, summary.first_order_at, summary.last_order_at)


def person(customer: int) -> Person:
    """Return the person to whom a record belongs. Raises Http404 where there is none."""
    root = Customer.objects.filter(pk=customer).values("root_id")
    records = list(Customer.objects.filter(root_id__in=root).select_related("customersummary").order_by("id"))
    for record in records:
        if record.pk == record.root_id:
            return Person(record, records)
    raise Http404(_("There is no such customer."))


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact point as the page shows it."""

    id: int
    kind: str
    label: str
    text: str
    is_suppressed: bool
    can_be_suppressed: bool


def _contacts(root: int, *, may_see_contacts: bool) -> list[ContactShown]:
    points = people.contact_points([root]).get(root, [])
    order = ["email", "phone", "account", "unionid", "openid"]
    return [
        ContactShown(
            point.identifier_id,
            point.kind,
            str(words.CHANNELS.get(point.kind, point.kind)),
            words.shown_contact(point, may_see_contacts=may_see_contacts),
            point.is_suppressed,
            point.kind in {"email", "phone"},
        )
        for point in sorted(points, key=lambda p: order.index(p.kind) if p.kind in order else len(order))
    ]


@needs(Permission.SEE_CUSTOMERS)
@require_GET
def index(request: HttpRequest, customer: int) -> HttpResponse:
    """Show a person; the address of a merged record leads to who stands for it."""
    who = person(customer)
    if who.root.erased_at:
        return render(request, "web/customer_erased.html", {"nav": "customers", "who": who}, status=410)
    if who.root.pk != customer:
        return redirect("web:customer", who.root.pk)
    shop, at = shop_of(request), now()
    contacts = _contacts(customer, may_see_contacts=may(request)["see_contacts"])
    is_suppressed = any(contact.is_suppressed for contact in contacts)
    context = {
        "nav": "customers",
        "who": who,
        "contacts": contacts,
        "consents": [
            (words.CHANNELS.get(line.channel, line.channel), line, words.consent_source(line.source))
            for line in people.consents(customer)
        ],
        "suppressions": _suppressions(customer) if is_suppressed else [],
        "merges": _merges(who) if len(who.records) > 1 else [],
        "suggestions": _suggestions(who),
        **_orders(who),
        "place": ", ".join(filter(None, (who.root.city, who.root.region, who.root.country))),
        "speaks": words.language_name(who.root.language) if who.root.language else "",
        **_value(who, shop, at),
        **_timeline(request, who),
    }
    return render(request, "web/customer.html", context)


def _orders(who: Person) -> dict[str, Any]:
    """Return her latest orders, and where she buys as far as they tell."""
    found = orders_queries.of_customers(who.ids, limit=ORDERS_SHOWN + 1)
    return {
        "orders": present(found[:ORDERS_SHOWN], may_see_customers=True),
        "more_orders": len(found) > ORDERS_SHOWN,
        "stores": sorted({row.store for row in found}),
    }


def _value(who: Person, shop: ShopSettings, at: datetime) -> dict[str, Any]:
    """Return her business so far, for the page."""
    business = who.business
    state = customer_state(business, now=at, regular_orders=shop.regular_orders)
    summary = getattr(who.root, "customersummary", None)
    return {
        "business": business,
        "currency": shop.currency,
        "revenue_minor": summary.revenue_minor if summary else 0,
        "refunded_minor": summary.refunded_minor if summary else 0,
        "average_minor": summary.revenue_minor // summary.orders if summary and summary.orders else None,
        "state_label": words.STATES[state],
        "state_tone": words.STATE_TONES[state],
        "state_reason": words.state_reason(state, business, at),
        "is_lapsing": state is CustomerState.LAPSING,
    }


def _suppressions(root: int) -> list[tuple[int, str, str, datetime]]:
    return [
        (
            row.pk,
            str(words.CHANNELS.get(row.kind, row.kind)),
            str(words.SUPPRESSION_REASONS.get(row.reason, row.reason)),
            row.at,
        )
        for row in people.suppressions_of(root)
    ]


def _merges(who: Person) -> list[tuple[int, str, datetime]]:
    names = {record.pk: words.customer_title(record.name, record.pk) for record in who.records}
    return [(row.pk, names.get(row.folded_id, str(row.folded_id)), row.at) for row in people.merges_of(who.root.pk)]


@dataclass(frozen=True, slots=True)
class SuggestionShown:
    """Somebody who may be the same person."""

    id: int
    customer: int
    title: str
    reason: str


def _suggestions(who: Person) -> list[SuggestionShown]:
    shown = []
    for found in people.open_suggestions(10, of=who.ids):
        other, name = (found.high, found.high_name) if found.low in who.ids else (found.low, found.low_name)
        reason = str(words.MERGE_REASONS.get(found.reason, found.reason))
        shown.append(SuggestionShown(found.id, other, words.customer_title(name, other), reason))
    return shown


def _timeline(request: HttpRequest, who: Person) -> dict[str, Any]:
    """Return a part of what happened with her, and where the part before it is."""
    before = request.GET.get("before", "")
    part = timeline(
        who.ids,
        before=before if MARK.fullmatch(before) else "",
        limit=ACTIVITIES_SHOWN,
        name_of=ActorNames(),
        also=visits_of(who.ids),
    )
    older_url = f"{reverse('web:customer_older', args=[who.root.pk])}?before={part.before}" if part.before else ""
    may_open = may(request)["see_orders"]
    return {
        "entries": [(entry, _href(entry, may_open=may_open)) for entry in part.entries],
        "older_url": older_url,
    }


def _href(entry: Entry, *, may_open: bool) -> str:
    if entry.kind == "site.visited":
        return reverse("tracking:visit", args=[entry.id])
    return subject_url(entry.subject) if may_open else ""


def subject_url(subject: str | None) -> str:
    """Return the page of what an activity is about, ``order:5``; empty where there is none."""
    kind, _colon, number = (subject or "").partition(":")
    if kind in {"order", "product"} and number.isdecimal():
        return reverse(f"web:{kind}", args=[number])
    return ""


@needs(Permission.SEE_CUSTOMERS)
@require_GET
def older(request: HttpRequest, customer: int) -> HttpResponse:
    """Send the next part of the timeline: a fragment for htmx, else a page of its own."""
    who = person(customer)
    context = {"nav": "customers", "who": who, **_timeline(request, who)}
    template = "web/_timeline.html" if request.headers.get("HX-Request") else "web/customer_timeline.html"
    return render(request, template, context)
