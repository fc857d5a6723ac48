"""Consent is an append-only ledger; a suppression is kept by address and outlives its owner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from regulars.base import bulk, secrets
from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.people import kinds
from regulars.people.models import Consent, Suppression
from regulars.stream.operations import NewActivity, record, record_many


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """A customer's word on a channel: granted or withdrawn, since ``at``, by what words and with what proof."""

    customer: int
    channel: str
    state: str
    source: str
    purpose: str = "marketing"
    wording: str = ""
    proof: dict[str, Any] = field(default_factory=dict)


def record_consents(entries: Sequence[ConsentEntry], *, by: Actor, at: datetime, batch: int | None = None) -> int:
    """Add entries that change what is known; return how many did. A repeated word adds nothing."""
    if not entries:
        return 0
    with transaction.atomic():
        last = _last_words({e.customer for e in entries})
        changing: list[ConsentEntry] = []
        for entry in entries:
            about = (entry.customer, entry.channel, entry.purpose)
            # "No" from somebody who never said yes is not a withdrawal.
            if last.get(about, Consent.State.WITHDRAWN) != entry.state:
                last[about] = entry.state
                changing.append(entry)
        _append(changing, by=by, at=at, batch=batch)
    return len(changing)


def _last_words(customers: set[int]) -> dict[tuple[int, str, str], str]:
    sql = "SELECT customer_id, channel, purpose, state FROM people_consent WHERE customer_id IN ({}) ORDER BY at, id"
    return {(customer, channel, purpose): state for customer, channel, purpose, state in bulk.select_in(sql, customers)}


def _append(entries: Sequence[ConsentEntry], *, by: Actor, at: datetime, batch: int | None) -> None:
    rows: list[tuple[Any, ...]] = []
    activities: list[NewActivity] = []
    for pk, e in zip(bulk.reserve_ids(Consent, len(entries)), entries, strict=True):
        proof = json.dumps(e.proof)
        rows.append(
            (pk, e.customer, e.channel, e.purpose, e.state, e.source, e.wording, proof, to_us(at), str(by), batch)
        )
        body_type = kinds.ConsentGranted if e.state == "granted" else kinds.ConsentWithdrawn
        body = body_type(channel=e.channel, purpose=e.purpose, source=e.source)
        kind = f"consent.{e.state}"
        activities.append(NewActivity(kind=kind, key=f"{kind}:{pk}", occurred_at=at, body=body, customer=e.customer))
    bulk.insert(
        "people_consent",
        ["id", "customer_id", "channel", "purpose", "state", "source", "wording", "proof", "at", "by", "batch"],
        rows,
    )
    record_many(activities, by=by, at=at, batch=batch)


def withdraw_consent(
    *, customer: int, channel: str, source: str, by: Actor, at: datetime, purpose: str = "marketing"
) -> bool:
    """Write down that the customer no longer agrees. False if she never did, or had withdrawn before."""
    entry = ConsentEntry(customer=customer, channel=channel, purpose=purpose, state="withdrawn", source=source)
    return bool(record_consents([entry], by=by, at=at))


def suppress(*, kind: str, value: str, reason: str, by: Actor, at: datetime, customer: int | None = None) -> bool:
    """Close an address (its matching form: e-mail key or E.164) to messages. False if it is closed for this reason."""
    digest = secrets.digest(kind, "", value)
    return close_address(kind=kind, digest=digest, reason=reason, by=by, at=at, customer=customer)


def close_address(
    *, kind: str, digest: bytes, reason: str, by: Actor, at: datetime, customer: int | None = None
) -> bool:
    """Close an address, known by its digest, to messages. False if it is closed for this reason."""
    try:
        with transaction.atomic():
            row = Suppression.objects.create(digest=digest, kind=kind, reason=reason, at=at, by=str(by))
            body = kinds.SuppressionAdded(channel=kind, reason=reason)
            record("suppression.added", f"suppression.added:{row.pk}", body, by=by, at=at, customer=customer)
    except IntegrityError:
        return False
    return True


def lift_suppression(suppression_id: int, *, by: Actor, at: datetime, customer: int | None = None) -> bool:
    """Open an address again, at a person's word. False if it is open already."""
    with transaction.atomic():
        if not Suppression.objects.filter(pk=suppression_id, lifted_at=None).update(lifted_at=at, lifted_by=str(by)):
            return False
        kind = Suppression.objects.values_list("kind", flat=True).get(pk=suppression_id)
        body = kinds.SuppressionLifted(channel=kind)
        record("suppression.lifted", f"suppression.lifted:{suppression_id}", body, by=by, at=at, customer=customer)
    return True
