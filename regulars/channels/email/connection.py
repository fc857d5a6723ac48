"""An SMTP connection as the line needs it: what was said, what was answered, and how far the bytes went.

``smtplib`` connects, starts TLS and logs in. A mail is sent by hand, for two reasons: three commands go out in one
write where the server takes it (RFC 2920), and the position at which the line broke decides whether it may go again.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import IO, NamedTuple

from regulars.channels.email.mime import Mail
from regulars.channels.email.statuses import Stage

_DOT = b"\r\n.\r\n"
_MOST_LINES = 100
_LONGEST_LINE = 4096


class Said(NamedTuple):
    """A server's answer. ``text`` is what it said in words, without line ends."""

    code: int
    text: str

    @property
    def is_good(self) -> bool:
        """Return whether the server did what it was asked."""
        return 200 <= self.code < 300

    @property
    def is_for_good(self) -> bool:
        """Return whether it will never do it."""
        return 500 <= self.code < 600


class Broken(Exception):
    """The line broke. ``was_sent``: the final dot may have reached the server."""

    def __init__(self, says: str, was_sent: bool = False) -> None:
        super().__init__(says)
        self.was_sent = was_sent


class NotOffered(Exception):
    """The server does not offer what the settings demand: ``tls`` or ``login``."""


class LoginRefused(Exception):
    """The server does not take the name and password; ``said`` is its answer."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.text)
        self.said = said


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait. RFC 5321 asks for ten minutes after the final dot: who gives up earlier cannot know any more."""

    connect: float = 20
    command: float = 60
    final: float = 600


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect and how; ``context`` is the TLS context, made once."""

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    context: ssl.SSLContext | None = None
    patience: Patience = Patience()


class Connection:
    """An open connection, ready for mail after :meth:`__init__`; used by one thread."""

    def __init__(self, server: Server) -> None:
        """Connect, say hello, start TLS and log in. Raises Broken, NotOffered and LoginRefused, and is closed then."""
        self._patience = server.patience
        self._client = _greeted(server)
        try:
            self._prepare(server)
        except BaseException:
            self._client.close()
            raise
        socket_, file = self._client.sock, self._client.file
        assert socket_ is not None
        assert file is not None
        self._socket: socket.socket = socket_
        self._file: IO[bytes] = file
        # A mail's last bytes must not wait for the acknowledgement of those before.
        with suppress(OSError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(server.patience.command)
        self.offers: Mapping[str, str] = dict(self._client.esmtp_features)

    def _prepare(self, server: Server) -> None:
        try:
            self._client.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                if not self._client.has_extn("starttls"):
                    raise NotOffered("tls")
                code, words = self._client.starttls(context=server.context)
                if code != 220:
                    raise Broken(f"{code} {_plain(words)}")
                self._client.ehlo_or_helo_if_needed()
            if server.username:
                if not self._client.has_extn("auth"):
                    raise NotOffered("login")
                self._client.login(server.username, server.password)
        except smtplib.SMTPAuthenticationError as problem:
            said = Said(problem.smtp_code, _plain(problem.smtp_error))
            if said.is_for_good:
                raise LoginRefused(said) from problem
            raise Broken(f"{said.code} {said.text}") from problem
        except (smtplib.SMTPException, OSError, UnicodeError) as problem:
            raise Broken(_why(problem)) from problem

    # -- A mail

    def send(self, mail: Mail) -> tuple[Stage, Said]:
        """Send a mail and return the answer that decided, with the command it belongs to.

        Raises :class:`Broken`.
        """
        start = self._commands(mail)
        exchange = self._together if "pipelining" in self.offers else self._one_by_one
        mail_said, rcpt_said, data_said = exchange(start)
        if data_said.code == 354 and mail_said.is_good and rcpt_said.is_good:
            return "data", self._content(mail.content)
        if data_said.code == 354:
            # The server waits for a mail without a recipient; hanging up is the one way to send none.
            self.close()
        elif not (mail_said.code == 421 or rcpt_said.code == 421 or data_said.code == 421):
            self._reset()
        if not mail_said.is_good:
            return "mail", mail_said
        return ("data", data_said) if rcpt_said.is_good else ("rcpt", rcpt_said)

    def _commands(self, mail: Mail) -> tuple[bytes, bytes, bytes]:
        size = f" SIZE={len(mail.content)}" if "size" in self.offers else ""
        utf8 = " SMTPUTF8 BODY=8BITMIME" if mail.is_international else ""
        return (
            f"MAIL FROM:<{mail.sender}>{size}{utf8}\r\n".encode(),
            f"RCPT TO:<{mail.recipient}>\r\n".encode(),
            b"DATA\r\n",
        )

    def _together(self, start: tuple[bytes, bytes, bytes]) -> tuple[Said, Said, Said]:
        self._write(b"".join(start))
        first = self._answer()
        if first.code == 421:  # it hangs up; nothing more will come
            return first, first, first
        second = self._answer()
        return (first, second, second) if second.code == 421 else (first, second, self._answer())

    def _one_by_one(self, start: tuple[bytes, bytes, bytes]) -> tuple[Said, Said, Said]:
        answers: list[Said] = []
        for line in start:
            self._write(line)
            answers.append(self._answer())
            if not (answers[-1].is_good or answers[-1].code == 354):
                break
        return (answers[0], answers[min(1, len(answers) - 1)], answers[-1])

    def _content(self, content: bytes) -> Said:
        """Send the mail itself and return the answer to its final dot."""
        if b"\r\n." in content:
            content = content.replace(b"\r\n.", b"\r\n..")
        end = _DOT[2:] if content.endswith(b"\r\n") else _DOT
        # What fails in here cannot have carried the dot: a socket takes what it returns, and a torn TLS record is void.
        self._write(content + end)
        try:
            self._socket.settimeout(self._patience.final)
            said = self._answer()
            self._socket.settimeout(self._patience.command)
        except (Broken, OSError) as problem:
            self.close()
            raise Broken(str(problem), was_sent=True) from problem
        if not 200 <= said.code < 300 and not 400 <= said.code < 600:
            self.close()
            raise Broken(f"{said.code} {said.text}", was_sent=True)
        return said

    def _reset(self) -> None:
        # The refused mail is still open at the server, and would make the next MAIL an error.
        try:
            self._write(b"RSET\r\n")
            if not self._answer().is_good:
                self.close()
        except Broken:
            self.close()

    # -- Bytes

    def _write(self, data: bytes) -> None:
        """Send all bytes or raise Broken; ``sendall`` would not say how many went."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._socket.send(rest) :]
        except OSError as problem:
            self.close()
            raise Broken(_why(problem)) from problem

    def _answer(self) -> Said:
        lines = []
        try:
            for _ in range(_MOST_LINES):
                line = self._file.readline(_LONGEST_LINE)
                if not line.endswith(b"\n") or not line[:3].isdigit():
                    break
                lines.append(line[4:].strip())
                if line[3:4] != b"-":
                    return Said(int(line[:3]), _plain(b" ".join(lines)))
        except (OSError, ValueError) as problem:
            self.close()
            raise Broken(_why(problem)) from problem
        self.close()
        raise Broken("the server hung up" if not line else "an answer that is none")

    def is_open(self) -> bool:
        """Return whether nobody has hung up yet, as far as this side knows."""
        return self._client.sock is not None

    def close(self) -> None:
        """Hang up without a word."""
        self._client.close()

    def quit(self) -> None:
        """Say goodbye, briefly, and hang up."""
        if self.is_open():
            with suppress(Broken, OSError):
                self._socket.settimeout(min(5, self._patience.command))
                self._write(b"QUIT\r\n")
                self._answer()
        self.close()


