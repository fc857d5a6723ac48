"""Mail servers for the tests: aiosmtpd, as a real one, and one that answers by a script and hangs up where told."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.serving import free_port

BASE = {
    "host": "127.0.0.1", "security": "none", "from_address": "hello@shop.example", "from_name": "Corner Coffee",
    "bounce_address": "bounces@shop.example",
}  # fmt: skip


class Inbox:
    """Takes every mail and keeps it. ``answers`` maps a recipient to what is said to RCPT, ``after`` to the mail."""

    def __init__(self, offers: Sequence[str] = ("PIPELINING",)) -> None:
        self.mails: list[Envelope] = []
        self.sessions: set[int] = set()
        self.answers: dict[str, str] = {}
        self.after: dict[str, str] = {}
        self.offers = offers

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> Any:
        session.host_name = hostname
        return [lines[0], *(f"250-{offer}" for offer in self.offers), *lines[1:]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sessions.add(id(session))
        self.mails.append(envelope)
        return self.after.get(envelope.rcpt_tos[0], "250 2.0.0 Ok: queued as 4Xyz12")


@contextmanager
def listening(inbox: Inbox, **options: Any) -> Iterator[int]:
    """Run a real mail server in a thread of its own and yield its port."""
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class Scripted:
    """Answers each line that begins with a word as told; None hangs up, a number of seconds is never answered.

    Words: ``hello`` (the greeting), EHLO, MAIL, RCPT, DATA, ``middle`` (the first bytes of the mail), ``dot``, RSET,
    QUIT. A list gives the answers one after another; its last one stays.
    """

    def __init__(self, script: dict[str, Any], offers: str = "PIPELINING") -> None:
        lines = "250 mail.example" if not offers else f"250-mail.example\r\n250 {offers}"
        self.script: dict[str, Any] = {
            "hello": "220 mail.example", "EHLO": lines, "MAIL": "250 2.1.0 Ok", "RCPT": "250 2.1.5 Ok",
            "DATA": "354 Go", "middle": "", "dot": "250 2.0.0 Ok: queued as 4Xyz12", "RSET": "250 Ok",
            "QUIT": "221 Bye", **script,
        }  # fmt: skip
        self.heard: list[str] = []
        self.connections = 0
        self.over = threading.Event()

    def _say(self, connection: socket.socket, word: str) -> bool:
        answer = self.script[word]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer is None:
            return False
        if answer == "silence":
            self.over.wait(30)
            return False
        if answer:
            connection.sendall(answer.encode() + b"\r\n")
        return not answer.startswith("421")

    def serve(self, connection: socket.socket) -> None:
        self.connections += 1
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            if not self._say(connection, "hello"):
                return
            in_data = is_first = False
            for line in lines:
                if in_data:
                    if is_first and not self._say(connection, "middle"):
                        return
                    is_first = False
                    if line != b".\r\n":
                        continue
                    in_data, word = False, "dot"
                else:
                    word = line[:4].strip().decode().upper()
                    self.heard.append(line.decode().strip())
                if not self._say(connection, word) or word == "QUIT":
                    return
                if word == "DATA" and str(self.script["DATA"]).startswith("354"):
                    in_data = is_first = True


@contextmanager
def scripted(script: dict[str, Any], offers: str = "PIPELINING") -> Iterator[tuple[Scripted, int]]:
    """Run a scripted server and yield it with its port."""
    server = Scripted(script, offers)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_accept, args=(listener, server.serve), daemon=True)
        thread.start()
        try:
            yield server, listener.getsockname()[1]
        finally:
            server.over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _accept(listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            serve(connection)


@contextmanager
def cutting(wanted: int) -> Iterator[tuple[list[bytes], int]]:
    """Run a server that reads so many bytes of a mail and hangs up hard; yield what it read, and its port."""
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.sendall(b"220 mail.example\r\n")
            for said in (b"250 mail.example\r\n", b"250 Ok\r\n", b"250 Ok\r\n", b"354 Go\r\n"):
                connection.recv(4096)
                connection.sendall(said)
            content = b""
            while len(content) < wanted and (more := connection.recv(min(65536, wanted - len(content)))):
                content += more
            seen.append(content)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.socket() as listener:
        # Small, so that what was not read is still at the sender's.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen(4)
        thread = threading.Thread(target=_accept, args=(listener, serve), daemon=True)
        thread.start()
        try:
            yield seen, listener.getsockname()[1]
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)
