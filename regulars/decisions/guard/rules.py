"""What the guard goes by: the shop's rules, what is asked, what is known of a person, and the verdict.

All instants are integer microseconds since 1970 UTC, all times of day minutes since local midnight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, IntFlag
from functools import cached_property
from typing import Literal

US = 1_000_000
MINUTE, HOUR, DAY = 60 * US, 3600 * US, 86_400 * US
# Nothing is held for longer; what could not leave by then is dropped as too late.
HORIZON = 62 * DAY


class Rank(IntEnum):
    """Who goes first when slots are scarce: the smaller the sooner."""

    ORDER = 0
    REPLY = 1
    PROMISE = 2
    CART = 3
    WIN_BACK = 4
    NEWSLETTER = 5


class Consent(IntEnum):
    """The last word of a person on a channel and purpose."""

    NONE = 0
    GRANTED = 1
    WITHDRAWN = 2
    CUSTOMER = 3  # never asked, but a customer of the shop: a basis of its own where the law knows it


class Reason(IntFlag):
    """Why a message may not leave, or not yet. The value is a bit, so that a million verdicts are an array."""

    NO_ADDRESS = 1 << 0
    SUPPRESSED = 1 << 1
    NO_CONSENT = 1 << 2
    WITHDRAWN = 1 << 3
    UNDER_AGE = 1 << 4
    COMPLAINT_OPEN = 1 << 5
    NOT_PERSONALISED = 1 << 6
    CLASS_NOT_ALLOWED = 1 << 7
    NO_QUOTA = 1 << 8
    NONE_ALLOWED = 1 << 9
    GLOBAL_HOLDOUT = 1 << 10
    HOLDOUT = 1 << 11
    # From here on reasons hold a message until an instant; they drop it only together with one of the last two.
    PAUSED = 1 << 12
    QUIET_HOURS = 1 << 13
    CAP = 1 << 14
    FATIGUE = 1 << 15
    WINDOW_CLOSED = 1 << 16
    TOO_LATE = 1 << 17
    HOLIDAY = 1 << 18  # holds like quiet hours


Action = Literal["allow", "hold", "drop"]
Form = Literal["rolling", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``most`` messages in ``window`` (rolling, in microseconds) or in a calendar period of the person's zone.

    ``most``: 0 allows none, None sets no limit. ``channels`` and the class say both what is counted and what is
    limited; an empty set of channels is any. ``tolerance`` shortens a rolling window a little, so that a daily
    message does not block itself by seconds.
    """

    name: str
    most: int | None
    window: int = DAY
    form: Form = "rolling"
    channels: frozenset[str] = frozenset()
    covers_marketing: bool = True
    covers_service: bool = False
    tolerance: int = 0

    def __post_init__(self) -> None:
        if self.most is not None and self.most < 0:
            raise ValueError(f"cap {self.name!r}: most is {self.most}; use 0 for none, nothing for no limit")
        if self.form == "rolling" and not 0 < self.window <= HORIZON:
            raise ValueError(f"cap {self.name!r}: the window must be longer than nothing and at most 62 days")
        if not 0 <= self.tolerance < self.window:
            raise ValueError(f"cap {self.name!r}: the tolerance must be shorter than the window")

    @property
    def span(self) -> int:
        """Return how far apart the first and the one too many have to be, in microseconds."""
        return self.window - self.tolerance

    def counts(self, channel: str, *, is_marketing: bool) -> bool:
        """Return whether a message of this channel and class is counted and limited."""
        return (not self.channels or channel in self.channels) and (
            self.covers_marketing if is_marketing else self.covers_service
        )


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of no messages, local: [start, end) in minutes, over midnight if start > end; none if they are equal.

    ``weekdays`` (1 Monday … 7 Sunday) and ``holidays`` are quiet all day.
    """

    start: int
    end: int
    weekdays: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not (0 <= self.start < 1440 and 0 <= self.end < 1440):
            raise ValueError("quiet hours are minutes of the day: 0 to 1439")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of each person's own zone on which nobody gets anything that sells."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Window:
    """A channel that answers only: messages need a window that the person opened, and count against its quota."""

    carries_marketing: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The shop's rules as they hold at one instant."""

    caps: tuple[Cap, ...] = ()
    quiet: Mapping[str, Quiet] = field(default_factory=dict)  # by channel, for what sells
    service_quiet: Mapping[str, Quiet] = field(default_factory=dict)  # by channel, for news of orders
    holidays: tuple[Holiday, ...] = ()
    windows: Mapping[str, Window] = field(default_factory=dict)  # by channel
    # The least time between two marketing messages for a person who is tired, by level; level 0 is nobody's.
    rest: tuple[int, ...] = (0, 14 * DAY, 30 * DAY, 60 * DAY)
    week_start: int = 1
    # Whether "is a customer" is enough for marketing where nothing was said. Never where the law asks for a yes.
    customers_may_be_written_to: bool = False

    def hours_for(self, ask: Ask) -> list[tuple[Reason, Quiet]]:
        """Return the hours and days that a message waits through, with the reason for each."""
        if not ask.is_marketing:
            # Whoever asked something waits for the answer, at any hour.
            hours = self.service_quiet.get(ask.channel) if ask.rank != Rank.REPLY else None
            return [(Reason.QUIET_HOURS, hours)] if hours is not None else []
        hours, days = self.quiet.get(ask.channel), frozenset(holiday.day for holiday in self.holidays)
        found = [(Reason.QUIET_HOURS, hours)] if hours is not None else []
        return [*found, (Reason.HOLIDAY, Quiet(0, 0, holidays=days))] if days else found


