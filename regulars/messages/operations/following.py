"""People who follow an account: who they are, what they agreed to by it, and for how long they may be answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from regulars.base import secrets
from regulars.base.actor import SYSTEM
from regulars.base.clock import to_us
from regulars.channels.contract import Report
from regulars.messages.models import Sender, Window
from regulars.messages.operations.senders import settings_of
from regulars.messages.windows import ANSWERING, cause_of, term_of
from regulars.people.drafts import BuyerDraft
from regulars.people.models import Consent, Identifier
from regulars.people.operations import ConsentEntry, record_consents, remember_buyers

# A scan by somebody who follows already: no new yes.
_SCANS = frozenset({"SCAN", "scan"})


def scope_of(sender: Sender) -> str:
    """Return in what an id of this sender's people is unique: the account; "" where it is so everywhere."""
    if sender.channel not in ANSWERING:
        return ""
    settings = settings_of(sender)
    # Weibo's ids are the same for every account.
    return f"{sender.channel}:{settings.get('app_id') or settings.get('corp_id') or ''}"[:40]


def known_by(sender: Sender, openid: str, *, at: datetime) -> int | None:
    """Return the customer whom the account knows by ``openid``, making a record for somebody new."""
    if not openid:
        return None
    draft = BuyerDraft(openid=openid)
    found = remember_buyers([draft], [to_us(at)], scope=scope_of(sender), source=sender.channel, by=SYSTEM, at=at)
    return found.customers[0]


def follower(sender: Sender, openid: str) -> int | None:
    """Return the record of the customer whom the account knows by ``openid``; None of nobody."""
    digest = secrets.digest("openid", scope_of(sender), openid)
    return Identifier.objects.filter(digest=digest).values_list("customer_id", flat=True).first()


def follow(sender: Sender, report: Report, *, at: datetime) -> bool:
    """Make a follower a customer who agreed to hear from us there. Return whether anything is new."""
    customer = known_by(sender, report.address, at=at)
    if customer is None:
        return False
    opened = open_window(sender, customer, report, at=at)
    last = _last_word(customer, sender.channel)
    if _is_old(customer, report, last) or (report.code in _SCANS and last is not None):
        return opened
    entry = ConsentEntry(customer, sender.channel, "granted", "follow", proof=_proof(report, scene=report.scene[:64]))
    return bool(record_consents([entry], by=SYSTEM, at=at)) or opened


def unfollow(sender: Sender, report: Report, *, at: datetime) -> bool:
    """Take a follower's word back, and close what she had opened. Return whether this was news."""
    customer = follower(sender, report.address)
    if customer is None or _is_old(customer, report, _last_word(customer, sender.channel)):
        return False
    Window.objects.filter(customer_id=customer, channel=sender.channel, until__gt=at).update(until=at)
    entry = ConsentEntry(customer, sender.channel, "withdrawn", "unfollow", proof=_proof(report))
    return bool(record_consents([entry], by=SYSTEM, at=at))


def _proof(report: Report, **more: str) -> dict[str, Any]:
    return {"event": report.event_id, "told": report.at.isoformat(), **more}


def _last_word(customer: int, channel: str) -> Consent | None:
    words = Consent.objects.filter(customer_id=customer, channel=channel, purpose="marketing")
    return words.order_by("-at", "-id").first()


def _is_old(customer: int, report: Report, last: Consent | None) -> bool:
    """Return whether a push came again, or late: a repeated yes must not undo a no that was said after it."""
    if last is None:
        return False
    said = last.proof.get("told")
    if report.at < (datetime.fromisoformat(said) if said else last.at):
        return True
    return Consent.objects.filter(customer_id=customer, proof__event=report.event_id).exists()


def open_window(sender: Sender, customer: int, report: Report, *, at: datetime) -> bool:
    """Write down that she may be answered, as long and as often as the channel's terms say. False if known or over."""
    opened = min(report.at, at)
    term = term_of(sender.channel, cause_of(report), opened)
    if term is None or opened + term.span <= at:
        return False
    Window.objects.filter(customer_id=customer, channel=sender.channel, until__lte=at).delete()
    try:
        with transaction.atomic():
            Window.objects.create(
                customer_id=customer, channel=sender.channel, event=f"{sender.pk}:{report.event_id}"[:240],
                opened_at=opened, until=opened + term.span, quota=term.most,
            )  # fmt: skip
    except IntegrityError:
        return False
    return True
