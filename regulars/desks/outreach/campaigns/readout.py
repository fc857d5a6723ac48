"""What a campaign changed: written to against held out, both counted from the instant at which they were decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from regulars.base.clock import to_us
from regulars.decisions.guard import Reason
from regulars.decisions.guard.rules import DROPS
from regulars.desks.outreach.campaigns.models import Campaign
from regulars.insight.experiments import Arm, Lift, is_split_as_planned, lift
from regulars.messages.models import Said, Touch
from regulars.people.models import Consent

HELD_OUT = int(Reason.HOLDOUT | Reason.GLOBAL_HOLDOUT)
OTHERS = int(DROPS) & ~HELD_OUT


@dataclass(frozen=True, slots=True)
class Group:
    """People of one arm: how many, who bought, how often, and for how much in the shop's currency (minor units)."""

    people: int = 0
    buyers: int = 0
    orders: int = 0
    order_squares: float = 0.0
    revenue: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Group) -> Group:
        return Group(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))  # type: ignore[arg-type]

    def values(self) -> tuple[float, ...]:
        """Return the sums in the order of the fields."""
        return self.people, self.buyers, self.orders, self.order_squares, self.revenue, self.squares


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back beside orders."""

    answers: int = 0
    unsubscribed: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One channel, one text, or all of a campaign."""

    name: str
    written_to: Group
    held_out: Group
    left: int
    delivered: int
    bounced: int
    answered: Answered
    orders: Lift | None
    margin: Lift | None  # minor units a person, after what messages cost
    cost_minor: float

    @property
    def annoyed(self) -> int:
        return self.answered.unsubscribed + self.answered.complained

    @property
    def orders_of_100(self) -> tuple[float, float, float] | None:
        """Return how many orders more 100 people written to place, with the ends of its interval."""
        found = self.orders
        return None if found is None else (found.estimate * 100, found.low * 100, found.high * 100)

    @property
    def earned(self) -> tuple[float, float, float] | None:
        """Return what everybody written to earned the shop more, in minor units, with the ends of its interval."""
        found = self.margin
        return None if found is None else (found.total, found.low * found.treated, found.high * found.treated)

    @property
    def silent(self) -> int:
        """Return to how many it left who neither bought, answered nor said no."""
        heard = self.written_to.buyers + self.answered.answers + self.answered.unsubscribed + self.answered.complained
        return max(0, self.left - heard)


@dataclass(frozen=True, slots=True)
class ReadOut:
    """The whole, then each channel, then each text where there are several."""

    whole: Line
    channels: list[Line]
    variants: list[Line]
    elapsed: float  # share of the window that is over
    until: datetime
    is_split_as_planned: bool


# One row for a person whom the campaign would have reached: (channel, text, held out or not) and what she bought.
_GROUPS = f"""
WITH planned AS (
  SELECT t.customer_id, t.channel, s.step,
    CASE WHEN t.reasons & {HELD_OUT} <> 0 AND t.state = 'dropped' THEN 1 ELSE 0 END AS out
  FROM ledger_touch t JOIN ledger_sending s ON s.id = t.sending_id
  WHERE s.scope = %s AND (t.state <> 'dropped' OR t.decided_at > t.planned_at
    OR (t.reasons & {HELD_OUT} <> 0 AND t.reasons & {OTHERS} = 0))
), bought AS (
  SELECT c.root_id, count(*) AS orders,
    sum(CASE WHEN o.paid_minor > 0
      THEN cast(o.reporting_minor AS double precision) * (o.paid_minor - o.refunded_minor) / o.paid_minor
      ELSE 0 END) AS revenue
  FROM shop_order o JOIN people_customer c ON c.id = o.customer_id
  WHERE o.state = 'paid' AND o.placed_at >= %s AND o.placed_at < %s GROUP BY c.root_id
), people AS (
  SELECT DISTINCT c.root_id, p.channel, p.step, p.out FROM planned p JOIN people_customer c ON c.id = p.customer_id
)
SELECT p.channel, p.step, p.out, count(*), count(b.orders), coalesce(sum(b.orders), 0),
  coalesce(sum(cast(b.orders AS double precision) * b.orders), 0), coalesce(sum(b.revenue), 0),
  coalesce(sum(b.revenue * b.revenue), 0)
FROM people p LEFT JOIN bought b ON b.root_id = p.root_id GROUP BY p.channel, p.step, p.out"""  # noqa: S608 - numbers of ours


