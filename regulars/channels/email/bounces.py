"""What a mail that comes back says: returned, complained about, an absence, a wish to stop, or a person's words.

Looked at in this order: delivery report (RFC 3464, and the texts of servers that never learned it), complaint (RFC
5965), automatic reply (RFC 3834), a wish to stop, and only then words. A report is bound to a message by our own id,
which came back in the address, in the returned mail's header or in what is replied to. Anybody can write any of these
mails: a report whose ``message_id`` is empty or not ours proves nothing about the address it names.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from urllib.parse import quote

from regulars.base.text import email_key
from regulars.channels.contract import Report
from regulars.channels.email.replies import header_text, own_words, text_of
from regulars.channels.email.statuses import severity_of

_PLUS = re.compile(r"([A-Za-z0-9._-]+)\+([A-Za-z0-9._-]{1,64})@")
_IDS = re.compile(r"<([A-Za-z0-9._-]{1,64})@[^<>\s]+>")
_TYPED = re.compile(r"\s*[\w-]+\s*;\s*<?([^\s<>]+)>?")
_DAEMON = re.compile(r"mailer-daemon|mail delivery (?:sub)?system", re.IGNORECASE)
_POSTMASTER = re.compile(r"postmaster", re.IGNORECASE)
_ANY_ADDRESS = re.compile(r"[^\s<>;,:\"'()@]{1,64}@[^\s<>;,:\"'()@]{1,253}")
_ANGLE = re.compile(r"<([^\s<>@]{1,64}@[^\s<>@]{1,253})>")
_LONGEST_HEADER = 10_000
# "<ada@customer.example>:" on a line, and the reason in the lines below: qmail and its descendants.
_QMAIL = re.compile(r"^<([^\s<>@]{1,64}@[^\s<>@]{1,253})>:[ \t]*\n((?:(?!\n\n|^<|^---).)*)", re.MULTILINE | re.DOTALL)
_COPY = re.compile(r"^-{2,10} ?[^\n]{0,40}(?:copy of|original|undelivered) [^\n]{0,200}$", re.MULTILINE | re.IGNORECASE)
# Answers of machines that do not say so in the header; QQ Mail is one.
_ABSENT = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[ -]?repl(?:y|ied)|out of (?:the )?office|自动回复)", re.IGNORECASE
)
_STOP = re.compile(
    r"\W*(?:please )?(?:unsubscribe(?: me)?|stop|remove(?: me)?|opt[ -]?out|退订|取消订阅|td)(?:,? please)?\W*",
    re.IGNORECASE,
)
# The subject of a mail that a mail program writes when somebody presses "unsubscribe": see stop_link().
_PRESSED = re.compile(r"\s*unsubscribe[ :]+([A-Za-z0-9._-]{1,64})\s*", re.IGNORECASE)
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other"})
_DELIVERED_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
STOP_ADDRESS = "unsubscribe"
# Bytes that are read; a photograph of more is not what a reply says.
LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail that came in, with what is asked of it more than once."""

    message: Message
    at: datetime
    event: str
    is_ours: Callable[[str], bool]

    def header(self, name: str) -> str:
        return header_text(self.message.get(name))

    @property
    def sender(self) -> str:
        # Not decoded: a name may be written to look like an address.
        text = str(self.message.get("from") or "")[:_LONGEST_HEADER]
        found = _ANGLE.findall(text)[-1:] or _ANY_ADDRESS.findall(text)[:1]
        return _address(found[0]) if found else ""

    def recipients(self) -> Iterator[tuple[str, str]]:
        """Yield the part before the + and the id of every address the mail came to; the id may be empty."""
        for name in _DELIVERED_TO:
            values = " ".join(str(value) for value in self.message.get_all(name, []))
            for address in _ANY_ADDRESS.findall(values[:_LONGEST_HEADER]):
                found = _PLUS.match(address)
                yield (found[1].lower(), self.own(found[2])) if found else (address.partition("@")[0].lower(), "")

    def own(self, candidate: str) -> str:
        return candidate if self.is_ours(candidate) else ""

    def id_in_address(self) -> str:
        return next((i for _, i in self.recipients() if i), "")

    def id_in(self, *values: str) -> str:
        """Return the first of our ids among message ids."""
        return next((i for value in values for i in _IDS.findall(value) if self.is_ours(i)), "")


def stop_link(address: str, message_id: str) -> str:
    """Return the link by which a mail program asks ``address`` for no more after ``message_id`` (RFC 2369, 3.2)."""
    return f"mailto:{quote(address, safe='@+')}?subject=unsubscribe%20{message_id}"


def _anything(candidate: str) -> bool:
    return True


