"""A message as the bytes of a mail, built by hand: the standard library's generator takes a hundred times longer.

Nothing that was given can end a header line: such values are refused, not mended.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from regulars.channels.contract import Blame, Outgoing
from regulars.channels.email.addresses import AddressUnusable, is_international, to_send
from regulars.channels.email.dkim import Field, Signer

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_FIELD = re.compile(r"[A-Za-z0-9-]{1,60}")
_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
# Behind "bounces+" or "unsubscribe+" it must fit the 64 bytes before the @, and the 70 of a boundary.
LONGEST_ID = 48
LONGEST_BOUNCE = 64 - 1 - LONGEST_ID
# RFC 5322 allows 998 bytes in a line; below that a one-click address needs no fold.
_LONGEST_VALUE = 900
# A line with an encoded word has at most 76 characters (RFC 2047); 39 bytes fit behind "Subject: ".
_WORD = 39
# What the builder itself says, or what would send the mail to others.
_RESERVED = frozenset({
    "from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version", "return-path", "received",
    "dkim-signature", "x-regulars-id", "resent-from", "resent-to", "resent-cc", "resent-bcc",
})  # fmt: skip


class Unsendable(ValueError):
    """The message can never be sent as it is; ``blame`` says whose fault it is. The text quotes no contact data."""

    def __init__(self, blame: Blame, says: str) -> None:
        super().__init__(says)
        self.blame = blame


@dataclass(frozen=True, slots=True)
class Mail:
    """The bytes of a mail without dot-stuffing, with its envelope. ``is_international``: needs SMTPUTF8."""

    sender: str
    recipient: str
    content: bytes
    is_international: bool = False


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of one sender share; made once by :func:`letterhead`."""

    fields: tuple[Field, ...]
    address: str
    domain: str
    bounce: tuple[str, str]
    signer: Signer | None = None


def letterhead(
    from_address: str, from_name: str = "", reply_to: str = "", bounce_address: str = "", signer: Signer | None = None
) -> Letterhead:
    """Return a letterhead. Raises AddressUnusable for its addresses and Unsendable for its name."""
    if not all(a.isascii() for a in (local_part(from_address), local_part(reply_to), local_part(bounce_address))):
        raise AddressUnusable("the shop's own addresses need ASCII before the @")
    address = to_send(from_address)
    name = _phrase(from_name)
    # An encoded name fills its line, so the address goes to the next.
    gap = "\r\n " if name.startswith("=?") else " "
    fields = [("From", (f"{name}{gap}<{address}>" if name else address).encode())]
    if reply_to:
        fields.append(("Reply-To", to_send(reply_to).encode()))
    local, _, domain = to_send(bounce_address).rpartition("@") if bounce_address else ("", "", "")
    if len(local) > LONGEST_BOUNCE or local.startswith('"'):
        raise AddressUnusable("no room for an id before the @")
    return Letterhead(tuple(fields), address, address.rpartition("@")[2], (local, domain), signer)


def local_part(address: str) -> str:
    """Return what stands before the last @."""
    return address.rpartition("@")[0]


def build(message: Outgoing, head: Letterhead, at: float) -> Mail:
    """Return the mail of a message; ``at`` is the time in seconds since 1970.

    Raises :class:`Unsendable`.
    """
    if len(message.id) > LONGEST_ID or not _ID.fullmatch(message.id):
        raise Unsendable("message", "the id does not fit an address")
    try:
        recipient = to_send(message.to)
    except AddressUnusable as problem:
        raise Unsendable("address", str(problem)) from problem
    fields = [
        *head.fields,
        ("To", recipient.encode()),
        ("Subject", unstructured(message.subject)),
        ("Date", _date(int(at))),
        ("Message-ID", f"<{message.id}@{head.domain}>".encode()),
        ("X-Regulars-Id", message.id.encode()),
        ("MIME-Version", b"1.0"),
    ]
    if message.headers:
        fields = _with_further(fields, message.headers)
    body = _body(message, fields)
    if head.signer is not None:
        fields.insert(0, head.signer.field(fields, body, int(at)))
    lines = b"".join([b"%b: %b\r\n" % (name.encode(), value) for name, value in fields])
    local, domain = head.bounce
    sender = f"{local}+{message.id}@{domain}" if domain else head.address
    return Mail(sender, recipient, lines + b"\r\n" + body, is_international(recipient))


@lru_cache(maxsize=8)
def _date(at: int) -> bytes:
    return formatdate(at, localtime=False).encode()


