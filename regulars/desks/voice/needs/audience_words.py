"""Who named a need, as a word of audiences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import WORDS, Asked, Fragment, Texts, TextSlot, Word
from regulars.desks.voice.needs.models import Need
from regulars.desks.voice.needs.names import name_of
from regulars.desks.voice.needs.rules import root_of

LANGUAGES = ("en", "zh-hans")


def _said(args: tuple[Texts], asked: Asked) -> Fragment:
    needs = Need.objects.in_bulk()
    parents = {pk: need.merged_into_id for pk, need in needs.items()}
    wanted = {name.casefold() for name in args[0].values}
    # A rule goes on meaning the same when the page is read in another language, or the need was renamed in one.
    found = {pk for pk, need in needs.items() if wanted & {name_of(need, code).casefold() for code in LANGUAGES}}
    roots = {root_of(parents, pk) for pk in found}
    family = [pk for pk in needs if root_of(parents, pk) in roots]
    marks = ", ".join(["%s"] * len(family)) or "NULL"
    return Fragment(
        "SELECT p.root_id FROM needs_voice v JOIN opinions_opinion o ON o.id = v.opinion_id "  # noqa: S608 - only marks
        "JOIN people_customer p ON p.id = o.customer_id WHERE v.confirmed_at IS NOT NULL AND o.taken_back_at IS NULL "
        f"AND v.need_id IN ({marks})",
        tuple(family),
        is_set=True,
    )


def _names() -> list[tuple[str, Any]]:
    names = sorted(name_of(need) for need in Need.objects.filter(merged_into=None, voice__isnull=False).distinct())
    return [(name, name) for name in dict.fromkeys(names)]


def declare() -> None:
    """Register the word."""
    WORDS.register(
        Word(
            "said need", _("Named the need"), _said, (TextSlot(choices=_names, label=_("Need")),), _("Opinions"),
            example='said need "Quality"',
        )
    )  # fmt: skip
