"""A small SMSC that speaks SMPP 3.4 on this machine, written from the specification.

It shares no code with smpplib, so that both ends cannot be wrong in the same way; it is not a telephone company.
(smppy, the one SMPP server on PyPI, has no wheel and does not build here.)
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.channels.vendors import Mood

BINDS = {0x01: "receiver", 0x02: "transmitter", 0x09: "transceiver"}
SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x04, 0x05, 0x06, 0x15
RESPONSE = 0x80000000
THROTTLED, SYSTEM_ERROR, INVALID_PASSWORD, INVALID_ADDRESS = 0x58, 0x08, 0x0E, 0x0B


@dataclass(frozen=True)
class Submitted:
    """One submit_sm as it was on the wire."""

    source: str
    source_ton: int
    destination: str
    esm_class: int
    registered: int
    coding: int
    data: bytes


def _string(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(0, at)
    return body[at:end].decode("latin-1"), end + 1


def _submitted(body: bytes) -> Submitted:
    _service, at = _string(body, 0)
    source_ton = body[at]
    source, at = _string(body, at + 2)
    destination, at = _string(body, at + 2)
    esm_class = body[at]
    _schedule, at = _string(body, at + 3)
    _validity, at = _string(body, at)
    registered, _replace, coding, _default, length = body[at : at + 5]
    return Submitted(source, source_ton, destination, esm_class, registered, coding, body[at + 5 : at + 5 + length])


def deliver_sm(source: str, data: bytes, *, esm_class: int = 0, coding: int = 0, tail: bytes = b"") -> bytes:
    """Return the body of a deliver_sm from an international number."""
    return (
        b"\0" + bytes((1, 1)) + source.encode() + b"\0" + bytes((1, 1)) + b"4900\0" + bytes((esm_class, 0, 0))
        + b"\0\0" + bytes((0, 0, coding, 0, len(data))) + data + tail
    )  # fmt: skip


@dataclass
class Smsc:
    """``status`` answers submit_sm after the first ``fails_at`` parts; ``brings`` is pushed after each bind that hears.

    ``binds`` are the kinds of sessions there were, ``unbound`` those that said goodbye, ``asked_alive`` how often
    somebody asked whether we live. ``refuses`` hangs up on so many connections before it lets one in.
    """

    mood: Mood = "answers"
    url: str = ""
    port: int = 0
    asked: list[Submitted] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    password: str = "secret"
    status: int = 0
    fails_at: int = 0
    brings: list[bytes] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    closes_after: int = 0
    refuses: int = 0
    binds: list[str] = field(default_factory=list)
    unbound: list[str] = field(default_factory=list)
    asked_alive: int = 0
    hearing: list[_Session] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def bring(self, body: bytes) -> None:
        """Push a deliver_sm to whoever hears."""
        self.hearing[-1].say(DELIVER, 0, 2000 + len(self.confirmed), body)

    def hang_up(self) -> None:
        """End every session that hears without a word."""
        for session in self.hearing:
            with contextlib.suppress(OSError):
                session.connection.shutdown(socket.SHUT_RDWR)


class _Session:
    def __init__(self, smsc: Smsc, connection: socket.socket) -> None:
        self.smsc, self.connection, self.submits = smsc, connection, 0
        self.kind = ""

    def say(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        with contextlib.suppress(OSError):
            self.connection.sendall(struct.pack(">LLLL", 16 + len(body), command, status, sequence) + body)

    def exactly(self, size: int) -> bytes | None:
        found = b""
        while len(found) < size:
            if not select.select([self.connection], [], [], 0.02)[0]:
                if self.smsc.over.is_set():
                    return None
                continue
            try:
                more = self.connection.recv(size - len(found))
            except OSError:
                return None
            if not more:
                return None
            found += more
        return found

    def run(self) -> None:
        while (head := self.exactly(16)) is not None:
            length, command, status, sequence = struct.unpack(">LLLL", head)
            body = self.exactly(length - 16)
            if body is None or not self.handle(command, status, sequence, body):
                return

    def handle(self, command: int, status: int, sequence: int, body: bytes) -> bool:
        if command in BINDS:
            return self.bind(command, sequence, body)
        if command == SUBMIT:
            return self.submit(sequence, body)
        if command == DELIVER | RESPONSE:
            self.smsc.confirmed.append(status)
        elif command in (ENQUIRE, UNBIND):
            self.smsc.asked_alive += command == ENQUIRE
            if command == UNBIND:
                self.smsc.unbound.append(self.kind)
            self.say(command | RESPONSE, 0, sequence)
        return command != UNBIND

    def bind(self, command: int, sequence: int, body: bytes) -> bool:
        system_id, at = _string(body, 0)
        password, _at = _string(body, at)
        self.smsc.logins.append((system_id, password))
        is_right = password == self.smsc.password
        self.kind = BINDS[command]
        self.smsc.binds.append(self.kind)
        self.say(command | RESPONSE, 0 if is_right else INVALID_PASSWORD, sequence, b"smsc\0" if is_right else b"")
        if is_right and self.kind != "transmitter":
            self.smsc.hearing.append(self)
            for i, brought in enumerate(self.smsc.brings):
                self.say(DELIVER, 0, 1000 + i, brought)
        return is_right

    def submit(self, sequence: int, body: bytes) -> bool:
        mood = self.smsc.mood
        self.smsc.asked.append(_submitted(body))
        self.submits += 1
        if mood == "cuts":
            return False
        if mood == "hangs":
            return True
        status = {"busy": THROTTLED, "broken": SYSTEM_ERROR}.get(mood, self.smsc.status)
        if status and self.submits <= self.smsc.fails_at:
            status = 0
        # A question of the provider's comes between, as it does in life.
        self.say(ENQUIRE, 0, 77)
        self.say(SUBMIT | RESPONSE, status, sequence, b"" if status else f"id{len(self.smsc.asked)}".encode() + b"\0")
        return not self.smsc.closes_after or self.submits < self.smsc.closes_after


@contextlib.contextmanager
def smsc() -> Iterator[Smsc]:
    """Run an SMSC until the block ends; each session has a thread."""
    found = Smsc()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found.port = listening.getsockname()[1]
        listening.settimeout(0.02)

        sessions: list[threading.Thread] = []

        def talk(connection: socket.socket) -> None:
            with connection:
                _Session(found, connection).run()

        def serve() -> None:
            while not found.over.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _peer = listening.accept()
                    if found.refuses:
                        found.refuses -= 1
                        connection.close()
                        continue
                    sessions.append(threading.Thread(target=talk, args=(connection,)))
                    sessions[-1].start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield found
        finally:
            found.over.set()
            thread.join()
            for session in sessions:
                session.join()
