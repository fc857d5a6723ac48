"""How campaigns stand: counted from the ledger, never kept beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Count

from regulars.desks.outreach.campaigns.models import Campaign
from regulars.messages.models import Halt, Sending, Touch

State = Literal["draft", "scheduled", "broken", "paused", "sending", "finished", "cancelled"]
OPEN = ("held", "ready", "claimed")
LEFT = ("handed_over", "delivered", "bounced", "complained", "unknown")


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign with its counts by state, and why the ledger stopped it, if it did."""

    campaign: Campaign
    state: State
    counts: Counter[str]
    halted_for: str = ""

    @property
    def left(self) -> int:
        """Return how many messages left, or may have."""
        return sum(self.counts[state] for state in LEFT)

    @property
    def waiting(self) -> int:
        return sum(self.counts[state] for state in OPEN)


def standing(campaign: Campaign) -> Standing:
    """Return how one campaign stands."""
    return standings([campaign])[0]


def standings(campaigns: Sequence[Campaign]) -> list[Standing]:
    """Return how campaigns stand, in the order given."""
    scopes = {campaign.scope for campaign in campaigns}
    counts: dict[str, Counter[str]] = {scope: Counter() for scope in scopes}
    rows = (
        Touch.objects.filter(sending__scope__in=scopes).values_list("sending__scope", "state").annotate(n=Count("pk"))
    )
    for scope, state, number in rows.order_by():
        counts[scope][state] += number
    halts = dict(Halt.objects.filter(sending__scope__in=scopes, lifted_at=None).values_list("sending__scope", "reason"))
    return [
        Standing(c, _state(c, counts[c.scope], c.scope in halts), counts[c.scope], halts.get(c.scope, ""))
        for c in campaigns
    ]


def _state(campaign: Campaign, counts: Counter[str], is_halted: bool) -> State:
    if campaign.cancelled_at is not None:
        return "cancelled"
    if campaign.started_at is None:
        return "draft"
    if campaign.problem:
        return "broken"
    if campaign.planned_at is None:
        return "scheduled"
    if not any(counts[state] for state in OPEN):
        return "finished"
    return "paused" if is_halted else "sending"


def reasons(campaign: Campaign, state: str) -> list[tuple[int, str, int]]:
    """Return (guard's reasons, the ledger's code, how many) for a state of a campaign's messages, most first."""
    rows = Touch.objects.filter(sending__scope=campaign.scope, state=state).values_list("reasons", "code")
    return sorted(((r, c, n) for r, c, n in rows.annotate(n=Count("pk")).order_by()), key=lambda row: -row[2])


def touches(campaign: Campaign, *, state: str, after: int, most: int) -> list[Touch]:
    """Return messages of a campaign by id, from after ``after`` on; ``state`` "" is any."""
    rows = Touch.objects.filter(sending__scope=campaign.scope, pk__gt=after).select_related("sending").order_by("pk")
    return list((rows.filter(state=state) if state else rows)[:most])


def first_release(campaign: Campaign) -> datetime | None:
    """Return when the next waiting message of a campaign may leave."""
    waiting = Touch.objects.filter(sending__scope=campaign.scope, state__in=OPEN).order_by("release_at")
    return waiting.values_list("release_at", flat=True).first()


def has_sendings(campaign: Campaign) -> bool:
    """Return whether the ledger knows the campaign already."""
    return Sending.objects.filter(scope=campaign.scope).exists()
