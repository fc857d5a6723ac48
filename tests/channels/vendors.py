"""A provider's HTTP server on this machine, in the moods that providers have.

The real hosts cannot be reached from tests. What a vendor answers is written from its documentation, in cases.py and
beside the tests of its adapter; nothing here proves that the vendor still does as documented.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

Mood = Literal["answers", "cuts", "hangs", "busy", "broken"]


@dataclass(frozen=True)
class Asked:
    """One request that reached the vendor."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


# Status, body and, where they matter, headers.
Answers = Callable[[Asked], tuple[int, Any] | tuple[int, Any, dict[str, str]]]


@dataclass
class Vendor:
    """What a test sets (``mood``, ``answers``) and what it looks at (``asked``). ``url`` has no slash at its end."""

    answers: Answers
    mood: Mood = "answers"
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    # Which paths have the mood; the others answer. An access token is fetched before a message can be lost.
    is_moody: Callable[[str], bool] = lambda path: True
    over: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    vendor: Vendor

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {k.lower(): v for k, v in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)
        self.vendor.asked.append(asked)
        mood = self.vendor.mood if self.vendor.is_moody(parts.path) else "answers"
        if mood == "cuts":
            return
        if mood == "hangs":
            self.vendor.over.wait(30)
            return
        if mood == "busy":
            self._say(429, {}, {"retry-after": "7"})
        elif mood == "broken":
            self._say(500, {})
        else:
            status, answer, *more = self.vendor.answers(asked)
            self._say(status, answer, *more)

    def _say(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        kind = "text/html" if isinstance(answer, bytes) else "application/json"
        for name, value in {"content-type": kind, "content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    do_GET = do_POST = _handle  # noqa: N815 -- the names are the standard library's

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def vendor(answers: Answers) -> Iterator[Vendor]:
    """Run a vendor until the block ends."""
    found = Vendor(answers)
    handler = type("Handler", (_Handler,), {"vendor": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        found.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
