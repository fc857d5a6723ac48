"""A word about other audiences: rules may be made of rules, but never of themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import WORDS, Asked, Rule, RuleError, Texts, TextSlot, Word, parse
from regulars.desks.outreach.audiences.models import Audience


def _in(args: tuple[Texts], asked: Asked) -> list[tuple[Rule, Asked]]:
    parts = []
    for name in args[0].values:
        inside = asked.into(name)
        text = Audience.objects.filter(name=name).values_list("rule", flat=True).first()
        if text is None:
            raise RuleError("text_unknown", found=name, choices="–")
        parts.append((parse(text, asked.words), inside))
    return parts


def _names() -> list[tuple[str, Any]]:
    return [(name, name) for name in Audience.objects.order_by("name").values_list("name", flat=True)]


WORDS.register(
    Word(
        "in audience", _("In the audience"), None,
        (TextSlot(is_closed=True, choices=_names, label=_("Audience")),), _("Audiences"),
        example='not in audience "VIP"', made_of=_in,
    )
)  # fmt: skip
