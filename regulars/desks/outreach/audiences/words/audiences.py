"""A word about other audiences: rules may be made of rules, but never of themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import WORDS, Asked, Fragment, RuleError, Texts, TextSlot, Word, condition, parse
from regulars.desks.outreach.audiences.base import BASE
from regulars.desks.outreach.audiences.models import Audience


def _in(args: tuple[Texts], asked: Asked) -> Fragment:
    parts = []
    for name in args[0].values:
        inside = asked.into(name)
        text = Audience.objects.filter(name=name).values_list("rule", flat=True).first()
        if text is None:
            raise RuleError("text_unknown", found=name, choices="–")
        parts.append(condition(parse(text, asked.words), inside, BASE))
    return Fragment(f"({' OR '.join(p.sql for p in parts)})", tuple(value for p in parts for value in p.params))


def _names() -> list[tuple[str, Any]]:
    return [(name, name) for name in Audience.objects.order_by("name").values_list("name", flat=True)]


WORDS.register(
    Word(
        "in audience", _("In the audience"), _in,
        (TextSlot(is_closed=True, choices=_names, label=_("Audience")),), _("Audiences"),
        example='not in audience "VIP"',
    )
)  # fmt: skip
