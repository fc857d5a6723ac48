"""What the pages themselves remember: filters that somebody keeps, and numbers worked out ahead."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.staff.models import Staff


class SavedView(models.Model):
    """A list's filters and order under a name, for oneself or for everybody who works here."""

    page = models.CharField(max_length=20)  # customers, orders, products
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)  # as in the page's URL, without "?"
    owner = models.ForeignKey(Staff, models.CASCADE)
    is_shared = models.BooleanField(default=False)
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "owner", "name"], name="view_once_a_person")]
        indexes = [models.Index(fields=["page", "is_shared"], name="view_of_page")]


class StoredNumber(models.Model):
    """A number worked out ahead, so that a page need not: its value for these parameters, as of the data it saw."""

    name = models.CharField(max_length=60)
    params = models.CharField(max_length=200, default="")
    value = models.JSONField()
    as_of = InstantField()  # the instant up to which the data were known
    computed_at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "params"], name="number_once")]