def read(raw: bytes, at: datetime, is_ours: Callable[[str], bool] = _anything) -> list[Report]:
    """Return what a mail reports, one report for each recipient it speaks of; empty for what asks nothing of anybody.

    ``at`` is when it came in. ``is_ours`` says whether an id is one of ``Outgoing.id``; the caller, who put a sign into
    it, can tell. Never raises for what a mail looks like.
    """
    try:
        message = email.message_from_bytes(raw[:LARGEST], policy=email.policy.compat32)
    except RecursionError:  # parts in parts in parts: nobody writes such a mail
        return []
    own = header_text(message.get("message-id")).strip()
    mail = _Mail(message, at, hashlib.sha256(own.encode(errors="replace") if own else raw).hexdigest()[:32], is_ours)
    if message.get("x-regulars-id"):
        return []  # our own mail, in our own mailbox
    for reader in (_delivery_report, _complaint, _text_bounce):
        found = reader(mail)
        if found is not None:
            return found
    if _is_automatic(mail) or not mail.sender:
        return []
    return [_stop(mail) or _words(mail)]


# -- Returned


def _delivery_report(mail: _Mail) -> list[Report] | None:
    """Read a delivery report (RFC 3464); None if it is none."""
    blocks = [b for part in mail.message.walk() if "delivery-status" in part.get_content_type() for b in _blocks(part)]
    if not blocks:
        return None
    message_id = _returned_id(mail)
    reports = []
    for number, block in enumerate(b for b in blocks if b.get("action") or b.get("status")):
        action, status = header_text(block.get("action")).lower().strip(), header_text(block.get("status"))
        address = _typed(header_text(block.get("original-recipient"))) or _typed(
            header_text(block.get("final-recipient"))
        )
        if not (address or message_id):
            continue
        event = f"{mail.event}-{number}"
        if action.startswith("delivered"):
            reports.append(Report("delivered", event, mail.at, message_id, address=address, code=_first(status)))
        elif action.startswith("failed") or (not action and _first(status)[:1] in {"4", "5"}):
            # "delayed" is no bounce yet: the server goes on trying and says how it ended.
            severity, code = severity_of(_first(status), header_text(block.get("diagnostic-code")))
            reports.append(Report("bounced", event, mail.at, message_id, "", address, severity, code))
    return reports


def _blocks(part: Message) -> list[Message]:
    """Return the blocks of fields of a report's machine-readable part, the one about the mail itself among them."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        text = part.get_payload(decode=True)
        pieces = re.split(r"\r?\n\r?\n", text.decode(errors="replace")) if isinstance(text, bytes) else []
        return [email.message_from_string(piece) for piece in pieces]
    blocks = [block for block in payload if isinstance(block, Message)]
    if part.get_content_type() == "message/delivery-status" or not blocks:
        return blocks
    # The library knows only the older type; of the one for international mail (RFC 6533) it splits off the first block.
    rest = blocks[0].get_payload()
    pieces = re.split(r"\r?\n\r?\n", rest) if isinstance(rest, str) else []
    return [blocks[0], *(email.message_from_string(piece) for piece in pieces)]


def _text_bounce(mail: _Mail) -> list[Report] | None:
    """Read a bounce written for people, as old servers do; None if it is none."""
    sender = mail.header("from")
    if not (_DAEMON.search(sender) or _POSTMASTER.search(sender)) or _says_replied(mail):
        return None
    text, message_id = text_of(mail.message).replace("\r\n", "\n"), _returned_id(mail)
    cut = _COPY.search(text)
    text, copy = (text[: cut.start()], text[cut.end() :]) if cut else (text, "")
    message_id = message_id or _id_in_header(mail, email.message_from_string(copy.lstrip()))
    found = {_address(address): reason for address, reason in _QMAIL.findall(text)}
    if not found:
        named = _ANY_ADDRESS.findall(mail.header("x-failed-recipients"))
        found = {_address(address): _about(address, text, len(named)) for address in named}
    if not found and message_id:
        found = {"": text}
    reports = []
    for number, (address, reason) in enumerate(found.items()):
        severity, code = severity_of("", " ".join(reason.split()))
        reports.append(Report("bounced", f"{mail.event}-{number}", mail.at, message_id, "", address, severity, code))
    return reports or None


def _says_replied(mail: _Mail) -> bool:
    return mail.header("auto-submitted").lower().startswith("auto-replied")


def _about(address: str, text: str, of_how_many: int) -> str:
    """Return what is said of one address: all of it if it is the only one, else up to the next empty line."""
    start = text.find(address)
    if of_how_many == 1 or start < 0:
        return text[max(start, 0) :]
    return text[start:].partition("\n\n")[0]


def _returned_id(mail: _Mail) -> str:
    """Return our id: from the address that the report came to, or from the mail it returns."""
    if found := mail.id_in_address():
        return found
    for part in mail.message.walk():
        if part is mail.message or not (returned := _returned(part)):
            continue
        if own := _id_in_header(mail, returned):
            return own
    return ""


def _id_in_header(mail: _Mail, returned: Message) -> str:
    own = mail.own(header_text(returned.get("x-regulars-id")).strip())
    return own or mail.id_in(header_text(returned.get("message-id")))


def _returned(part: Message) -> Message | None:
    """Return the mail that a part holds, or only its header."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind in {"message/rfc822", "message/global"} and isinstance(payload, list) and payload:
        return payload[0] if isinstance(payload[0], Message) else None
    if kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
        if isinstance(payload, list):
            return payload[0] if payload and isinstance(payload[0], Message) else None
        return email.message_from_string(text_of(part).lstrip())
    return None


