"""What waits to be done about needs, as plain values: worked out ahead, for Today should not rank everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from regulars.base.clock import local_midnight, to_us
from regulars.desks.voice.needs.queries import deeds
from regulars.desks.voice.needs.queries.ranking import Period, ranking, without_deed

DAYS = 90
MOST = 20


def idle_work(*, until: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return the needs without a deed, the late deeds, and those that did not help, with since when."""
    idle = without_deed(ranking(Period(DAYS, until)).lines)
    late = list(deeds.overdue(until.astimezone(zone).date()).values_list("due_date", flat=True))
    failed = deeds.unhelpful().values_list("pk", "judged_at")[:MOST]
    return {
        "idle": len(idle),
        "idle_since_us": to_us(min(line.since_at for line in idle)) if idle else None,
        "late": len(late),
        "late_since_us": to_us(local_midnight(late[0] + timedelta(days=1), zone)) if late else None,
        "failed": [(pk, to_us(at)) for pk, at in failed if at is not None],
    }
