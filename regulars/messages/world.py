"""What the guard needs to know, read for many persons at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from regulars.base import bulk, secrets
from regulars.base.installation import shop_settings
from regulars.channels.contract import ADAPTERS, Greets, SettingsError, SpeaksAnytime
from regulars.decisions.guard import Consent, Crowd
from regulars.decisions.guard.rules import HORIZON
from regulars.messages.identity import identity
from regulars.messages.models import Sender, Sending
from regulars.messages.windows import ANSWERING
from regulars.messages.zones import zone_of_country

# By which identifier a channel reaches a person.
REACHED_BY = {"email": "email", "sms": "phone", "wechat": "openid", "weibo": "openid"}
CHANNELS = ("email", "sms", "wechat", "weibo", "webpush", "webchat", "webhook")
# An address of these reasons is closed to what is sold, of all others to everything.
ONLY_MARKETING = frozenset({"unsubscribed", "complained"})
# Who is held out of everything stays so: one salt for ever.
GLOBAL_SALT = "global-holdout"
# Other rooms say here who has an open complaint: given root ids, the ids among them.
OPEN_COMPLAINTS: list[Callable[[Sequence[int]], Collection[int]]] = []
# This many marketing messages without an order since make a person tired: one level each.
TIRED_AFTER = (6, 10, 15)


@dataclass(slots=True)
class _Facts:
    identifier: int | None = None
    address: bytes | None = None
    is_suppressed: bool = False
    is_closed: bool = False
    consent: Consent = Consent.NONE
    zone: int = 0
    wishes: set[str] = field(default_factory=set)
    seldom: int = 0  # the level of rest she asked for
    paused_until: int = 0
    since: int = 0  # her last order
    silent: int = 0  # marketing messages since
    window_until: int = 0
    quota: int = 0


@dataclass(frozen=True)
class World:
    """The persons as the guard takes them, and by which identifier (id, digest) each is reached."""

    crowd: Crowd
    identifiers: list[int | None]
    addresses: list[bytes | None]


def bucket(salt: str, root: int) -> int:
    """Return 0 to 9,999, the same for a person whenever it is asked, and independent between salts."""
    return int.from_bytes(hashlib.blake2b(f"{salt}:{root}".encode(), digest_size=8).digest()) % 10_000


def world(
    roots: Sequence[int], sending: Sending, *, now_us: int, without: Collection[int] = (), sender: Sender | None = None
) -> World:
    """Return what is known of the persons ``roots`` for a message of ``sending``; touches ``without`` do not count.

    ``sender``: by which it is to leave; None while that is open.
    """
    found = {root: _Facts() for root in roots}
    zones = _places(found)
    _addresses(found, sending.channel, _reach(sending, sender))
    _consents(found, sending.channel)
    _business(found)
    _wishes(found, sending, now_us)
    past = _past(found, now_us, set(without))
    if sending.channel in ANSWERING:
        _windows(found, past, sending.channel, now_us)
        if not sending.is_marketing and _speaks_anytime(sending.channel):
            for facts in found.values():
                facts.window_until, facts.quota = now_us + _ANYTIME_US, max(1, facts.quota)
    return _arrays(found, zones, past, sending)


def _places(found: dict[int, _Facts]) -> list[str]:
    shop, by_country = shop_settings().timezone, zone_of_country()
    zones = {shop: 0}
    sql = "SELECT id, country FROM people_customer WHERE id IN ({}) AND country <> ''"
    for root, country in bulk.select_in(sql, found):
        found[root].zone = zones.setdefault(by_country.get(country, shop), len(zones))
    return list(zones)


# Whose the greetings of a sender are: "greeting:" and its number.
GREETING = "greeting:"


def _reach(sending: Sending, sender: Sender | None) -> Callable[[str], bool]:
    """Return whether an identifier of a given scope can be written to.

    On a channel that only answers, a person has an id with each account, which no other account can write to; and an
    account that only greets reaches nobody with anything else.
    """
    if sending.channel not in ANSWERING:
        return lambda scope: True
    from regulars.messages.operations.following import scope_of  # as in _speaks_anytime

    if sender is not None:
        own = scope_of(sender)
        return lambda scope: scope == own
    greeter = sending.scope.removeprefix(GREETING) if sending.scope.startswith(GREETING) else ""
    mute: set[str] = set()
    for row in Sender.objects.filter(channel=sending.channel):
        adapter = ADAPTERS.get((row.channel, row.adapter))
        if isinstance(adapter, Greets) and adapter.only_greets and str(row.pk) != greeter:
            mute.add(scope_of(row))
    return lambda scope: scope.startswith(f"{sending.channel}:") and scope not in mute


_POINTS = """SELECT i.id, c.root_id, i.digest, i.scope
    FROM people_customer c JOIN people_identifier i ON i.customer_id = c.id
    WHERE i.kind = %s AND c.erased_at IS NULL AND c.root_id IN ({}) ORDER BY i.id"""
_CLOSED = "SELECT digest, reason FROM people_suppression WHERE lifted_at IS NULL AND digest IN ({})"


def _addresses(found: dict[int, _Facts], channel: str, reaches: Callable[[str], bool]) -> None:
    rows = bulk.select_in(_POINTS, found, before=[REACHED_BY.get(channel, channel)])
    points = [(root, pk, bytes(digest)) for pk, root, digest, scope in rows if reaches(scope)]
    closed: dict[bytes, set[str]] = {}
    for digest, reason in bulk.select_in(_CLOSED, {digest for _, _, digest in points}):
        closed.setdefault(bytes(digest), set()).add(reason)
    for root, pk, digest in sorted(points):
        facts, reasons = found[root], closed.get(digest, set())
        # Whoever said no at one of her addresses is not written to at another.
        facts.is_closed |= bool(reasons & ONLY_MARKETING)
        is_dead = bool(reasons - ONLY_MARKETING)
        if facts.address is None or (facts.is_suppressed and not is_dead):
            facts.identifier, facts.address, facts.is_suppressed = pk, digest, is_dead


_WORDS = """SELECT w.customer_id, c.root_id, w.state
    FROM people_consent w JOIN people_customer c ON c.id = w.customer_id
    WHERE w.channel = %s AND w.purpose = 'marketing' AND c.root_id IN ({}) ORDER BY w.at, w.id"""


def _consents(found: dict[int, _Facts], channel: str) -> None:
    last = {(root, customer): state for customer, root, state in bulk.select_in(_WORDS, found, before=[channel])}
    for (root, _customer), state in last.items():
        # The last word of each of her records counts, and a no on any of them wins.
        word = Consent.WITHDRAWN if state == "withdrawn" else Consent.GRANTED
        found[root].consent = max(found[root].consent, word)


def _business(found: dict[int, _Facts]) -> None:
    sql = "SELECT customer_id, last_order_at FROM shop_customersummary WHERE orders > 0 AND customer_id IN ({})"
    for root, last in bulk.select_in(sql, found):
        facts = found[root]
        facts.since = last or 0
        if facts.consent == Consent.NONE:
            facts.consent = Consent.CUSTOMER


_WISHES = """SELECT c.root_id, w.kind, w.until, w.level, w.topic
    FROM ledger_wish w JOIN people_customer c ON c.id = w.customer_id
    WHERE w.lifted_at IS NULL AND c.root_id IN ({})"""


def _wishes(found: dict[int, _Facts], sending: Sending, now_us: int) -> None:
    for root, kind, until, level, topic in bulk.select_in(_WISHES, found):
        facts = found[root]
        if kind == "pause":
            # Without an end it is a no for as long as anything could wait.
            facts.paused_until = max(facts.paused_until, until or now_us + 2 * HORIZON)
        elif kind == "seldom":
            facts.seldom = max(facts.seldom, level)
        elif kind == "no_topic":
            facts.is_closed |= bool(topic) and topic == sending.topic
        else:
            facts.wishes.add(kind)


# What was claimed counts from its claim on: it may leave at any moment.
_PAST = """SELECT c.root_id, coalesce(t.left_at, CASE WHEN t.state = 'claimed' THEN t.decided_at ELSE t.release_at END),
      t.id, t.channel, t.is_marketing, t.rank, t.state IN ('ready', 'held')
    FROM ledger_touch t JOIN people_customer c ON c.id = t.customer_id
    WHERE (t.left_at > %s OR t.state IN ('ready', 'held', 'claimed')) AND c.root_id IN ({})"""
Row = tuple[int, int, int, int, bool, int, bool]


def _past(found: dict[int, _Facts], now_us: int, without: set[int]) -> list[Row]:
    place = {root: index for index, root in enumerate(found)}
    rows: list[Row] = []
    for root, at, pk, channel, is_marketing, rank, waits in bulk.select_in(_PAST, found, before=[now_us - HORIZON]):
        if pk not in without:
            rows.append((place[root], at, pk, CHANNELS.index(channel), bool(is_marketing), rank, bool(waits)))
            if is_marketing and not waits and at > found[root].since:
                found[root].silent += 1
    rows.sort()
    return rows


_OPEN = """SELECT c.root_id, w.opened_at, w.until, w.quota
    FROM ledger_window w JOIN people_customer c ON c.id = w.customer_id
    WHERE w.channel = %s AND w.until > %s AND c.root_id IN ({})"""


def _windows(found: dict[int, _Facts], past: list[Row], channel: str, now_us: int) -> None:
    """Find the open window that lasts longest of those in which something may still be said."""
    roots, number = list(found), CHANNELS.index(channel)
    left: dict[int, list[int]] = {}
    for place, at, _pk, on, _is_marketing, _rank, waits in past:
        if on == number and not waits:
            left.setdefault(roots[place], []).append(at)
    for root, opened, until, quota in bulk.select_in(_OPEN, found, before=[channel, now_us]):
        # What left counts against each window that was open: nobody says which the vendor takes.
        rest = max(0, quota - sum(at >= opened for at in left.get(root, ())))
        facts = found[root]
        if (rest > 0, until) > (facts.quota > 0, facts.window_until):
            facts.window_until, facts.quota = until, rest


# Longer than any message waits.
_ANYTIME_US = 400 * 24 * 3600 * 1_000_000


def _speaks_anytime(channel: str) -> bool:
    """Return whether news that somebody waits for may leave on a channel that otherwise only answers."""
    from regulars.messages.operations.senders import settings_of  # it imports this room's operations, and they us

    for sender in Sender.objects.filter(channel=channel, retired_at=None):
        adapter = ADAPTERS.get((sender.channel, sender.adapter))
        try:
            if isinstance(adapter, SpeaksAnytime) and adapter.speaks_anytime(settings_of(sender)):
                return True
        except (SettingsError, secrets.Unreadable):
            continue
    return False


def _complaining(roots: Sequence[int]) -> set[int]:
    return {root for ask in OPEN_COMPLAINTS for root in ask(roots)}


def _arrays(found: dict[int, _Facts], zones: list[str], past: list[Row], sending: Sending) -> World:
    facts, roots = list(found.values()), list(found)
    complaining, share = _complaining(roots), sending.holdout_percent * 100
    of_all = identity().held_out_of_all_percent * 100
    columns = list(zip(*past, strict=True)) if past else [()] * 7

    def flags(values: Iterable[bool]) -> np.ndarray:
        return np.fromiter(values, dtype=bool, count=len(facts))

    def numbers(values: Iterable[int]) -> np.ndarray:
        return np.fromiter(values, dtype=np.int64, count=len(facts))

    crowd = Crowd(
        zones=zones,
        channels=CHANNELS,
        zone=numbers(f.zone for f in facts),
        has_address=flags(f.address is not None for f in facts),
        consent=numbers(f.consent for f in facts),
        is_suppressed=flags(f.is_suppressed for f in facts),
        is_closed_to_marketing=flags(f.is_closed for f in facts),
        is_under_age=flags("under_age" in f.wishes for f in facts),
        has_open_complaint=flags(root in complaining for root in roots),
        wants_no_personalisation=flags("not_personalised" in f.wishes for f in facts),
        is_in_global_holdout=flags(of_all > 0 and bucket(GLOBAL_SALT, root) < of_all for root in roots),
        is_in_holdout=flags(share > 0 and bucket(sending.salt, root) < share for root in roots),
        paused_until=numbers(f.paused_until for f in facts),
        fatigue=numbers(max(f.seldom, sum(f.silent >= step for step in TIRED_AFTER)) for f in facts),
        window_until=numbers(f.window_until for f in facts),
        quota=numbers(f.quota for f in facts),
        past_of=np.array(columns[0], dtype=np.int64),
        past_at=np.array(columns[1], dtype=np.int64),
        past_id=np.array(columns[2], dtype=np.int64),
        past_channel=np.array(columns[3], dtype=np.int64),
        past_marketing=np.array(columns[4], dtype=bool),
        past_rank=np.array(columns[5], dtype=np.int64),
        past_reserved=np.array(columns[6], dtype=bool),
    )
    return World(crowd, [f.identifier for f in facts], [f.address for f in facts])
