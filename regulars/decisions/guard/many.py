"""The guard for a million persons at once: the same verdicts as ``one.weigh``, as arithmetic over arrays.

Every rule of time is a function that moves instants forward to the first it allows. They are applied in turn, to
those whose instant moved, until nothing moves any more; what is left is the earliest instant that all allow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.decisions.guard.hours import boundaries, quiet_spans
from regulars.decisions.guard.one import horizon
from regulars.decisions.guard.rules import DROPS, HORIZON, Ask, Cap, Consent, Past, Person, Quiet, Rank, Reason, Rules

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Takes persons (indices) and their instants; returns the instants moved.
Push = Callable[[Ints, Ints], Ints]

_FLAGS = (
    "has_address", "is_suppressed", "is_closed_to_marketing", "is_under_age", "has_open_complaint",
    "wants_no_personalisation", "is_in_global_holdout", "is_in_holdout",
)  # fmt: skip
_NUMBERS = ("paused_until", "fatigue", "window_until", "quota")


@dataclass(frozen=True)
class Crowd:
    """Facts of n persons with respect to one channel, one array of length n each, named as in ``Person``.

    ``zone`` is an index into ``zones``. Messages of the past are flat arrays, sorted by person and then by instant:
    ``past_of`` (index of the person), ``past_at``, ``past_channel`` (index into ``channels``), ``past_marketing``,
    ``past_rank``, ``past_reserved``, ``past_id``.
    """

    zones: Sequence[str]
    channels: Sequence[str]
    zone: Ints
    has_address: Flags
    consent: Ints
    is_suppressed: Flags
    is_closed_to_marketing: Flags
    is_under_age: Flags
    has_open_complaint: Flags
    wants_no_personalisation: Flags
    is_in_global_holdout: Flags
    is_in_holdout: Flags
    paused_until: Ints
    fatigue: Ints
    window_until: Ints
    quota: Ints
    past_of: Ints
    past_at: Ints
    past_channel: Ints
    past_marketing: Flags
    past_rank: Ints
    past_reserved: Flags
    past_id: Ints

    def __len__(self) -> int:
        return len(self.zone)

    def person(self, index: int) -> Person:
        """Return one of them as ``one.weigh`` takes her."""
        low, high = np.searchsorted(self.past_of, [index, index + 1])
        past = tuple(
            Past(
                int(self.past_id[i]), int(self.past_at[i]), self.channels[self.past_channel[i]],
                bool(self.past_marketing[i]), Rank(int(self.past_rank[i])), bool(self.past_reserved[i]),
            )
            for i in range(low, high)
        )  # fmt: skip
        flags = {name: bool(getattr(self, name)[index]) for name in _FLAGS}
        numbers = {name: int(getattr(self, name)[index]) for name in _NUMBERS}
        zone, consent = self.zones[int(self.zone[index])], Consent(int(self.consent[index]))
        return Person(zone=zone, consent=consent, past=past, **flags, **numbers)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Verdicts:
    """A verdict for each person: ``action`` 0 allow, 1 hold, 2 drop; ``until``, 0 if dropped; ``reasons`` as bits."""

    action: NDArray[np.int8]
    until: Ints
    reasons: Ints


def weigh_all(crowd: Crowd, ask: Ask, rules: Rules) -> Verdicts:
    """Return for every person whether the message may leave now, from when on, or not at all, and why."""
    reasons = _facts(crowd, ask, rules)
    at = np.full(len(crowd), ask.now, dtype=np.int64)
    if ask.is_marketing:
        is_paused = crowd.paused_until > ask.now
        at[is_paused] = crowd.paused_until[is_paused]
        reasons[is_paused] |= Reason.PAUSED.value
    _advance(crowd, ask, rules, at, reasons)
    if ask.channel in rules.windows:
        reasons[at >= crowd.window_until] |= Reason.WINDOW_CLOSED.value
    reasons[at > ask.deadline] |= Reason.TOO_LATE.value
    is_dropped = (reasons & DROPS.value) != 0
    action = np.where(is_dropped, 2, np.where(at > ask.now, 1, 0)).astype(np.int8)
    return Verdicts(action, np.where(is_dropped, 0, at), reasons)


def _facts(crowd: Crowd, ask: Ask, rules: Rules) -> Ints:
    """Return the reasons that no waiting mends; see ``one._facts``."""
    reasons = np.zeros(len(crowd), dtype=np.int64)

    def add(holds: Flags | bool, reason: Reason) -> None:
        reasons[np.broadcast_to(holds, len(crowd))] |= reason.value

    add(~crowd.has_address, Reason.NO_ADDRESS)
    add(crowd.is_suppressed, Reason.SUPPRESSED)
    if ask.is_marketing:
        add(crowd.is_closed_to_marketing, Reason.SUPPRESSED)
        add(crowd.consent == Consent.WITHDRAWN, Reason.WITHDRAWN)
        enough = [Consent.GRANTED, *([Consent.CUSTOMER] if rules.customers_may_be_written_to else [])]
        add(~np.isin(crowd.consent, [*enough, Consent.WITHDRAWN]), Reason.NO_CONSENT)
        add(crowd.is_under_age, Reason.UNDER_AGE)
        add(crowd.has_open_complaint, Reason.COMPLAINT_OPEN)
        if ask.is_personalised:
            add(crowd.wants_no_personalisation, Reason.NOT_PERSONALISED)
        add(crowd.is_in_global_holdout, Reason.GLOBAL_HOLDOUT)
        add(crowd.is_in_holdout, Reason.HOLDOUT)
    window = rules.windows.get(ask.channel)
    if window is not None:
        add(ask.is_marketing and not window.carries_marketing, Reason.CLASS_NOT_ALLOWED)
        add(crowd.quota <= 0, Reason.NO_QUOTA)
    if any(cap.most == 0 and cap.counts(ask.channel, is_marketing=ask.is_marketing) for cap in rules.caps):
        add(True, Reason.NONE_ALLOWED)
    return reasons


def _advance(crowd: Crowd, ask: Ask, rules: Rules, at: Ints, reasons: Ints) -> None:
    """Move ``at`` to the first instants that every rule of time allows; note in ``reasons`` which rules moved them."""
    pushes, who = _pushes(crowd, ask, rules), np.arange(len(crowd))
    while who.size:
        before = at[who]
        for reason, push in pushes:
            here = at[who]
            moved = push(who, here)
            reasons[who[moved > here]] |= reason.value
            at[who] = moved
        who = who[(at[who] > before) & (at[who] <= ask.deadline)]


def _pushes(crowd: Crowd, ask: Ask, rules: Rules) -> list[tuple[Reason, Push]]:
    found: list[tuple[Reason, Push]] = []
    for cap in rules.caps:
        if cap.most and cap.counts(ask.channel, is_marketing=ask.is_marketing):
            make = _rolling(crowd, ask, cap) if cap.form == "rolling" else _calendar(crowd, ask, rules, cap)
            found.append((Reason.CAP, make))
    if ask.is_marketing and crowd.fatigue.any():
        rest = np.minimum(np.asarray(rules.rest, dtype=np.int64), HORIZON)
        spans = rest[np.minimum(crowd.fatigue, len(rest) - 1)]
        found.append((Reason.FATIGUE, _rolling(crowd, ask, Cap("rest", 1, HORIZON), spans)))
    found += [(reason, _quiet(crowd, ask, quiet)) for reason, quiet in rules.hours_for(ask)]
    return found


def _counted(crowd: Crowd, ask: Ask, cap: Cap) -> Flags:
    """Return which messages of the past take a slot of ``cap`` from what is asked."""
    covers = np.array([not cap.channels or c in cap.channels for c in crowd.channels], dtype=bool)
    in_class = np.where(crowd.past_marketing, cap.covers_marketing, cap.covers_service)
    stands = ~crowd.past_reserved | (crowd.past_rank <= ask.rank)
    counted: Flags = stands & in_class & covers[crowd.past_channel]
    return counted


def _rolling(crowd: Crowd, ask: Ask, cap: Cap, spans: Ints | None = None) -> Push:
    """See ``one._rolling``. ``spans``: the window of each person, where it is her own."""
    counted, most = _counted(crowd, ask, cap), cap.most or 0
    of, when = crowd.past_of[counted], crowd.past_at[counted]
    runs = max(0, len(when) - most + 1)
    first, last, owner = when[:runs], when[most - 1 :][:runs], of[:runs]
    span = np.full(runs, cap.span, dtype=np.int64) if spans is None else spans[owner]
    # Runs that reach into the next person's, that are too long, or that were over before now forbid nothing.
    real = (owner == of[most - 1 :][:runs]) & (last - first < span) & (first + span > ask.now)
    owner, low, high = owner[real], (last - span)[real], (first + span)[real]
    starts = np.flatnonzero(np.diff(owner, prepend=-1)) if len(owner) else np.empty(0, dtype=np.int64)
    counts = np.diff(np.append(starts, len(owner)))
    row_of = np.full(len(crowd), -1, dtype=np.int64)
    row_of[owner[starts]] = np.arange(len(starts))

    def push(who: Ints, at: Ints) -> Ints:
        # The k-th span of each person, for all persons together: both ends ascend, so one pass over k is enough.
        at, rows = at.copy(), row_of[who]
        places, k = np.flatnonzero(rows >= 0), 0
        while places.size:
            index = starts[rows[places]] + k
            here = at[places]
            at[places] = np.where((here > low[index]) & (here < high[index]), high[index], here)
            k += 1
            places = places[counts[rows[places]] > k]
        return at

    return push


def _by_zone(crowd: Crowd, who: Ints) -> list[tuple[str, Ints]]:
    """Return the places in ``who`` of the persons of each zone."""
    if len(crowd.zones) == 1:
        return [(crowd.zones[0], np.arange(len(who)))]
    zones = crowd.zone[who].astype(np.int16)  # sorted by radix, which 64 bits are not
    order = np.argsort(zones, kind="stable")
    edges = np.searchsorted(zones[order], np.arange(len(crowd.zones) + 1))
    return [(zone, order[edges[i] : edges[i + 1]]) for i, zone in enumerate(crowd.zones) if edges[i] < edges[i + 1]]


def _calendar(crowd: Crowd, ask: Ask, rules: Rules, cap: Cap) -> Push:
    """See ``one._calendar``."""
    counted = _counted(crowd, ask, cap)
    of, when = crowd.past_of[counted], crowd.past_at[counted]
    begins = {
        zone: np.asarray(boundaries(zone, cap.form, rules.week_start, *horizon(ask)), dtype=np.int64)
        for zone in crowd.zones
    }
    periods = max((len(b) for b in begins.values()), default=0) + 2
    period = np.empty(len(of), dtype=np.int64)
    for zone, places in _by_zone(crowd, of):
        period[places] = np.searchsorted(begins[zone], when[places], side="right")
    keys, counts = np.unique(of * periods + period, return_counts=True)
    keys = keys[counts >= (cap.most or 0)]  # what is full: (person, period) as one number

    def push(who: Ints, at: Ints) -> Ints:
        at = at.copy()
        for zone, places in _by_zone(crowd, who):
            starts = begins[zone]
            while places.size:
                period = np.searchsorted(starts, at[places], side="right")
                is_full = _is_in(keys, who[places] * periods + period)
                places, period = places[is_full], period[is_full]
                is_last = period >= len(starts)
                at[places[is_last]] += HORIZON
                places = places[~is_last]
                at[places] = starts[period[~is_last]]
        return at

    return push


def _is_in(keys: Ints, wanted: Ints) -> Flags:
    if not len(keys):
        return np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: Flags = keys[place] == wanted
    return found


def _quiet(crowd: Crowd, ask: Ask, quiet: Quiet) -> Push:
    spans = {
        zone: np.asarray(quiet_spans(zone, quiet, *horizon(ask)), dtype=np.int64).reshape(-1, 2) for zone in crowd.zones
    }

    def push(who: Ints, at: Ints) -> Ints:
        at = at.copy()
        for zone, places in _by_zone(crowd, who):
            begin, end = spans[zone][:, 0], spans[zone][:, 1]
            if len(begin):
                index = np.searchsorted(begin, at[places], side="right") - 1
                inside = (index >= 0) & (at[places] < end[index])
                at[places[inside]] = end[index[inside]]
        return at

    return push
