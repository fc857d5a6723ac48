"""Needs, the voices behind each, the deeds that answer them, and the programmes that listen to the first customers."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.desks.voice.opinions.models import Opinion
from regulars.messages.models import Sending
from regulars.people.models import Customer
from regulars.shop.models import Product, Store


class Need(models.Model):
    """Something that customers ask of the shop. ``theme`` is its place in the taxonomy; "" is one of the shop's own."""

    theme = models.CharField(max_length=40, default="")
    # As the shop calls it, by language; a theme that nobody renamed has none and is called as the taxonomy calls it.
    names = models.JSONField(default=dict)
    summary = models.CharField(max_length=500, default="")
    severity = models.SmallIntegerField(null=True)  # 1 to 5, said by a person; None: as the taxonomy has it
    is_safety = models.BooleanField(default=False)  # comes first, however few say it
    # The need that it was found to be the same as. Its voices stay its own, so that this can be taken back exactly.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="folded")
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme"], condition=~models.Q(theme=""), name="need_once_a_theme")
        ]


class Sorter(models.Model):
    """What was learned from confirmed voices. Only the last few are kept."""

    # Made by this installation and sealed under its key: what is opened was not put there by anybody else.
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()
    trained_at = InstantField()
    n = models.IntegerField()  # confirmed voices that it learned from
    quality = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-trained_at"], name="sorter_latest")]


class Voice(models.Model):
    """An opinion names a need: proposed by the machine until a person confirms it. Only confirmed ones count."""

    opinion = models.ForeignKey(Opinion, models.CASCADE)
    need = models.ForeignKey(Need, models.PROTECT)
    piece = models.SmallIntegerField(default=0)  # which part of the words says so, from 0
    probability = models.FloatField(null=True)  # of the proposal; None where a person found it by herself
    confirmed_at = InstantField(null=True)
    confirmed_by = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opinion", "need"], name="voice_once")]
        indexes = [models.Index(fields=["need", "confirmed_at"], name="voice_of_need")]


class Split(models.Model):
    """Some voices of a need were found to be another's. Kept so that it can be taken back exactly."""

    source = models.ForeignKey(Need, models.CASCADE, related_name="+")
    made = models.ForeignKey(Need, models.CASCADE, related_name="+")
    voices = models.JSONField()  # [[opinion, the need it was behind], …]
    at = InstantField()
    by = models.CharField(max_length=40)
    undone_at = InstantField(null=True)
    undone_by = models.CharField(max_length=40, default="")


class Check(models.Model):
    """An opinion drawn for the weekly double check: a second person says what it is without seeing what the first did.

    Both answers are needs by id, 0 for "none of them".
    """

    week = models.DateField()  # its Monday
    opinion = models.ForeignKey(Opinion, models.CASCADE)
    first = models.JSONField()  # [need, …], as it stood when the sample was drawn
    first_by = models.CharField(max_length=40)
    second = models.JSONField(null=True)
    second_by = models.CharField(max_length=40, default="")
    second_at = InstantField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["week", "opinion"], name="check_once_a_week")]


class Deed(models.Model):
    """What the shop does about a need: planned by somebody for a day, done, told, and tested for its effect."""

    need = models.ForeignKey(Need, models.PROTECT)
    action = models.CharField(max_length=300)  # the corrective action
    cause = models.CharField(max_length=300, default="")  # why it happened
    owner_id = models.BigIntegerField()  # staff
    due_date = models.DateField()
    planned_at = InstantField()
    planned_by = models.CharField(max_length=40)
    done_at = InstantField(null=True)
    done_by = models.CharField(max_length=40, default="")
    dropped_at = InstantField(null=True)
    dropped_by = models.CharField(max_length=40, default="")
    # What everybody may read of it, by language, on the page of what changed, from ``shown_at`` on.
    public = models.JSONField(default=dict)
    shown_at = InstantField(null=True)
    shown_by = models.CharField(max_length=40, default="")
    # Whether it helped, as the test found it; "" while it cannot be told.
    verdict = models.CharField(max_length=6, default="")
    judged_at = InstantField(null=True)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")

    class Meta:
        indexes = [
            models.Index(fields=["need"], name="deed_of_need"),
            models.Index(fields=["due_date"], name="deed_due", condition=models.Q(done_at=None, dropped_at=None)),
            models.Index(fields=["-shown_at"], name="deed_shown", condition=models.Q(shown_at__isnull=False)),
        ]

    @property
    def scope(self) -> str:
        """Return the name of this deed in the ledger."""
        return f"deed:{self.pk}"


class Told(models.Model):
    """Who asked was told of the deed: once ever, whatever became of the message."""

    deed = models.ForeignKey(Deed, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE)
    sending = models.ForeignKey(Sending, models.PROTECT)
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deed", "customer"], name="told_once")]


class Program(models.Model):
    """The first hundred: each of the first customers of a new shop or product is asked, heard and answered."""

    name = models.CharField(max_length=80)
    store = models.ForeignKey(Store, models.PROTECT, null=True)
    product = models.ForeignKey(Product, models.PROTECT, null=True)
    begins_at = InstantField()
    size = models.SmallIntegerField(default=100)
    at = InstantField()
    by = models.CharField(max_length=40)
    finished_at = InstantField(null=True)
    finished_by = models.CharField(max_length=40, default="")

    @property
    def scope(self) -> str:
        """Return the name of this programme in the ledger."""
        return f"program:{self.pk}"


class Step(models.Model):
    """A person of the shop asked or answered one of the first customers herself: on the phone, at the counter."""

    class What(models.TextChoices):
        ASKED = "asked"
        ANSWERED = "answered"

    program = models.ForeignKey(Program, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE)
    what = models.CharField(max_length=8, choices=What)
    at = InstantField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "customer", "what"], name="step_once")]
