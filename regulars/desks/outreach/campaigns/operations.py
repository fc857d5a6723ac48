"""Writing, starting, stopping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.decisions.audiences import RuleError
from regulars.decisions.guard import Reason
from regulars.desks.outreach.audiences.operations import freeze
from regulars.desks.outreach.audiences.queries import frozen_members
from regulars.desks.outreach.campaigns import kinds, rules
from regulars.desks.outreach.campaigns.models import Campaign
from regulars.messages import operations as ledger
from regulars.messages.identity import identity
from regulars.messages.models import Sender, Sending, Touch
from regulars.messages.personal import FIELDS, wrong_word
from regulars.messages.world import bucket
from regulars.messages.writing import fields_in
from regulars.stream.operations import record

# Past this a newsletter that waited for its slot is old news.
WORTH = timedelta(hours=48)
# The earliest zone of the world is 14 hours ahead of UTC.
EARLIEST = timedelta(hours=14, minutes=10)
# Somebody whom a channel cannot reach is tried on the next one; who said no on it is not.
NOT_REACHED = Reason.NO_ADDRESS | Reason.NO_CONSENT | Reason.WINDOW_CLOSED | Reason.NO_QUOTA | Reason.CLASS_NOT_ALLOWED
EDITABLE = (
    "name", "audience_id", "channels", "variants", "topic", "is_personalised", "holdout_percent", "window_days",
    "margin_percent", "cost_minor", "send_at", "local_at",
)  # fmt: skip


class CampaignRefused(ValueError):
    """The campaign cannot start. ``problems`` say why, by field."""

    def __init__(self, problems: list[rules.Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.says}" for problem in problems))
        self.problems = problems


def draft_campaign(*, by: Actor, at: datetime, **values: Any) -> Campaign:
    """Begin a campaign; TypeError for a field that it does not have."""
    _refuse_unknown(values)
    return Campaign.objects.create(**values, at=at, by=str(by))


def change_campaign(campaign: int, *, by: Actor, at: datetime, **values: Any) -> bool:
    """Change a campaign that has not been started. False if it has."""
    _refuse_unknown(values)
    drafts = Campaign.objects.filter(pk=campaign, started_at=None, cancelled_at=None)
    return bool(drafts.update(**values, at=at, by=str(by)))


def _refuse_unknown(values: dict[str, Any]) -> None:
    if unknown := sorted(set(values) - set(EDITABLE)):
        raise TypeError(f"a campaign has no {', '.join(unknown)}")


def problems_of(campaign: Campaign) -> list[rules.Problem]:
    """Return everything that is wrong with a campaign, what blocks it first."""
    found = rules.problems(campaign.variants, campaign.channels, wrong_word)
    if campaign.audience_id is None:
        found.insert(0, rules.Problem("audience", rules.NO_AUDIENCE))
    if identity().missing:
        found.insert(0, rules.Problem("identity", rules.NO_IDENTITY))
    there = set(Sender.objects.filter(retired_at=None).values_list("channel", flat=True))
    found += [rules.Problem("channels", rules.NO_SENDER, True) for c in campaign.channels if c not in there]
    return found


def start(campaign: int, *, by: Actor, at: datetime) -> bool:
    """Start a campaign: its people are frozen and decided when its hour comes. False if it was started already.

    Raises CampaignRefused if something is wrong with it; then nothing changed.
    """
    with transaction.atomic():
        row = Campaign.objects.get(pk=campaign)
        blocking = [problem for problem in problems_of(row) if problem.blocks]
        if blocking:
            raise CampaignRefused(blocking)
        fresh = Campaign.objects.filter(pk=campaign, started_at=None, cancelled_at=None)
        if not fresh.update(started_at=at, started_by=str(by)):
            return False
        _record("started", row, by=by, at=at)
        jobs.enqueue("campaigns.plan", key=f"campaigns.plan:{campaign}", run_at=_when(row, at), campaign=campaign)
    return True


def _when(campaign: Campaign, at: datetime) -> datetime:
    """Return when to plan: of an hour in each reader's own zone, before it comes to the first of them."""
    if campaign.local_at:
        return max(at, datetime.fromisoformat(campaign.local_at).replace(tzinfo=UTC) - EARLIEST)
    return max(at, campaign.send_at or at)


