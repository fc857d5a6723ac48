"""Everything known about one person, to be handed to her when she asks: JSON values, instants in ISO 8601."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from regulars.base.money import to_major
from regulars.people.models import Consent, Customer
from regulars.people.queries import contact_points

# Other rooms add what they keep: a name, and what they know of these records (ids) as JSON values.
SECTIONS: dict[str, Callable[[list[int]], Any]] = {}


def everything(root: int) -> dict[str, Any]:
    """Return all that is kept about the person whom ``root`` stands for."""
    records = list(Customer.objects.filter(root_id=root).order_by("pk"))
    ids = [record.pk for record in records]
    return {
        "customer": root,
        "records": [
            {
                "id": record.pk,
                "name": record.name,
                "language": record.language,
                "country": record.country,
                "region": record.region,
                "city": record.city,
                "since": instant(record.created_at),
            }
            for record in records
        ],
        "contacts": [
            {"kind": p.kind, "scope": p.scope, "value": p.value, "is_suppressed": p.is_suppressed}
            for p in contact_points([root]).get(root, [])
        ],
        "consents": _consents(ids),
        **{name: section(ids) for name, section in SECTIONS.items()},
    }


def instant(at: datetime | None) -> str | None:
    """Return an instant as a JSON value."""
    return at.isoformat() if at else None


def amount(minor: int | None, currency: str) -> str | None:
    """Return an amount as a JSON value: a decimal text in the currency's unit."""
    return None if minor is None else str(to_major(minor, currency))


def _consents(records: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "channel": row.channel,
            "purpose": row.purpose,
            "state": row.state,
            "source": row.source,
            "wording": row.wording,
            "at": instant(row.at),
        }
        for row in Consent.objects.filter(customer_id__in=records).order_by("at", "id")
    ]
