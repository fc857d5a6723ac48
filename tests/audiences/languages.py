"""Words with every kind of slot, and rules made of them at random."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any as Anything

from hypothesis import strategies as st

from regulars.decisions.audiences import (
    AGO,
    COMPARISONS,
    All,
    Any,
    Compare,
    Fact,
    Fragment,
    Not,
    NumberSlot,
    Rule,
    Share,
    ShareSlot,
    Texts,
    TextSlot,
    TimeSlot,
    When,
    Word,
    Words,
)
from regulars.decisions.audiences.rules import UNITS
from regulars.decisions.audiences.slots import Slot


def _nobody(args: tuple[Anything, ...], asked: Anything) -> Fragment:
    return Fragment("1 = 0")


def _word(name: str, *slots: Slot) -> Word:
    return Word(name, name, _nobody, slots)


def words() -> Words:
    """Return a small language with every kind of slot."""
    made = Words()
    for word in (
        _word("everybody"),
        _word("orders", NumberSlot(), TimeSlot()),
        _word("spent", NumberSlot(is_money=True), TimeSlot()),
        _word("last order", TimeSlot(ops=AGO, is_required=True)),
        _word("bought product", TextSlot(ops=("", "containing")), TimeSlot()),
        _word("bought"),
        _word("country", TextSlot(ops=("is",))),
        _word("city", TextSlot(ops=("is", "contains"))),
        _word(
            "agreed to", TextSlot(name="channel", is_one=True), TextSlot(name="use", ops=("for",), is_required=False)
        ),
        _word("in audience", TextSlot(is_one=True, is_closed=True, choices=lambda: [("VIP", "VIP"), ("New", "New")])),
        _word("random", ShareSlot(), TextSlot(name="salt", is_one=True)),
        _word("did", TextSlot(name="what", is_one=True), NumberSlot(is_required=False), TimeSlot()),
    ):
        made.register(word)
    return made


WORDS = words()
TEXTS = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=' "\\'), min_size=1, max_size=12
).filter(lambda text: text.strip() == text and text != "") | st.sampled_from(
    ["and", "Tea", "in", "上海", "Green tea", '"', "\\", "12", "a.b-c", "(", "DE", "not"]
)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 30))


def arguments(slot: Slot) -> st.SearchStrategy[Anything]:
    """Return what may be said to a slot."""
    if isinstance(slot, TextSlot):
        one = st.sampled_from([v for v, _ in slot.choices()]) if slot.choices else TEXTS
        values = st.lists(one, min_size=1, max_size=1 if slot.is_one else 3, unique=True).map(tuple)
        made: st.SearchStrategy[Anything] = st.builds(Texts, values, st.sampled_from(slot.ops))
    elif isinstance(slot, NumberSlot):
        places = 2 if slot.is_money else 0
        numbers = st.decimals(0, 999_999, places=places, allow_nan=False, allow_infinity=False)
        made = st.builds(_compare, st.sampled_from(COMPARISONS), numbers, numbers)
    elif isinstance(slot, TimeSlot):
        spans = st.builds(When, st.sampled_from(slot.ops[:1]), st.integers(1, 800), st.sampled_from(sorted(UNITS)))
        spans = spans.filter(lambda w: w.unit != "years" or w.count <= 100)
        days = st.builds(When, st.sampled_from(["since", "before"]), day=DAYS)
        lasting = st.builds(lambda d, n: When("from", day=d, until=d + timedelta(days=n)), DAYS, st.integers(0, 1))
        made = spans | days | lasting
    else:
        made = st.integers(1, 10_000).map(lambda n: Share(Decimal(n) / 100))
    return made if slot.is_required else st.none() | made


def _compare(op: str, one: Decimal, other: Decimal) -> Compare:
    return Compare(op, min(one, other), max(one, other)) if op == "between" else Compare(op, one)


def facts(words: Words) -> st.SearchStrategy[Rule]:
    """Return single conditions."""
    return st.one_of(*(
        st.tuples(*map(arguments, word.slots)).map(lambda args, name=word.name: Fact(name, args)) for word in words
    ))  # fmt: skip


def rules(words: Words = WORDS, leaves: st.SearchStrategy[Rule] | None = None) -> st.SearchStrategy[Rule]:
    """Return rules of any shape."""

    def groups(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
        parts = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return inner.map(Not) | parts.map(All) | parts.map(Any)

    return st.recursive(leaves if leaves is not None else facts(words), groups, max_leaves=12)
