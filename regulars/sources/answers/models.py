"""The mailbox of a sender: where replies and returned mail come to, and how far it was read."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.messages.models import Sender


class Listener(models.Model):
    """The line of a sender whose provider reports over one that stays open: which worker holds it, and how it goes."""

    sender = models.OneToOneField(Sender, models.PROTECT)
    worker = models.CharField(max_length=60, default="")
    lease_until = InstantField(null=True)
    open_since = InstantField(null=True)  # None while it is not open
    problem = models.CharField(max_length=20, default="")  # why it is not: refused, broken, settings


class Mailbox(models.Model):
    """The mailbox that answers to one sender's mail come to."""

    sender = models.OneToOneField(Sender, models.PROTECT)
    # Server, user name and password as JSON, sealed under a key of its own.
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()
    # Everything up to ``last_uid`` was read under this UIDVALIDITY; moved in the transaction that hears the reports.
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = InstantField(null=True)  # when it was last read to its end
    problem = models.CharField(max_length=200, default="")  # why it could not be read since
    at = InstantField()
    by = models.CharField(max_length=40)
    retired_at = InstantField(null=True)
    retired_by = models.CharField(max_length=40, default="")
