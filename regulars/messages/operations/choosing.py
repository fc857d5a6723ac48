"""What a customer chooses at the way out: on which channels, about what, how often, and not before when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from regulars.base.actor import Actor
from regulars.messages.models import Touch, Wish
from regulars.messages.operations.wishes import unwish, wish
from regulars.messages.standing import HER_OWN, standings
from regulars.messages.world import REACHED_BY
from regulars.people.models import Consent, Suppression
from regulars.people.operations import ConsentEntry, lift_suppression, record_consents
from regulars.people.operations.consent import close_address


@dataclass(frozen=True, slots=True)
class Choice:
    """What she ticked. ``level``: how seldom (0: as it comes); ``no_topics`` of the shop's own topics."""

    channels: frozenset[str]
    level: int = 0
    paused_until: datetime | None = None
    no_topics: frozenset[str] = frozenset()
    is_personalised: bool = True


def choose_what_to_get(
    choice: Choice, *, root: int, topics: Collection[str], touch: Touch | None, by: Actor, at: datetime, source: str
) -> None:
    """Make a person's choice hold, from the next hand-over on. What is chosen already stays as it is."""
    with transaction.atomic():
        for standing in standings(root):
            if standing.channel in choice.channels:
                _open(root, standing.channel, standing.addresses, touch, by=by, at=at, source=source)
            else:
                close_channel(root, standing.channel, standing.addresses, touch, by=by, at=at, source=source)
        _set(root, Wish.Kind.SELDOM, choice.level > 0, by=by, at=at, level=choice.level)
        _set(root, Wish.Kind.PAUSE, choice.paused_until is not None, by=by, at=at, until=choice.paused_until)
        _set(root, Wish.Kind.NOT_PERSONALISED, not choice.is_personalised, by=by, at=at)
        for topic in topics:
            _set(root, Wish.Kind.NO_TOPIC, topic in choice.no_topics, by=by, at=at, topic=topic)


def close_channel(
    root: int, channel: str, addresses: Collection[bytes], touch: Touch | None, *, by: Actor, at: datetime, source: str
) -> bool:
    """Have nothing that sells go to her on a channel. Return whether this was news."""
    kind = REACHED_BY.get(channel, channel)
    closed = [
        close_address(kind=kind, digest=digest, reason=HER_OWN, by=by, at=at, customer=root) for digest in addresses
    ]
    proof = {"touch": touch.pk} if touch else {}
    word = ConsentEntry(root, channel, "withdrawn", source, proof=proof)
    return bool(record_consents([word], by=by, at=at)) or any(closed)


def _open(
    root: int, channel: str, addresses: Collection[bytes], touch: Touch | None, *, by: Actor, at: datetime, source: str
) -> None:
    own = Suppression.objects.filter(digest__in=addresses, reason=HER_OWN, lifted_at=None)
    for pk in own.values_list("pk", flat=True):
        lift_suppression(pk, by=by, at=at, customer=root)
    if next(s for s in standings(root) if s.channel == channel).basis == "none":
        # The page she ticked it on was reached by a link sent to her own address: that is the proof.
        proof = {"touch": touch.pk} if touch else {}
        words = Consent.objects.filter(customer__root_id=root, channel=channel, purpose="marketing")
        # A no on any of her records wins, so her yes is written on each of those.
        records = {root, *words.values_list("customer_id", flat=True)}
        entries = [ConsentEntry(record, channel, "granted", source, proof=proof) for record in sorted(records)]
        record_consents(entries, by=by, at=at)


def _set(
    root: int, kind: str, is_wanted: bool, *, by: Actor, at: datetime, until: datetime | None = None, level: int = 0,
    topic: str = "",
) -> None:  # fmt: skip
    if is_wanted:
        wish(customer=root, kind=kind, until=until, level=level, topic=topic, by=by, at=at)
    else:
        unwish(customer=root, kind=kind, topic=topic, by=by, at=at)
