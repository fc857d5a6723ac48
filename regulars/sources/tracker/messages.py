"""From a client's message to a row of the stream. Pure: no database, no clock.

The wire form is Segment's HTTP tracking API (track, identify, page, screen, group, alias); event names are those of
its e-commerce specification, any other name becomes ``site.custom``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import msgspec

from regulars.base import secrets
from regulars.base.clock import to_us
from regulars.base.text import email_key, phone_key
from regulars.sources.tracker import kinds
from regulars.sources.tracker.agents import is_bot

MAX_EVENT_BYTES = 32 * 1024
MAX_PROPERTIES = 4096  # characters of a custom event's properties that are kept
AHEAD_US = 5 * 60 * 1_000_000  # a client's clock may be this far ahead of ours after correction
LONGEST_ID = 64
# What broken sites send where nobody is known.
JUNK = frozenset({"", "null", "none", "undefined", "nan", "0", "-1", "anonymous", "guest", "[object object]", "false"})
TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})
PRODUCT_EVENTS = {
    "product viewed": "site.product_viewed",
    "viewed product": "site.product_viewed",
    "product added": "site.product_added",
    "added product": "site.product_added",
    "product removed": "site.product_removed",
    "removed product": "site.product_removed",
}
BASKET_EVENTS = {
    "cart viewed": "site.basket_viewed",
    "checkout started": "site.checkout_started",
    "order completed": "site.order_hinted",
    "completed order": "site.order_hinted",
}
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
# Bounded, so that a long text made to be slow is not.
_ADDRESS = re.compile(r"[^\s@/\"'?&=]{1,64}@[^\s@/\"'?&=]{1,64}\.[^\s@/\"'?&=]{1,64}")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?[0-9][0-9 ().-]{7,18}[0-9](?![0-9A-Za-z])")
_PERSONAL = re.compile(r"mail|phone|mobile|tel\b|name$|address|birth|微信|手机|姓名|邮箱|地址", re.IGNORECASE)
_DEEPEST = 5
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


@dataclass(frozen=True, slots=True)
class Key:
    """What the receiver knows of a write key. ``scope``: of the accounts of its store."""

    id: int
    store: int
    scope: str
    country: str


@dataclass(slots=True)
class Taken:
    """What a request came to: rows of ``stream.operations.COLUMNS``, links (visitor, digest, kind), refusals."""

    key: Key
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[tuple[str, bytes, str]] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # reason, type, name


def text(value: object, length: int) -> str:
    """Return ``value`` as text without control signs, cut to ``length``; "" for what is no text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _CONTROL.sub("", str(value))[:length].strip()


def without_contacts(said: str) -> str:
    """Return the text with what looks like an e-mail address or a telephone number replaced."""
    return _LONG_NUMBER.sub("…", _ADDRESS.sub("…", said) if "@" in said else said)


def harmless(value: Any, depth: int = 0) -> Any:
    """Return an event's property without contact data: fields that are about a person go, texts are cleaned."""
    if isinstance(value, str):
        return without_contacts(_CONTROL.sub("", value[:500]))
    if depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            text(name, 60): harmless(inner, depth + 1) for name, inner in value.items() if not _PERSONAL.search(name)
        }
    if isinstance(value, list):
        return [harmless(inner, depth + 1) for inner in value[:100]]
    return value


def mapping(value: object) -> dict[str, Any]:
    """Return ``value`` if it is an object of JSON, else an empty one."""
    return value if isinstance(value, dict) else {}


def identity(value: object) -> str:
    """Return an id a client sent as text; "" for none and for what broken sites send."""
    said = text(value, 256)
    return "" if said.lower() in JUNK else said


def visitor_of(anonymous: str) -> str:
    """Return the pseudonym of an anonymous id; a long one, or one that is an address, is known by its digest."""
    if len(anonymous) <= LONGEST_ID and "@" not in anonymous:
        return anonymous
    return blake2b(anonymous.encode(), digest_size=16).hexdigest()


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
    user, anonymous = identity(message.user_id), identity(message.anonymous_id)
    if not user and not anonymous:
        taken.refused.append(("no_user_anon_id", type_, name))
        return
    _Event(taken, message, raw, context | (message.context or {}), user, anonymous).add(
        type_, name, occurred(message, sent_us, received_us), received_us
    )


