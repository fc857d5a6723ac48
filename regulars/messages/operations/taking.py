"""From ready to gone: claiming under a lease, weighing once more at the door, and writing down what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from regulars.base import bulk
from regulars.base.actor import SYSTEM
from regulars.base.clock import to_us
from regulars.base.faults import fault_point
from regulars.channels.contract import Receipt
from regulars.decisions.guard import Rank, weigh_all
from regulars.messages import guarding
from regulars.messages.models import Sender, Sending, Touch
from regulars.messages.operations.breaking import look_at_bounces
from regulars.messages.operations.following import scope_of
from regulars.messages.operations.planning import ask_of, verdict_state
from regulars.messages.recording import record_about
from regulars.messages.windows import ANSWERING
from regulars.messages.world import REACHED_BY, world
from regulars.people.operations.consent import close_address

# Longer than the slowest batch: only a worker of another machine is judged by it, and that never sends again.
LEASE = timedelta(minutes=30)
MOST_ATTEMPTS = 6
# Namespace of the advisory locks on persons (PostgreSQL), so that they meet no other lock of this database.
PERSON_LOCKS = 7_214


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker, and nobody else, is to hand over now."""

    id: int
    sending: Sending
    customer: int
    identifier: int
    attempts: int


def take(worker: str, sender: Sender, *, most: int, at: datetime, only: int | None = None) -> list[Claim]:
    """Claim up to ``most`` messages that are due and may still leave, the most urgent first; ``only``: no other.

    The guard weighs each again: between planning and now she may have said no, or heard from us otherwise. What it
    holds or drops is written down. Two workers never take the last slot of a cap both: persons are locked first.
    """
    now_us = to_us(at)
    with transaction.atomic():
        allowed = _allowance(sender, now_us)
        due = _due(sender, min(most, allowed), now_us, only)
        if not due:
            return []
        persons: dict[int, _Due] = {}
        for row in due:
            persons.setdefault(row.root, row)  # a person's second message waits until her first is counted
        _lock(persons)
        claims: list[Claim] = []
        for sending in Sending.objects.filter(pk__in={row.sending for row in persons.values()}):
            of_it = [row for row in persons.values() if row.sending == sending.pk]
            claims += _weigh_again(worker, sender, sending, of_it, now_us)
        _spend(sender, len(claims), now_us)
        fault_point("message.2.before_claim")
    fault_point("message.3.after_claim")
    return claims


class _Due(NamedTuple):
    id: int
    root: int  # of her records, as they are merged now
    customer: int  # as planned
    sending: int
    run: int


_DUE = """SELECT t.id, c.root_id, t.customer_id, t.sending_id, t.run
    FROM ledger_touch t JOIN people_customer c ON c.id = t.customer_id
    WHERE t.channel = %s AND t.rank = %s AND t.release_at <= %s AND t.state IN ('ready', 'held') AND NOT EXISTS (
      SELECT 1 FROM ledger_halt h WHERE h.lifted_at IS NULL AND (h.sending_id = t.sending_id OR h.sender_id = %s))"""
# Of accounts that each know a person by an id of their own, only hers can write to her.
_KNOWN_HERE = """ AND EXISTS (SELECT 1 FROM people_identifier i JOIN people_customer o ON o.id = i.customer_id
      WHERE o.root_id = c.root_id AND i.kind = %s AND i.scope = %s)"""


def _due(sender: Sender, most: int, now_us: int, only: int | None) -> list[_Due]:
    """Return what is due, by urgency; one look for each rank, each a range of the index."""
    found: list[_Due] = []
    more, values = "", list[Any]()
    if sender.channel in ANSWERING:
        more, values = _KNOWN_HERE, [REACHED_BY.get(sender.channel, sender.channel), scope_of(sender)]
    if only is not None:
        more, values = f"{more} AND t.id = %s", [*values, only]
    order = " ORDER BY t.release_at LIMIT %s"
    lock = " FOR UPDATE OF t SKIP LOCKED" if bulk.on_postgres() else ""
    with connection.cursor() as cursor:
        for rank in Rank:
            if len(found) < most:
                about = [sender.channel, rank, now_us, sender.pk, *values, most - len(found)]
                cursor.execute(_DUE + more + order + lock, about)
                found += [_Due(*row) for row in cursor.fetchall()]
    return found


def _lock(persons: Iterable[int]) -> None:
    if bulk.on_postgres():
        with connection.cursor() as cursor:
            for root in sorted(persons):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PERSON_LOCKS, root % 2**31])


# What a person had of a sending already: of two records found to be one person, one is written to.
_HAD = """SELECT c.root_id, t.run FROM ledger_touch t JOIN people_customer c ON c.id = t.customer_id
    WHERE t.sending_id = %s AND t.state NOT IN ('ready', 'held', 'dropped', 'cancelled') AND c.root_id IN ({})"""


