"""The ledger's rows."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField


class Sender(models.Model):
    """One configured way out: a mail server with its address, an SMS account, a WeChat account."""

    channel = models.CharField(max_length=12)
    adapter = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    # The adapter's settings as JSON, sealed under a key of its own, for they hold passwords.
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()
    # Most messages in a second and in an hour; empty is no limit.
    per_second = models.IntegerField(null=True)
    per_hour = models.IntegerField(null=True)
    # What is left of both allowances at ``counted_at``; kept here so that a restart forgets neither.
    left_of_second = models.FloatField(default=0)
    left_of_hour = models.FloatField(default=0)
    counted_at = InstantField()
    at = InstantField()
    by = models.CharField(max_length=40)
    retired_at = InstantField(null=True)
    retired_by = models.CharField(max_length=40, default="")


class Sending(models.Model):
    """What is said at one step of a campaign, a journey or an answer, on one channel. Touches are its copies."""

    scope = models.CharField(max_length=40)  # "campaign:12", "journey:3", "order:55"
    step = models.CharField(max_length=40, default="")
    channel = models.CharField(max_length=12)
    is_marketing = models.BooleanField()
    is_personalised = models.BooleanField(default=False)
    rank = models.SmallIntegerField()  # decisions.guard.Rank
    # What it is about, of the shop's own topics; a customer may refuse one and keep the others. "" is of none.
    topic = models.CharField(max_length=40, default="")
    content = models.JSONField()  # {"en": {"subject": ..., "text": ...}, "zh-hans": ...}
    # Whether an address is written to once, however many customers share it.
    is_once_per_address = models.BooleanField(default=True)
    holdout_percent = models.SmallIntegerField(default=0)
    salt = models.CharField(max_length=32)
    expires_at = InstantField()
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "step", "channel"], name="sending_once")]


class Halt(models.Model):
    """Somebody, or a breaker, stopped a sending or a sender: until it is lifted nothing of it leaves."""

    sending = models.ForeignKey(Sending, models.CASCADE, null=True)
    sender = models.ForeignKey(Sender, models.CASCADE, null=True)
    reason = models.CharField(max_length=40)  # by_hand, bounces, complaints
    at = InstantField()
    by = models.CharField(max_length=40)
    lifted_at = InstantField(null=True)
    lifted_by = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sending"], condition=models.Q(lifted_at=None, sending__isnull=False), name="sending_halt_once"
            ),
            models.UniqueConstraint(
                fields=["sender"], condition=models.Q(lifted_at=None, sender__isnull=False), name="sender_halt_once"
            ),
        ]


class Touch(models.Model):
    """One message to one person. Its state changes by conditional update only, and never backwards."""

    class State(models.TextChoices):
        HELD = "held"  # until release_at, for reasons
        DROPPED = "dropped"  # never, for reasons
        READY = "ready"
        CLAIMED = "claimed"  # by a worker, until its lease runs out
        HANDED_OVER = "handed_over"
        DELIVERED = "delivered"
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        FAILED = "failed"
        UNKNOWN = "unknown"  # the line broke when the provider may have taken it
        CANCELLED = "cancelled"

    sending = models.ForeignKey(Sending, models.PROTECT)
    run = models.IntegerField(default=0)
    customer_id = models.BigIntegerField()  # the person's root when it was planned
    channel = models.CharField(max_length=12)
    is_marketing = models.BooleanField()
    rank = models.SmallIntegerField()
    identifier_id = models.BigIntegerField(null=True)
    address = models.BinaryField(max_length=16, null=True)  # digest, so that it survives erasure
    state = models.CharField(max_length=11, choices=State)
    reasons = models.IntegerField(default=0)  # decisions.guard.Reason, of the last verdict
    rows = models.JSONField(default=list)  # the touches that stood in its way
    release_at = InstantField(null=True)
    expires_at = InstantField()
    planned_at = InstantField()
    decided_at = InstantField()
    worker = models.CharField(max_length=60, default="")
    lease_until = InstantField(null=True)
    attempts = models.SmallIntegerField(default=0)
    sender_id = models.BigIntegerField(null=True)
    provider_id = models.CharField(max_length=120, default="")
    code = models.CharField(max_length=40, default="")
    severity = models.CharField(max_length=7, default="")  # of a bounce: hard, soft, block, message
    detail = models.CharField(max_length=200, default="")
    # When it left or may have left; what caps count.
    left_at = InstantField(null=True)
    settled_at = InstantField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sending", "run", "customer_id"], name="touch_once"),
        ]
        indexes = [
            models.Index(
                fields=["channel", "rank", "release_at"],
                name="touch_due",
                condition=models.Q(state__in=["ready", "held"]),
            ),
            models.Index(fields=["lease_until"], name="touch_leased", condition=models.Q(state="claimed")),
            models.Index(fields=["customer_id", "left_at"], name="touch_of_customer"),
            models.Index(fields=["sending", "state"], name="touch_of_sending"),
            models.Index(fields=["provider_id"], name="touch_provider", condition=~models.Q(provider_id="")),
        ]


class Wish(models.Model):
    """What a customer asked of us about writing to her, or what is known that forbids it. In force until lifted."""

    class Kind(models.TextChoices):
        PAUSE = "pause"  # no marketing until ``until``
        NOT_PERSONALISED = "not_personalised"
        UNDER_AGE = "under_age"
        SELDOM = "seldom"  # leaves at least the rest of ``level`` between two marketing messages (guard.Rules.rest)
        NO_TOPIC = "no_topic"  # nothing of ``topic``

    customer = models.ForeignKey("people.Customer", models.CASCADE)
    kind = models.CharField(max_length=16, choices=Kind)
    until = InstantField(null=True)
    level = models.SmallIntegerField(default=0)
    topic = models.CharField(max_length=40, default="")
    at = InstantField()
    by = models.CharField(max_length=40)
    lifted_at = InstantField(null=True)
    lifted_by = models.CharField(max_length=40, default="")

    class Meta:
        indexes = [models.Index(fields=["customer"], name="wish_of_customer")]


class Window(models.Model):
    """What a person opened by writing or following, on a channel that only answers: until when, and for how many."""

    customer = models.ForeignKey("people.Customer", models.CASCADE)
    channel = models.CharField(max_length=12)
    event = models.CharField(max_length=240, unique=True)  # what makes hearing it twice harmless
    opened_at = InstantField()
    until = InstantField()
    quota = models.SmallIntegerField()  # messages that left since count against it

    class Meta:
        indexes = [models.Index(fields=["customer", "channel", "until"], name="window_of_customer")]


class Said(models.Model):
    """What somebody wrote back, sealed: under her own key where we know who she is, so that erasure covers it."""

    sender = models.ForeignKey(Sender, models.PROTECT, null=True)  # by which way it came; None by a page of ours
    event = models.CharField(max_length=240, unique=True)  # what makes hearing it twice harmless
    customer = models.ForeignKey("people.Customer", models.CASCADE, null=True)
    touch = models.ForeignKey(Touch, models.SET_NULL, null=True)
    address = models.BinaryField(max_length=16)  # digest of where it came from
    # Empty where the customer's own key seals it.
    wrapped_key = models.BinaryField(default=b"")
    sealed = models.BinaryField()  # JSON: address, subject, text
    at = InstantField()

    class Meta:
        indexes = [models.Index(fields=["customer", "at"], name="said_by_customer")]
