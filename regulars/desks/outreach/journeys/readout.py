"""What a journey changed: written to against held out, each counted from when the first message was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from regulars.base.clock import to_us
from regulars.desks.outreach.campaigns.readout import HELD_OUT, OTHERS, Group, arm_of
from regulars.desks.outreach.journeys.models import Journey
from regulars.insight.experiments import Arm, Lift, is_split_as_planned, lift
from regulars.messages.models import Touch

WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Effect:
    """Both groups within the window; ``margin``: minor units a person, after what messages cost."""

    written: Group
    silent: Group
    orders: Lift | None
    margin: Lift | None
    left: int
    cost_minor: float
    is_split_as_planned: bool

    @property
    def of_100(self) -> tuple[float, float, float] | None:
        """Return how many orders more 100 people written to place, with the ends of its interval."""
        found = self.orders
        return None if found is None else (found.estimate * 100, found.low * 100, found.high * 100)

    @property
    def earned(self) -> tuple[float, float, float] | None:
        """Return what everybody written to earned the shop more, in minor units, with the ends of its interval."""
        found = self.margin
        return None if found is None else (found.total, found.low * found.treated, found.high * found.treated)


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
  SELECT p.root_id, p.silent, count(o.id) AS orders,
    coalesce(sum(CASE WHEN o.paid_minor > 0
      THEN cast(o.reporting_minor AS double precision) * (o.paid_minor - o.refunded_minor) / o.paid_minor
      ELSE 0 END), 0) AS revenue
  FROM planned p JOIN people_customer f ON f.root_id = p.root_id
  LEFT JOIN shop_order o ON o.customer_id = f.id AND o.state = 'paid' AND o.placed_at >= p.began
    AND o.placed_at < p.began + %s AND o.placed_at < %s
  GROUP BY p.root_id, p.silent
)
SELECT silent, count(*), sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END), sum(orders),
  sum(cast(orders AS double precision) * orders), sum(revenue), sum(revenue * revenue)
FROM bought GROUP BY silent"""  # noqa: S608 - numbers of ours


def read_out(journey: Journey, *, at: datetime) -> Effect | None:
    """Return what a journey changed as far as is known at ``at``; None while nobody is held out or written to."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [journey.scope, WINDOW // timedelta(microseconds=1), to_us(at)])
        rows = {silent: Group(*map(int, sums[:3]), *map(float, sums[3:])) for silent, *sums in cursor.fetchall()}
    if 0 not in rows or 1 not in rows:
        return None
    written, silent = rows[0], rows[1]
    left = Touch.objects.filter(sending__scope=journey.scope, left_at__isnull=False, left_at__lt=at).count()
    cost, share = left * journey.cost_minor / 1000, journey.margin_percent / 100
    percents = {version.holdout_percent for version in journey.version_set.all()}
    return Effect(
        written,
        silent,
        lift(
            Arm(written.people, written.orders, written.order_squares),
            Arm(silent.people, silent.orders, silent.order_squares),
        ),
        lift(arm_of(written, share, cost / written.people), arm_of(silent, share, 0.0)),
        left,
        cost,
        # With several shares over time no one share is expected.
        len(percents) != 1 or is_split_as_planned(written.people, silent.people, percents.pop() / 100),
    )
