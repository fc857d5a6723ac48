"""The adapter ``smtp``: mail through the shop's own mail server or any provider's."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from django.utils.translation import gettext_lazy as _

from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt, Setting, SettingsError
from regulars.channels.email import dkim
from regulars.channels.email.addresses import AddressUnusable, ascii_domain
from regulars.channels.email.connection import Broken, Connection, LoginRefused, NotOffered, Patience, Said, Server
from regulars.channels.email.mime import Letterhead, Mail, Unsendable, build, letterhead
from regulars.channels.email.statuses import Stage, blame_of, enhanced, severity_of

SETTINGS = (
    Setting("host", _("Mail server"), _("Its name, as smtp.example.com."), is_required=True),
    Setting("port", _("Port"), _("587 for STARTTLS, 465 for TLS."), kind="number", default="587"),
    Setting(
        "security", _("Encryption"), _("Without encryption no password is sent, except to this machine."),
        kind="choice", default="starttls",
        choices=(("starttls", _("STARTTLS")), ("tls", _("TLS from the start")), ("none", _("None"))),
    ),
    Setting("username", _("User name"), _("Empty if the server asks for none.")),
    Setting("password", _("Password"), kind="secret"),
    Setting("from_name", _("Sender's name"), _("Customers see it in their inbox.")),
    Setting("from_address", _("Sender's address"), is_required=True),
    Setting("reply_to", _("Address for replies"), _("Empty if replies go to the sender's address.")),
    Setting(
        "bounce_address", _("Address for returned mail"),
        _("A mailbox that takes addresses with a plus, as bounces@example.com. Each mail has its own."),
    ),
    Setting("dkim_domain", _("DKIM domain"), _("Empty if the mail server signs, or for the sender's own domain.")),
    Setting("dkim_selector", _("DKIM selector"), _("The name before ._domainkey in the DNS record.")),
    Setting("dkim_key", _("DKIM private key"), _("In PEM form. RSA with 2048 bits, or Ed25519."), kind="secret"),
)  # fmt: skip

# Seconds for which a server that did not answer is left alone.
REST = 30.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_QUEUED = re.compile(r"queued as ([\w.-]{4,64})|\bid=([\w-]{6,64})", re.IGNORECASE)


class SmtpLine:
    """A connection that is kept open from mail to mail and opened again when the server has hung up."""

    def __init__(self, server: Server, head: Letterhead) -> None:
        self._server = server
        self._head = head
        self._connection: Connection | None = None
        # Why no mail can leave any more; a wrong password tried ten thousand times locks the account.
        self._closed_by: Receipt | None = None
        # Until when (monotonic seconds) nobody calls a server again that did not answer.
        self._rests_until = 0.0

    def connect(self) -> None:
        """Open the connection if there is none. Raises Broken, NotOffered and LoginRefused, and remembers them."""
        if self._connection is not None and self._connection.is_open():
            return
        self._connection = None
        if time.monotonic() < self._rests_until:
            raise Broken("the server did not answer a moment ago")
        try:
            self._connection = Connection(self._server)
        except Broken:
            self._rests_until = time.monotonic() + REST
            raise
        except LoginRefused as problem:
            said = problem.said
            self._closed_by = Receipt("refused", code=_code(said.code, said.text), detail=said.text, blame="sender")
            raise

    def deliver(self, message: Outgoing) -> Receipt:
        """Send one message. Never raises for what the server does."""
        try:
            mail = build(message, self._head, time.time())
        except Unsendable as problem:
            return Receipt("refused", detail=str(problem), blame=problem.blame)
        is_reused = self._connection is not None and self._connection.is_open()
        # The server may have hung up since the last mail. It surely did not take this one, so it is called again once.
        return self._attempt(mail, is_reused) or self._attempt(mail, False) or Receipt("later")

    def _attempt(self, mail: Mail, is_reused: bool) -> Receipt | None:
        """Send a mail; None if the connection turned out to be an old one that was gone."""
        if self._closed_by is not None:
            return self._closed_by
        try:
            self.connect()
            assert self._connection is not None
            if mail.is_international and "smtputf8" not in self._connection.offers:
                return Receipt("refused", detail="the server takes no international addresses", blame="address")
            stage, said = self._connection.send(mail)
        except Broken as problem:
            if problem.was_sent:
                return Receipt("unknown", detail=str(problem))
            rest = self._rests_until - time.monotonic()
            return None if is_reused else Receipt("later", detail=str(problem), retry_after=rest if rest > 0 else None)
        except NotOffered as problem:
            # It did offer it when the line was opened: perhaps another server behind the same name.
            return Receipt("later", detail=f"the server offers no {problem}", blame="sender")
        except LoginRefused:
            return self._closed_by
        if said.code == 421:
            self._connection.close()
            if stage == "mail" and is_reused:
                return None
        return _receipt(stage, said)

    def close(self) -> None:
        """Say goodbye."""
        if self._connection is not None:
            self._connection.quit()


def _code(basic: int, text: str) -> str:
    return enhanced(text) or str(basic)


def _receipt(stage: Stage, said: Said) -> Receipt:
    code = _code(said.code, said.text)
    if said.is_good:
        found = _QUEUED.search(said.text)
        return Receipt("accepted", provider_id=(found[1] or found[2]) if found else "", code=code, detail=said.text)
    if said.is_for_good:
        blame = blame_of(said.code, said.text, stage)
        severity = severity_of(code, said.text)[0] if blame == "address" else ""
        return Receipt("refused", code=code, detail=said.text, blame=blame, severity=severity)
    return Receipt("later", code=code, detail=said.text)


class Smtp:
    """Mail by SMTP."""

    channel = "email"
    name = "smtp"
    title = _("Mail server (SMTP)")
    settings: Sequence[Setting] = SETTINGS
    remembers_seconds = 0
    country = ""

    def __init__(self, patience: Patience | None = None, context: ssl.SSLContext | None = None) -> None:
        """Use other waiting times or another TLS context; for tests."""
        self._patience = patience or Patience()
        self._context = context

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[SmtpLine]:
        """Yield a line. Raises SettingsError; a server that does not answer is the receipts' business."""
        line = SmtpLine(self._server(settings), head_of(settings))
        try:
            with suppress(Broken, LoginRefused):
                line.connect()
        except NotOffered as problem:
            raise _not_offered(problem) from problem
        try:
            yield line
        finally:
            line.close()

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer that there is nothing here: returned mail comes to a mailbox."""
        return Answer(404)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Connect and log in, and look at the key, without sending anything. Raises nothing."""
        try:
            server, head = self._server(settings), head_of(settings)
        except SettingsError as problem:
            return [Finding(problem.field, False, problem.says)]
        return [*_signing(head), *_connecting(server)]

    def _server(self, settings: Mapping[str, str]) -> Server:
        host, security = settings.get("host", "").strip(), settings.get("security", "") or "starttls"
        username, port = settings.get("username", "").strip(), settings.get("port", "").strip() or "587"
        if not host or re.search(r"\s", host):
            raise SettingsError("host", _("Enter the name of the mail server."))
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise SettingsError("port", _("Enter a port from 1 to 65535."))
        if security not in {"starttls", "tls", "none"}:
            raise SettingsError("security", _("Choose an encryption."))
        if security == "none" and username and host not in _LOCAL:
            raise SettingsError(
                "security", _("A password must not be sent without encryption. Choose STARTTLS or TLS.")
            )
        context = None if security == "none" else self._context or ssl.create_default_context()
        return Server(host, int(port), security, username, settings.get("password", ""), context, self._patience)


