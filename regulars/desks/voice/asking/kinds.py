"""What asking does, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "customer.asked",
    sentence=says(_("Was asked how it went")),
    help="A customer was asked about a delivery or a product; whether the question leaves is for the guard to say.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class CustomerAsked:
    about: str
    order: int
    port: int
    product: int = 0


@kind(
    "asking.changed",
    sentence=says(_("What is asked by itself changed by %(by)s")),
    help="The shop changed what it asks after deliveries.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class AskingChanged:
    fields: str
