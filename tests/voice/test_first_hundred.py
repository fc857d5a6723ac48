"""The first hundred: who they are, where each stands, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Program
from regulars.desks.voice.needs.queries.programs import first_customers, members, not_asked
from regulars.desks.voice.opinions.operations import ponder
from regulars.people.operations import erase, merge
from regulars.shop.models import Line, Order
from tests.messages.shop import NOON, customer, leave, provider
from tests.voice.shop import OLIVE, product, said, store

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
QUESTION = {"en": {"subject": "What should we do better?", "text": "Tell us: {port}"}}


def buys(who: Any, days: int, of: Any = None) -> None:
    """Have somebody buy, so many days after noon."""
    number = str(Order.objects.count())
    row = Order.objects.create(
        store=store(), number=number, customer_id=who.pk, state="paid", currency="EUR", gross_minor=1, paid_minor=1,
        reporting_minor=1, items=1, placed_at=NOON + days * DAY, paid_at=NOON,
    )  # fmt: skip
    if of is not None:
        Line.objects.create(order=row, position=1, title=of.title, product=of, quantity=1)


def program(**about: Any) -> Program:
    """Return a programme from noon on."""
    values = {"name": "Spring", "store": None, "product": None, "begins_at": NOON, "size": 3} | about
    return operations.begin_program(by=OLIVE, at=NOON, **values)


def test_members_are_the_first_who_bought_it_since() -> None:
    tea, cup = product(), product("Cup", "cup")
    ada, ben, cleo, dan, eve = (customer(name) for name in ("Ada", "Ben", "Cleo", "Dan", "Eve"))
    buys(ada, -5, tea)
    buys(ben, 2, tea)
    buys(ada, 1, tea)
    buys(ben, 3, tea)
    buys(cleo, 1, cup)
    buys(dan, 4, tea)
    buys(eve, 5, tea)
    row = program(product=tea.pk)
    assert [root for root, _at in first_customers(row)] == [ada.pk, ben.pk, dan.pk]
    merge(kept=ada.pk, folded=ben.pk, reason="by_hand", by=OLIVE, at=NOON)
    assert [root for root, _at in first_customers(row)] == [ada.pk, dan.pk, eve.pk]
    erase(dan.pk, reason="asked", by=OLIVE, at=NOON)
    assert [root for root, _at in first_customers(row)] == [ada.pk, eve.pk]


def test_each_is_asked_heard_and_answered() -> None:
    _kept, sender = provider()
    ada, ben, dan = customer("Ada"), customer("Ben"), customer("Dan", says="withdrawn")
    for who in (ada, ben, dan):
        buys(who, 0)
    row = program()

    def board() -> list[str]:
        return [member.next for member in members(row)]

    assert board() == ["ask", "ask", "ask"]
    assert operations.ask_members(row.pk, QUESTION, channels=("email",), by=OLIVE, at=NOON) == 2
    assert operations.ask_members(row.pk, QUESTION, channels=("email",), by=OLIVE, at=NOON) == 0
    assert not_asked(row) == [dan.pk], "whoever said no is left for a person to ask"
    leave(sender, NOON + DAY / 24)
    assert board() == ["wait", "wait", "ask"]
    assert operations.note_step(row.pk, dan.pk, "asked", by=OLIVE, at=NOON)
    assert not operations.note_step(row.pk, dan.pk, "asked", by=OLIVE, at=NOON)
    opinion = said("The lid broke when it came.", customer=ada.pk, said_at=NOON + DAY)
    assert board() == ["answer", "wait", "wait"]
    ponder([opinion.pk], how="noted", by=OLIVE, at=NOON + DAY)
    assert board()[0] == "answer", "to read it is not to answer"
    ponder([opinion.pk], how="answered", by=OLIVE, at=NOON + DAY)
    assert operations.note_step(row.pk, dan.pk, "answered", by=OLIVE, at=NOON)
    assert board() == ["", "wait", ""]
    assert operations.unnote_step(row.pk, dan.pk, "answered", by=OLIVE, at=NOON)
    assert board() == ["", "wait", "wait"]
    erase(dan.pk, reason="asked", by=OLIVE, at=NOON)
    assert board() == ["", "wait"]
    with pytest.raises(LookupError):
        operations.note_step(row.pk, customer("Eve").pk, "asked", by=OLIVE, at=NOON)
    with pytest.raises(ValueError, match="port"):
        operations.ask_members(row.pk, {"en": {"subject": "x", "text": "y"}}, channels=(), by=OLIVE, at=NOON)


def test_the_board_and_what_comes_out(olive: Any, client_of: Callable[[Any], Any]) -> None:
    client, ada = client_of(olive), customer("Ada")
    buys(ada, 0)
    said_by_her = said("The lid broke when it came.", customer=ada.pk, said_at=NOON + DAY)
    lid = operations.make_need({"en": "Lids break"}, by=OLIVE, at=NOON)
    operations.confirm(said_by_her.pk, [lid.pk], by=OLIVE, at=NOON + DAY)
    answer = client.post("/first-hundred/", {"name": "Spring", "begins": "2026-06-15", "size": "100"})
    row = Program.objects.get()
    assert answer.headers["Location"] == f"/first-hundred/{row.pk}/"
    page = client.get(f"/first-hundred/{row.pk}/").content.decode()
    assert "Ada" in page
    assert "Lids break" in page, "the few needs that come out, each to become a deed"
    client.post(f"/first-hundred/{row.pk}/decide", {"do": f"answered:{ada.pk}"})
    assert members(row)[0].next == ""
    assert client.post(f"/first-hundred/{row.pk}/decide", {"do": "asked:987654"}).status_code == 404
    client.post(f"/first-hundred/{row.pk}/decide", {"do": "finish"})
    row.refresh_from_db()
    assert row.finished_at is not None
    assert "Spring" in client.get("/first-hundred/").content.decode()
    assert client.post("/first-hundred/", {"name": "", "begins": "x"}).status_code == 400