def _not_offered(problem: NotOffered) -> SettingsError:
    if str(problem) == "tls":
        return SettingsError(
            "security", _("The server offers no STARTTLS on this port. Try TLS with port 465, or ask its provider.")
        )
    return SettingsError("username", _("The server takes no login here. Leave the user name empty, or try port 587."))


def head_of(settings: Mapping[str, str]) -> Letterhead:
    """Return the letterhead that the settings describe. Raises SettingsError."""
    address = settings.get("from_address", "").strip()
    for field in ("from_address", "reply_to"):
        value = settings.get(field, "").strip()
        if value or field == "from_address":
            try:
                letterhead(value)
            except AddressUnusable as problem:
                raise SettingsError(field, _("Enter an e-mail address.")) from problem
    signer = _signer(settings, address.rpartition("@")[2])
    try:
        return letterhead(
            address, settings.get("from_name", "").strip(), settings.get("reply_to", "").strip(),
            settings.get("bounce_address", "").strip(), signer,
        )  # fmt: skip
    except Unsendable as problem:
        raise SettingsError("from_name", _("The name must be one line of text.")) from problem
    except AddressUnusable as problem:
        raise SettingsError(
            "bounce_address", _("Enter an e-mail address with at most 15 characters before the @.")
        ) from problem


def _signer(settings: Mapping[str, str], own_domain: str) -> dkim.Signer | None:
    key, selector = settings.get("dkim_key", "").strip(), settings.get("dkim_selector", "").strip()
    if not key:
        return None
    try:
        domain = ascii_domain(settings.get("dkim_domain", "").strip() or own_domain)
    except AddressUnusable as problem:
        raise SettingsError("dkim_domain", _("Enter a domain, as example.com.")) from problem
    try:
        selector = ascii_domain(selector)
    except AddressUnusable as problem:
        raise SettingsError("dkim_selector", _("Enter the selector of the key's DNS record.")) from problem
    try:
        return dkim.Signer(domain, selector, dkim.load_key(key))
    except dkim.KeyUnusable as problem:
        raise SettingsError(
            "dkim_key", _("Paste the private key in PEM form, without a password: RSA with 2048 bits, or Ed25519.")
        ) from problem


def _signing(head: Letterhead) -> list[Finding]:
    if head.signer is None:
        return [
            Finding(
                "dkim", True, _("Regulars does not sign mails."), _("See that the mail server signs them with DKIM.")
            )
        ]
    return [Finding("dkim", True, _("The DKIM key can be read and mails are signed."))]


def _connecting(server: Server) -> list[Finding]:
    try:
        Connection(server).quit()
    except NotOffered as problem:
        says = _not_offered(problem)
        return [Finding(says.field, False, says.says)]
    except LoginRefused:
        return [
            Finding("connection", True, _("The server answers.")),
            Finding(
                "login", False, _("The server refuses the user name or the password."),
                _("Some providers want a password made for one app, not that of the account."),
            ),
        ]  # fmt: skip
    except Broken as problem:
        if str(problem).startswith("certificate"):
            return [
                Finding(
                    "tls", False, _("The server's certificate cannot be trusted."),
                    _("Enter the server by the name in its certificate, or ask its provider."),
                )
            ]  # fmt: skip
        return [
            Finding(
                "connection", False, _("The server does not answer as a mail server."),
                _("Compare name, port and encryption with what its provider says."),
            )
        ]  # fmt: skip
    found = [Finding("connection", True, _("The server answers."))]
    if server.security != "none":
        found.append(Finding("tls", True, _("The connection is encrypted and the certificate is right.")))
    if server.username:
        found.append(Finding("login", True, _("The server takes the user name and the password.")))
    return found
