"""Who was asked what, and when: what the one rule of tiredness counts."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.desks.voice.ports.models import Port
from regulars.people.models import Customer
from regulars.shop.models import Order


class Ask(models.Model):
    """One question put to one customer about one order, or about the help she got."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery"
        PRODUCT = "product"
        HELP = "help"  # how it was, after a case was closed

    kind = models.CharField(max_length=8, choices=Kind)
    customer = models.ForeignKey(Customer, models.CASCADE)
    order = models.ForeignKey(Order, models.CASCADE, null=True)
    case_id = models.BigIntegerField(null=True)  # of help: the case that was closed
    product_id = models.BigIntegerField(default=0)  # 0: of none
    port = models.ForeignKey(Port, models.PROTECT)
    sending_id = models.BigIntegerField()
    at = InstantField()
    reminded_at = InstantField(null=True)  # once at most
    again_id = models.BigIntegerField(null=True)  # the sending that reminded her

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "kind", "product_id"], name="asked_once"),
            models.UniqueConstraint(fields=["case_id"], name="asked_once_a_case"),
        ]
        indexes = [
            models.Index(fields=["customer", "at"], name="ask_of_customer"),
            models.Index(fields=["kind", "at"], name="ask_of_kind"),
        ]