class _Event:
    """One message on its way to a row."""

    def __init__(
        self, taken: Taken, message: Message, raw: bytes, context: dict[str, Any], user: str, anonymous: str
    ) -> None:
        self.taken, self.key, self.message, self.context = taken, taken.key, message, context
        self.raw, self.user = raw, user
        self.account = secrets.digest("account", self.key.scope, user) if user else b""
        self.visitor = visitor_of(anonymous) if anonymous else f"u:{self.account.hex()}"
        self.properties = message.properties or {}
        self.is_bot = is_bot(text(context.get("userAgent"), 400))

    def add(self, type_: str, name: str, occurred_us: int, received_us: int) -> None:
        """Add the row, and the links of who says who she is."""
        links = self._links()
        if type_ == "identify":
            kinds_of = {kind for _, _, kind in links}
            body: Any = kinds.Identified(self.key.id, "account" in kinds_of, "email" in kinds_of, "phone" in kinds_of)
            kind = "site.identified"
        elif type_ in {"page", "screen"}:
            kind, body = "site.page_viewed", self._page(name)
        elif type_ == "track":
            kind, body = self._track(name)
        elif type_ == "alias":
            # The old name of the same browser: both lead to the account, if one is given.
            previous = identity(self.message.previous_id)
            if previous and self.account:
                links.append((visitor_of(previous), self.account, "account"))
            kind, body = "site.identified", kinds.Identified(self.key.id, by_account=bool(self.account))
        else:
            group = text(self.message.group_id, 60)
            kind, body = "site.custom", kinds.Custom(self.key.id, "group", _encode({"group": group}).decode())
        self.taken.links += links
        self.taken.rows.append((
            f"site:{self.key.id}:{self._id()}", kind, None, self.visitor, self.key.store, None, None, None,
            occurred_us, received_us, f"site:{self.key.id}", None, _encode(body).decode(),
        ))  # fmt: skip

    def _id(self) -> str:
        """Return what makes a message known when it is sent again: its id, or else its content."""
        said = text(self.message.message_id, 200)
        if said and len(said) < 100:
            return said
        return blake2b(said.encode() or self.raw, digest_size=16).hexdigest()

    def _links(self) -> list[tuple[str, bytes, str]]:
        found = [(self.visitor, self.account, "account")] if self.account else []
        traits = mapping(self.context.get("traits")) | (self.message.traits or {})
        if email := email_key(text(traits.get("email"), 320)):
            found.append((self.visitor, secrets.digest("email", "", email), "email"))
        if phone := phone_key(text(traits.get("phone"), 40), self.key.country):
            found.append((self.visitor, secrets.digest("phone", "", phone), "phone"))
        return found

    def _page(self, name: str) -> kinds.PageViewed:
        page = mapping(self.context.get("page"))
        address = _split(self.properties.get("url") or page.get("url"))
        path = text(self.properties.get("path") or page.get("path") or address.path or name, 200)
        campaign = mapping(self.context.get("campaign"))
        referrer = _split(self.properties.get("referrer") or page.get("referrer"))
        title = without_contacts(text(self.properties.get("title") or page.get("title") or name, 120))
        return kinds.PageViewed(
            key=self.key.id,
            host=(address.hostname or "")[:80],
            path=without_contacts(path.partition("?")[0]),
            title=title,
            referrer=(referrer.hostname or "")[:80],
            source=without_contacts(text(campaign.get("source"), 60)),
            medium=without_contacts(text(campaign.get("medium"), 60)),
            campaign=without_contacts(text(campaign.get("name"), 60)),
            is_bot=self.is_bot,
        )

    def _track(self, name: str) -> tuple[str, Any]:
        p, low = self.properties, name.lower()
        if kind := PRODUCT_EVENTS.get(low):
            body = kinds.ProductSeen(
                key=self.key.id,
                product=text(p.get("product_id") or p.get("id") or p.get("sku"), 120),
                name=without_contacts(text(p.get("name"), 120)),
                sku=text(p.get("sku"), 120),
                quantity=_count(p.get("quantity"), 1),
                is_bot=self.is_bot,
            )
            return kind, body
        if kind := BASKET_EVENTS.get(low):
            products = p.get("products")
            items = len(products) if isinstance(products, list) else 0
            return kind, kinds.BasketEvent(self.key.id, text(p.get("order_id"), 80), items, self.is_bot)
        if low == "products searched":
            return "site.searched", kinds.Searched(self.key.id, self.is_bot)
        said = _encode(harmless(p)).decode() if p else "{}"
        if len(said) > MAX_PROPERTIES:
            said = "{}"
        return "site.custom", kinds.Custom(self.key.id, without_contacts(name), said, self.is_bot)


def _split(address: object) -> Any:
    try:
        found = urlsplit(text(address, 2000))
        _ = found.hostname
    except ValueError:
        return urlsplit("")
    return found


def _count(value: object, default: int) -> int:
    try:
        return max(0, min(int(float(value)), 1_000_000))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return default
