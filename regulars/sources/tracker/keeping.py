"""How long events, visits and the links of visitors are kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regulars.base.actor import SYSTEM
from regulars.base.clock import to_us
from regulars.base.keeping import DataClass, register
from regulars.sources.tracker.models import Visit
from regulars.sources.tracker.visits import KINDS
from regulars.stream.models import Activity
from regulars.stream.operations import retract

PIECE = 5000
# So long a run lets go; the rest goes in the next night.
SECONDS = 120
# Lists look back a week; later the visit's activity is all there is of it.
WORKING_DAYS = 9
EVENTS = (*KINDS, "site.identified")


def _count(kinds: Sequence[str], before: datetime) -> int:
    return Activity.objects.filter(kind__in=kinds, occurred_at__lt=before).count()


def _remove(kinds: Sequence[str], before: datetime, at: datetime) -> int:
    gone, until = 0, time.monotonic() + SECONDS
    for kind in kinds:
        old = Activity.objects.filter(kind=kind, occurred_at__lt=before).order_by("occurred_at")
        while time.monotonic() < until and (ids := list(old.values_list("pk", flat=True)[:PIECE])):
            gone += retract(ids, reason="kept no longer", by=SYSTEM, at=at)
    return gone


# A link goes when its visitor was not seen since: of one who still comes it says who she is.
_OLD_LINKS = """FROM {0} WHERE at < %s AND NOT EXISTS (
    SELECT 1 FROM stream_activity a WHERE a.visitor = {0}.visitor AND a.occurred_at >= %s)"""
_LINKS = ("tracker_link", "tracker_orderlink", "tracker_personallink")


def _count_links(before: datetime) -> int:
    return sum(_about_links(f"SELECT count(*) {_OLD_LINKS.format(table)}", before) for table in _LINKS)  # noqa: S608


def _remove_links(before: datetime, at: datetime) -> int:
    del at
    found = _count_links(before)
    for table in _LINKS:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE {_OLD_LINKS.format(table)}", [to_us(before)] * 2)  # noqa: S608 - our own tables
    return found


def _about_links(sql: str, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [to_us(before)] * 2)
        return int(cursor.fetchone()[0])


def clear_working_visits(*, at: datetime) -> int:
    """Remove the rows of visits that were recorded long ago; late events would begin a visit of their own."""
    over = Visit.objects.filter(last_at__lt=at - timedelta(days=WORKING_DAYS)).exclude(recorded_at=None)
    return over.delete()[0]


def declare() -> None:
    """Register the classes."""
    register(DataClass(
        "site_events", _("What was done on the site"),
        _("Each page, product and basket event. Visits keep what they came to."), 400,
        lambda before: _count(EVENTS, before), lambda before, at: _remove(EVENTS, before, at),
    ))  # fmt: skip
    register(DataClass(
        "site_visits", _("Visits"), _("One line for each visit: when, from where, how many pages."), 1100,
        lambda before: _count(["site.visited"], before), lambda before, at: _remove(["site.visited"], before, at),
    ))  # fmt: skip
    register(DataClass(
        "site_links", _("Which browser is whose"),
        _("What leads from a browser to a customer; of browsers that were not seen since."), 800,
        _count_links, _remove_links,
    ))  # fmt: skip
