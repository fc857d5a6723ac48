"""Who got a campaign, as a word of audiences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import WORDS, Asked, Fragment, Texts, TextSlot, Word
from regulars.desks.outreach.campaigns.models import Campaign


def _got(args: tuple[Texts], asked: Asked) -> Fragment:
    scopes = [c.scope for c in Campaign.objects.filter(name__in=args[0].values)]
    marks = ", ".join(["%s"] * len(scopes)) or "NULL"
    return Fragment(
        "SELECT p.root_id FROM ledger_touch t JOIN ledger_sending s ON s.id = t.sending_id "  # noqa: S608 - only marks
        f"JOIN people_customer p ON p.id = t.customer_id WHERE t.left_at IS NOT NULL AND s.scope IN ({marks})",
        tuple(scopes),
        is_set=True,
    )


def _names() -> list[tuple[str, Any]]:
    names = Campaign.objects.exclude(planned_at=None).order_by("name").values_list("name", flat=True)
    return [(name, name) for name in dict.fromkeys(names)]


def declare() -> None:
    """Register the word."""
    WORDS.register(
        Word(
            "got campaign", _("Got the campaign"), _got,
            (TextSlot(is_closed=True, choices=_names, label=_("Campaign")),), _("Messages"),
            example='not got campaign "Spring"',
        )
    )  # fmt: skip
