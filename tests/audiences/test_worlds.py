"""In random worlds a rule chooses the same people as a plain reading of the rows, one person after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any as Anything

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.installation import ShopSettings, save_shop_settings
from regulars.decisions.audiences import All, Compare, Fact, Not, Rule, Share, Texts, When
from regulars.decisions.audiences.chance import place
from regulars.desks.outreach.audiences import queries
from regulars.people.models import Consent, Customer
from regulars.shop.models import CustomerSummary, Line, Order, Product, Store
from regulars.shop.operations import refresh_summaries
from tests.audiences.languages import rules

AT = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
DAY = 86_400_000_000
NOW = to_us(AT)
COUNTRIES = ["DE", "CN", ""]
TITLES = ["Tea", "Mug"]


@dataclass
class Person:
    """A person with all that is hers, over all her records."""

    root: int
    country: str
    orders: list[tuple[int, int, str]] = field(default_factory=list)  # instant, minor, title
    consents: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)  # by record


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(COUNTRIES),
        st.integers(0, 5),  # whom it was merged into, if that comes before it
        st.booleans(),  # erased
        st.lists(st.tuples(st.integers(0, 6), st.integers(0, 300), st.sampled_from(TITLES), st.booleans()), max_size=4),
        st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["granted", "withdrawn"])), max_size=3),
    ),
    min_size=1,
    max_size=7,
)
_COMPARE = st.builds(Compare, st.sampled_from(["at least", "at most", "exactly", "more than", "less than"]),
                     st.integers(0, 4).map(Decimal)) | st.builds(
    lambda a, b: Compare("between", Decimal(min(a, b)), Decimal(max(a, b))), st.integers(0, 4), st.integers(0, 4)
)  # fmt: skip
_WINDOW = st.none() | st.builds(When, st.just("in"), st.integers(1, 7), st.just("days"))
_TEXT = st.lists(st.sampled_from(TITLES), min_size=1, max_size=2, unique=True).map(tuple)
LEAVES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(lambda c, w: Fact("orders", (c, w)), _COMPARE, _WINDOW),
    st.builds(lambda c, w: Fact("spent", (c, w)), _COMPARE, _WINDOW),
    st.builds(
        lambda op, n: Fact("last order", (When(op, n, "days"),)), st.sampled_from(["over", "within"]), st.integers(1, 7)
    ),
    st.builds(lambda v, c, w: Fact("bought product", (Texts(v), c, w)), _TEXT, st.none() | _COMPARE, _WINDOW),
    st.sampled_from(["DE", "CN"]).map(lambda c: Fact("country", (Texts((c,), "is"),))),
    st.just(Fact("agreed to", (Texts(("email",)), None))),
    st.sampled_from([10, 50, 90]).map(lambda n: Fact("random", (Share(Decimal(n)), Texts(("x",))))),
)


def build(records: list[Anything]) -> list[Person]:
    """Write a world; return its people as they are to be read."""
    CustomerSummary.objects.all().delete()
    for model in (Line, Order, Consent, Product, Store, Customer):
        model.objects.all().delete()
    store = Store.objects.create(name="S", currency="EUR", timezone="UTC", created_at=AT)
    people: dict[int, Person] = {}
    roots: list[int] = []
    erased: set[int] = set()
    for number, (country, into, is_erased, orders, consents) in enumerate(records):
        row = Customer.objects.create(root_id=0, name=f"n{number}", country=country, created_at=AT)
        root = roots[into] if into < number else row.pk
        roots.append(root)
        Customer.objects.filter(pk=row.pk).update(root_id=root)
        person = people.setdefault(root, Person(root, country))
        if is_erased and root == row.pk:
            erased.add(root)
        for days, minor, title, is_paid in orders:
            at = NOW - days * DAY
            order = Order.objects.create(
                store=store, number=f"{Order.objects.count()}", customer_id=row.pk,
                state="paid" if is_paid else "closed", currency="EUR", gross_minor=minor,
                paid_minor=minor, reporting_minor=minor, placed_at=at,
            )  # fmt: skip
            Line.objects.create(order=order, position=0, title=title, quantity=1)
            if is_paid:
                person.orders.append((at, minor, title))
        for days, state in consents:
            entry = Consent.objects.create(
                customer_id=row.pk, channel="email", state=state, source="x", at=NOW - days * DAY, by="system"
            )
            person.consents.setdefault(row.pk, []).append((NOW - days * DAY, entry.pk, state))
    refresh_summaries(Customer.objects.values_list("pk", flat=True))
    Customer.objects.filter(root_id__in=erased).update(erased_at=AT)
    return [person for person in people.values() if person.root not in erased]


def holds(rule: Rule, person: Person) -> bool:
    """Read a rule for one person, plainly."""
    if isinstance(rule, Not):
        return not holds(rule.part, person)
    if not isinstance(rule, Fact):
        told = [holds(part, person) for part in rule.parts]
        return all(told) if isinstance(rule, All) else any(told)
    return READ[rule.word](rule.args, person)


def _inside(person: Person, when: When | None) -> list[tuple[int, int, str]]:
    since = NOW - when.count * DAY if when else 0
    return [order for order in person.orders if order[0] >= since]


def _last(args: Anything, person: Person) -> bool:
    if not person.orders:
        return False
    last, border = max(at for at, _minor, _title in person.orders), NOW - args[0].count * DAY
    return last < border if args[0].op == "over" else last >= border


def _bought(args: Anything, person: Person) -> bool:
    count = sum(title in args[0].values for _at, _minor, title in _inside(person, args[2]))
    return args[1].takes(Decimal(count)) if args[1] else count > 0


def _agreed(args: Anything, person: Person) -> bool:
    last = [max(said)[2] for said in person.consents.values()]
    return bool(last) and all(state == "granted" for state in last)


READ: dict[str, Callable[[Anything, Person], bool]] = {
    "orders": lambda args, p: args[0].takes(Decimal(len(_inside(p, args[1])))),
    "spent": lambda args, p: args[0].takes(Decimal(sum(minor for _at, minor, _t in _inside(p, args[1]))) / 100),
    "last order": _last,
    "bought product": _bought,
    "country": lambda args, p: p.country in args[0].values,
    "agreed to": _agreed,
    "random": lambda args, p: place("x", p.root) < args[0].percent * 100,
}


@pytest.mark.django_db
@given(records=RECORDS, asked=st.lists(rules(leaves=LEAVES), min_size=3, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_rule_chooses_whom_a_plain_reading_does(records: list[Anything], asked: list[Rule]) -> None:
    save_shop_settings(ShopSettings("S", currency="EUR"), by=Actor("system"), at=AT)
    people = build(records)
    queries.typing.forget()
    for rule in asked:
        expected = sorted(person.root for person in people if holds(rule, person))
        assert queries.members(rule, at=AT) == expected
        assert queries.count(rule, at=AT) == len(expected)
        found = queries.find(rule, at=AT)
        assert found.count == len(expected)
        assert set(found.sample) <= set(expected)
