"""How people get out of journeys other than by their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

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


# Messages of a journey that have not left, with the traveller each is for; merged since or not.
_OPEN = """SELECT DISTINCT v.id, v.version_id, p.root_id, v.since_at
    FROM ledger_sending s JOIN ledger_touch t ON t.sending_id = s.id AND t.state IN ('ready', 'held')
    JOIN people_customer p ON p.id = t.customer_id JOIN people_customer r ON r.root_id = p.root_id
    JOIN journeys_traveller v ON v.journey_id = %s AND v.customer_id = r.id AND v.run = t.run
    WHERE s.scope = %s AND s.expires_at > %s"""


def take_back_exited(*, at: datetime) -> int:
    """Take back messages that wait for their hour while their reader already did what ends the journey.

    Return how many. Somebody who buys at night is not asked in the morning whether she forgot to.
    """
    count = 0
    ending = Version.objects.exclude(exit_rule="", exit_kind="")
    for journey in ending.values_list("journey", flat=True).distinct().order_by("journey"):
        scope = f"journey:{journey}"
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, [journey, scope, to_us(at)])
            rows = cursor.fetchall()
        inside: dict[int, list[Inside]] = {}
        for key, version, root, since in rows:
            inside.setdefault(version, []).append((key, root, since))
        gone: set[int] = set()
        for version in Version.objects.filter(pk__in=inside):
            try:
                leaving = who_leaves(version.plan, inside[version.pk], at=at)
            except RuleError:
                continue
            gone |= {root for key, root, _since in inside[version.pk] if key in leaving}
        if gone:
            count += ledger.take_back(scope, sorted(gone), by=Actor("journey", journey), at=at)
    return count


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
