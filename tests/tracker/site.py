"""A site that sends to ``regulars serve``: its write keys, what arrived with each, and a gate that refuses at first."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.conftest import REPOSITORY, Installation, new_installation
from tests.serving import PATIENCE, answers, free_port, serving, wait
from tests.tracker.packages import MANIFEST

KEYS = 40
# Asked a line at a time, so that Django starts once. The keys are there before the server reads them.
DESK = f"""
import json, sys
from regulars.cli.start import start_django
start_django()
from regulars.base import secrets
from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.base.text import email_key, phone_key
from regulars.shop.operations import add_store
from regulars.sources.tracker.models import KeyDay, Link, Refusal
from regulars.sources.tracker.operations import add_key
from regulars.stream.models import Activity

store = add_store(name="Site", currency="CNY", timezone="UTC", country="CN", by=SYSTEM, at=now())
made = [add_key(name="Site", store=store, use="browser", by=SYSTEM, at=now()) for _ in range({KEYS})]
print(json.dumps([[key.pk, key.key] for key in made]), flush=True)
for line in sys.stdin:
    key, person = json.loads(line)
    known = {{
        secrets.digest("account", f"store:{{store.pk}}", person["account"]): "account",
        secrets.digest("email", "", email_key(person["email"])): "email",
        secrets.digest("phone", "", phone_key(person["phone"], "CN")): "phone",
    }}
    rows = Activity.objects.filter(by=f"site:{{key}}").order_by("occurred_at", "id")
    links = Link.objects.filter(key=key).values_list("visitor", "digest", "kind")
    print(json.dumps({{
        "events": [[a.kind, a.visitor, json.loads(a.body)] for a in rows],
        "links": [[visitor, kind, known.get(bytes(digest))] for visitor, digest, kind in links],
        "refused": list(Refusal.objects.filter(key=key).values_list("reason", "type", "name")),
    }}), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came with a key: (kind, visitor, body) by time; (visitor, kind) of each link to the key's person."""

    events: list[tuple[str, str, dict[str, Any]]]
    links: set[tuple[str, str]]

    @property
    def kinds(self) -> list[str]:
        """Return the events' kinds, sorted, without their common beginning."""
        return sorted(kind.removeprefix("site.") for kind, _, _ in self.events)

    def body(self, kind: str) -> dict[str, Any]:
        """Return the body of the only event of a kind."""
        (found,) = (body for k, _, body in self.events if k == f"site.{kind}")
        return found

    @property
    def visitors(self) -> set[str]:
        """Return who did it all."""
        return {visitor for _, visitor, _ in self.events}


@dataclass(frozen=True, slots=True)
class Key:
    """A write key that one test alone uses, and one person whom nobody else is."""

    id: int
    key: str
    person: dict[str, str]
    site: Site

    def arrived(self) -> Arrived:
        """Return what came until now; every link has to lead to the person, and nothing may have been refused."""
        found = self.site.ask(self.id, self.person)
        assert found["refused"] == []
        assert [link for link in found["links"] if link[1] != link[2]] == []
        return Arrived([(k, v, b) for k, v, b in found["events"]], {(v, k) for v, k, _ in found["links"]})

    def wait(self, events: int) -> Arrived:
        """Return what came as soon as there are that many events."""
        wait(lambda: len(self.arrived().events) >= events, f"{events} events")
        return self.arrived()


@dataclass(slots=True)
class Site:
    """``regulars serve`` and a desk beside it that reads what the server wrote."""

    address: str
    desk: subprocess.Popen[str]
    free: list[tuple[int, str]]
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, *words: Any) -> Any:
        """Ask the desk and return its answer."""
        assert self.desk.stdin is not None
        assert self.desk.stdout is not None
        with self.lock:
            self.desk.stdin.write(json.dumps(words) + "\n")
            self.desk.stdin.flush()
            return json.loads(self.desk.stdout.readline())

    def key(self) -> Key:
        """Return a key that nobody used yet."""
        number, text = self.free.pop()
        person = {
            "account": f"user-{number}", "email": f"Ada{number}@Example.com", "phone": f"138{number:08}",
        }  # fmt: skip
        return Key(number, text, person, self)


@contextmanager
def open_site(home: Path) -> Iterator[Site]:
    """Yield a site of an installation of its own."""
    with new_installation(home) as installation:
        installation.init()
        with _desk(installation) as desk:
            assert desk.stdout is not None
            keys = json.loads(desk.stdout.readline())
            port = free_port()
            with serving(installation, port):
                wait(lambda: answers(port), "the sign-in page")
                yield Site(f"http://127.0.0.1:{port}", desk, [(number, text) for number, text in keys])


@contextmanager
def _desk(installation: Installation) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", DESK]
    with subprocess.Popen(
        command, env=installation.env, cwd=REPOSITORY, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as desk:
        try:
            yield desk
        finally:
            desk.kill()
            assert desk.stdin is not None
            with suppress(BrokenPipeError):  # one that fell had a question left
                desk.stdin.close()


class _Pages(SimpleHTTPRequestHandler):
    """The shop's pages and the clients' files; every other path is a page with nothing in it."""

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/node_modules/"):
            super().do_GET()
            return
        page = b'<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,">'
        if path in {"/segment.html", "/rudder.html"}:
            page = (MANIFEST / path[1:]).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@contextmanager
def listening(handler: Any) -> Iterator[int]:
    """Serve with ``handler`` on a port of its own; yield the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def shop_pages(packages: Path) -> Iterator[str]:
    """Yield the origin of the shop's pages, another than the receiver's, with the clients' files beside them."""
    with listening(partial(_Pages, directory=str(packages))) as port:
        yield f"http://localhost:{port}"


@dataclass(slots=True)
class Gate:
    """A proxy before the receiver: refuses the first POSTs, as one that is busy does, and keeps all until ``open``."""

    refuse: int
    open: threading.Event = field(default_factory=threading.Event)
    address: str = ""
    refused: int = 0
    seen: list[str] = field(default_factory=list)  # method and path, in order
    lock: threading.Lock = field(default_factory=threading.Lock)

    def posts(self) -> set[str]:
        """Return the paths that were posted to."""
        with self.lock:
            return {line.removeprefix("POST ") for line in self.seen if line.startswith("POST ")}

    def is_refusing(self, method: str, path: str) -> bool:
        """Note a request; return whether it is to be refused."""
        with self.lock:
            self.seen.append(f"{method} {urlsplit(path).path}")
            if method != "POST" or self.refused >= self.refuse:
                return False
            self.refused += 1
            return True


@contextmanager
def gate(site: Site, refuse: int = 0) -> Iterator[Gate]:
    """Yield an open gate before the site's receiver."""
    made, (host, port) = Gate(refuse), _place(site.address)
    made.open.set()

    class Passing(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            self.hand_on()

        def do_OPTIONS(self) -> None:
            self.hand_on()

        def do_POST(self) -> None:
            self.hand_on()

        def hand_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_refused = made.is_refusing(self.command, self.path)
            if self.command == "POST":
                made.open.wait(PATIENCE)
            connection = HTTPConnection(host, port, timeout=PATIENCE)
            # A refused request asks for nothing, for the sake of the receiver's own headers.
            path, headers = "/v1/ping" if is_refused else self.path, dict(self.headers)
            connection.request(self.command, path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
            connection.close()
            with suppress(ConnectionError):  # a page that is gone
                self.send_response_only(503 if is_refused else answer.status)
                for name, value in answer.getheaders():
                    self.send_header(name, value)
                if is_refused:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(said)

    with listening(Passing) as own:
        made.address = f"http://127.0.0.1:{own}"
        yield made


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port
