"""The mailbox that replies and returned mail come to: what is new in it, read without changing anything there.

What was read is remembered by the caller, in a cursor of two numbers: the mailbox's own UIDVALIDITY and the highest
UID. A server that changes the first has numbered all mails anew, so they are read again from the start; reports carry
the same event ids as before and change nothing twice.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from imaplib import IMAP4, Internaldate2tuple
from time import mktime

from django.utils.translation import gettext_lazy as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from regulars.channels.contract import Finding, Report, Setting, SettingsError
from regulars.channels.email.addresses import AddressUnusable, to_send
from regulars.channels.email.bounces import LARGEST, read

TIMEOUT = 60.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_UID = re.compile(rb"\bUID (\d+)")

SETTINGS = (
    Setting("imap_host", _("Mailbox server"), _("Its name, as imap.example.com."), is_required=True),
    Setting("imap_port", _("Port"), _("993 for TLS, 143 for STARTTLS."), kind="number", default="993"),
    Setting(
        "imap_security", _("Encryption"), kind="choice", default="tls",
        choices=(("tls", _("TLS from the start")), ("starttls", _("STARTTLS")), ("none", _("None"))),
    ),
    Setting("imap_username", _("User name"), is_required=True),
    Setting("imap_password", _("Password"), kind="secret", is_required=True),
    Setting("imap_folder", _("Folder"), default="INBOX"),
    Setting(
        "imap_address", _("Address of this mailbox"),
        _("Mail programs write to it for somebody who wants no more. Empty if it is the user name."),
    ),
)  # fmt: skip


def address_of(settings: Mapping[str, str]) -> str:
    """Return the address that mail to this mailbox is sent to; "" if nobody said so."""
    given = settings.get("imap_address", "").strip() or settings.get("imap_username", "").strip()
    try:
        return to_send(given)
    except AddressUnusable:
        return ""


class MailboxUnreachable(Exception):
    """The mailbox could not be read this time; the text names no person. What was yielded before holds."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox has been read: everything up to ``uid`` under this ``validity``."""

    validity: int = 0
    uid: int = 0


def new_mail(
    settings: Mapping[str, str],
    cursor: Cursor,
    is_ours: Callable[[str], bool] = lambda candidate: True,
    context: ssl.SSLContext | None = None,
) -> Iterator[tuple[Cursor, list[Report]]]:
    """Yield each mail that came after ``cursor``, oldest first: the cursor behind it, and what it reports.

    Keep the cursor in the transaction that keeps the reports. Close the iterator if it is not read to its end. Raises
    SettingsError and :class:`MailboxUnreachable`.
    """
    with _opened(settings, context) as box:
        folder = settings.get("imap_folder", "").strip() or "INBOX"
        box.folder.set(folder, readonly=True)
        validity = _validity(box)
        start = cursor.uid if cursor.validity == validity else 0
        # "5:*" holds the last mail even if its number is below 5.
        for uid in sorted(int(found) for found in box.uids(f"UID {start + 1}:*", charset=None)):
            if uid > start and (mail := _one(box, uid)) is not None:
                yield Cursor(validity, uid), read(mail[1], mail[0], is_ours)


def _validity(box: BaseMailBox) -> int:
    _, values = box.client.response("UIDVALIDITY")
    if not values or not values[0]:
        raise MailboxUnreachable("the server gives its mailbox no lasting numbers")
    return int(values[0])


def _one(box: BaseMailBox, uid: int) -> tuple[datetime, bytes] | None:
    """Return when a mail came in and its bytes; None if it was deleted meanwhile."""
    # PEEK leaves it unread for people; no more is fetched than will be read.
    status, found = box.client.uid("FETCH", str(uid), f"(UID INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
    if status != "OK":
        raise MailboxUnreachable("the server does not hand out a mail")
    for part in found:
        if isinstance(part, tuple) and (number := _UID.search(part[0])) and int(number[1]) == uid:
            came = Internaldate2tuple(part[0])
            return (datetime.fromtimestamp(mktime(came), UTC) if came else datetime.now(UTC)), bytes(part[1])
    return None


@contextmanager
def _opened(settings: Mapping[str, str], context: ssl.SSLContext | None) -> Iterator[BaseMailBox]:
    """Log in and yield the mailbox; say goodbye, or hang up if the line broke."""
    box = None
    try:
        box = _connected(settings, context)
        box.login(settings.get("imap_username", ""), settings.get("imap_password", ""), initial_folder=None)
        yield box
    except (ImapToolsError, IMAP4.error, OSError, UnicodeError) as problem:
        # The server's words may hold the user name, so only the kind of problem is told.
        raise MailboxUnreachable(type(problem).__name__) from problem
    finally:
        if box is not None:
            try:
                box.client.logout()
            except (IMAP4.error, OSError):
                box.client.shutdown()


def _connected(settings: Mapping[str, str], context: ssl.SSLContext | None) -> BaseMailBox:
    host, security = settings.get("imap_host", "").strip(), settings.get("imap_security", "") or "tls"
    port = settings.get("imap_port", "").strip() or "993"
    if not host or re.search(r"\s", host):
        raise SettingsError("imap_host", _("Enter the name of the mailbox server."))
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingsError("imap_port", _("Enter a port from 1 to 65535."))
    if security == "none":
        if host not in _LOCAL:
            raise SettingsError(
                "imap_security", _("A password must not be sent without encryption. Choose STARTTLS or TLS.")
            )
        return MailBoxUnencrypted(host, int(port), timeout=TIMEOUT)
    trusted = context or ssl.create_default_context()
    if security == "starttls":
        return MailBoxStartTls(host, int(port), timeout=TIMEOUT, ssl_context=trusted)
    return MailBox(host, int(port), timeout=TIMEOUT, ssl_context=trusted)


def check(settings: Mapping[str, str], context: ssl.SSLContext | None = None) -> list[Finding]:
    """Log in and open the folder, without reading a mail. Raises nothing."""
    try:
        with _opened(settings, context) as box:
            box.folder.set(settings.get("imap_folder", "").strip() or "INBOX", readonly=True)
    except SettingsError as problem:
        return [Finding(problem.field, False, problem.says)]
    except MailboxUnreachable:
        return [
            Finding(
                "mailbox", False, _("The mailbox cannot be opened."),
                _("Compare server, port, user name and folder. Some providers want a password made for one app."),
            )
        ]  # fmt: skip
    return [Finding("mailbox", True, _("The mailbox can be read."))]
