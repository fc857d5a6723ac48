"""What a journey changed: written to against held out, each counted from when the first message was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from regulars.base.clock import to_us
from regulars.decisions.guard import Reason
from regulars.decisions.guard.rules import DROPS
from regulars.desks.outreach.journeys.models import Journey
from regulars.insight.experiments import Arm, Lift, is_split_as_planned, lift

WINDOW = timedelta(days=30)
HELD_OUT = int(Reason.HOLDOUT | Reason.GLOBAL_HOLDOUT)
OTHERS = int(DROPS) & ~HELD_OUT


@dataclass(frozen=True, slots=True)
class Effect:
    """Orders of both groups within the window; ``written`` and ``silent`` are people, buyers."""

    written: tuple[int, int]
    silent: tuple[int, int]
    orders: Lift | None
    is_split_as_planned: bool

    @property
    def of_100(self) -> tuple[float, float, float] | None:
        """Return how many orders more 100 people written to place, with the ends of its interval."""
        found = self.orders
        return None if found is None else (found.estimate * 100, found.low * 100, found.high * 100)


# One row a person: when she was first decided, on either side, and what she bought in the window behind it. Somebody
# who would not have been reached anyway is on neither side.
_GROUPS = f"""
WITH planned AS (
  SELECT c.root_id, min(t.planned_at) AS began,
    max(CASE WHEN t.state = 'dropped' AND t.reasons & {HELD_OUT} <> 0 THEN 1 ELSE 0 END) AS silent
  FROM ledger_touch t JOIN ledger_sending s ON s.id = t.sending_id JOIN people_customer c ON c.id = t.customer_id
  WHERE s.scope = %s AND (t.state <> 'dropped' OR t.decided_at > t.planned_at
    OR (t.reasons & {HELD_OUT} <> 0 AND t.reasons & {OTHERS} = 0))
  GROUP BY c.root_id
), bought AS (
  SELECT p.root_id, p.silent, count(o.id) AS orders
  FROM planned p JOIN people_customer f ON f.root_id = p.root_id
  LEFT JOIN shop_order o ON o.customer_id = f.id AND o.state = 'paid' AND o.placed_at >= p.began
    AND o.placed_at < p.began + %s AND o.placed_at < %s
  GROUP BY p.root_id, p.silent
)
SELECT silent, count(*), sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END), sum(orders),
  sum(cast(orders AS double precision) * orders)
FROM bought GROUP BY silent"""  # noqa: S608 - numbers of ours


def read_out(journey: Journey, *, at: datetime) -> Effect | None:
    """Return what a journey changed as far as is known at ``at``; None while nobody is held out or written to."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [journey.scope, WINDOW // timedelta(microseconds=1), to_us(at)])
        rows = {silent: numbers for silent, *numbers in cursor.fetchall()}
    if 0 not in rows or 1 not in rows:
        return None
    (people, buyers, orders, squares), (others, their_buyers, their_orders, their_squares) = rows[0], rows[1]
    percents = {version.holdout_percent for version in journey.version_set.all()}
    return Effect(
        (int(people), int(buyers)),
        (int(others), int(their_buyers)),
        lift(
            Arm(int(people), float(orders), float(squares)),
            Arm(int(others), float(their_orders), float(their_squares)),
        ),
        # With several shares over time no one share is expected.
        len(percents) != 1 or is_split_as_planned(int(people), int(others), percents.pop() / 100),
    )