@dataclass(frozen=True, slots=True)
class Ask:
    """The question: may this message leave at ``now``, and if not, when? Past ``expires`` it is worth nothing."""

    channel: str
    now: int
    expires: int
    is_marketing: bool = True
    rank: Rank = Rank.NEWSLETTER
    is_personalised: bool = False

    @property
    def deadline(self) -> int:
        """Return the last instant at which it may leave."""
        return min(self.expires, self.now + HORIZON)


@dataclass(frozen=True, slots=True)
class Past:
    """A message that left or may have left (``is_reserved`` False), or that waits for its hour (True).

    ``at`` is when it left, or when it will. ``id`` is its row in the ledger.
    """

    id: int
    at: int
    channel: str
    is_marketing: bool = True
    rank: Rank = Rank.NEWSLETTER
    is_reserved: bool = False

    def stands_before(self, ask: Ask) -> bool:
        """Return whether it takes a slot from what is asked: it left, or it waits and is not less urgent."""
        return not self.is_reserved or self.rank <= ask.rank


@dataclass(frozen=True)
class Person:
    """What is known of one person with respect to one channel."""

    zone: str = "UTC"
    has_address: bool = True
    consent: Consent = Consent.NONE
    is_suppressed: bool = False  # the address is closed to everything: gone, or by hand
    is_closed_to_marketing: bool = False  # unsubscribed, complained
    is_under_age: bool = False
    has_open_complaint: bool = False
    wants_no_personalisation: bool = False
    is_in_global_holdout: bool = False
    is_in_holdout: bool = False
    paused_until: int = 0
    fatigue: int = 0
    window_until: int = 0
    quota: int = 0
    past: tuple[Past, ...] = ()

    @cached_property
    def in_order(self) -> list[Past]:
        """Return her messages by time."""
        return sorted(self.past, key=lambda p: (p.at, p.id))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allow now, hold until ``until``, or drop; with every reason found, and the ledger rows behind a cap."""

    action: Action
    until: int
    reasons: Reason
    rows: tuple[int, ...] = ()

    @property
    def would_have_left(self) -> bool:
        """Return whether only a holdout kept it back: what the effect of a campaign is measured against."""
        held_out = Reason.HOLDOUT | Reason.GLOBAL_HOLDOUT
        return bool(self.reasons & held_out) and not self.reasons & DROPS & ~held_out


DROPS = Reason((1 << 12) - 1) | Reason.WINDOW_CLOSED | Reason.TOO_LATE
