"""What the room does by itself."""

from __future__ import annotations

from datetime import timedelta

from regulars.base.actor import SYSTEM
from regulars.base.clock import local_midnight, now
from regulars.base.installation import shop_settings
from regulars.base.jobs import job


@job("needs.propose", every=timedelta(seconds=30))
def propose() -> None:
    """Propose needs for what came in since; nobody waits longer than a minute for it."""
    from regulars.desks.voice.needs import sorting

    sorting.propose(by=SYSTEM, at=now())


@job("needs.train")
def train() -> None:
    """Learn from what people confirmed, and propose anew for what still waits."""
    from regulars.desks.voice.needs import sorting

    sorting.learn(by=SYSTEM, at=now())
    sorting.propose(by=SYSTEM, at=now(), is_anew=True)


@job("needs.judge", every=timedelta(hours=6))
def judge() -> None:
    """Test whether deeds helped, when their day has come."""
    from regulars.desks.voice.needs import operations
    from regulars.desks.voice.needs.queries import deeds

    at = now()
    for deed in deeds.to_be_judged(at=at):
        operations.judge_deed(deed.pk, deeds.effect_of(deed, at=at), by=SYSTEM, at=at)


@job("needs.draw_checks", every=timedelta(hours=6))
def draw_checks() -> None:
    """Draw last week's sample for the double check."""
    from regulars.desks.voice.needs import operations

    zone = shop_settings().zone
    today = now().astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    week = monday - timedelta(days=7)
    operations.draw_checks(week, since=local_midnight(week, zone), until=local_midnight(monday, zone))
