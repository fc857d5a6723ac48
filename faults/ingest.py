"""The server is killed while events pour in; whatever it had answered with 200 must be there, once."""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import signal
import socket
import threading
import time
from contextlib import closing, suppress

from faults.installation import Installation, new
from faults.outcome import Outcome

POINTS = ("tracker.1.before_commit", "tracker.2.after_commit")
AT_RANDOM = "any moment"
SENDERS = 8
PATIENCE_SECONDS = 60


def run(rounds: int = 20) -> Outcome:
    """Kill ``rounds`` times, at each point and at any moment in turn; clients send again what was not answered."""
    outcome = Outcome("ingest")
    with new() as shop:
        key, prefix = _key()
        acknowledged: set[str] = set()
        unanswered: list[str] = []
        for number in range(rounds):
            point = (*POINTS, AT_RANDOM)[number % (len(POINTS) + 1)]
            fault = "" if point == AT_RANDOM else f"{point}@{random.randrange(20, 60)}"
            load = _Load(key, f"{number}", unanswered)
            if load.pour(shop, fault):
                outcome.kills[point] = outcome.kills.get(point, 0) + 1
            else:
                outcome.survived.append(f"{point}: the server went on for {PATIENCE_SECONDS} s")
            acknowledged |= load.acknowledged
            unanswered = sorted(load.sent - load.acknowledged)
            stored = _stored(prefix)
            outcome.lost += len(acknowledged - set(stored))
            outcome.doubled += len(stored) - len(set(stored))
        outcome.acknowledged = len(acknowledged)
        outcome.detail = {"stored": len(_stored(prefix)), "unanswered_at_the_end": len(unanswered)}
    return outcome


def _key() -> tuple[str, str]:
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.shop.operations import add_store
    from regulars.sources.tracker.operations import add_key

    store = add_store(name="Site", currency="CNY", timezone="UTC", by=SYSTEM, at=now())
    key = add_key(name="Site", store=store, use="server", by=SYSTEM, at=now())
    return key.key, f"site:{key.pk}:"


def _stored(prefix: str) -> list[str]:
    from regulars.stream.models import Activity

    keys = Activity.objects.filter(kind="site.custom").values_list("key", flat=True)
    return [key.removeprefix(prefix) for key in keys]


class _Load:
    """Senders that pour events in until the server is dead."""

    def __init__(self, key: str, name: str, first: list[str]) -> None:
        self.headers = {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
        self.name, self.first = name, first
        self.sent: set[str] = set()
        self.acknowledged: set[str] = set()
        self.is_dead = threading.Event()

    def pour(self, shop: Installation, fault: str) -> bool:
        """Start a server, send, and return when it is gone; False if the fault did not kill it and we had to."""
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        server = shop.start("regulars.cli.main", "serve", "--no-worker", "--port", str(port), fault=fault)
        _wait_for(port)
        senders = [threading.Thread(target=self._send, args=(port, n)) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        was_killed = True
        if fault:
            was_killed = self.is_dead.wait(PATIENCE_SECONDS)
        else:
            time.sleep(random.uniform(0.2, 1.5))
        # Its web process leaves with it (regulars.cli.web).
        os.kill(server.pid, signal.SIGKILL)
        for sender in senders:
            sender.join(PATIENCE_SECONDS)
        server.communicate(timeout=PATIENCE_SECONDS)
        while _is_open(port):
            time.sleep(0.05)
        return was_killed

    def _send(self, port: int, number: int) -> None:
        waiting = self.first[number::SENDERS]
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            count = 0
            while True:
                names, waiting = waiting[:20], waiting[20:]
                names = names or [f"{self.name}-{number}-{count + n}" for n in range(1 + count % 3)]
                count += len(names)
                self.sent.update(names)
                batch = [{"type": "track", "event": "Beat", "anonymousId": "a", "messageId": n} for n in names]
                try:
                    connection.request("POST", "/v1/batch", json.dumps({"batch": batch}), self.headers)
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException):
                    self.is_dead.set()
                    return
                if answer.status == 200:
                    self.acknowledged.update(names)


def _is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with (
            suppress(OSError, http.client.HTTPException),
            closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection,
        ):
            connection.request("GET", "/v1/ping")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")
