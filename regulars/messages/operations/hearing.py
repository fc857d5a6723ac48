"""What came back: arrivals, bounces, complaints, answers, and people who want no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from regulars.base import secrets
from regulars.base.actor import SYSTEM
from regulars.base.text import email_key, phone_key
from regulars.channels.contract import Report
from regulars.messages.models import Said, Sender, Touch
from regulars.messages.names import touch_of
from regulars.messages.operations.breaking import look_at_bounces, look_at_complaints
from regulars.messages.operations.following import follow, known_by, open_window, scope_of, unfollow
from regulars.messages.recording import record_about
from regulars.messages.windows import ANSWERING, WORDLESS, cause_of
from regulars.messages.world import REACHED_BY
from regulars.people.models import Customer, Identifier
from regulars.people.operations import ConsentEntry, record_consents
from regulars.people.operations.consent import close_address

# Rooms that read what customers write are told here of each new row, inside its transaction.
ON_SAID: list[Callable[[Said], None]] = []
# An address that only ever answers "not now" is closed after this many, on as many different days, within the span.
SOFT_BOUNCES, SOFT_DAYS, SOFT_SPAN = 5, 3, timedelta(days=90)

_LEFT = ("handed_over", "unknown", "delivered")
# From which states a report moves a message, and to which. What is repeated, or comes late, moves nothing.
_MOVES = {
    "delivered": (("handed_over", "unknown"), "delivered"),
    "bounced": (_LEFT, "bounced"),
    "complained": (_LEFT, "complained"),
}


def hear(sender: Sender, reports: Iterable[Report], *, at: datetime) -> int:
    """Take in what a provider or a person told us; return how many reports changed something.

    A report heard twice changes nothing the second time. One that is of no message of ours is left alone, unless
    somebody says that she wants no more, or writes to us: that is heard from anybody.
    """
    return sum(_hear(sender, report, at=at) for report in reports)


def _hear(sender: Sender, report: Report, *, at: datetime) -> bool:
    touch = _touch(sender, report)
    with transaction.atomic():
        if report.kind in _MOVES:
            return touch is not None and _moved(touch, report, at=at)
        if report.kind == "stopped":
            return stop(touch, channel=sender.channel, address=_digest(sender, report.address), source="answer", at=at)
        if report.kind == "started":
            return _started(sender, report, at=at)
        if report.kind == "said":
            return _said(sender, touch, report, at=at)
        if report.kind == "followed":
            return follow(sender, report, at=at)
        if report.kind == "unfollowed":
            return unfollow(sender, report, at=at)
    return False


def is_early(sender: Sender, report: Report) -> bool:
    """Return whether a report may be of a message that is just being handed over, whose name is not written down yet.

    A provider can tell of an arrival before the worker that sent it has settled; the report has to come again then.
    """
    if not report.provider_id or report.kind not in _MOVES or _touch(sender, report) is not None:
        return False
    return Touch.objects.filter(sender_id=sender.pk, state="claimed").exists()


def _touch(sender: Sender, report: Report) -> Touch | None:
    ours = Touch.objects.select_related("sending").filter(channel=sender.channel)
    number = touch_of(report.message_id)
    if number is not None:
        return ours.filter(pk=number).first()
    return ours.filter(provider_id=report.provider_id).first() if report.provider_id else None


def _digest(sender: Sender, address: str) -> bytes | None:
    kind = REACHED_BY.get(sender.channel, sender.channel)
    key = email_key(address) if kind == "email" else phone_key(address) if kind == "phone" else address
    return secrets.digest(kind, scope_of(sender), key) if key else None


def _moved(touch: Touch, report: Report, *, at: datetime) -> bool:
    states, state = _MOVES[report.kind]
    values = {"code": report.code[:40], "severity": report.severity} if report.kind == "bounced" else {}
    if not Touch.objects.filter(pk=touch.pk, state__in=states).update(state=state, **values):
        return False
    record_about(f"message.{state}", touch.sending, [(touch.pk, touch.customer_id)], by=SYSTEM, at=at)
    if touch.address is not None and report.kind != "delivered":
        kind, address = REACHED_BY.get(touch.channel, touch.channel), bytes(touch.address)
        if report.kind == "complained":
            close_address(kind=kind, digest=address, reason="complained", by=SYSTEM, at=at, customer=touch.customer_id)
        elif report.severity == "hard" or (report.severity == "soft" and _is_always_full(address, at)):
            close_address(kind=kind, digest=address, reason="bounced", by=SYSTEM, at=at, customer=touch.customer_id)
    if report.kind == "bounced":
        look_at_bounces(touch.sending, at=at)
    elif report.kind == "complained" and touch.sender_id:
        look_at_complaints(touch.sender_id, at=at)
    return True


def _is_always_full(address: bytes, at: datetime) -> bool:
    """Return whether an address bounced softly so often, on so many days, with nothing arriving in between."""
    tried = Touch.objects.filter(address=address, left_at__gt=at - SOFT_SPAN)
    arrived = tried.filter(state="delivered").order_by("-left_at").values_list("left_at", flat=True).first()
    soft = tried.filter(state="bounced", severity="soft")
    since = soft.filter(left_at__gt=arrived) if arrived else soft
    days = [left.date() for left in since.values_list("left_at", flat=True) if left is not None]
    return len(days) >= SOFT_BOUNCES and len(set(days)) >= SOFT_DAYS


def stop(touch: Touch | None, *, channel: str, address: bytes | None, source: str, at: datetime) -> bool:
    """Have nothing that sells go to a person on a channel any more: she said so, by a message's way out or a word.

    Return whether this was news. Her consent is withdrawn and the address closed, so that neither a merge nor an old
    file opens it again.
    """
    kind = REACHED_BY.get(channel, channel)
    digest = address if touch is None or touch.address is None else bytes(touch.address)
    customer = touch.customer_id if touch else _owner(digest)
    closed = digest is not None and close_address(
        kind=kind, digest=digest, reason="unsubscribed", by=SYSTEM, at=at, customer=customer
    )
    withdrawn = False
    if customer is not None and Customer.objects.filter(pk=customer, erased_at=None).exists():
        proof = {"touch": touch.pk} if touch else {}
        entry = ConsentEntry(customer, channel, "withdrawn", source, proof=proof)
        withdrawn = bool(record_consents([entry], by=SYSTEM, at=at))
    return closed or withdrawn


def _owner(digest: bytes | None) -> int | None:
    if digest is None:
        return None
    return Identifier.objects.filter(digest=digest).values_list("customer_id", flat=True).first()


def _started(sender: Sender, report: Report, *, at: datetime) -> bool:
    """Write down a yes given by a word such as START. A closed address is for a person of the shop to open."""
    customer = _owner(_digest(sender, report.address))
    if customer is None:
        return False
    proof = {"event": report.event_id, "word": report.text[:40]}
    entry = ConsentEntry(customer, sender.channel, "granted", "answer", proof=proof)
    return bool(record_consents([entry], by=SYSTEM, at=at))


def _said(sender: Sender, touch: Touch | None, report: Report, *, at: datetime) -> bool:
    digest = _digest(sender, report.address)
    words = {"address": report.address, "subject": report.subject, "text": report.text}
    known = touch.customer_id if touch else _owner(digest)
    if sender.channel in ANSWERING:
        known = known_by(sender, report.address, at=at)
        is_news = known is not None and open_window(sender, known, report, at=at)
        if cause_of(report) in WORDLESS:
            return is_news
    said = Said(sender=sender, event=f"{sender.pk}:{report.event_id}"[:240], touch=touch, at=report.at)
    return _keep(said, words, known, digest, at=at)


def take_opinion(touch: Touch, text: str, *, at: datetime) -> bool:
    """Keep what the reader of a message wrote on its page. False if she wrote the same before."""
    same = secrets.digest("opinion", str(touch.pk), text).hex()
    said = Said(event=f"page:{touch.pk}:{same}", touch=touch, at=at)
    words = {"address": "", "subject": "", "text": text}
    return _keep(said, words, touch.customer_id, None, at=at)


def _keep(said: Said, words: dict[str, str], known: int | None, address: bytes | None, *, at: datetime) -> bool:
    customer = Customer.objects.filter(pk=known, erased_at=None).first() if known else None
    # The key of somebody unknown is kept beside her words: they are sealed all the same, and erased by hand.
    key, wrapped = (secrets.unwrap(bytes(customer.wrapped_key)), b"") if customer else secrets.new_key()
    said.customer, said.address, said.wrapped_key = customer, address or b"", wrapped
    said.sealed = secrets.seal(key, json.dumps(words))
    try:
        with transaction.atomic():
            said.save(force_insert=True)
            if said.touch is not None:
                about = [(said.touch.pk, said.touch.customer_id)]
                record_about("message.answered", said.touch.sending, about, by=SYSTEM, at=at)
            for listener in ON_SAID:
                listener(said)
    except IntegrityError:
        return False
    return True


def words_of(said: Said) -> dict[str, str]:
    """Return address, subject and text of what somebody wrote; raise secrets.Unreadable if she was erased."""
    wrapped = bytes(said.wrapped_key) or bytes(said.customer.wrapped_key if said.customer else b"")
    words: dict[str, str] = json.loads(secrets.unseal(secrets.unwrap(wrapped), bytes(said.sealed)))
    return words
