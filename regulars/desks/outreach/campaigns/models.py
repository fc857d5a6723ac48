"""Campaigns. Everything that leaves of one is in the message ledger, under the scope ``campaign:<id>``."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.desks.outreach.audiences.models import Audience, Freeze


class Campaign(models.Model):
    """One thing said once to an audience. Until it is started everything of it may change, afterwards nothing."""

    name = models.CharField(max_length=80)
    audience = models.ForeignKey(Audience, models.PROTECT, null=True)
    # In order of preference: a person is written to on the first that reaches her.
    channels = models.JSONField(default=list)
    # One text for everybody, or several to compare: [{"en": {"subject": …, "text": …, "short": …}, …}, …].
    variants = models.JSONField(default=list)
    topic = models.CharField(max_length=40, default="")
    is_personalised = models.BooleanField(default=False)
    holdout_percent = models.SmallIntegerField(default=10)
    # For how many days orders are counted, and what remains of a sale before messages are paid.
    window_days = models.SmallIntegerField(default=14)
    margin_percent = models.SmallIntegerField(default=40)
    cost_minor = models.IntegerField(default=0)  # of a thousand messages, in the shop's currency
    # When: at once (neither), at an instant, or at an hour of each reader's own zone ("2026-11-30T10:00").
    send_at = InstantField(null=True)
    local_at = models.CharField(max_length=16, default="")
    at = InstantField()
    by = models.CharField(max_length=40)
    started_at = InstantField(null=True)
    started_by = models.CharField(max_length=40, default="")
    # When its people were frozen and the ledger planned; the window begins here.
    planned_at = InstantField(null=True)
    freeze = models.ForeignKey(Freeze, models.PROTECT, null=True)
    problem = models.CharField(max_length=300, default="")  # why planning could not go on
    cancelled_at = InstantField(null=True)
    cancelled_by = models.CharField(max_length=40, default="")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="campaign_latest")]

    @property
    def scope(self) -> str:
        """Return the name of this campaign in the ledger."""
        return f"campaign:{self.pk}"
