"""What journeys do by themselves."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.clock import now
from regulars.base.jobs import job


@job("journeys.advance", every=timedelta(seconds=30))
def advance() -> None:
    """Take in whom something happened with, and take everybody who is due on."""
    from regulars.desks.outreach.journeys import operations

    # In this order: whoever something wakes is looked at afterwards, so that nothing is told while nobody listens.
    operations.follow(at=now())
    operations.advance(at=now())
    operations.take_back_exited(at=now())


@job("journeys.ask", every=timedelta(hours=1))
def ask() -> None:
    """Look who came into the audiences of journeys, once on each of the shop's days; see to rules waited for."""
    from regulars.desks.outreach.journeys import operations

    operations.ask_audiences(at=now())
    operations.wake_for_rules(at=now())
