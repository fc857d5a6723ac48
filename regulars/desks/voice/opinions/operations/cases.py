"""Cases: opened at once where somebody is let down, taken by a person, closed with what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from regulars.base.actor import Actor
from regulars.desks.voice.opinions import kinds
from regulars.desks.voice.opinions.models import Case, Opinion
from regulars.stream.operations import record


def open_case(opinion: Opinion, *, reason: str, by: Actor, at: datetime) -> Case:
    """Make an opinion a case. One that is a case already stays as it is."""
    with transaction.atomic():
        case, is_new = Case.objects.get_or_create(opinion=opinion, defaults={"reason": reason, "opened_at": at})
        if is_new:
            body = kinds.CaseOpened(opinion=opinion.pk, case=case.pk, reason=reason)
            _record("case.opened", f"case.opened:{case.pk}", body, opinion, by=by, at=at)
    return case


def take_case(case: int, *, owner: int, by: Actor, at: datetime) -> bool:
    """Make a case somebody's. False if it is closed, or hers already."""
    with transaction.atomic():
        free = Case.objects.filter(pk=case, closed_at=None).exclude(owner_id=owner)
        if not free.update(owner_id=owner, owned_at=at):
            return False
        key = f"case.taken:{case}:{at.isoformat()}"
        _record("case.taken", key, kinds.CaseTaken(case=case), _opinion_of(case), by=by, at=at)
    return True


def close_case(case: int, *, outcome: str, by: Actor, at: datetime) -> bool:
    """End a case with what became of it. False if it is closed."""
    with transaction.atomic():
        ended = {"closed_at": at, "closed_by": str(by), "outcome": Case.Outcome(outcome)}
        if not Case.objects.filter(pk=case, closed_at=None).update(**ended):
            return False
        key = f"case.closed:{case}:{at.isoformat()}"
        body = kinds.CaseClosed(case=case, outcome=outcome)
        _record("case.closed", key, body, _opinion_of(case), by=by, at=at)
    return True


def reopen_case(case: int, *, by: Actor, at: datetime) -> bool:
    """Open a closed case again. False if it is open."""
    with transaction.atomic():
        closed = Case.objects.filter(pk=case, closed_at__isnull=False)
        if not closed.update(closed_at=None, closed_by="", outcome=""):
            return False
        key = f"case.reopened:{case}:{at.isoformat()}"
        _record("case.reopened", key, kinds.CaseReopened(case=case), _opinion_of(case), by=by, at=at)
    return True


def with_open_case(roots: Sequence[int]) -> Collection[int]:
    """Return who of these people has an open case: nothing is sold to them until it is closed."""
    found = Case.objects.filter(closed_at=None, opinion__customer__root_id__in=roots)
    return set(found.values_list("opinion__customer__root_id", flat=True).distinct())


def _opinion_of(case: int) -> Opinion:
    return Opinion.objects.get(case__pk=case)


def _record(kind: str, key: str, body: object, opinion: Opinion, *, by: Actor, at: datetime) -> None:
    record(
        kind, key, body, by=by, at=at, customer=opinion.customer_id, store=opinion.store_id,
        subject=f"opinion:{opinion.pk}",
    )  # fmt: skip