@cache
def _own_name() -> str:
    """Return this machine's name as it is told to servers; asked once, for name servers may take seconds."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _greeted(server: Server) -> smtplib.SMTP:
    """Connect and read the greeting."""
    patience = server.patience
    client: smtplib.SMTP
    try:
        if server.security == "tls":
            client = smtplib.SMTP_SSL(local_hostname=_own_name(), timeout=patience.connect, context=server.context)
        else:
            client = smtplib.SMTP(local_hostname=_own_name(), timeout=patience.connect)
        # Given by hand: connect() would do without it, but STARTTLS checks the certificate against this name.
        client._host = server.host  # type: ignore[attr-defined]
        try:
            code, words = client.connect(server.host, server.port)
        except BaseException:
            client.close()
            raise
    except (smtplib.SMTPException, OSError, UnicodeError) as problem:
        raise Broken(_why(problem)) from problem
    if code != 220:
        client.close()
        raise Broken(f"{code} {_plain(words)}")
    return client


_ADDRESS = re.compile(r"[^\s<>@\"']{1,64}@[^\s<>@\"']{1,253}")


def _plain(words: bytes | str) -> str:
    """Return a server's words without the addresses in them: what is kept of them may be read by anybody."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return _ADDRESS.sub("…", " ".join(text.split()))[:500]


def _why(problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"certificate not trusted: {problem.verify_message}"
    if isinstance(problem, smtplib.SMTPServerDisconnected):
        return "the server hung up"
    return _plain(str(problem) or type(problem).__name__)
