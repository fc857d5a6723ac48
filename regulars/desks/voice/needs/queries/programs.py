"""What is read of a programme: its members, and where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from regulars.desks.voice.needs.models import Program, Step
from regulars.desks.voice.opinions.models import Case, Opinion, Pondering
from regulars.messages.models import Touch
from regulars.people.models import Customer
from regulars.shop.models import Order

ANSWERS = (Case.Outcome.MADE_GOOD, Case.Outcome.EXPLAINED)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the first customers: her first order here, and since when she is asked, heard and answered.

    ``by_hand``: what was written down by a person, and can be taken back.
    """

    root: int
    name: str
    first_order_at: datetime
    asked_at: datetime | None
    heard_at: datetime | None
    answered_at: datetime | None
    opinion: int | None = None  # the one to answer: her latest
    by_hand: frozenset[str] = frozenset()

    @property
    def next(self) -> str:
        """Return what is to be done: ask, wait, answer, or nothing ("")."""
        if self.answered_at is not None:
            return ""
        if self.heard_at is not None:
            return "answer"
        return "wait" if self.asked_at is not None else "ask"


def first_customers(program: Program) -> list[tuple[int, datetime]]:
    """Return (person, her first paid order here) of the first who bought since it began, in their order.

    Derived, never stored: orders that arrive late, merges and erasures put it right by themselves.
    """
    orders = Order.objects.filter(
        state=Order.State.PAID, placed_at__gte=program.begins_at, customer__isnull=False, customer__erased_at=None
    )
    if program.store_id is not None:
        orders = orders.filter(store_id=program.store_id)
    if program.product_id is not None:
        orders = orders.filter(line__product_id=program.product_id)
    found = orders.values_list("customer__root_id").annotate(first=Min("placed_at"))
    return list(found.order_by("first", "customer__root_id")[: program.size])


def members(program: Program) -> list[Member]:
    """Return every member and where she stands, in the order in which they came."""
    firsts = first_customers(program)
    roots = [root for root, _first in firsts]
    names = dict(Customer.objects.filter(pk__in=roots).values_list("pk", "name"))
    asked, heard, answered = _asked(program, roots), _heard(program, roots), _answered(program, roots)
    steps: dict[int, dict[str, datetime]] = {}
    for root, what, at in Step.objects.filter(program=program, customer__root_id__in=roots).values_list(
        "customer__root_id", "what", "at"
    ):
        steps.setdefault(root, {})[what] = at
    return [
        Member(
            root, names.get(root, ""), first,
            _first_of(asked.get(root), steps.get(root, {}).get("asked")), heard.get(root, (None, None))[0],
            _first_of(answered.get(root), steps.get(root, {}).get("answered")), heard.get(root, (None, None))[1],
            frozenset(steps.get(root, {})),
        )
        for root, first in firsts
    ]  # fmt: skip


def _first_of(*instants: datetime | None) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)


def _asked(program: Program, roots: Sequence[int]) -> dict[int, datetime]:
    """Return when each was first asked by a message that left: of this programme, or any that had the link to answer.

    A touch keeps the root of its day; a person who was merged since is found by her records.
    """
    family = dict(Customer.objects.filter(root_id__in=roots).values_list("pk", "root_id"))
    touches = Touch.objects.filter(customer_id__in=family, left_at__gte=program.begins_at).select_related("sending")
    found: dict[int, datetime] = {}
    for touch in touches.order_by("-left_at"):
        texts = touch.sending.content.values()
        if touch.sending.scope == program.scope or any("{port" in part for t in texts for part in t.values()):
            assert touch.left_at is not None
            found[family[touch.customer_id]] = touch.left_at
    return found


def not_asked(program: Program) -> list[int]:
    """Return the members whom nobody has asked, and for whom no question waits to leave."""
    waiting = Touch.objects.filter(sending__scope=program.scope).exclude(state__in=["dropped", "cancelled"])
    known = set(waiting.values_list("customer_id", flat=True))
    return [m.root for m in members(program) if m.next == "ask" and m.root not in known]


def _opinions(program: Program, roots: Sequence[int]) -> list[tuple[int, int, datetime]]:
    found = Opinion.objects.filter(
        customer__root_id__in=roots, said_at__gte=program.begins_at, taken_back_at=None
    ).exclude(fingerprint=b"")
    return list(found.order_by("said_at", "pk").values_list("pk", "customer__root_id", "said_at"))


def _heard(program: Program, roots: Sequence[int]) -> dict[int, tuple[datetime, int]]:
    """Return (when she first spoke, her latest opinion) of those who did."""
    found: dict[int, tuple[datetime, int]] = {}
    for pk, root, said_at in _opinions(program, roots):
        found[root] = (found[root][0] if root in found else said_at, pk)
    return found


def _answered(program: Program, roots: Sequence[int]) -> dict[int, datetime]:
    """Return when a person answered each: she said so of an opinion, or closed its case with an answer."""
    whose = {pk: root for pk, root, _at in _opinions(program, roots)}
    said = list(Pondering.objects.filter(opinion_id__in=whose, how="answered").values_list("opinion_id", "at"))
    closed = Case.objects.filter(opinion_id__in=whose, outcome__in=ANSWERS, closed_at__isnull=False)
    said += [(pk, at) for pk, at in closed.values_list("opinion_id", "closed_at") if at is not None]
    found: dict[int, datetime] = {}
    for pk, at in said:
        found[whose[pk]] = min(at, found.get(whose[pk], at))
    return found