def read_out(campaign: Campaign, *, at: datetime) -> ReadOut | None:
    """Return what a campaign changed as far as is known at ``at``; None before it was planned."""
    if campaign.planned_at is None:
        return None
    window = timedelta(days=campaign.window_days)
    until = campaign.planned_at + window
    elapsed = min(1.0, (at - campaign.planned_at) / window)
    groups: dict[tuple[str, str, int], Group] = {}
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [campaign.scope, to_us(campaign.planned_at), to_us(min(until, at))])
        for channel, step, out, *sums in cursor.fetchall():
            groups[channel, step, out] = Group(*map(int, sums[:3]), *map(float, sums[3:]))
    whole = _line(campaign, "", groups, {}, elapsed)
    channels = sorted({channel for channel, _step, _out in groups}, key=campaign.channels.index)
    steps = sorted({step for _channel, step, _out in groups})
    return ReadOut(
        whole,
        [_line(campaign, c, _only(groups, 0, c), {"channel": c}, elapsed) for c in channels],
        [_line(campaign, s, _only(groups, 1, s), {"sending__step": s}, elapsed) for s in steps if len(steps) > 1],
        elapsed,
        until,
        is_split_as_planned(whole.written_to.people, whole.held_out.people, campaign.holdout_percent / 100),
    )


def _only(groups: dict[tuple[str, str, int], Group], place: int, value: str) -> dict[tuple[str, str, int], Group]:
    return {key: group for key, group in groups.items() if key[place] == value}


def _line(
    campaign: Campaign, name: str, groups: dict[tuple[str, str, int], Group], which: dict[str, str], elapsed: float
) -> Line:
    written = sum((g for (_c, _s, out), g in groups.items() if not out), Group())
    silent = sum((g for (_c, _s, out), g in groups.items() if out), Group())
    touches = Touch.objects.filter(sending__scope=campaign.scope, **which)
    left = touches.filter(left_at__isnull=False)
    count, share = left.count(), campaign.margin_percent / 100
    cost = count * campaign.cost_minor / 1000
    paid = lift(
        arm_of(written, share, cost / written.people if written.people else 0.0),
        arm_of(silent, share, 0.0),
        elapsed=elapsed,
    )
    return Line(
        name, written, silent, count, touches.filter(state="delivered").count(),
        touches.filter(state="bounced").count(), _answered(campaign, which),
        lift(Arm(written.people, written.orders, written.order_squares),
             Arm(silent.people, silent.orders, silent.order_squares), elapsed=elapsed),
        paid, cost,
    )  # fmt: skip


def arm_of(group: Group, share: float, cost: float) -> Arm:
    """Return an arm by what is left of a group's revenue: ``share`` of it, less ``cost`` a person."""
    total = group.revenue * share - cost * group.people
    squares = share**2 * group.squares - 2 * share * cost * group.revenue + cost**2 * group.people
    return Arm(group.people, total, squares)


def _answered(campaign: Campaign, which: dict[str, str]) -> Answered:
    assert campaign.planned_at is not None
    touches = Touch.objects.filter(sending__scope=campaign.scope, **which)
    said = Said.objects.filter(touch__sending__scope=campaign.scope)
    for name, value in which.items():
        said = said.filter(**{f"touch__{name}": value})
    words = Consent.objects.filter(state="withdrawn", at__gte=campaign.planned_at)
    by = {proof["touch"] for proof in words.values_list("proof", flat=True) if proof and "touch" in proof}
    return Answered(
        answers=said.values("touch").distinct().count(),
        unsubscribed=touches.filter(pk__in=by).count() if len(by) < 900 else _among(touches, by),
        complained=touches.filter(state="complained").count(),
    )


def _among(touches: object, by: set[int]) -> int:
    ids = sorted(by)
    return sum(
        touches.filter(pk__in=ids[start : start + 900]).count()  # type: ignore[attr-defined]
        for start in range(0, len(ids), 900)
    )
