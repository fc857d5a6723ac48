"""A word about everything that the stream records, so that whatever happens can be asked for."""

from __future__ import annotations

from collections.abc import Callable
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
# Kinds whose activities name a visitor and not a customer: how they begin, and SQL that selects (visitor, root) of who
# is known. The room that follows visitors registers itself here.
VISITORS: dict[str, Callable[[], str]] = {}


def happened(kinds: tuple[str, ...], where: list[Fragment], compare: Compare | None) -> Fragment:
    """Return who had so many activities of these kinds, as a customer or as a visitor who is known to be her."""
    source, root = "stream_activity a JOIN people_customer f ON f.id = a.customer_id", "f.root_id"
    begins = {begin for begin in VISITORS if any(kind.startswith(begin) for kind in kinds)}
    if begins:
        known = VISITORS[begins.pop()]()
        source, root = f"stream_activity a JOIN ({known}) v ON v.visitor = a.visitor", "v.root"
    return counted(source, [one_of("a.kind", kinds), *where], compare, id=root)


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
