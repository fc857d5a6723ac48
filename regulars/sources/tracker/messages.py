"""From a client's message to a row of the stream. Pure: no database, no clock.

The wire form is Segment's HTTP tracking API (track, identify, page, screen, group, alias); event names are those of
its e-commerce specification, any other name becomes ``site.custom``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec

from regulars.base import secrets
from regulars.base.clock import to_us
from regulars.base.text import email_key, phone_key
from regulars.people.links import customer_of
from regulars.sources.tracker import bodies, kinds
from regulars.sources.tracker.agents import is_bot
from regulars.sources.tracker.cleaning import identity, mapping, text, visitor_of
from regulars.sources.tracker.rules import Taken

MAX_EVENT_BYTES = 32 * 1024
AHEAD_US = 5 * 60 * 1_000_000  # a client's clock may be this far ahead of ours after correction
TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})
REFUSED_TRACKING = "Tracking Refused"
_encode = msgspec.json.Encoder().encode


class Message(msgspec.Struct, rename="camel"):
    """What clients send, as they send it: nulls where nothing is, ids as texts or numbers."""

    type: str | None = None
    message_id: str | int | None = None
    user_id: str | int | float | None = None
    anonymous_id: str | int | float | None = None
    previous_id: str | int | float | None = None
    group_id: str | int | float | None = None
    event: str | None = None
    name: str | None = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: str | None = None
    context: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None


decode_message = msgspec.json.Decoder(Message).decode


def instant(stated: str | None) -> int | None:
    """Return an ISO 8601 text as microseconds since 1970 UTC (no zone: UTC); None if it is none."""
    if not stated:
        return None
    try:
        at = datetime.fromisoformat(stated)
        return to_us(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def occurred(message: Message, sent_us: int | None, received_us: int) -> int:
    """Return when it happened by our clock: the client's clock is set right by when it says it sent (Segment)."""
    stated = instant(message.original_timestamp) or instant(message.timestamp)
    if stated is None:
        return received_us
    sent = instant(message.sent_at) or sent_us
    at = received_us - (sent - stated) if sent is not None else stated
    return max(0, min(at, received_us + AHEAD_US))


def take(
    taken: Taken, raw: bytes, *, context: dict[str, Any], sent_us: int | None, received_us: int, kind: str
) -> None:
    """Add what becomes of one message to ``taken``. ``kind``: the type the path named, "" in a batch."""
    if len(raw) > MAX_EVENT_BYTES:
        taken.refused.append(("event_too_large", kind, ""))
        return
    try:
        message = decode_message(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "not_an_event" if isinstance(error, msgspec.ValidationError) else "bad_json"
        taken.refused.append((reason, kind, ""))
        return
    type_ = kind or (message.type or "").lower()
    name = text(message.event or message.name, 120)
    if type_ not in TYPES:
        taken.refused.append(("unknown_type", text(type_, 20), name))
        return
    if type_ == "track" and not name:
        taken.refused.append(("no_event_name", type_, ""))
        return
    if message.context:
        context = context | message.context if context else message.context
    event = _Event(taken, message, raw, context)
    if reason := event.why_not():
        taken.refused.append((reason, type_, name))
    elif name == REFUSED_TRACKING and type_ == "track":
        taken.leaving.append(event.visitor)
    else:
        event.add(type_, name, occurred(message, sent_us, received_us), received_us)


class _Event:
    """One message on its way to a row."""

    def __init__(self, taken: Taken, message: Message, raw: bytes, context: dict[str, Any]) -> None:
        self.taken, self.key, self.message, self.context, self.raw = taken, taken.key, message, context, raw
        # Who has not consented is known for a day only, and never as a customer, whatever else the page says.
        self.is_daily = context.get("daily") is True
        self.user = "" if self.is_daily else identity(message.user_id)
        anonymous = "" if self.is_daily else identity(message.anonymous_id)
        self.account = secrets.digest("account", self.key.scope, self.user) if self.user else b""
        if self.account in taken.rules.junk_digests:
            self.account, self.user = b"", ""
        self.visitor = visitor_of(anonymous) if anonymous else f"u:{self.account.hex()}" if self.account else ""
        if self.is_daily:
            self.visitor = taken.origin.daily
        agent = text(context.get("userAgent"), 400) or taken.origin.agent
        self.is_bot = taken.origin.is_datacentre or context.get("bot") is True or bool(agent and is_bot(agent))

    def why_not(self) -> str:
        """Return why the event is refused, "" if it is not."""
        rules = self.taken.rules
        if not self.visitor:
            return "no_user_anon_id"
        if self.visitor in rules.junk_visitors:
            return "junk_id"
        if self.visitor in rules.out_visitors or self.account in rules.out_digests:
            return "opted_out"
        return ""

    def add(self, type_: str, name: str, occurred_us: int, received_us: int) -> None:
        """Add the row, and the links of who says who she is."""
        links = self._links()
        if any(digest in self.taken.rules.out_digests for _, digest, _ in links):
            self.taken.refused.append(("opted_out", type_, name))
            return
        kind, body = self._kind_and_body(type_, name, links)
        if self.is_bot:
            links = []
        self.taken.links += links
        if (link := text(self.context.get("link"), 80)) and not self.is_daily:
            customer = customer_of(link)
            if customer is not None:
                self.taken.persons.append((self.visitor, customer))
        self.taken.rows.append((
            f"site:{self.key.id}:{self._id()}", kind, None, self.visitor, self.key.store, None, None, None,
            occurred_us, received_us, f"site:{self.key.id}", None, _encode(body).decode(),
        ))  # fmt: skip

    def _kind_and_body(self, type_: str, name: str, links: list[tuple[str, bytes, str]]) -> tuple[str, Any]:
        properties = self.message.properties or {}
        if type_ == "track":
            kind, body = bodies.tracked(self.taken, properties, name, is_bot=self.is_bot)
            if kind == "site.order_hinted" and body.order and not self.is_daily:
                self.taken.orders.append((self.visitor, body.order))
            return kind, body
        if type_ in {"page", "screen"}:
            return "site.page_viewed", bodies.page_viewed(
                self.taken, properties, self.context, name, is_bot=self.is_bot
            )
        if type_ == "group":
            return "site.custom", bodies.grouped(self.taken, self.message.group_id)
        if type_ == "alias":
            # The old name of the same browser: both lead to the account, if one is given.
            previous = identity(self.message.previous_id)
            if previous and self.account:
                links.append((visitor_of(previous), self.account, "account"))
            return "site.identified", kinds.Identified(self.key.id, by_account=bool(self.account))
        how = {kind for _, _, kind in links}
        return "site.identified", kinds.Identified(self.key.id, "account" in how, "email" in how, "phone" in how)

    def _id(self) -> str:
        """Return what makes a message known when it is sent again: its id, or else its content."""
        said = text(self.message.message_id, 200)
        if said and len(said) < 100:
            return said
        return blake2b(said.encode() or self.raw, digest_size=16).hexdigest()

    def _links(self) -> list[tuple[str, bytes, str]]:
        if self.is_daily:
            return []
        found = [(self.visitor, self.account, "account")] if self.account else []
        traits = mapping(self.context.get("traits")) | (self.message.traits or {})
        if traits:
            if email := email_key(text(traits.get("email"), 320)):
                found.append((self.visitor, secrets.digest("email", "", email), "email"))
            if phone := phone_key(text(traits.get("phone"), 40), self.key.country):
                found.append((self.visitor, secrets.digest("phone", "", phone), "phone"))
            found = [link for link in found if link[1] not in self.taken.rules.junk_digests]
        return found
