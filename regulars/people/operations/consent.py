"""Consent and suppression. Consent is an append-only ledger; a suppression is kept by address and outlives its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from regulars.base import secrets
from regulars.base.actor import Actor
from regulars.people import kinds
from regulars.people.models import Consent, Suppression
from regulars.stream.operations import record


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
    count = 0
    with transaction.atomic():
        for entry in entries:
            about = {"customer_id": entry.customer, "channel": entry.channel, "purpose": entry.purpose}
            last = Consent.objects.filter(**about).order_by("-at", "-id").values_list("state", flat=True).first()
            if last == entry.state or (last is None and entry.state == Consent.State.WITHDRAWN):
                continue  # "no" from somebody who never said yes is not a withdrawal
            row = Consent.objects.create(
                **about, state=entry.state, source=entry.source, wording=entry.wording,
                proof=entry.proof, at=at, by=str(by), batch=batch,
            )  # fmt: skip
            body_type = kinds.ConsentGranted if entry.state == "granted" else kinds.ConsentWithdrawn
            body = body_type(channel=entry.channel, purpose=entry.purpose, source=entry.source)
            kind = f"consent.{entry.state}"
            record(kind, f"{kind}:{row.pk}", body, by=by, at=at, customer=entry.customer, batch=batch)
            count += 1
    return count


def withdraw_consent(*, customer: int, channel: str, source: str, by: Actor, at: datetime, purpose: str = "marketing") -> bool:
    """Write down that the customer no longer agrees. False if she never did, or had withdrawn before."""
    entry = ConsentEntry(customer=customer, channel=channel, purpose=purpose, state="withdrawn", source=source)
    return bool(record_consents([entry], by=by, at=at))


def suppress(*, kind: str, value: str, reason: str, by: Actor, at: datetime, customer: int | None = None) -> bool:
    """Close an address (its matching form: e-mail key or E.164) to messages. False if it is closed for this reason."""
    digest = secrets.digest(kind, "", value)
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
