"""A word about everything that the stream records, so that whatever happens can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import (
    WORDS,
    Asked,
    Compare,
    Fragment,
    NumberSlot,
    Texts,
    TextSlot,
    TimeSlot,
    When,
    Word,
)
from regulars.desks.outreach.audiences.words.pieces import between, counted, one_of, people_of
from regulars.stream.kinds import KINDS

GROUP = _("Activity")
# Kinds whose activities name a visitor and not a customer: how they begin, and from SQL that selects visitors to SQL
# that selects (visitor, root) of those who are known. The room that follows visitors registers itself here.
VISITORS: dict[str, Callable[[str], str]] = {}


def happened(kinds: tuple[str, ...], where: list[Fragment], compare: Compare | None) -> Fragment:
    """Return who had so many activities of these kinds, as a customer or as a visitor who is known to be her."""
    for begin in VISITORS:
        if all(kind.startswith(begin) for kind in kinds):
            return of_visitors(begin, kinds, where, compare)
    source = "stream_activity a JOIN people_customer f ON f.id = a.customer_id"
    return counted(source, [one_of("a.kind", kinds), *where], compare)


def of_visitors(
    begin: str,
    kinds: tuple[str, ...],
    where: list[Fragment],
    compare: Compare | None,
    what: str = "coalesce(sum(h.n), 0)",
    having: Fragment | None = None,
) -> Fragment:
    """Return the same of visitors. The activities are read first, and only who had one is looked up."""
    hits = people_of(
        "stream_activity a", [one_of("a.kind", kinds), *where], "a.visitor, count(*) AS n, max(a.occurred_at) AS last"
    )
    known = VISITORS[begin]("SELECT visitor FROM hits")
    sql = (
        f"WITH hits AS ({hits.sql} GROUP BY a.visitor), known AS ({known}) "  # noqa: S608 - texts of ours
        "SELECT k.root FROM hits h JOIN known k ON k.visitor = h.visitor"
    )
    if having is not None:
        return Fragment(f"{sql} GROUP BY k.root HAVING {having.sql}", (*hits.params, *having.params), is_set=True)
    if compare is None:
        return Fragment(sql, hits.params, is_set=True)
    condition, values = compare.having(what)
    grouped = f"{sql} GROUP BY k.root HAVING"
    if compare.takes(Decimal(0)):
        return Fragment(f"c.id NOT IN ({grouped} NOT ({condition}))", (*hits.params, *values))
    return Fragment(f"{grouped} {condition}", (*hits.params, *values), is_set=True)


def _did(args: tuple[Texts, Compare | None, When | None], asked: Asked) -> Fragment:
    return happened(args[0].values, [between("a.occurred_at", args[2], asked)], args[1])


def _kinds() -> list[tuple[str, Any]]:
    return [(name, KINDS[name].help) for name in sorted(KINDS)]


WORDS.register(
    Word(
        "did", _("Something happened"), _did,
        (
            TextSlot(is_one=True, is_closed=True, choices=_kinds, label=_("Kind")),
            NumberSlot(is_required=False, label=_("Times")),
            TimeSlot(label=_("When")),
        ),
        GROUP, _("Any kind of activity that is recorded."), "did order.refunded at least 2 in 365 days",
    )
)  # fmt: skip
