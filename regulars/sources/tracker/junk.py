"""Ids that are nobody's: one account given by fifty visitors within a day, or one visitor who gave fifty accounts.

Broken sites send a placeholder as everybody's account, or one anonymous id for all. Nobody signs in with fifty browsers
a day, so such an id is taken no more and what it linked is parted; staff may lift it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from regulars.base.actor import SYSTEM
from regulars.base.clock import to_us
from regulars.sources.tracker import kinds
from regulars.sources.tracker.models import Junk, Link
from regulars.stream.operations import record

SEEN_WITH = 50
WITHIN = timedelta(days=1)
_FOUND = """SELECT {0}, count(*) FROM tracker_link WHERE at > %s AND kind = 'account'
GROUP BY {0} HAVING count(*) >= %s"""


def find_junk(*, at: datetime) -> int:
    """Mark the ids that so many gave in the last day; return how many are new."""
    new = 0
    for column in ("digest", "visitor"):
        with connection.cursor() as cursor:
            cursor.execute(_FOUND.format(column), [to_us(at - WITHIN), SEEN_WITH])
            rows = cursor.fetchall()
        for value, count in rows:
            new += _mark(column, bytes(value) if column == "digest" else value, count, at)
    return new


def _mark(column: str, value: object, count: int, at: datetime) -> bool:
    with transaction.atomic():
        row, is_new = Junk.objects.get_or_create(**{column: value}, defaults={"seen_with": count, "at": at})
        if not is_new:
            return False  # known, or staff said that it is a person's after all
        Link.objects.filter(**{column: value}).delete()
        record("tracker.junk_found", f"tracker.junk_found:{row.pk}", kinds.JunkChanged(row.pk), by=SYSTEM, at=at)
    return True
