"""Rows that belong to the installation itself: its settings and its jobs."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField


class Setting(models.Model):
    """One setting of the installation, as JSON; read through ``base.installation``."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    at = InstantField()
    by = models.CharField(max_length=40)


class Job(models.Model):
    """One piece of background work. State changes only by conditional update in ``base.jobs``."""

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    kind = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    # While a job with this key is ready or running, enqueueing the same key changes nothing.
    key = models.CharField(max_length=120, null=True)
    state = models.CharField(max_length=8, choices=State, default=State.READY)
    run_at = InstantField()
    lease_until = InstantField(null=True)
    worker = models.CharField(max_length=60, default="")
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")
    created_at = InstantField()
    finished_at = InstantField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "run_at"], name="job_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(state__in=["ready", "running"]), name="job_key_once_at_a_time"
            )
        ]


class Cron(models.Model):
    """When each periodic job is due next; the schedule itself is in code."""

    name = models.CharField(max_length=60, primary_key=True)
    next_at = InstantField()
