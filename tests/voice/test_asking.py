"""Asking by itself: off at first, once, seldom, by the guard, and never whom it may not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from regulars.base.actor import SYSTEM
from regulars.desks.voice.asking.models import Ask
from regulars.desks.voice.asking.operations import ask_due, save_asking
from regulars.desks.voice.asking.rules import BETWEEN, Asked, Settings, may_ask
from regulars.desks.voice.opinions.models import Case
from regulars.desks.voice.opinions.operations import close_case, reopen_case
from regulars.desks.voice.ports.models import Answer
from regulars.desks.voice.reviews.operations import Came, NewReview, write
from regulars.messages.models import Touch
from regulars.people.models import Customer
from regulars.people.operations import erase
from regulars.shop.models import Line, Order, Parcel, Product
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider
from tests.voice.shop import OLIVE, order, product, said

DAY = timedelta(days=1)


def parcel(who: Customer, number: str, *, delivered: datetime | None, of: Product | None = None) -> Order:
    """Return an order of hers that arrived."""
    row = order(who.pk, number)
    Parcel.objects.create(order=row, shipped_at=NOON - 12 * DAY, delivered_at=delivered)
    if of is not None:
        Line.objects.create(order=row, position=1, title=of.title, product=of, quantity=1, total_minor=900)
    return row


@pytest.mark.django_db
def test_nothing_is_asked_until_the_shop_says_so() -> None:
    provider()
    parcel(customer("Ada"), "A1", delivered=NOON - 2 * DAY)
    assert ask_due(at=NOON) == 0
    save_asking(Settings(delivery_days=2), by=OLIVE, at=NOON)
    assert ask_due(at=NOON) == 1
    assert ask_due(at=NOON) == 0
    assert ask_due(at=NOON + 8 * DAY) == 0, "never twice about one order"
    assert Activity.objects.filter(kind="customer.asked").count() == 1


@pytest.mark.django_db
def test_from_the_question_to_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, sender = provider()
    ada = customer("Ada Lovelace")
    mine = parcel(ada, "A{1}", delivered=NOON - 3 * DAY)
    save_asking(Settings(delivery_days=2), by=OLIVE, at=NOON)
    ask_due(at=NOON)
    leave(sender, NOON)
    (mail,) = kept.taken
    assert "Hello Ada" in mail.text
    assert "order A(1)" in mail.text
    link = re.search(r"https://regulars\.example(/p/\S+)", mail.text)
    assert link is not None
    monkeypatch.setattr("regulars.desks.voice.ports.public.now", lambda: NOON + DAY)
    done = Client().post(link[1], {"a.in_time": "no", "a.words": "A week late."})
    assert done.status_code == 200
    answer = Answer.objects.get()
    assert (answer.customer_id, answer.order_id) == (ada.pk, mine.pk)
    assert Case.objects.get().reason == "not_in_time"


@pytest.mark.django_db
def test_who_may_not_be_written_to_is_not_asked() -> None:
    kept, sender = provider()
    for name, says in (("Ada", "granted"), ("Dan", "withdrawn"), ("Ben", "")):
        parcel(customer(name, says=says), name, delivered=NOON - 3 * DAY)
    gone = customer("Eve")
    parcel(gone, "E1", delivered=NOON - 3 * DAY)
    erase(gone.pk, reason="asked", by=OLIVE, at=NOON)
    save_asking(Settings(delivery_days=2), by=OLIVE, at=NOON)
    ask_due(at=NOON)
    leave(sender, NOON)
    assert kept.to() == ["ada@example.com"]
    assert Touch.objects.filter(state="dropped").count() == 2


@pytest.mark.django_db
def test_one_rule_counts_over_every_question() -> None:
    provider()
    ada, tea, cup = customer("Ada"), product(), product("Cup", "cup")
    parcel(ada, "A1", delivered=NOON - 3 * DAY, of=tea)
    parcel(ada, "A2", delivered=NOON - 3 * DAY, of=cup)
    save_asking(Settings(delivery_days=2, product_days=2), by=OLIVE, at=NOON)
    assert ask_due(at=NOON) == 1
    assert ask_due(at=NOON + 3 * DAY) == 0
    again = NOON + BETWEEN
    parcel(ada, "A3", delivered=again - 3 * DAY, of=tea)
    assert ask_due(at=again) == 1
    asked = Ask.objects.latest("pk")
    assert (asked.kind, asked.order.number) == ("delivery", "A3")


@pytest.mark.django_db
def test_whoever_does_not_answer_about_a_product_is_reminded_once_under_the_same_rule() -> None:
    kept, sender = provider()
    ada, ben, cleo, tea = customer("Ada"), customer("Ben"), customer("Cleo"), product()
    orders = {who.pk: parcel(who, who.name, delivered=NOON - 3 * DAY, of=tea) for who in (ada, ben, cleo)}
    save_asking(Settings(product_days=2), by=OLIVE, at=NOON)
    assert ask_due(at=NOON) == 3
    leave(sender, NOON)
    assert len(kept.taken) == 3
    mail = next(message for message in kept.taken if message.to == "ada@example.com")
    assert re.search(rf"https://regulars\.example/r/{tea.pk}/write/\S+", mail.text)
    port = Ask.objects.get(customer=ben).port
    Answer.objects.create(port=port, link="x", customer=ben, order=orders[ben.pk], submitted_at=NOON + DAY)
    came = Came(link=f"{tea.pk}:c{cleo.pk}", customer=cleo.pk)
    write(tea.pk, came, NewReview(stars=5), at=NOON + DAY)

    assert ask_due(at=NOON + 6 * DAY) == 0
    assert ask_due(at=NOON + 7 * DAY) == 1
    leave(sender, NOON + 7 * DAY)
    assert kept.to()[3:] == ["ada@example.com"]
    assert ask_due(at=NOON + 8 * DAY) == 0
    # The reminder is a question: nothing else is asked for a week.
    cup = product("Cup", "cup")
    parcel(ada, "A2", delivered=NOON + 9 * DAY, of=cup)
    assert ask_due(at=NOON + 12 * DAY) == 0
    assert ask_due(at=NOON + 14 * DAY) == 1
    assert Ask.objects.filter(reminded_at__isnull=False).count() == 1


@pytest.mark.django_db
def test_nobody_is_reminded_where_the_shop_does_not_wish_it_or_the_question_never_left() -> None:
    _kept, sender = provider()
    parcel(customer("Dan", says="withdrawn"), "D1", delivered=NOON - 3 * DAY, of=product())
    save_asking(Settings(product_days=2), by=OLIVE, at=NOON)
    ask_due(at=NOON)
    leave(sender, NOON)
    assert ask_due(at=NOON + 8 * DAY) == 0
    parcel(customer("Ada"), "A1", delivered=NOON + 6 * DAY, of=product("Cup", "cup"))
    save_asking(Settings(product_days=2, reminds=False), by=OLIVE, at=NOON)
    assert ask_due(at=NOON + 8 * DAY) == 1
    leave(sender, NOON + 8 * DAY)
    assert ask_due(at=NOON + 16 * DAY) == 0


@pytest.mark.django_db
def test_after_a_case_was_closed_she_is_asked_how_our_help_was(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, sender = provider()
    ada, ben, cleo = customer("Ada"), customer("Ben"), customer("Cleo")
    save_asking(Settings(help_hours=24), by=OLIVE, at=NOON)
    cases = {}
    for who in (ada, ben, cleo):
        row = said(f"It broke, says {who.name}.", customer=who.pk, case="low_mark")
        cases[who.pk] = Case.objects.get(opinion=row)
        outcome = "no_answer" if who == cleo else "made_good"
        close_case(cases[who.pk].pk, outcome=outcome, by=OLIVE, at=NOON)
    reopen_case(cases[ben.pk].pk, by=OLIVE, at=NOON + timedelta(hours=5))
    assert ask_due(at=NOON + timedelta(hours=23)) == 0
    assert ask_due(at=NOON + DAY) == 1
    assert ask_due(at=NOON + DAY) == 0
    leave(sender, NOON + DAY)
    (mail,) = kept.taken
    assert mail.to == "ada@example.com"
    link = re.search(r"https://regulars\.example(/p/\S+)", mail.text)
    assert link is not None
    monkeypatch.setattr("regulars.desks.voice.ports.public.now", lambda: NOON + 2 * DAY)
    assert Client().post(link[1], {"a.easy": "2", "a.words": "Nobody called."}).status_code == 200
    answer = Answer.objects.get()
    assert (answer.customer_id, answer.order_id) == (ada.pk, None)
    # Hard to get help is a case again; and a second case, a month later, is asked about by a link of its own.
    again = Case.objects.exclude(pk=cases[ada.pk].pk).get(opinion__customer=ada)
    assert again.reason == "low_mark"
    later = NOON + 40 * DAY
    close_case(again.pk, outcome="explained", by=OLIVE, at=later)
    assert ask_due(at=later + DAY) == 1
    leave(sender, later + DAY)
    second = re.search(r"https://regulars\.example(/p/\S+)", kept.taken[1].text)
    assert second is not None
    monkeypatch.setattr("regulars.desks.voice.ports.public.now", lambda: later + 2 * DAY)
    assert Client().post(second[1], {"a.easy": "7"}).status_code == 200
    assert Answer.objects.count() == 2
    assert Activity.objects.filter(kind="customer.asked").count() == 2


@pytest.mark.django_db
def test_where_nobody_knows_the_delivery_it_is_reckoned_from_the_dispatch() -> None:
    provider()
    parcel(customer("Ada"), "A1", delivered=None)
    save_asking(Settings(delivery_days=3, days_after_dispatch=10), by=OLIVE, at=NOON)
    assert ask_due(at=NOON) == 0
    assert ask_due(at=NOON + DAY) == 1


@pytest.mark.django_db
def test_what_arrived_long_ago_is_left_alone() -> None:
    provider()
    parcel(customer("Ada"), "A1", delivered=NOON - 30 * DAY)
    save_asking(Settings(delivery_days=2), by=OLIVE, at=NOON)
    assert ask_due(at=NOON) == 0


@pytest.mark.django_db
def test_a_product_is_asked_about_in_its_categories_only() -> None:
    provider()
    parcel(customer("Ada"), "A1", delivered=NOON - 9 * DAY, of=product())
    save_asking(Settings(product_days=7, categories=("mugs",)), by=OLIVE, at=NOON)
    assert ask_due(at=NOON) == 0
    save_asking(Settings(product_days=7, categories=("tea",)), by=OLIVE, at=NOON)
    assert ask_due(at=NOON) == 1
    port = Ask.objects.get().port
    assert (port.about, port.name) == ("product", "Green tea")


@pytest.mark.django_db
def test_days_out_of_reach_are_refused() -> None:
    with pytest.raises(ValueError, match="delivery_days"):
        save_asking(Settings(delivery_days=99), by=SYSTEM, at=NOON)
    assert save_asking(Settings(delivery_days=5), by=SYSTEM, at=NOON)
    assert not save_asking(Settings(delivery_days=5), by=SYSTEM, at=NOON)


asks = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 3)), max_size=12).map(
    lambda rows: [Asked(NOON - timedelta(days=days), thing) for days, thing in rows]
)


@given(asks, asks, st.integers(0, 3))
def test_to_have_been_asked_more_never_allows_more(before: list[Asked], more: list[Asked], thing: int) -> None:
    if may_ask([*before, *more], thing, at=NOON):
        assert may_ask(before, thing, at=NOON)
