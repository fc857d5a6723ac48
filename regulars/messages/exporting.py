"""What the ledger keeps about a person, for her data export."""

from __future__ import annotations

from typing import Any

from regulars.base.secrets import Unreadable
from regulars.messages.models import Said, Touch, Wish
from regulars.messages.operations.hearing import words_of
from regulars.messages.why import reason_names
from regulars.people.exporting import instant


def touches(records: list[int]) -> list[dict[str, Any]]:
    """Return every message that was meant for these records, and what became of it."""
    rows = Touch.objects.filter(customer_id__in=records).select_related("sending").order_by("planned_at", "id")
    return [
        {
            "about": row.sending.scope,
            "channel": row.channel,
            "is_marketing": row.is_marketing,
            "state": row.state,
            "reasons": reason_names(row.reasons),
            "planned_at": instant(row.planned_at),
            "left_at": instant(row.left_at),
        }
        for row in rows
    ]


def wishes(records: list[int]) -> list[dict[str, Any]]:
    """Return what she wished about being written to."""
    return [
        {
            "kind": row.kind,
            "topic": row.topic,
            "until": instant(row.until),
            "at": instant(row.at),
            "lifted_at": instant(row.lifted_at),
        }
        for row in Wish.objects.filter(customer_id__in=records).order_by("at", "id")
    ]


def answers(records: list[int]) -> list[dict[str, Any]]:
    """Return what she wrote to the shop; what does not open is left out."""
    found: list[dict[str, Any]] = []
    for row in Said.objects.filter(customer_id__in=records).select_related("customer").order_by("at", "id"):
        try:
            found.append({"at": instant(row.at), **words_of(row)})
        except Unreadable:
            continue
    return found
