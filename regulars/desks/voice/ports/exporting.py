"""What ports keep about a person, for her data export."""

from __future__ import annotations

from typing import Any

from regulars.desks.voice.ports.models import Answer
from regulars.people.exporting import instant


def answers(records: list[int]) -> list[dict[str, Any]]:
    """Return what she answered: marks and choices; her words are among her opinions."""
    rows = Answer.objects.filter(customer_id__in=records).select_related("port").order_by("submitted_at", "pk")
    return [
        {"port": row.port.name, "at": instant(row.submitted_at), "values": row.values, "pictures": row.photos.count()}
        for row in rows
    ]
