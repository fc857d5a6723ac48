"""What may be several needs, or one, is proposed; a person decides, and can undo it. Lots stand beside a need."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Need, Voice
from regulars.desks.voice.needs.queries.proposals import lots_of, pairs, parts_of
from regulars.desks.voice.opinions.operations import take_back
from regulars.shop.models import Line
from regulars.shop.operations import add_lot, assign
from tests.messages.shop import NOON, customer
from tests.voice.shop import OLIVE, order, product, said

pytestmark = pytest.mark.django_db
LIDS = [f"the lid of the {colour} mug leaks and drips on my {place}" for colour, place in
        (("red", "desk"), ("blue", "bag"), ("black", "coat"), ("white", "car seat"), ("green", "desk"))]  # fmt: skip
PAINT = [f"the {colour} paint comes off after {n} washes in the dishwasher" for colour, n in
         (("red", "two"), ("blue", "three"), ("black", "ten"), ("white", "five"))]  # fmt: skip


def need(name: str, texts: list[str]) -> Need:
    row = operations.make_need({"en": name}, by=OLIVE, at=NOON)
    for text in texts:
        operations.confirm(said(text, f"{name}:{text}").pk, [row.pk], by=OLIVE, at=NOON)
    return row


def test_a_need_that_says_two_things_is_proposed_as_two_and_a_person_splits_it(
    olive: Any, client_of: Callable[[Any], Any]
) -> None:
    mugs = need("Mugs", [*LIDS, *PAINT])
    parts = parts_of([mugs.pk])
    assert [len(part.opinions) for part in parts] == [5, 4]
    assert set(parts[0].quotes) <= set(LIDS)
    assert not set(parts[0].opinions) & set(parts[1].opinions)
    browser = client_of(olive)
    assert "It seems to say" not in browser.get(f"/needs/{mugs.pk}/").content.decode()
    page = browser.get(f"/needs/{mugs.pk}/?parts=1").content.decode()
    assert Need.objects.count() == 1  # looking splits nothing
    form = re.search(r"<form[^>]*>((?:(?!</form>).)*paint(?:(?!</form>).)*)</form>", page, re.DOTALL)
    assert form is not None
    opinions = re.findall(r'name="opinion" value="(\d+)"', form[1])
    browser.post(f"/needs/{mugs.pk}/split", {"name": "Paint", "opinion": opinions})
    made = Need.objects.get(names__en="Paint")
    assert Voice.objects.filter(need=made).count() == 4
    assert parts_of([mugs.pk]) == []


def test_two_needs_of_which_the_same_is_said_are_proposed_as_one(olive: Any, client_of: Callable[[Any], Any]) -> None:
    lids, leaks = need("Lids", LIDS[:3]), need("Leaks", LIDS[3:])
    need("Paint", PAINT)
    found = pairs()
    assert [{pair.one.pk, pair.other.pk} for pair in found] == [{lids.pk, leaks.pk}]
    page = client_of(olive).get("/needs/?alike=1&period=all").content.decode()
    assert f'action="/needs/{found[0].one.pk}/merge"' in page
    operations.merge_needs(lids.pk, into=leaks.pk, by=OLIVE, at=NOON)
    assert pairs() == []
    operations.unmerge_need(lids.pk, by=OLIVE, at=NOON)
    assert len(pairs()) == 1


def test_what_was_taken_back_is_compared_with_nothing() -> None:
    mugs = need("Mugs", [*LIDS, *PAINT])
    for voice in Voice.objects.filter(need=mugs)[:2]:
        take_back(voice.opinion_id, by=OLIVE, at=NOON)
    assert sum(len(part.opinions) for part in parts_of([mugs.pk])) == 7


def test_the_lots_of_those_who_named_a_need_stand_beside_it(olive: Any, client_of: Callable[[Any], Any]) -> None:
    mug, tea = product("Mug", "mug"), product()
    bad, good = (add_lot(product=mug.pk, code=code, by=OLIVE, at=NOON) for code in ("L2", "L1"))
    other = add_lot(product=tea.pk, code="T1", by=OLIVE, at=NOON)
    row = operations.make_need({"en": "Lids"}, by=OLIVE, at=NOON)
    for n, lots in enumerate(((bad, other), (bad,), (good,))):
        bought = order(customer(f"C{n}").pk, f"A{n}")
        for position, lot in enumerate(lots):
            Line.objects.create(order=bought, position=position, title="x", product_id=lot.product_id, quantity=1)
            assign(lot=lot.pk, order=bought.pk, by=OLIVE, at=NOON)
        opinion = said(LIDS[n], product=mug.pk, order=bought.pk)
        operations.confirm(opinion.pk, [row.pk], by=OLIVE, at=NOON)
    # The tea in the same box has nothing to do with it.
    assert [(lot.code, n) for lot, n in lots_of([row.pk])] == [("L2", 2), ("L1", 1)]
    assert f'href="/quality/lots/{bad.pk}/"' in client_of(olive).get(f"/needs/{row.pk}/?period=all").content.decode()
