"""Keys that clients send with, whom a visitor said to be, and what was refused."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.shop.models import Store


class SiteKey(models.Model):
    """A write key of a store's site. A browser's key is public: what it says of money is a hint and never revenue."""

    class Use(models.TextChoices):
        BROWSER = "browser"
        SERVER = "server"

    key = models.CharField(max_length=40, unique=True)
    store = models.ForeignKey(Store, models.PROTECT)
    use = models.CharField(max_length=7, choices=Use)
    name = models.CharField(max_length=80)
    created_at = InstantField()
    by = models.CharField(max_length=40)
    closed_at = InstantField(null=True)
    closed_by = models.CharField(max_length=40, default="")


class KeyDay(models.Model):
    """How many events a key brought on a day (UTC, of arrival), and how many were refused."""

    key = models.ForeignKey(SiteKey, models.CASCADE)
    date = models.DateField()
    received = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "date"], name="key_day_once")]


class Link(models.Model):
    """A visitor gave an identifier: its digest leads to the customer who has it, now or later, or to nobody.

    Nothing of the identifier itself is kept, so erasing a person (her digests go) takes her visits from her.
    """

    visitor = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=16)
    kind = models.CharField(max_length=10)
    key = models.ForeignKey(SiteKey, models.CASCADE)
    at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visitor", "digest"], name="link_once")]
        indexes = [models.Index(fields=["digest"], name="link_digest")]


class Refusal(models.Model):
    """An event that was not taken, and why; the newest thousand of each key are kept."""

    key = models.ForeignKey(SiteKey, models.CASCADE)
    at = InstantField()
    reason = models.CharField(max_length=40)
    type = models.CharField(max_length=20)
    name = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="refusal_of_key")]
