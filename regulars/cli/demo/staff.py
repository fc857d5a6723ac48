"""The people who work at Corner Coffee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from regulars.base.actor import Actor
from regulars.staff import operations as staff


def hire(people: Sequence[tuple[str, str]], password: str, *, now: datetime) -> None:
    """Give each (name, role) an account at ``name@example.com``: the first is the owner and invites the others."""
    (owner_name, _), *others = people
    owner = staff.create_owner(email=f"{owner_name.lower()}@example.com", name=owner_name, password=password, at=now)
    by = Actor("staff", owner.pk)
    for name, role in others:
        _, token = staff.invite(email=f"{name.lower()}@example.com", role=role, by=by, at=now)
        staff.accept_invitation(token=token, name=name, password=password, at=now)
