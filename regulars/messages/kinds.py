"""What becomes of messages, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@dataclass(frozen=True, slots=True)
class About:
    """Which message: its channel, what it belongs to, whether it was marketing."""

    channel: str
    scope: str
    step: str
    is_marketing: bool


@kind(
    "message.handed_over",
    sentence=says(_("A message left by %(channel)s")),
    help="A message was handed to its provider.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class HandedOver(About):
    pass


@kind(
    "message.withheld",
    sentence=says(_("A message by %(channel)s was withheld to measure what messages change")),
    help="A message would have left, but its receiver is in the holdout.",
    icon="eye",
)
@dataclass(frozen=True, slots=True)
class Withheld(About):
    pass


@kind(
    "message.unknown",
    sentence=says(_("A message by %(channel)s may have left; the line broke")),
    help="The line to the provider broke when it may have taken the message.",
    icon="alert",
)
@dataclass(frozen=True, slots=True)
class Unknown(About):
    pass


@kind(
    "message.failed",
    sentence=says(_("A message by %(channel)s was refused")),
    help="A provider refused a message for good.",
    icon="alert",
)
@dataclass(frozen=True, slots=True)
class Failed(About):
    pass


@kind(
    "message.delivered",
    sentence=says(_("A message by %(channel)s arrived")),
    help="A provider says that a message arrived.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class Delivered(About):
    pass


@kind(
    "message.bounced",
    sentence=says(_("A message by %(channel)s came back")),
    help="A message came back undelivered.",
    icon="alert",
)
@dataclass(frozen=True, slots=True)
class Bounced(About):
    pass


@kind(
    "message.complained",
    sentence=says(_("Marked a message by %(channel)s as unwanted")),
    help="A customer marked a message as spam.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class Complained(About):
    pass


@kind(
    "message.answered",
    sentence=says(_("Answered a message by %(channel)s")),
    help="A customer wrote back to a message. Her words are not in the stream.",
    icon="mail",
)
@dataclass(frozen=True, slots=True)
class Answered(About):
    pass


@dataclass(frozen=True, slots=True)
class Wished:
    """What a customer wishes: pause, not_personalised, under_age, seldom, no_topic (of ``topic``)."""

    kind: str
    topic: str


@kind(
    "wish.added",
    sentence=says(_("A wish about messages: %(kind)s %(topic)s")),
    help="A customer said how she wants to be written to.",
    icon="person",
)
@dataclass(frozen=True, slots=True)
class WishAdded(Wished):
    pass


@kind(
    "wish.lifted",
    sentence=says(_("No longer a wish about messages: %(kind)s %(topic)s")),
    help="A customer's wish about messages holds no longer.",
    icon="person",
)
@dataclass(frozen=True, slots=True)
class WishLifted(Wished):
    pass


@kind(
    "identity.changed",
    sentence=says(_("Sender of messages changed by %(by)s")),
    help="What is said of the shop under its messages was changed.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class IdentityChanged:
    fields: str


@kind(
    "sender.changed",
    sentence=says(_("A way to write to customers changed by %(by)s: %(what)s")),
    help="A way out was added, changed, put away, brought back or let go on.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class SenderChanged:
    sender: int
    what: str
