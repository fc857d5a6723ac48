"""Journeys, their versions, and the people in them. What they are told is in the message ledger."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.desks.outreach.journeys.rules import Plan, read_plan


class Journey(models.Model):
    """A way of saying things step by step. Its draft may always change; whoever is inside finishes her version."""

    name = models.CharField(max_length=80)
    draft = models.JSONField(default=dict)  # rules.Plan
    before = models.JSONField(null=True)  # the draft before its last change, to take it back
    ready = models.CharField(max_length=40, default="")  # the ready journey that it was made from
    at = InstantField()  # when the draft was last changed
    by = models.CharField(max_length=40)
    # It takes people in from ``started_at`` on, until ``stopped_at`` is set.
    started_at = InstantField(null=True)
    started_by = models.CharField(max_length=40, default="")
    stopped_at = InstantField(null=True)
    stopped_by = models.CharField(max_length=40, default="")
    # The day of the shop's on which its audience was last asked; empty: not since it was started. Whoever is found the
    # first time was there before, and begins only if ``takes_present``.
    asked_on = models.DateField(null=True)
    takes_present = models.BooleanField(default=False)
    # What remains of a sale before messages are paid, and what a thousand of them cost, in the shop's currency.
    margin_percent = models.SmallIntegerField(default=40)
    cost_minor = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="journey_latest")]

    @property
    def scope(self) -> str:
        """Return the name of this journey in the ledger."""
        return f"journey:{self.pk}"

    @property
    def is_on(self) -> bool:
        """Return whether people begin it now."""
        return self.started_at is not None and self.stopped_at is None

    @property
    def plan(self) -> Plan:
        """Return the draft as a plan."""
        return read_plan(self.draft)


class Version(models.Model):
    """A journey as it was started or changed; never changed itself."""

    journey = models.ForeignKey(Journey, models.CASCADE)
    number = models.IntegerField()
    entry = models.JSONField()
    steps = models.JSONField()
    exit_kind = models.CharField(max_length=40, default="")
    exit_rule = models.TextField(default="")
    reentry_days = models.IntegerField(null=True)  # empty: never again
    holdout_percent = models.SmallIntegerField(default=10)
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "number"], name="journey_version_once")]

    @property
    def plan(self) -> Plan:
        """Return what it does."""
        names = ("entry", "steps", "exit_kind", "exit_rule", "reentry_days", "holdout_percent")
        return read_plan({name: getattr(self, name) for name in names})


class Traveller(models.Model):
    """A person in a journey: at exactly one step until she leaves. ``run`` counts her times.

    ``due_at`` is when to look at her again; until then she costs nothing. What is true is decided by the step.
    """

    class Why(models.TextChoices):
        FINISHED = "finished"
        EXIT = "exit"  # a step said so
        DID = "did"  # she did what ends the journey early
        RULE = "rule"  # the rule that ends it early held
        MERGED = "merged"  # another record of the same person travels
        ERASED = "erased"
        STOPPED = "stopped"  # for everybody

    journey = models.ForeignKey(Journey, models.CASCADE)
    version = models.ForeignKey(Version, models.CASCADE)
    customer_id = models.BigIntegerField()  # the person's root when she entered
    run = models.IntegerField(default=0)
    step = models.CharField(max_length=12)  # where she is, or was when she left
    since_at = InstantField()  # what made her enter happened then; what she does later may end it
    entered_at = InstantField()
    arrived_at = InstantField()  # at the step
    due_at = InstantField()
    left_at = InstantField(null=True)
    left_why = models.CharField(max_length=10, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "customer_id", "run"], name="traveller_once")]
        indexes = [
            models.Index(fields=["due_at"], name="traveller_due", condition=models.Q(left_at=None)),
            # left_why is "" while she travels: whether anybody is inside is one look.
            models.Index(fields=["version", "left_why", "step"], name="traveller_step"),
            models.Index(fields=["customer_id"], name="traveller_customer"),
        ]


class Passage(models.Model):
    """A traveller went past a step, by a way. Rows and not sums: behind every count of a step stand its people."""

    version = models.ForeignKey(Version, models.CASCADE)
    step = models.CharField(max_length=12)
    way = models.CharField(max_length=5)  # next, then, other
    traveller = models.ForeignKey(Traveller, models.CASCADE)
    at = InstantField()

    class Meta:
        # One row a step: nobody goes past a step twice, whatever breaks.
        constraints = [models.UniqueConstraint(fields=["traveller", "step"], name="passage_once")]
        indexes = [models.Index(fields=["version", "step", "way"], name="passage_step")]


class Present(models.Model):
    """Who was in the audience of a journey when it was last asked: who comes into it, begins."""

    journey = models.ForeignKey(Journey, models.CASCADE)
    customer_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "customer_id"], name="present_once")]
        indexes = [models.Index(fields=["customer_id"], name="present_customer")]


class Follower(models.Model):
    """How far the stream was read for journeys."""

    name = models.CharField(max_length=20, unique=True)
    tx = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
