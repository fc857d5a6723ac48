"""``ingest``: taking in events over HTTP, each answered after its commit, beside what bounds it.

Single events: requests a second, beside the same server's empty endpoint under the same load (what HTTP alone costs).
Batches of 100: events a second, beside bare sqlite3 writing the same rows with the same durability, 100 to a
transaction; and, where a PostgreSQL server answers, beside COPY of the same rows.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from bench.framework import ROUNDS, Outcome, in_child, say

NAME = "ingest"
HELP = "events taken in over HTTP, durable before the answer: as a share of an empty endpoint, and of bare writing"
CONNECTIONS = 32
SECONDS = 4.0
BATCH = 100
POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


def set_up(home: str) -> str:
    """Make an installation with a write key, in a process of its own; return the key."""
    os.environ["REGULARS_HOME"] = home
    from regulars.cli.start import start_django

    start_django()
    from django.core.management import call_command

    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.shop.operations import add_store
    from regulars.sources.tracker.operations import add_key

    call_command("migrate", verbosity=0)
    store = add_store(name="Site", currency="CNY", timezone="UTC", by=SYSTEM, at=now())
    return add_key(name="Site", store=store, use="server", by=SYSTEM, at=now()).key


def event(name: str) -> dict[str, Any]:
    """Return a product view as a browser sends it."""
    return {
        "type": "track", "event": "Product Viewed", "messageId": name, "anonymousId": f"v-{name}",
        "sentAt": "2026-01-01T00:00:01.000Z", "timestamp": "2026-01-01T00:00:00.000Z",
        "context": {"page": {"url": "https://shop.example/tea/oolong", "referrer": "https://www.example.com/"}},
        "properties": {"product_id": "TEA-1", "name": "Oolong", "price": 19.5, "quantity": 1},
    }  # fmt: skip


async def _client(port: int, head: str, bodies: Any, until: float, taken: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        body = next(bodies)
        began = time.perf_counter()
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        status = await reader.readuntil(b"\r\n\r\n")
        if not status.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(status.decode())
        length = int(status.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        taken.append(time.perf_counter() - began)
    writer.close()


def load(port: int, path: str, key: str, name: str, size: int) -> dict[str, float]:
    """Keep CONNECTIONS busy for SECONDS; return requests a second and latencies (ms). Runs in a process of its own."""
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Basic {credentials}\r\ncontent-type: application/json\r\n"
    )
    template = json.dumps(event("NAME"))

    def bodies(client: int) -> Any:
        number = 0
        while True:
            names = [f"{name}-{client}-{number + n}" for n in range(size)]
            number += size
            events = [template.replace("NAME", n) for n in names]
            yield (events[0] if size == 1 else f'{{"batch":[{",".join(events)}]}}').encode()

    async def all_clients() -> None:
        clients = (_client(port, head, bodies(n), until, taken) for n in range(CONNECTIONS))
        await asyncio.gather(*clients)

    taken: list[float] = []
    began = time.perf_counter()
    until = began + SECONDS
    asyncio.run(all_clients())
    ordered = sorted(taken)
    return {
        "rate": len(taken) / (time.perf_counter() - began),
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
    }


class Server:
    """``regulars serve`` on a free port, without its worker."""

    def __init__(self, home: str, database: str) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"REGULARS_HOME": home}
        if database:
            env["DATABASE_URL"] = database
        command = [sys.executable, "-m", "regulars.cli.main", "serve", "--no-worker", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        for _ in range(300):
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), 1)):
                break
            time.sleep(0.1)

    def peak_mb(self) -> float:
        """Return the most memory one of the server's processes has held."""
        most = 0.0
        for status in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):
                lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
                if str(self.process.pid) in (lines["PPid"].strip(), lines["Pid"].strip()) and "VmHWM" in lines:
                    most = max(most, int(lines["VmHWM"].split()[0]) / 1024)
        return most

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def measure(home: str, database: str, key: str) -> dict[str, Any]:
    """Return the medians of single events, the empty endpoint and batches, taken in turns."""
    server = Server(home, database)
    found: dict[str, list[dict[str, float]]] = {"single": [], "empty": [], "batch": []}
    try:
        for turn in range(ROUNDS):
            for what, path, size in (
                ("empty", "/v1/ping", 1),
                ("single", "/v1/track", 1),
                ("batch", "/v1/batch", BATCH),
            ):
                result, _ = in_child(load, server.port, path, key, f"{what}{turn}", size)
                found[what].append(result)
                say(f"  {what:7} {result['rate']:9,.0f} requests/s, p99 {result['p99_ms']:6.1f} ms")
        peak = server.peak_mb()
    finally:
        server.stop()
    middle = {
        what: {name: statistics.median(run[name] for run in runs) for name in runs[0]} for what, runs in found.items()
    }
    return middle | {"peak_mb": peak}


