"""Reading a mailbox: mail by mail, each heard in the transaction that remembers it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime

from django.db import DataError

from regulars.base.clock import now
from regulars.base.secrets import Unreadable
from regulars.channels.contract import Report, SettingsError
from regulars.channels.email.imap import Cursor, MailboxUnreachable, address_of, new_mail
from regulars.messages.models import Sender
from regulars.messages.names import touch_of
from regulars.messages.operations import settings_of
from regulars.sources.answers.models import Mailbox
from regulars.sources.answers.operations import note_reading, settings_of_mailbox, take_mail

log = logging.getLogger("regulars.answers")


def is_ours(candidate: str) -> bool:
    """Return whether we made this id: anybody can write a mail that says it answers something."""
    return touch_of(candidate) is not None


def stops_at(sender: Sender) -> str:
    """Return the address at which somebody's wish for no more is read after mail by this sender; "" for none.

    A mailbox that was never read to its end promises nothing. A provider that hands mail on does so by its own address.
    """
    if sender.channel != "email":
        return ""
    row = Mailbox.objects.filter(sender=sender, retired_at=None, read_at__isnull=False).first()
    try:
        if row is not None and (address := address_of(settings_of_mailbox(row))):
            return address
        return settings_of(sender).get("inbound_address", "").strip()
    except Unreadable:
        return ""


def _took(row: Mailbox, before: Cursor, after: Cursor, reports: Sequence[Report], at: datetime) -> bool:
    try:
        return take_mail(row, before, after, reports, at=at)
    except (DataError, ValueError) as problem:
        # A mail that no database takes would keep all that come after it from being read.
        log.warning("mail %s of sender %s was passed over: %s", after.uid, row.sender_id, type(problem).__name__)
        return take_mail(row, before, after, [], at=at)


def read_mailbox(row: Mailbox, *, until: Callable[[], bool], clock: Callable[[], datetime] = now) -> int:
    """Take in the new mails of a mailbox, until none is left or ``until()`` says stop; return how many."""
    cursor, count = Cursor(row.uid_validity, row.last_uid), 0
    try:
        with closing(new_mail(settings_of_mailbox(row), cursor, is_ours)) as mails:  # type: ignore[type-var]
            for after, reports in mails:
                if not _took(row, cursor, after, reports, clock()):
                    return count
                cursor, count = after, count + 1
                if until():
                    return count
    except (MailboxUnreachable, SettingsError, Unreadable) as problem:
        log.warning("the mailbox of sender %s cannot be read: %s", row.sender_id, type(problem).__name__)
        note_reading(row, problem=str(problem), at=clock())
        return count
    note_reading(row, problem="", at=clock())
    return count
