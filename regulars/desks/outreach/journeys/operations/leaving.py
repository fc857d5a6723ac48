"""How people get out of journeys other than by their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import now, to_us
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.journeys import asking
from regulars.desks.outreach.journeys.models import Passage, Present, Traveller, Version
from regulars.desks.outreach.journeys.rules import Plan
from regulars.messages import operations as ledger

# (key, root, when what made her enter happened)
Inside = tuple[int, int, int]


def who_leaves(plan: Plan, people: Sequence[Inside], *, at: datetime) -> dict[int, str]:
    """Return by key why people leave early now. Raises RuleError if the rule cannot be read any more."""
    found: dict[int, str] = {}
    if plan.exit_rule:
        holds = asking.who_of(plan.exit_rule, sorted({root for _key, root, _since in people}), at=at)
        found |= {key: "rule" for key, root, _since in people if root in holds}
    if plan.exit_kind:
        before = to_us(at) + 1
        windows = [asking.Window(key, root, since, before) for key, root, since in people]
        found |= dict.fromkeys(asking.who_did(plan.exit_kind, windows), "did")
    return found


# A message is looked at again when it is about to leave, and not all night long.
SOON = timedelta(minutes=2)
_OPEN = """SELECT t.customer_id, t.run FROM ledger_sending s JOIN ledger_touch t ON t.sending_id = s.id
    WHERE s.scope = %s AND s.expires_at > %s AND t.state IN ('ready', 'held') AND t.release_at <= %s"""
_TRAVELLERS = """SELECT id, version_id, customer_id, run, since_at FROM journeys_traveller
    WHERE journey_id = %s AND customer_id IN ({})"""


def take_back_exited(*, at: datetime) -> int:
    """Take back messages that waited for their hour while their reader did what ends the journey; return how many.

    Somebody who buys at night is not asked in the morning whether she forgot to.
    """
    count = 0
    ending = Version.objects.exclude(exit_rule="", exit_kind="")
    for journey in ending.values_list("journey", flat=True).distinct().order_by("journey"):
        gone: set[int] = set()
        inside = _about_to_be_told(journey, at)
        for version in Version.objects.filter(pk__in=inside):
            people = inside[version.pk]
            try:
                leaving = who_leaves(version.plan, people, at=at)
            except RuleError:
                continue
            gone |= {root for key, root, _since in people if key in leaving}
        if gone:
            by = Actor("journey", journey)
            count += ledger.take_back(f"journey:{journey}", sorted(gone), by=by, at=at)
    return count


def _about_to_be_told(journey: int, at: datetime) -> dict[int, list[Inside]]:
    """Return by version the travellers for whom a message is about to leave; merged since or not."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [f"journey:{journey}", to_us(at), to_us(at + SOON)])
        waiting = cursor.fetchall()
    roots = asking.roots_of(customer for customer, _run in waiting)
    wanted = {(roots[customer], run) for customer, run in waiting if customer in roots}
    records = asking.records_of(root for root, _run in wanted)
    found: dict[int, list[Inside]] = {}
    for key, version, record, run, since in bulk.select_in(_TRAVELLERS, sorted(records), before=[journey]):
        if (records[record], run) in wanted:
            found.setdefault(version, []).append((key, records[record], since))
    return found


def forget_erased(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Have an erased person leave every journey."""
    at = now()
    for start in range(0, len(customers), 900):
        part = customers[start : start + 900]
        Traveller.objects.filter(customer_id__in=part, left_at=None).update(left_at=at, left_why="erased")
        Present.objects.filter(customer_id__in=part).delete()


def forget_travellers(customers: Sequence[int]) -> None:
    """Delete what journeys know of records that go."""
    for start in range(0, len(customers), 900):
        part = customers[start : start + 900]
        Passage.objects.filter(traveller__customer_id__in=part).delete()
        Traveller.objects.filter(customer_id__in=part).delete()
        Present.objects.filter(customer_id__in=part).delete()