def bare_sqlite(home: str) -> float:
    """Write the rows of the subject's stream into an empty table of the same schema; return rows a second."""
    source = sqlite3.connect(Path(home) / "regulars.sqlite3")
    target = sqlite3.connect(Path(home) / "bare.sqlite3", isolation_level=None)
    target.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;")
    for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'stream_activity' AND sql NOT NULL"):
        target.execute(sql)
    rows = source.execute("SELECT * FROM stream_activity WHERE kind = 'site.product_viewed' LIMIT 40000").fetchall()
    insert = f"INSERT INTO stream_activity VALUES ({', '.join('?' * len(rows[0]))})"
    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        target.execute("BEGIN IMMEDIATE")
        target.executemany(insert, rows[start : start + BATCH])
        target.execute("COMMIT")
    return len(rows) / (time.perf_counter() - began)


def bare_copy(database: str) -> float:
    """COPY the rows of the subject's stream into a table of the same columns and indexes; return rows a second."""
    import psycopg

    columns = 'key, kind, visitor, store_id, occurred_at, recorded_at, "by", body'
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE bare (LIKE stream_activity INCLUDING ALL)")
        connection.commit()
        rows = connection.execute(
            f"SELECT {columns} FROM stream_activity WHERE kind = 'site.product_viewed' LIMIT 40000".encode()
        ).fetchall()
        began = time.perf_counter()
        for start in range(0, len(rows), BATCH):
            with connection.cursor() as cursor, cursor.copy(f"COPY bare ({columns}) FROM STDIN".encode()) as copy:
                for row in rows[start : start + BATCH]:
                    copy.write_row(row)
            connection.commit()
        return len(rows) / (time.perf_counter() - began)


def run() -> Outcome:
    """Measure on SQLite, and on PostgreSQL where one answers."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.pop("DATABASE_URL", None)
        key, _ = in_child(set_up, home)
        on_sqlite = measure(home, "", key)
        bare = statistics.median(_again(bare_sqlite, home, Path(home)) for _ in range(ROUNDS))
    ratios = {
        "single_vs_empty": on_sqlite["single"]["rate"] / on_sqlite["empty"]["rate"],
        "batch_vs_sqlite": on_sqlite["batch"]["rate"] * BATCH / bare,
    }
    detail: dict[str, Any] = {"sqlite": _rounded(on_sqlite), "bare_sqlite_rows_per_second": round(bare)}
    if found := _on_postgres():
        ratios["batch_vs_copy"], detail["postgres"] = found
    return Outcome(ratios, on_sqlite["peak_mb"], detail)


def _again(work: Any, argument: str, folder: Path) -> float:
    for old in folder.glob("bare.sqlite3*"):
        old.unlink()
    return float(work(argument))


def _on_postgres() -> tuple[float, dict[str, Any]] | None:
    import psycopg

    name = f"regulars_bench_{os.getpid()}"
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        say("  no PostgreSQL server answers: batch_vs_copy is left out")
        return None
    database = POSTGRES.rpartition("/")[0] + f"/{name}"
    with closing(server):
        server.execute(f"CREATE DATABASE {name}".encode())
        try:
            with tempfile.TemporaryDirectory() as home:
                os.environ["DATABASE_URL"] = database
                key, _ = in_child(set_up, home)
                found = measure(home, database, key)
                speeds = []
                for _ in range(ROUNDS):
                    speeds.append(bare_copy(database))
                    with psycopg.connect(database) as connection:
                        connection.execute("DROP TABLE bare")
                bare = statistics.median(speeds)
        finally:
            os.environ.pop("DATABASE_URL", None)
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
    return found["batch"]["rate"] * BATCH / bare, _rounded(found) | {"bare_copy_rows_per_second": round(bare)}


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
    return {
        what: {n: round(v, 1) for n, v in value.items()} if isinstance(value, dict) else round(value, 1)
        for what, value in found.items()
    }
