"""Giving a sender its mailbox, and taking in what comes to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from regulars.base import secrets
from regulars.base.actor import Actor
from regulars.channels.contract import Report
from regulars.channels.email.imap import Cursor
from regulars.messages.models import Sender
from regulars.messages.operations import hear
from regulars.sources.answers import kinds
from regulars.sources.answers.models import Listener, Mailbox
from regulars.stream.operations import record

# Another of these is another mailbox, whose mails nobody has read yet.
_PLACE = ("imap_host", "imap_username", "imap_folder")


def keep_mailbox(sender: int, settings: Mapping[str, str], *, by: Actor, at: datetime) -> Mailbox:
    """Have a sender's mailbox read from now on, or read with other settings."""
    key, wrapped = secrets.new_key()
    sealed = secrets.seal(key, json.dumps(dict(settings)))
    values = {
        "wrapped_key": wrapped, "sealed": sealed, "problem": "", "at": at, "by": str(by), "retired_at": None,
        "retired_by": "",
    }  # fmt: skip
    with transaction.atomic():
        before = Mailbox.objects.filter(sender_id=sender).first()
        if before is None or _place(before) != {name: settings.get(name, "") for name in _PLACE}:
            values |= {"uid_validity": 0, "last_uid": 0, "read_at": None}
        row, _ = Mailbox.objects.update_or_create(sender=Sender.objects.get(pk=sender), defaults=values)
        _record("changed" if before else "added", row, by=by, at=at)
    return row


def _place(row: Mailbox) -> dict[str, str] | None:
    try:
        opened = settings_of_mailbox(row)
    except secrets.Unreadable:
        return None
    return {name: opened.get(name, "") for name in _PLACE}


def settings_of_mailbox(row: Mailbox) -> dict[str, str]:
    """Return the opened settings; raise secrets.Unreadable if the installation's key is another."""
    opened: dict[str, str] = json.loads(secrets.unseal(secrets.unwrap(bytes(row.wrapped_key)), bytes(row.sealed)))
    return opened


def retire_mailbox(sender: int, *, by: Actor, at: datetime) -> bool:
    """Have a sender's mailbox read no more. False if it is not read."""
    with transaction.atomic():
        mine = Mailbox.objects.filter(sender_id=sender, retired_at=None)
        if not mine.update(retired_at=at, retired_by=str(by)):
            return False
        _record("retired", Mailbox.objects.get(sender_id=sender), by=by, at=at)
    return True


def take_mail(row: Mailbox, before: Cursor, after: Cursor, reports: Sequence[Report], *, at: datetime) -> bool:
    """Hear what one mail reports and move the cursor behind it. False if somebody else has read on, or it is retired.

    Both or neither: a mail is not forgotten when we fall over it, and not heard by two.
    """
    with transaction.atomic():
        mine = Mailbox.objects.filter(
            pk=row.pk, retired_at=None, uid_validity=before.validity, last_uid=before.uid, sealed=bytes(row.sealed)
        )
        if not mine.update(uid_validity=after.validity, last_uid=after.uid):
            return False
        hear(row.sender, reports, at=at)
    return True


def note_reading(row: Mailbox, *, problem: str, at: datetime) -> None:
    """Write down that a mailbox was read to its end, or why it was not."""
    values = {"problem": problem[:200]} if problem else {"problem": "", "read_at": at}
    Mailbox.objects.filter(pk=row.pk).update(**values)


# How long a line is held without a word from the worker that holds it.
LINE_LEASE = timedelta(seconds=60)


def take_line(sender: int, worker: str, *, at: datetime) -> bool:
    """Have this worker hold a sender's line, or go on holding it. False while another does.

    Two would do no harm to what is heard, but providers count sessions.
    """
    Listener.objects.get_or_create(sender_id=sender)
    free = Q(worker=worker) | Q(worker="") | Q(lease_until=None) | Q(lease_until__lt=at)
    return bool(Listener.objects.filter(free, sender_id=sender).update(worker=worker, lease_until=at + LINE_LEASE))


def note_line(sender: int, worker: str, *, open_since: datetime | None, problem: str = "") -> None:
    """Write down that the line is open, or why it is not."""
    Listener.objects.filter(sender_id=sender, worker=worker).update(open_since=open_since, problem=problem)


def give_line(sender: int, worker: str) -> None:
    """Leave a sender's line to whichever worker takes it next."""
    Listener.objects.filter(sender_id=sender, worker=worker).update(worker="", lease_until=None, open_since=None)


def _record(what: str, row: Mailbox, *, by: Actor, at: datetime) -> None:
    body = kinds.MailboxChanged(sender=row.sender_id, what=what)
    record("mailbox.changed", f"mailbox.{what}:{row.pk}:{at.isoformat()}", body, by=by, at=at)
