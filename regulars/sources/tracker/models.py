"""Keys that clients send with, whom a visitor said to be, and what was refused."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.people.models import Customer
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


class OrderLink(models.Model):
    """A site told of an order of a visitor: whose order it is, she is. The order may be imported later, or never."""

    visitor = models.CharField(max_length=64)
    store = models.ForeignKey(Store, models.CASCADE)
    number = models.CharField(max_length=80)  # without a leading #
    key = models.ForeignKey(SiteKey, models.CASCADE)
    at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visitor", "store", "number"], name="order_link_once")]
        indexes = [models.Index(fields=["store", "number"], name="link_of_order")]


class PersonalLink(models.Model):
    """A visitor came by a link that only one customer was sent."""

    visitor = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, models.CASCADE)
    key = models.ForeignKey(SiteKey, models.CASCADE)
    at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visitor", "customer"], name="personal_link_once")]


class Junk(models.Model):
    """An id that so many gave that it is nobody's: one account of many visitors, or one visitor of many accounts.

    Exactly one of ``visitor`` and ``digest`` is set. ``lifted_at``: staff said that it is a person's after all.
    """

    visitor = models.CharField(max_length=64, null=True, unique=True)
    digest = models.BinaryField(max_length=16, null=True, unique=True)
    seen_with = models.IntegerField()
    at = InstantField()
    lifted_at = InstantField(null=True)
    lifted_by = models.CharField(max_length=40, default="")


class OptOut(models.Model):
    """Somebody asked not to be followed: a visitor by herself, or a customer, with all visitors who are her."""

    visitor = models.CharField(max_length=64, null=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True)
    at = InstantField()
    by = models.CharField(max_length=40)
    lifted_at = InstantField(null=True)
    lifted_by = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visitor"], condition=models.Q(lifted_at=None, customer=None), name="opt_out_of_visitor"
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(lifted_at=None, visitor=None), name="opt_out_of_customer"
            ),
        ]


class Salt(models.Model):
    """The salt of a day's pseudonyms. It is removed with the day, and with it every way back to a browser."""

    date = models.DateField(unique=True)
    salt = models.BinaryField(max_length=32)


class Follower(models.Model):
    """How far the stream was followed: (transaction, id) on PostgreSQL, (0, id) on SQLite."""

    name = models.CharField(max_length=20, unique=True)
    tx = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)


class Visit(models.Model):
    """A visit that goes on, or was over lately. Its activity ``site.visited`` is recorded when it is over.

    ``revision``: how often it was recorded; events that arrive late change it, and it is recorded anew.
    """

    visitor = models.CharField(max_length=64)
    store = models.ForeignKey(Store, models.CASCADE)
    started_at = InstantField()
    last_at = InstantField()
    agent = models.CharField(max_length=6, default="person")
    pages = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    facts = models.TextField()  # JSON of visits.Facts
    recorded_at = InstantField(null=True)
    revision = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["visitor", "last_at"], name="visit_of_visitor"),
            models.Index(fields=["last_at"], name="visit_by_time"),
            models.Index(fields=["last_at"], condition=models.Q(recorded_at=None), name="visit_open"),
        ]


class Refusal(models.Model):
    """An event that was not taken, and why; the newest thousand of each key are kept."""

    key = models.ForeignKey(SiteKey, models.CASCADE)
    at = InstantField()
    reason = models.CharField(max_length=40)
    type = models.CharField(max_length=20)
    name = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="refusal_of_key")]
