"""Imports and what was learned from them."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField


class Batch(models.Model):
    """One import of one file, from upload to undo. Until it is confirmed nothing of it is in the facts."""

    class State(models.TextChoices):
        DRAFT = "draft"  # file is here, mapping is being decided
        CHECKING = "checking"
        CHECKED = "checked"
        IMPORTING = "importing"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64, default="")
    file_bytes = models.BigIntegerField(default=0)
    # What the file is and how it is read: preset, encoding, delimiter, header row, mapping, zone, currency, date order.
    plan = models.JSONField(default=dict)
    store_id = models.BigIntegerField(null=True)
    at = InstantField()
    by = models.CharField(max_length=40)
    # Counts of the check and of the import, problems by repair; see pipeline.Tally.
    checked = models.JSONField(default=dict)
    tally = models.JSONField(default=dict)
    problem = models.TextField(default="")
    rows_total = models.BigIntegerField(default=0)
    rows_done = models.BigIntegerField(default=0)
    parsed = models.BigIntegerField(default=0)  # the checkpoint: records read, committed with what they became
    started_at = InstantField(null=True)
    finished_at = InstantField(null=True)
    cancel_asked_at = InstantField(null=True)
    first_activity_id = models.BigIntegerField(null=True)
    last_activity_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "at"], name="batch_state")]


class Change(models.Model):
    """What a row was before an import changed it, so that the import can be undone."""

    batch = models.ForeignKey(Batch, models.CASCADE)
    table = models.CharField(max_length=20)  # order, product, customer
    row_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["table", "row_id"], name="change_of_row")]


class RememberedMapping(models.Model):
    """How the owner mapped a file with these headers, to be offered for the next one."""

    fingerprint = models.CharField(max_length=64, unique=True)
    plan = models.JSONField()
    at = InstantField()
    by = models.CharField(max_length=40)
