"""Audiences, what they said before, how many they held, and lists frozen for a sending."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField

NAME_LENGTH = 80


class Audience(models.Model):
    """A saved rule: who is in it is asked anew each time. Names are taken for ever, since rules name audiences."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    rule = models.TextField()
    at = InstantField()  # when it was last changed
    by = models.CharField(max_length=40)
    retired_at = InstantField(null=True)
    retired_by = models.CharField(max_length=40, default="")


class Version(models.Model):
    """What an audience said from an instant until the next row."""

    audience = models.ForeignKey(Audience, models.CASCADE)
    name = models.CharField(max_length=NAME_LENGTH)
    rule = models.TextField()
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["audience", "at"], name="version_of_audience")]


class AudienceSize(models.Model):
    """How many people an audience held on a day of the shop's."""

    audience = models.ForeignKey(Audience, models.CASCADE)
    day = models.DateField()
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "day"], name="size_once_a_day")]


class Freeze(models.Model):
    """Who was in an audience at an instant, kept: whatever happens afterwards, this list stays."""

    audience = models.ForeignKey(Audience, models.PROTECT)
    rule = models.TextField()  # as it was
    count = models.IntegerField(default=0)
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["audience", "at"], name="freeze_of_audience")]


class Member(models.Model):
    """A person of a frozen list, by the root record she had then. Erased people leave it; its count stays."""

    freeze = models.ForeignKey(Freeze, models.CASCADE)
    customer_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["freeze", "customer_id"], name="member_once")]
        indexes = [models.Index(fields=["customer_id"], name="member_customer")]
