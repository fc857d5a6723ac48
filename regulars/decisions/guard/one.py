"""The guard for one person: the plain reading of the rules, with the rows behind each reason."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from regulars.decisions.guard.hours import boundaries, quiet_spans
from regulars.decisions.guard.rules import (
    DAY,
    DROPS,
    HORIZON,
    Ask,
    Cap,
    Consent,
    Person,
    Reason,
    Rules,
    Verdict,
)

# Moves an instant to the first at or after it that a rule allows, and names the ledger rows that it moved past.
Push = Callable[[int], tuple[int, tuple[int, ...]]]


def weigh(person: Person, ask: Ask, rules: Rules) -> Verdict:
    """Return whether the message may leave now, from when on, or not at all, and why."""
    reasons = _facts(person, ask, rules)
    at, rows, waits = _earliest(person, ask, rules)
    reasons |= waits
    if ask.channel in rules.windows and at >= person.window_until:
        reasons |= Reason.WINDOW_CLOSED
    if at > ask.deadline:
        reasons |= Reason.TOO_LATE
    if reasons & DROPS:
        return Verdict("drop", 0, reasons, rows)
    return Verdict("hold", at, reasons, rows) if at > ask.now else Verdict("allow", at, reasons, rows)


def _facts(person: Person, ask: Ask, rules: Rules) -> Reason:
    """Return the reasons that no waiting mends."""
    found = [(not person.has_address, Reason.NO_ADDRESS), (person.is_suppressed, Reason.SUPPRESSED)]
    if ask.is_marketing:
        found += _marketing_facts(person, ask, rules)
    window = rules.windows.get(ask.channel)
    if window is not None:
        found.append((ask.is_marketing and not window.carries_marketing, Reason.CLASS_NOT_ALLOWED))
        found.append((person.quota <= 0, Reason.NO_QUOTA))
    none = any(cap.most == 0 and cap.counts(ask.channel, is_marketing=ask.is_marketing) for cap in rules.caps)
    found.append((none, Reason.NONE_ALLOWED))
    reasons = Reason(0)
    for holds, reason in found:
        if holds:
            reasons |= reason
    return reasons


def _marketing_facts(person: Person, ask: Ask, rules: Rules) -> list[tuple[bool, Reason]]:
    enough = {Consent.GRANTED} | ({Consent.CUSTOMER} if rules.customers_may_be_written_to else set())
    return [
        (person.is_closed_to_marketing, Reason.SUPPRESSED),
        (person.consent == Consent.WITHDRAWN, Reason.WITHDRAWN),
        (person.consent != Consent.WITHDRAWN and person.consent not in enough, Reason.NO_CONSENT),
        (person.is_under_age, Reason.UNDER_AGE),
        (person.has_open_complaint, Reason.COMPLAINT_OPEN),
        (ask.is_personalised and person.wants_no_personalisation, Reason.NOT_PERSONALISED),
        (person.is_in_global_holdout, Reason.GLOBAL_HOLDOUT),
        (person.is_in_holdout, Reason.HOLDOUT),
    ]


def _earliest(person: Person, ask: Ask, rules: Rules) -> tuple[int, tuple[int, ...], Reason]:
    """Return the first instant that every rule of time allows, the rows waited for, and the rules that made wait."""
    at, waits, rows = ask.now, Reason(0), dict[int, None]()
    if ask.is_marketing and person.paused_until > at:
        at, waits = person.paused_until, Reason.PAUSED
    pushes = list(_pushes(person, ask, rules))
    while True:
        before = at
        for reason, push in pushes:
            moved, seen = push(at)
            if moved > at:
                at, waits = moved, waits | reason
                rows.update(dict.fromkeys(seen))
        if at == before or at > ask.deadline:
            return at, tuple(rows), waits


def _pushes(person: Person, ask: Ask, rules: Rules) -> Iterator[tuple[Reason, Push]]:
    for cap in rules.caps:
        if cap.most and cap.counts(ask.channel, is_marketing=ask.is_marketing):
            yield (
                Reason.CAP,
                _rolling(person, ask, cap) if cap.form == "rolling" else _calendar(person, ask, rules, cap),
            )
    rest = rules.rest[min(person.fatigue, len(rules.rest) - 1)] if ask.is_marketing else 0
    if rest:
        yield Reason.FATIGUE, _rolling(person, ask, Cap("rest", 1, min(rest, HORIZON)))
    for reason, quiet in rules.hours_for(ask):
        yield reason, _quiet(quiet_spans(person.zone, quiet, *horizon(ask)))


def horizon(ask: Ask) -> tuple[int, int]:
    """Return the span of instants for which hours and periods are worked out: whole days, so that they are kept."""
    return ask.now // DAY * DAY - HORIZON - DAY, ask.now // DAY * DAY + HORIZON + 40 * DAY


def _rolling(person: Person, ask: Ask, cap: Cap) -> Push:
    """Any ``most`` messages closer together than the window forbid one more near them, before as well as after."""
    seen = [p for p in person.in_order if p.stands_before(ask) and cap.counts(p.channel, is_marketing=p.is_marketing)]
    most, spans = cap.most or 0, list[tuple[int, int, tuple[int, ...]]]()
    for first in range(len(seen) - most + 1):
        run = seen[first : first + most]
        if run[-1].at - run[0].at < cap.span:
            spans.append((run[-1].at - cap.span, run[0].at + cap.span, tuple(p.id for p in run)))

    def push(at: int) -> tuple[int, tuple[int, ...]]:
        rows: tuple[int, ...] = ()
        for low, high, run in spans:
            if low < at < high:
                at, rows = high, rows + run
        return at, rows

    return push


def _calendar(person: Person, ask: Ask, rules: Rules, cap: Cap) -> Push:
    begins = boundaries(person.zone, cap.form, rules.week_start, *horizon(ask))
    in_period: dict[int, list[int]] = {}
    for p in person.in_order:
        if p.stands_before(ask) and cap.counts(p.channel, is_marketing=p.is_marketing):
            in_period.setdefault(bisect_right(begins, p.at), []).append(p.id)

    def push(at: int) -> tuple[int, tuple[int, ...]]:
        rows, period = list[int](), bisect_right(begins, at)
        while len(in_period.get(period, ())) >= (cap.most or 0):
            rows += in_period[period]
            if period >= len(begins):
                return at + HORIZON, tuple(rows)
            at, period = begins[period], period + 1
        return at, tuple(rows)

    return push


def _quiet(spans: tuple[tuple[int, int], ...]) -> Push:
    def push(at: int) -> tuple[int, tuple[int, ...]]:
        index = bisect_right(spans, (at, 1 << 62)) - 1
        return (spans[index][1] if index >= 0 and at < spans[index][1] else at), ()

    return push
