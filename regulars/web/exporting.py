"""What the stream says about a person, for her data export."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q

from regulars.people.exporting import amount, instant
from regulars.sources.tracker.whose import visitors_of
from regulars.stream import kinds
from regulars.stream.models import Activity


def activities(records: list[int]) -> list[dict[str, Any]]:
    """Return what is in the stream about these records, visits in browsers that are known to be hers included."""
    # What happened in browsers that are known to be hers is about her too.
    theirs = Q(customer_id__in=records) | Q(visitor__in=visitors_of(records))
    rows = Activity.objects.filter(theirs).order_by("occurred_at", "id")
    return [
        {
            "kind": row.kind,
            "what": kinds.get(row.kind).help,
            "at": instant(row.occurred_at),
            "subject": row.subject,
            "amount": amount(row.amount_minor, row.currency or ""),
            "currency": row.currency,
            "facts": json.loads(row.body) if row.kind.startswith("site.") else None,
        }
        for row in rows
    ]
