"""What was worked out of products and lots, and what a person decided of a suspicion."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.shop.models import Lot


class ProductFigures(models.Model):
    """What came of a product so far. Derived; worked out anew every hour."""

    product_id = models.BigIntegerField(primary_key=True)  # no key of the database: products may become one
    as_of = InstantField()
    orders = models.IntegerField(default=0)  # paid orders that hold it
    bad = models.IntegerField(default=0)  # of these: brought back, complained of or marked low, for sure this product
    buyers = models.IntegerField(default=0)
    came_back = models.IntegerField(default=0)  # buyers with a later order of anything
    bought_again = models.IntegerField(default=0)  # buyers with a second order of this product
    returned = models.IntegerField(default=0)  # orders with money back that hold nothing else
    returned_unclear = models.IntegerField(default=0)  # with money back, among other products
    complaints = models.IntegerField(default=0)
    opinions = models.IntegerField(default=0)
    marks = models.IntegerField(default=0)
    marks_total = models.FloatField(default=0)  # of marks, as of five
    marks_low = models.IntegerField(default=0)  # two of five, or less
    lots_failing = models.IntegerField(default=0)
    lots_watched = models.IntegerField(default=0)
    course = models.JSONField(default=list)  # [orders, bad] of four weeks each, the latest first
    variants = models.JSONField(default=list)  # [stock number, title, orders, bad]

    class Meta:
        indexes = [models.Index(fields=["lots_failing", "bad"], name="quality_worst")]


class LotReading(models.Model):
    """What the orders of a lot tell so far, as ``insight.lots`` reads them. Derived; ``named_at`` stays."""

    lot = models.OneToOneField(Lot, models.CASCADE, primary_key=True)
    as_of = InstantField()
    verdict = models.CharField(max_length=10)
    orders = models.IntegerField()
    bad = models.IntegerField()
    usual = models.FloatField()
    beside = models.IntegerField()
    evidence = models.FloatField()
    ratio = models.FloatField(null=True)
    low = models.FloatField()
    high = models.FloatField(null=True)  # null: no upper end
    needed = models.IntegerField(null=True)
    failing_since = models.DateField(null=True)
    returned = models.IntegerField(default=0)
    complained = models.IntegerField(default=0)
    marked_low = models.IntegerField(default=0)
    undated = models.IntegerField(default=0)  # returns of a day nobody knows: they cannot be compared at equal ages
    named_at = InstantField(null=True)  # when it was first recorded as failing

    class Meta:
        indexes = [models.Index(fields=["verdict"], name="reading_verdict")]


class GoOn(models.Model):
    """A person looked at a suspicion and decided to go on selling the lot. A newer suspicion asks again."""

    lot = models.ForeignKey(Lot, models.CASCADE)
    at = InstantField()
    by = models.CharField(max_length=40)
    taken_back_at = InstantField(null=True)
    taken_back_by = models.CharField(max_length=40, default="")
