"""From "this is to be said to these" to a decided row for each of them; and stopping it again."""

from __future__ import annotations

import json
import secrets as random_source
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from django.db import IntegrityError, connection, transaction

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import to_us, zone
from regulars.base.faults import fault_point
from regulars.decisions.guard import Ask, Rank, Reason, Verdicts, weigh, weigh_all
from regulars.decisions.guard.rules import HOUR
from regulars.messages import guarding
from regulars.messages.identity import identity
from regulars.messages.models import Halt, Sending, Touch
from regulars.messages.recording import record_about
from regulars.messages.world import World, bucket, world

CHUNK = 5_000  # persons decided in a transaction
STATES = ("ready", "held", "dropped")
HELD_OUT = Reason.HOLDOUT | Reason.GLOBAL_HOLDOUT
# Messages whose quiet hours end at the same minute leave within this time of each other, the urgent ones first.
SPREAD = HOUR


class SpeakerUnknown(ValueError):
    """Nothing that sells may leave before the shop has said who speaks. ``missing``: fields of the identity."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"who speaks is not known: {', '.join(missing)}")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class NewSending:
    """What is to be said. ``content``: {language: {"subject": …, "text": …}}; ``scope`` e.g. ``campaign:12``."""

    scope: str
    channel: str
    content: dict[str, dict[str, str]]
    expires_at: datetime
    step: str = ""
    is_marketing: bool = True
    is_personalised: bool = False
    topic: str = ""
    rank: Rank = Rank.NEWSLETTER
    holdout_percent: int = 0
    # Sendings of one salt put the same people into the holdout; "" makes one that no other has.
    salt: str = ""
    is_once_per_address: bool = True


def open_sending(new: NewSending, *, by: Actor, at: datetime) -> Sending:
    """Open a sending, or return the one of this scope, step and channel that is open already, as it is."""
    if not 0 <= new.holdout_percent <= 50:
        raise ValueError(f"holdout_percent is {new.holdout_percent}; use 0 to 50")
    if new.is_marketing and (missing := identity().missing):
        raise SpeakerUnknown(missing)
    if not new.content:
        raise ValueError("content is empty; give a subject and a text in at least one language")
    values: dict[str, Any] = {name: getattr(new, name) for name in NewSending.__slots__}
    about = {name: values.pop(name) for name in ("scope", "step", "channel")}
    values["rank"] = int(new.rank)
    values["salt"] = new.salt or random_source.token_hex(8)
    found, _ = Sending.objects.get_or_create(**about, defaults={**values, "at": at, "by": str(by)})
    return found


def plan(
    sending: Sending, roots: Iterator[int] | Sequence[int], *, by: Actor, at: datetime, run: int = 0,
    local_at: datetime | None = None,
) -> int:  # fmt: skip
    """Decide for each person whether and when she is written to, and write that down; return how many rows are new.

    Whoever has a row of this sending and run already keeps it as it is, so planning twice is planning once.
    ``local_at``: nothing leaves before this hour of each person's own zone (an instant without a zone).
    """
    source, count = iter(roots), 0
    while chunk := list(dict.fromkeys(islice(source, CHUNK))):
        with transaction.atomic():
            count += _plan_chunk(sending, chunk, run, local_at, by=by, at=at)
            fault_point("message.1.before_plan")
    return count


def _plan_chunk(
    sending: Sending, roots: list[int], run: int, local_at: datetime | None, *, by: Actor, at: datetime
) -> int:
    sql = "SELECT customer_id FROM ledger_touch WHERE sending_id = %s AND run = %s AND customer_id IN ({})"
    known = {row[0] for row in bulk.select_in(sql, roots, before=[sending.pk, run])}
    roots = [root for root in roots if root not in known]
    if not roots:
        return 0
    now_us = to_us(at)
    seen = world(roots, sending, now_us=now_us)
    ask, rules = ask_of(sending, now_us), guarding.rules()
    verdicts = weigh_all(seen.crowd, ask, rules)
    ids = bulk.reserve_ids(Touch, len(roots))
    twice = _addressed_before(sending, run, seen) if sending.is_once_per_address else set()
    rows, withheld = [], list[tuple[int, int]]()
    hours = [_hour(local_at, name) for name in seen.crowd.zones]
    for index, (pk, root) in enumerate(zip(ids, roots, strict=True)):
        action, reasons = int(verdicts.action[index]), int(verdicts.reasons[index])
        address = seen.addresses[index]
        if address is not None and action < 2 and sending.is_once_per_address:
            if address in twice:
                action, code = 2, "same_address"
            else:
                twice.add(address)
                code = ""
        else:
            code = ""
        behind = weigh(seen.crowd.person(index), ask, rules).rows if reasons & (Reason.CAP | Reason.FATIGUE) else ()
        if reasons & HELD_OUT and weigh(seen.crowd.person(index), ask, rules).would_have_left:
            withheld.append((pk, root))
        release = _release(sending, root, int(verdicts.until[index]), now_us) if action < 2 else None
        if release is not None:
            release = max(release, hours[int(seen.crowd.zone[index])])
        rows.append(
            (pk, sending.pk, run, root, sending.channel, sending.is_marketing, sending.rank, seen.identifiers[index],
             address, STATES[action], reasons, json.dumps(list(behind)), release, to_us(sending.expires_at), now_us,
             now_us, "", None, 0, None, "", code, "", "", None, now_us if action == 2 else None)
        )  # fmt: skip
    bulk.insert("ledger_touch", COLUMNS, rows)
    record_about("message.withheld", sending, withheld, by=by, at=at)
    return len(rows)


COLUMNS = (
    "id", "sending_id", "run", "customer_id", "channel", "is_marketing", "rank", "identifier_id", "address", "state",
    "reasons", "rows", "release_at", "expires_at", "planned_at", "decided_at", "worker", "lease_until", "attempts",
    "sender_id", "provider_id", "code", "severity", "detail", "left_at", "settled_at",
)  # fmt: skip


def foresee(new: NewSending, roots: Sequence[int], *, at: datetime) -> Counter[tuple[str, int]]:
    """Return how many of these persons would be written to, held or left out, by (state, reasons). Writes nothing."""
    values: dict[str, Any] = {name: getattr(new, name) for name in NewSending.__slots__}
    sending = Sending(**values | {"rank": int(new.rank)})
    counts: Counter[tuple[str, int]] = Counter()
    for start in range(0, len(roots), CHUNK):
        seen = world(roots[start : start + CHUNK], sending, now_us=to_us(at))
        verdicts = weigh_all(seen.crowd, ask_of(sending, to_us(at)), guarding.rules())
        pairs, times = np.unique(np.stack([verdicts.action, verdicts.reasons]), axis=1, return_counts=True)
        for (action, reasons), count in zip(pairs.T.tolist(), times.tolist(), strict=True):
            counts[STATES[action], reasons] += count
    return counts


def _addressed_before(sending: Sending, run: int, seen: World) -> set[bytes]:
    """Return which of these addresses this sending writes to already, for another customer."""
    sql = """SELECT address FROM ledger_touch
        WHERE sending_id = %s AND run = %s AND state NOT IN ('dropped', 'cancelled') AND address IN ({})"""
    addresses = {address for address in seen.addresses if address is not None}
    return {bytes(row[0]) for row in bulk.select_in(sql, addresses, before=[sending.pk, run])}


def ask_of(sending: Sending, now_us: int) -> Ask:
    """Return the question that a message of ``sending`` is."""
    return Ask(
        sending.channel,
        now_us,
        to_us(sending.expires_at),
        is_marketing=sending.is_marketing,
        rank=Rank(sending.rank),
        is_personalised=sending.is_personalised,
    )


def _release(sending: Sending, root: int, until: int, now_us: int) -> int:
    """Return when to ask again: what many wait for is spread over an hour, by chance but always the same."""
    if until <= now_us:
        return now_us
    place = (sending.rank + bucket(sending.salt + ":release", root) / 10_000) / len(Rank)
    return min(until + int(place * SPREAD), to_us(sending.expires_at))


def _hour(local_at: datetime | None, zone_name: str) -> int:
    """Return when it is ``local_at`` in a zone, in microseconds; of an hour that comes twice the first."""
    return to_us(local_at.replace(tzinfo=zone(zone_name))) if local_at else 0


def verdict_state(verdicts: Verdicts, index: int) -> str:
    """Return the state that a verdict of the array puts a touch in."""
    return STATES[int(verdicts.action[index])]


def halt(sending: Sending, *, reason: str, by: Actor, at: datetime) -> bool:
    """Stop a sending until it is resumed. False if it is stopped already. What a worker has claimed still leaves."""
    try:
        with transaction.atomic():
            Halt.objects.create(sending=sending, reason=reason, at=at, by=str(by))
    except IntegrityError:
        return False
    return True


def resume(sending: Sending, *, by: Actor, at: datetime) -> bool:
    """Let a stopped sending go on. False if it is not stopped."""
    return bool(Halt.objects.filter(sending=sending, lifted_at=None).update(lifted_at=at, lifted_by=str(by)))


def cancel(sending: Sending, *, by: Actor, at: datetime) -> int:
    """Have nothing more of a sending leave, for good; return how many messages were taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE ledger_touch SET state = 'cancelled', settled_at = %s, detail = %s
            WHERE sending_id = %s AND state IN ('ready', 'held')""",
            [to_us(at), str(by), sending.pk],
        )
        return int(cursor.rowcount)


def take_back(scope: str, roots: Sequence[int], *, by: Actor, at: datetime) -> int:
    """Have nothing more of a scope leave for these persons; return how many messages were taken back."""
    sql = """UPDATE ledger_touch SET state = 'cancelled', settled_at = %s, detail = %s
        WHERE state IN ('ready', 'held') AND sending_id IN (SELECT id FROM ledger_sending WHERE scope = %s)
        AND customer_id IN (SELECT id FROM people_customer WHERE root_id IN ({marks}))"""
    count = 0
    with connection.cursor() as cursor:
        for start in range(0, len(roots), 900):
            part = list(roots[start : start + 900])
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(sql.format(marks=marks), [to_us(at), str(by), scope, *part])
            count += cursor.rowcount
    return count


def retry_failed(sending: Sending, *, by: Actor, at: datetime) -> int:
    """Try the refused messages of a sending once more, if they are still worth it; return how many. No other state."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE ledger_touch SET state = 'ready', attempts = 0, release_at = %s, settled_at = NULL, detail = %s
            WHERE sending_id = %s AND state = 'failed' AND expires_at > %s""",
            [to_us(at), str(by), sending.pk, to_us(at)],
        )
        return int(cursor.rowcount)
