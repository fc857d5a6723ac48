"""Opinions, what a person made of each, and the cases that cannot wait."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.people.models import Customer
from regulars.shop.models import Order, Product, Store


class Opinion(models.Model):
    """One word from a customer: a review, a survey's answer, a mail, a remark somebody wrote down.

    The words are sealed, under her own key where we know who she is, so that erasing her covers them. A mark without
    words is no opinion to ponder: it is counted where it was asked for.
    """

    class Source(models.TextChoices):
        ANSWER = "answer"  # to a question of a port
        REPLY = "reply"  # to a message of ours, or unasked on the same way
        PAGE = "page"  # on the page at the foot of a message
        REVIEW = "review"
        CHAT = "chat"
        COMPLAINT = "complaint"
        NOTED = "noted"  # by a person of the shop: said on the phone, at the counter, on a social network
        IMPORTED = "imported"

    source = models.CharField(max_length=10, choices=Source)
    key = models.CharField(max_length=240, unique=True)  # what makes hearing it twice harmless
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True)
    wrapped_key = models.BinaryField(default=b"")  # empty where the customer's own key seals the words
    sealed = models.BinaryField(default=b"")  # JSON: title, text; empty once taken back or erased
    language = models.CharField(max_length=12, default="")
    # Her mark, and the best of its scale: 4 of 5 stars, 9 of 10.
    mark = models.SmallIntegerField(null=True)
    best = models.SmallIntegerField(null=True)
    store = models.ForeignKey(Store, models.SET_NULL, null=True)
    order = models.ForeignKey(Order, models.SET_NULL, null=True)
    product = models.ForeignKey(Product, models.SET_NULL, null=True)
    scope = models.CharField(max_length=40, default="")  # what asked for it, as the ledger names it: "campaign:12"
    place = models.CharField(max_length=80, default="")  # where it was said, in the shop's words: "Xiaohongshu"
    staff_id = models.BigIntegerField(null=True)  # the person it is about
    touch_id = models.BigIntegerField(null=True)  # the message it answers
    fingerprint = models.BinaryField(max_length=16, default=b"")  # of the words made comparable; b"" of none
    # The first that said the same in nearly the same words. It is pondered for all of them.
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, related_name="alike")
    said_at = InstantField()
    heard_at = InstantField()
    by = models.CharField(max_length=40)
    taken_back_at = InstantField(null=True)  # by its author, or with her erasure

    class Meta:
        indexes = [
            models.Index(fields=["customer", "said_at"], name="opinion_of_customer"),
            models.Index(fields=["product", "said_at"], name="opinion_of_product"),
            models.Index(fields=["order"], name="opinion_of_order"),
            models.Index(fields=["scope", "said_at"], name="opinion_of_scope"),
            models.Index(fields=["heard_at"], name="opinion_heard"),
            models.Index(fields=["fingerprint", "said_at"], name="opinion_print"),
        ]


class Earlier(models.Model):
    """What an opinion said before its author changed it."""

    opinion = models.ForeignKey(Opinion, models.CASCADE)
    sealed = models.BinaryField()
    mark = models.SmallIntegerField(null=True)
    at = InstantField()  # when it was replaced

    class Meta:
        indexes = [models.Index(fields=["opinion", "at"], name="earlier_of_opinion")]


class Pondering(models.Model):
    """A person read an opinion and decided what it is. Where there is none, the opinion waits."""

    class How(models.TextChoices):
        NEED = "need"  # it names a need, or several
        ANSWERED = "answered"
        NOTED = "noted"  # read; nothing to do

    opinion = models.OneToOneField(Opinion, models.CASCADE)
    how = models.CharField(max_length=8, choices=How)
    at = InstantField()
    by = models.CharField(max_length=40)


class Case(models.Model):
    """An opinion that cannot wait: somebody is let down now. Open until a person closes it."""

    class Outcome(models.TextChoices):
        MADE_GOOD = "made_good"
        EXPLAINED = "explained"
        NO_ANSWER = "no_answer"  # she was written to and did not answer
        NOT_OURS = "not_ours"

    opinion = models.OneToOneField(Opinion, models.CASCADE)
    reason = models.CharField(max_length=20)  # low_mark, not_in_time, safety, by_hand
    opened_at = InstantField()
    owner_id = models.BigIntegerField(null=True)  # staff
    owned_at = InstantField(null=True)
    closed_at = InstantField(null=True)
    closed_by = models.CharField(max_length=40, default="")
    outcome = models.CharField(max_length=10, choices=Outcome, default="")

    class Meta:
        indexes = [models.Index(fields=["opened_at"], name="case_open", condition=models.Q(closed_at=None))]
