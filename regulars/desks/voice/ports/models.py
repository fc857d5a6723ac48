"""Ports, and what was answered at them."""

from __future__ import annotations

from django.db import models

from regulars.base.fields import InstantField
from regulars.desks.voice.opinions.models import Opinion
from regulars.people.models import Customer
from regulars.shop.models import Order


class Port(models.Model):
    """Questions with an address: a short code, and with it a link, a QR code and a widget."""

    class About(models.TextChoices):
        SHOP = "shop"
        CAMPAIGN = "campaign"
        JOURNEY = "journey"
        PRODUCT = "product"
        ORDER = "order"  # each order by its own link
        INSERT = "insert"  # a card in a parcel
        STAFF = "staff"
        STORE = "store"

    about = models.CharField(max_length=8, choices=About)
    about_id = models.BigIntegerField(null=True)  # which campaign, product, member of staff, store
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=12, unique=True)
    questions = models.JSONField()  # rules.to_json
    texts = models.JSONField(default=dict)  # {language: {"title": …, "lede": …, "thanks": …}}
    is_personal_only = models.BooleanField(default=False)
    # Days in which an answer may be changed; 0: sent is sent.
    edit_days = models.SmallIntegerField(default=14)
    expires_at = InstantField(null=True)
    # A message that begins with this word answers it; rules.keyword_of.
    keyword = models.CharField(max_length=20, null=True, unique=True)
    # What the ledger calls that for which it was made by itself ("campaign:12"); null if somebody made it.
    scope = models.CharField(max_length=40, null=True, unique=True)
    at = InstantField()
    by = models.CharField(max_length=40)
    retired_at = InstantField(null=True)
    retired_by = models.CharField(max_length=40, default="")

    class Meta:
        indexes = [models.Index(fields=["about", "about_id"], name="port_about")]

    @property
    def named(self) -> str:
        """Return by what name opinions remember which port asked."""
        return self.scope or f"port:{self.pk}"


class Answer(models.Model):
    """What somebody answered by one link: marks and choices here, words as an opinion."""

    port = models.ForeignKey(Port, models.PROTECT)
    link = models.CharField(max_length=60)  # names.Link.key; what makes two sendings one answer
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True)
    order = models.ForeignKey(Order, models.SET_NULL, null=True)
    touch_id = models.BigIntegerField(null=True)
    values = models.JSONField(default=dict)  # {question: mark or choice}
    opinion = models.ForeignKey(Opinion, models.SET_NULL, null=True)
    language = models.CharField(max_length=12, default="")
    place = models.BinaryField(max_length=16, default=b"")  # digest of the network address it came from
    version = models.SmallIntegerField(default=1)
    submitted_at = InstantField()
    changed_at = InstantField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["port", "link"], name="answer_once_a_link")]
        indexes = [
            models.Index(fields=["port", "submitted_at"], name="answer_of_port"),
            models.Index(fields=["customer", "submitted_at"], name="answer_of_customer"),
            models.Index(fields=["order"], name="answer_of_order"),
            models.Index(fields=["place", "submitted_at"], name="answer_from_place"),
            models.Index(fields=["opinion"], name="answer_of_opinion"),
        ]


class AnswerPhoto(models.Model):
    """A picture that came with an answer."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="photos")
    question = models.CharField(max_length=20)
    file = models.CharField(max_length=120)
    at = InstantField()


class AnswerVersion(models.Model):
    """What an answer's marks were before they were changed; what its words were is with the opinion."""

    answer = models.ForeignKey(Answer, models.CASCADE)
    version = models.SmallIntegerField()
    values = models.JSONField()
    at = InstantField()  # when it was replaced

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "version"], name="answer_version_once")]
