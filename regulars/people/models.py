"""Customers, what identifies them, what they allowed, and who is who."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField


class Customer(models.Model):
    """A person known to the shop. After a merge ``root`` names the record that stands for the person."""

    # Equal to id unless merged into another; every question about a person goes by root_id.
    root_id = models.BigIntegerField()
    name = models.CharField(max_length=120, default="")
    language = models.CharField(max_length=12, default="")
    country = models.CharField(max_length=2, default="")
    region = models.CharField(max_length=60, default="")
    city = models.CharField(max_length=60, default="")
    created_at = InstantField()
    batch = models.BigIntegerField(null=True)
    # The person's key, wrapped by the installation's; emptied by erasure, and with it all her contact data.
    wrapped_key = models.BinaryField(default=b"")
    erased_at = InstantField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["root_id"], name="customer_root"),
            models.Index(fields=["name"], name="customer_name"),
        ]


class Identifier(models.Model):
    """Something one person is known by: a contact point or an account. Stored encrypted, found by digest."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        ACCOUNT = "account"  # a platform's buyer id or nickname; scope is the platform or the store
        UNIONID = "unionid"
        OPENID = "openid"

    customer = models.ForeignKey(Customer, models.CASCADE)
    kind = models.CharField(max_length=10, choices=Kind)
    scope = models.CharField(max_length=40, default="")
    digest = models.BinaryField(max_length=16, unique=True)  # secrets.digest(kind, scope, value)
    sealed = models.BinaryField()
    created_at = InstantField()
    batch = models.BigIntegerField(null=True)


class Consent(models.Model):
    """One entry of the consent ledger: granted or withdrawn, by what words, with what proof. Append-only."""

    class State(models.TextChoices):
        GRANTED = "granted"
        WITHDRAWN = "withdrawn"

    customer = models.ForeignKey(Customer, models.CASCADE)
    channel = models.CharField(max_length=12)  # email, sms, wechat, ...
    purpose = models.CharField(max_length=20, default="marketing")
    state = models.CharField(max_length=9, choices=State)
    source = models.CharField(max_length=60)
    wording = models.CharField(max_length=200, default="")
    proof = models.JSONField(default=dict)
    at = InstantField()
    by = models.CharField(max_length=40)
    batch = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "channel", "purpose", "at"], name="consent_latest")]


class Suppression(models.Model):
    """An address nobody may write to. Kept by digest alone, so it outlives merge, erasure and re-import."""

    digest = models.BinaryField(max_length=16)
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=20)  # unsubscribed, bounced, complained, by_hand
    at = InstantField()
    by = models.CharField(max_length=40)
    lifted_at = InstantField(null=True)
    lifted_by = models.CharField(max_length=40, default="")

    class Meta:
        indexes = [models.Index(fields=["digest"], name="suppression_digest")]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "reason"], condition=models.Q(lifted_at=None), name="suppression_once"
            )
        ]


class Merge(models.Model):
    """Two records were found to be one person: ``folded`` and all that was merged into it now answer to ``kept``."""

    kept = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    folded = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=60)
    at = InstantField()
    by = models.CharField(max_length=40)
    undone_at = InstantField(null=True)
    undone_by = models.CharField(max_length=40, default="")


class MergeSuggestion(models.Model):
    """Two records that may be one person, and why; a person decides."""

    class State(models.TextChoices):
        OPEN = "open"
        MERGED = "merged"
        REJECTED = "rejected"

    low = models.ForeignKey(Customer, models.CASCADE, related_name="+")  # the smaller id of the two
    high = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20)  # shared_email, shared_phone, shared_account, same_name_and_city
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    at = InstantField()
    batch = models.BigIntegerField(null=True)
    decided_at = InstantField(null=True)
    decided_by = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["low", "high"], name="suggested_once")]
        indexes = [models.Index(fields=["state", "at"], name="suggestion_open")]
