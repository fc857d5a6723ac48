"""Forms, and who asked by them. What somebody agreed to in the end is in the consent ledger."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField


class Form(models.Model):
    """A page to sign up. Its wording never changes, for it is what people agreed to: another wording, another form."""

    name = models.CharField(max_length=80)
    slug = models.CharField(max_length=50, unique=True)
    wording = models.CharField(max_length=600)
    topics = models.JSONField(default=list)  # of the shop's own topics, what it is about; empty: whatever there is
    channel = models.CharField(max_length=12, default="email")
    at = InstantField()
    by = models.CharField(max_length=40)
    retired_at = InstantField(null=True)
    retired_by = models.CharField(max_length=40, default="")

    @property
    def scope(self) -> str:
        """Return the name of this form in the ledger."""
        return f"signup:{self.pk}"


class Asked(models.Model):
    """Somebody gave an address. It is hers only when she has confirmed."""

    form = models.ForeignKey(Form, models.PROTECT)
    address = models.BinaryField(max_length=16)  # digest; the address itself is the customer's identifier
    # The day on which a confirmation was sent, at most one for an address; null if none was.
    day = models.CharField(max_length=10, null=True)
    place = models.BinaryField(max_length=16)  # digest of the network address it came from
    agent = models.CharField(max_length=200)
    at = InstantField()
    customer_id = models.BigIntegerField(null=True)
    # Whether the customer's record was made for this, so that it goes if nobody confirms.
    is_new = models.BooleanField(default=False)
    confirmed_at = InstantField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "day"], name="confirmation_once_a_day")]
        indexes = [
            models.Index(fields=["place", "at"], name="asked_from_place"),
            models.Index(fields=["at"], name="asked_open", condition=models.Q(confirmed_at=None)),
            models.Index(fields=["customer_id"], name="asked_for_customer"),
        ]
