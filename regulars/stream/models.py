"""The stream's rows."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField


class Activity(models.Model):
    """Something that happened, recorded once. Never changed; withdrawn only by ``operations.retract``."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    customer_id = models.BigIntegerField(null=True)
    visitor = models.CharField(max_length=64, null=True)
    store_id = models.IntegerField(null=True)
    subject = models.CharField(max_length=60, null=True)  # "order:55": what it is about
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    occurred_at = InstantField()
    recorded_at = InstantField()
    by = models.CharField(max_length=40)
    batch = models.BigIntegerField(null=True)  # the import that recorded it, so that it can be undone
    body = models.TextField(default="{}")  # JSON of the kind's dataclass
    # PostgreSQL only: the transaction that wrote the row (xid8). Ids become visible out of order there; readers
    # follow (tx, id) and stop below the oldest open transaction. On SQLite there is one writer and tx is 0.
    tx = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "occurred_at"], name="activity_of_customer"),
            models.Index(fields=["kind", "occurred_at"], name="activity_of_kind"),
            models.Index(
                fields=["visitor", "occurred_at"], name="activity_of_visitor", condition=models.Q(visitor__isnull=False)
            ),
        ]


class Retraction(models.Model):
    """An activity that was taken back: an import undone, or an order corrected. The lake follows these too."""

    activity_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    reason = models.CharField(max_length=120)
    at = InstantField()
    by = models.CharField(max_length=40)
    tx = models.BigIntegerField(default=0)
