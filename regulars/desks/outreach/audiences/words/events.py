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
from regulars.desks.outreach.audiences.words.pieces import between, counted, one_of
from regulars.stream.kinds import KINDS

GROUP = _("Activity")
# Kinds whose activities name a visitor and not a customer: how they begin, and what gives SQL that selects
# (visitor, root) of everybody who is known, or of those whom another SELECT of visitors names. The room that follows
# visitors registers itself here.
VISITORS: dict[str, Callable[[str], str]] = {}


def happened(
    kinds: tuple[str, ...], where: list[Fragment], when: When | None, compare: Compare | None, asked: Asked
) -> Fragment:
    """Return who had so many activities of these kinds, as a customer or as a visitor who is known to be her."""
    for begin in VISITORS:
        if not all(kind.startswith(begin) for kind in kinds):
            continue
        if compare is None:
            return of_visitors(begin, kinds, where, when, None, asked)
        condition, values = compare.having("{count}")
        if not compare.takes(Decimal(0)):
            return of_visitors(begin, kinds, where, when, (condition, values), asked)
        # Who has none has no row: everybody but those who have another number.
        other = of_visitors(begin, kinds, where, when, (f"NOT ({condition})", values), asked)
        return Fragment(f"c.id NOT IN ({other.sql})", other.params)
    source = "stream_activity a JOIN people_customer f ON f.id = a.customer_id"
    return counted(source, [one_of("a.kind", kinds), *where, between("a.occurred_at", when, asked)], compare)


def of_visitors(
    begin: str,
    kinds: tuple[str, ...],
    where: list[Fragment],
    when: When | None,
    having: tuple[str, tuple[int, ...]] | None,
    asked: Asked,
) -> Fragment:
    """Return the same of visitors; ``having`` is about ``{count}`` and ``{last}`` of a person's activities.

    The few activities of a window are read first, and only who had one of them is looked up. Of all times there are so
    many that each known visitor's own are read instead.
    """
    said = [one_of("a.kind", kinds), *where, between("a.occurred_at", when, asked)]
    condition = " AND ".join(part.sql for part in said)
    params = tuple(value for part in said for value in part.params)
    if when is not None and when.bounds(asked.now, asked.zone)[0] is not None:
        names = {"count": "sum(h.n)", "last": "max(h.last)"}
        sql = (
            "WITH hits AS (SELECT a.visitor, count(*) AS n, max(a.occurred_at) AS last "  # noqa: S608 - texts of ours
            f"FROM stream_activity a WHERE {condition} GROUP BY a.visitor), "
            f"known AS ({VISITORS[begin]('SELECT visitor FROM hits')}) "
            "SELECT k.root FROM hits h JOIN known k ON k.visitor = h.visitor"
        )
    else:
        names = {"count": "count(*)", "last": "max(a.occurred_at)"}
        sql = (
            f"WITH known AS ({VISITORS[begin]('')}) "  # noqa: S608 - texts of ours
            f"SELECT k.root FROM known k CROSS JOIN stream_activity a WHERE a.visitor = k.visitor AND {condition}"
        )
    if having is None:
        return Fragment(sql, params, is_set=True)
    grouped = f"{sql} GROUP BY k.root HAVING {having[0].format(**names)}"
    return Fragment(grouped, (*params, *having[1]), is_set=True)


def _did(args: tuple[Texts, Compare | None, When | None], asked: Asked) -> Fragment:
    return happened(args[0].values, [], args[2], args[1], asked)


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