# -- Complained, absent, stopping, speaking


def _complaint(mail: _Mail) -> list[Report] | None:
    """Read a complaint (ARF, RFC 5965); None if it is none."""
    part = next((p for p in mail.message.walk() if p.get_content_type() == "message/feedback-report"), None)
    if part is None:
        return None
    payload = part.get_payload()
    fields = payload[0] if isinstance(payload, list) and payload else email.message_from_string(text_of(part).lstrip())
    assert isinstance(fields, Message)
    kind = header_text(fields.get("feedback-type")).strip().lower()
    if kind not in _COMPLAINTS and not kind.startswith("opt-out"):
        return []  # "not-spam", or a report about our signatures
    sent_by = _PLUS.search(header_text(fields.get("original-mail-from")))
    message_id = _returned_id(mail) or (mail.own(sent_by[2]) if sent_by else "")
    addresses = [_address(header_text(value).strip(" <>")) for value in fields.get_all("original-rcpt-to", [])]
    outcome = "complained" if kind in _COMPLAINTS else "stopped"
    return [
        Report(outcome, f"{mail.event}-{number}", mail.at, message_id, address=address, code=kind)  # type: ignore[arg-type]
        for number, address in enumerate(addresses or [""])
        if address or message_id
    ]


def _is_automatic(mail: _Mail) -> bool:
    """Return whether a machine wrote the mail (RFC 3834, and what was done before it)."""
    submitted = mail.header("auto-submitted").lower().partition(";")[0].strip()
    return (
        submitted not in {"", "no"}
        or mail.header("precedence").strip().lower() in {"bulk", "junk", "list", "auto_reply", "auto-reply"}
        or any(mail.message.get(name) for name in ("x-autoreply", "x-autorespond", "x-auto-reply", "list-id"))
        or mail.header("return-path").strip() == "<>"
        or mail.message.get_content_type() == "multipart/report"
        or bool(_DAEMON.search(mail.header("from")))
        or bool(_ABSENT.match(mail.header("subject")))
    )


def _stop(mail: _Mail) -> Report | None:
    """Return the wish to stop, if the mail is one and nothing else."""
    ours = [(name, found) for name, found in mail.recipients() if name == STOP_ADDRESS]
    words = own_words(text_of(mail.message)).strip()
    subject = mail.header("subject").strip()
    pressed = _PRESSED.fullmatch(subject)
    if pressed and (own := mail.own(pressed[1])):
        return Report("stopped", mail.event, mail.at, own, address=mail.sender, text=words, subject=subject)
    is_said = bool(_STOP.fullmatch(words) or (not words and _STOP.fullmatch(subject)))
    if ours and not is_said:
        is_said = any(i for _, i in ours) or bool(_STOP.fullmatch(subject)) or not (words or subject)
    if not is_said:
        return None
    return Report("stopped", mail.event, mail.at, _replied_to(mail), address=mail.sender, text=words, subject=subject)


def _words(mail: _Mail) -> Report:
    return Report(
        "said", mail.event, mail.at, _replied_to(mail), address=mail.sender, text=own_words(text_of(mail.message)),
        subject=mail.header("subject").strip(),
    )  # fmt: skip


def _replied_to(mail: _Mail) -> str:
    references = " ".join(reversed(mail.header("references").split()))
    return mail.id_in(mail.header("in-reply-to"), references) or mail.id_in_address()


# -- Small things


def _typed(value: str) -> str:
    """Return the address of ``rfc822; ada@customer.example``."""
    found = _TYPED.match(value)
    return _address(found[1]) if found and "@" in found[1] else ""


def _address(text: str) -> str:
    return email_key(text) or text.strip().lower()


def _first(status: str) -> str:
    """Return the code of ``5.1.1 (bad destination mailbox address)``."""
    return status.split()[0] if status.split() else ""