def _with_further(fields: list[Field], headers: Mapping[str, str]) -> list[Field]:
    """Add a message's own headers; its Reply-To takes the place of the letterhead's."""
    seen: set[str] = set()
    for name, value in headers.items():
        key = name.lower()
        if not _FIELD.fullmatch(name) or key in _RESERVED or key.startswith("content-") or key in seen:
            raise Unsendable("message", "a header that may not be given")
        seen.add(key)
        if key == "reply-to":
            fields = [field for field in fields if field[0] != "Reply-To"]
        coded = unstructured(value)
        fields.append((name, b"\r\n " + coded if coded.startswith(b"=?") and len(name) > len("Subject") else coded))
    return fields


# -- Header values


def unstructured(text: str) -> bytes:
    """Return a text as a header value: as it is, folded, or in encoded words (RFC 2047).

    Raises :class:`Unsendable` if it holds a line end.
    """
    if "\r" in text or "\n" in text:
        raise Unsendable("message", "a line end in a header")
    if _PLAIN.fullmatch(text) and "=?" not in text:
        if len(text) <= 69:
            return text.encode()
        folded = _folded(text)
        if folded is not None:
            return folded
    return _words(text) if text else b""


def _folded(text: str) -> bytes | None:
    """Break a long value at its spaces; None if a piece is too long for a line."""
    lines, line = [], ""
    for piece in text.split(" "):
        if len(piece) > _LONGEST_VALUE:
            return None
        if line and len(line) + len(piece) > 66:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return "\r\n ".join([*lines, line]).encode()


def _words(text: str) -> bytes:
    """Return encoded words of whole characters."""
    try:
        rest = text.encode()
    except UnicodeEncodeError as problem:
        raise Unsendable("message", "half a character in a header") from problem
    words = []
    while rest:
        end = _WORD
        while len(rest) > end and rest[end] & 0xC0 == 0x80:  # not in the middle of a character
            end -= 1
        words.append(b"=?utf-8?b?" + binascii.b2a_base64(rest[:end], newline=False) + b"?=")
        rest = rest[end:]
    return b"\r\n ".join(words)


def _phrase(name: str) -> str:
    """Return a name as it stands before an address; nothing for none."""
    if "\r" in name or "\n" in name:
        raise Unsendable("message", "a line end in a name")
    if _NAME.fullmatch(name) and "=?" not in name and len(name) <= 60:
        return name
    if _PLAIN.fullmatch(name) and "=?" not in name and len(name) <= 60:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _words(name).decode()


# -- The body


def _body(message: Outgoing, fields: list[Field]) -> bytes:
    """Return the body and add the fields that describe it."""
    try:
        if message.html and message.text:
            # "=_" can stand in no part: quoted-printable has hexadecimal digits behind "=", base64 nothing but "=".
            mark = f"=_{message.id}".encode()
            fields.append(("Content-Type", b'multipart/alternative;\r\n boundary="%b"' % mark))
            (plain, how_plain), (html, how_html) = _encoded(message.text), _encoded(message.html)
            return b"".join((
                b"--", mark, b"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ", how_plain,
                b"\r\n\r\n", plain, b"\r\n--", mark,
                b"\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: ", how_html,
                b"\r\n\r\n", html, b"\r\n--", mark, b"--\r\n",
            ))  # fmt: skip
        body, how = _encoded(message.html or message.text)
    except UnicodeEncodeError as problem:
        raise Unsendable("message", "half a character in the text") from problem
    kind = b"html" if message.html else b"plain"
    fields.append(("Content-Type", b"text/%b; charset=utf-8" % kind))
    fields.append(("Content-Transfer-Encoding", how))
    return body + b"\r\n" if body and not body.endswith(b"\r\n") else body


def _encoded(text: str) -> tuple[bytes, bytes]:
    """Return a text in lines of at most 76 bytes and the name of its encoding, whichever is shorter to send."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    raw = text.encode()
    # Each letter beyond Latin has two bytes more than characters, and takes nine bytes in quoted-printable.
    if (len(raw) - len(text)) * 6 > len(raw):
        coded = base64.b64encode(raw.replace(b"\n", b"\r\n"))
        return b"\r\n".join([coded[at : at + 76] for at in range(0, len(coded), 76)]), b"base64"
    return binascii.b2a_qp(raw).replace(b"\n", b"\r\n"), b"quoted-printable"