def plan_campaign(campaign: int, *, at: datetime) -> int:
    """Freeze the audience and have the ledger decide for each of its people; return how many rows are new.

    Killed in between, it goes on where it stopped: the frozen list stays, and the ledger has each person once.
    """
    row = Campaign.objects.select_related("freeze").get(pk=campaign)
    if row.started_at is None or row.cancelled_at is not None or row.audience_id is None:
        return 0
    by = Actor("campaign", campaign)
    if row.freeze is None:
        try:
            with transaction.atomic():
                row.freeze = freeze(row.audience_id, by=by, at=at)
                Campaign.objects.filter(pk=campaign).update(freeze=row.freeze, planned_at=at)
                row.planned_at = at
        except RuleError as error:
            Campaign.objects.filter(pk=campaign).update(problem=str(error)[:300])
            return 0
    assert row.planned_at is not None
    return sum(_plan_variant(row, number, by=by) for number in range(len(row.variants)))


def _plan_variant(row: Campaign, number: int, *, by: Actor) -> int:
    assert row.freeze is not None
    assert row.planned_at is not None
    count, at = 0, row.planned_at
    roots = [
        root
        for root in frozen_members(row.freeze.pk)
        if bucket(f"{row.scope}:variant", root) * len(row.variants) // 10_000 == number
    ]
    for channel in row.channels:
        new = sending_of(row, number, channel)
        if not new.content or not roots:
            continue
        sending = ledger.open_sending(new, by=by, at=at)
        local_at = datetime.fromisoformat(row.local_at) if row.local_at else None
        count += ledger.plan(sending, roots, by=by, at=at, local_at=local_at)
        roots = _not_reached(sending)
    return count


def sending_of(row: Campaign, number: int, channel: str) -> ledger.NewSending:
    """Return what a campaign says in one variant on one channel, as the ledger takes it."""
    content = rules.content_for(row.variants[number], channel)
    words = fields_in(text for texts in content.values() for text in texts.values())
    begins = row.planned_at or row.send_at or row.at
    if row.local_at:
        # The hour comes to the last zone of the world a day after it came to the first.
        begins = max(begins, begins + timedelta(hours=26))
    return ledger.NewSending(
        scope=row.scope,
        step="abcd"[number],
        channel=channel,
        content=content,
        expires_at=begins + WORTH,
        is_personalised=row.is_personalised or any(FIELDS[w].is_personalised for w in words if w in FIELDS),
        topic=row.topic,
        holdout_percent=row.holdout_percent,
        # One salt for all channels and texts: whoever is held out is held out of the whole campaign.
        salt=row.scope,
    )


def _not_reached(sending: Sending) -> list[int]:
    dropped = Touch.objects.filter(sending=sending, state="dropped").values_list("customer_id", "reasons")
    # Whoever is held out is followed to the next channel too: there she counts as not written to.
    others = ~(NOT_REACHED | Reason.HOLDOUT | Reason.GLOBAL_HOLDOUT)
    return [root for root, reasons in dropped if reasons & NOT_REACHED and not reasons & others]


def pause(campaign: int, *, by: Actor, at: datetime) -> bool:
    """Stop what has not left until it is resumed. False if nothing of it was going on."""
    with transaction.atomic():
        row = Campaign.objects.get(pk=campaign)
        done = [ledger.halt(sending, reason="by_hand", by=by, at=at) for sending in sendings(row)]
        if any(done):
            _record("paused", row, by=by, at=at)
    return any(done)


def resume(campaign: int, *, by: Actor, at: datetime) -> bool:
    """Let a paused campaign go on. False if it was not paused."""
    with transaction.atomic():
        row = Campaign.objects.get(pk=campaign)
        done = [ledger.resume(sending, by=by, at=at) for sending in sendings(row)]
        if any(done):
            _record("resumed", row, by=by, at=at)
    return any(done)


def cancel(campaign: int, *, by: Actor, at: datetime) -> int | None:
    """Have nothing more of a campaign leave, for good; return how many messages were taken back, None if too late."""
    with transaction.atomic():
        row = Campaign.objects.get(pk=campaign)
        if not Campaign.objects.filter(pk=campaign, cancelled_at=None).update(cancelled_at=at, cancelled_by=str(by)):
            return None
        count = sum(ledger.cancel(sending, by=by, at=at) for sending in sendings(row))
        _record("cancelled", row, by=by, at=at)
    return count


def retry(campaign: int, *, by: Actor, at: datetime) -> int:
    """Try the refused messages once more; return how many."""
    row = Campaign.objects.get(pk=campaign)
    return sum(ledger.retry_failed(sending, by=by, at=at) for sending in sendings(row))


def sendings(row: Campaign) -> list[Sending]:
    """Return everything that the ledger has of a campaign."""
    return list(Sending.objects.filter(scope=row.scope).order_by("step", "pk"))


def _record(what: str, row: Campaign, *, by: Actor, at: datetime) -> None:
    key = f"campaign.{what}:{row.pk}:{at.isoformat()}"
    record(f"campaign.{what}", key, kinds.AboutCampaign(row.pk), by=by, at=at, subject=row.scope)
