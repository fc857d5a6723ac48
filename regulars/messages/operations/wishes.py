"""What a customer wishes of us about being written to: in force until she, or the shop at her word, says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from regulars.base.actor import Actor
from regulars.messages import kinds
from regulars.messages.models import Wish
from regulars.people.models import Customer
from regulars.stream.operations import record


def wish(
    *, customer: int, kind: str, by: Actor, at: datetime, until: datetime | None = None, level: int = 0, topic: str = ""
) -> bool:
    """Keep a wish in place of an earlier one of its kind (and topic). False if it is what she wishes already."""
    with transaction.atomic():
        before = _in_force(customer, kind, topic)
        if [(w.until, w.level) for w in before] == [(until, level)]:
            return False
        _lift(before, by=by, at=at)
        row = Wish.objects.create(
            customer_id=customer, kind=Wish.Kind(kind), until=until, level=level, topic=topic, at=at, by=str(by)
        )
        body = kinds.Wished(kind=kind, topic=topic)
        record("wish.added", f"wish.added:{row.pk}", body, by=by, at=at, customer=customer)
    return True


def unwish(*, customer: int, kind: str, by: Actor, at: datetime, topic: str = "") -> bool:
    """Let a wish go. False if there is none."""
    with transaction.atomic():
        before = _in_force(customer, kind, topic)
        _lift(before, by=by, at=at)
        for row in before:
            body = kinds.Wished(kind=kind, topic=topic)
            record("wish.lifted", f"wish.lifted:{row.pk}", body, by=by, at=at, customer=customer)
    return bool(before)


def _in_force(customer: int, kind: str, topic: str) -> list[Wish]:
    root = Customer.objects.values_list("root_id", flat=True).get(pk=customer)
    return list(Wish.objects.filter(customer__root_id=root, kind=kind, topic=topic, lifted_at=None))


def _lift(rows: Sequence[Wish], *, by: Actor, at: datetime) -> None:
    Wish.objects.filter(pk__in=[row.pk for row in rows]).update(lifted_at=at, lifted_by=str(by))


def forget_wishes(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Remove what erased customers wished and wrote; their messages keep no word and no address."""
    from regulars.messages.models import Said, Window

    Wish.objects.filter(customer_id__in=customers).delete()
    Said.objects.filter(customer_id__in=customers).delete()
    Window.objects.filter(customer_id__in=customers).delete()