def _weigh_again(worker: str, sender: Sender, sending: Sending, due: list[_Due], now_us: int) -> list[Claim]:
    roots = [row.root for row in due]
    seen = world(roots, sending, now_us=now_us, without={row.id for row in due}, sender=sender)
    verdicts = weigh_all(seen.crowd, ask_of(sending, now_us), guarding.rules())
    had = set(bulk.select_in(_HAD, roots, before=[sending.pk]))
    claimed, others = [], list[tuple[Any, ...]]()
    for index, row in enumerate(due):
        state, reasons = verdict_state(verdicts, index), int(verdicts.reasons[index])
        identifier, address = seen.identifiers[index], seen.addresses[index]
        if (row.root, row.run) in had:
            others.append(("dropped", reasons, None, now_us, now_us, "same_person", row.id))
        elif state == "ready" and identifier is not None:
            claimed.append((worker, now_us + to_us_span(LEASE), sender.pk, identifier, address, now_us, row.id))
        else:
            until = int(verdicts.until[index]) if state == "held" else None
            others.append((state, reasons, until, now_us, now_us if state == "dropped" else None, "", row.id))
    bulk.update(
        """UPDATE ledger_touch SET state = 'claimed', worker = %s, lease_until = %s, sender_id = %s,
          identifier_id = %s, address = %s, reasons = 0, decided_at = %s, attempts = attempts + 1
        WHERE id = %s""",
        claimed,
    )
    bulk.update(
        """UPDATE ledger_touch SET state = %s, reasons = %s, release_at = %s, decided_at = %s, settled_at = %s,
          code = %s WHERE id = %s""",
        others,
    )
    attempts = dict(Touch.objects.filter(pk__in=[row[-1] for row in claimed]).values_list("pk", "attempts"))
    customers = {row.id: row.customer for row in due}
    return [Claim(row[-1], sending, customers[row[-1]], row[3], attempts[row[-1]]) for row in claimed]


def to_us_span(span: timedelta) -> int:
    """Return a span as microseconds."""
    return span // timedelta(microseconds=1)


def _allowance(sender: Sender, now_us: int) -> int:
    """Return how many messages the sender may hand over now: two buckets that fill with time, kept in its row."""
    row = (
        Sender.objects.select_for_update().get(pk=sender.pk) if bulk.on_postgres() else Sender.objects.get(pk=sender.pk)
    )
    passed = max(0, now_us - to_us(row.counted_at)) / 1_000_000
    second, hour = row.left_of_second, row.left_of_hour
    allowed = 1_000_000
    if row.per_second is not None:
        second = min(float(row.per_second), second + passed * row.per_second)
        allowed = min(allowed, int(second))
    if row.per_hour is not None:
        hour = min(float(row.per_hour), hour + passed * row.per_hour / 3600)
        allowed = min(allowed, int(hour))
    sender.left_of_second, sender.left_of_hour = second, hour
    return allowed


def _spend(sender: Sender, count: int, now_us: int) -> None:
    Sender.objects.filter(pk=sender.pk).update(
        left_of_second=sender.left_of_second - count, left_of_hour=sender.left_of_hour - count, counted_at=now_us
    )


_MINE = "SELECT id FROM ledger_touch WHERE state = 'claimed' AND worker = %s AND id IN ({})"
_SETTLE = """UPDATE ledger_touch SET state = %s, lease_until = NULL, provider_id = %s, code = %s, detail = %s,
    severity = %s, release_at = coalesce(%s, release_at), left_at = coalesce(%s, left_at), settled_at = %s
    WHERE id = %s"""


def settle(worker: str, outcomes: Sequence[tuple[Claim, Receipt]], *, at: datetime) -> None:
    """Write down what became of claimed messages. One whose lease ran out meanwhile is somebody else's to judge."""
    now_us = to_us(at)
    with transaction.atomic():
        # Locked until the end, so that the conditions need not be asked again of every row.
        mine = _MINE + (" FOR UPDATE" if bulk.on_postgres() else "")
        still = {row[0] for row in bulk.select_in(mine, [claim.id for claim, _ in outcomes], before=[worker])}
        settled = [(claim, receipt, _state(claim, receipt)) for claim, receipt in outcomes if claim.id in still]
        bulk.update(_SETTLE, [_row(claim, receipt, state, now_us) for claim, receipt, state in settled])
        _tell(settled, at=at)
        fault_point("message.5.before_settled")


def _tell(settled: Sequence[tuple[Claim, Receipt, str]], *, at: datetime) -> None:
    """Record what left, may have left or never will, and draw the consequences of what was refused."""
    sendings = {claim.sending.pk: claim.sending for claim, _receipt, _state in settled}
    told: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for claim, _receipt, state in settled:
        if state != "ready":
            told.setdefault((f"message.{state}", claim.sending.pk), []).append((claim.id, claim.customer))
    for (kind, sending), touches in told.items():
        record_about(kind, sendings[sending], touches, by=SYSTEM, at=at)
    refused = [(claim, receipt) for claim, receipt, state in settled if state == "failed" and receipt.severity]
    for claim, receipt in refused:
        _close(claim, receipt, at=at)
    for pk in {claim.sending.pk for claim, _receipt in refused}:
        look_at_bounces(sendings[pk], at=at)


def _close(claim: Claim, receipt: Receipt, *, at: datetime) -> None:
    """Close an address that its own server says is gone, so that no other message tries it again."""
    address = Touch.objects.filter(pk=claim.id).values_list("address", flat=True).first()
    if receipt.severity == "hard" and address is not None:
        kind = REACHED_BY.get(claim.sending.channel, claim.sending.channel)
        close_address(kind=kind, digest=bytes(address), reason="bounced", by=SYSTEM, at=at, customer=claim.customer)


def _state(claim: Claim, receipt: Receipt) -> str:
    if receipt.outcome == "accepted":
        return "handed_over"
    if receipt.outcome == "unknown":
        return "unknown"
    return "ready" if receipt.outcome == "later" and claim.attempts < MOST_ATTEMPTS else "failed"


def _row(claim: Claim, receipt: Receipt, state: str, now_us: int) -> tuple[Any, ...]:
    release, left = None, now_us if state in {"handed_over", "unknown"} else None
    if state == "ready":
        wait = min(3600.0, 15.0 * 4**claim.attempts) if receipt.retry_after is None else receipt.retry_after
        release = now_us + int(wait * 1_000_000)
    settled = None if state == "ready" else now_us
    severity = receipt.severity if state == "failed" else ""
    words = receipt.provider_id[:120], receipt.code[:40], receipt.detail[:200]
    return state, *words, severity, release, left, settled, claim.id
