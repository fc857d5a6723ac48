"""``import``: a file of orders through the whole pipeline, against bare sqlite3 writing the same rows.

The peer gets everything for nothing but the writing: the rows are ready in memory, in the same schema with the same
indexes, pragmas and number of transactions. The subject reads, checks, encrypts, looks up, sums and records.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.framework import ROUNDS, Outcome, in_child, say

NAME = "import"
HELP = "importing an order file end to end, speed as a share of bare sqlite3 writing the same rows"
LINES, MANY = 100_000, 1_000_000
CHUNK = 5000
TABLES = (
    "people_customer", "people_identifier", "shop_order", "shop_line", "stream_activity", "shop_customersummary",
)  # fmt: skip
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"


def write_file(path: Path, lines: int) -> None:
    """Write an order file: one line an order, a third as many customers, a hundred products."""
    rng = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write("order,customer,date,product,quantity,total\n")
        for n in range(lines):
            day = f"{2023 + n * 3 // lines}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
            cents = rng.randrange(500, 20_000)
            customer, product = rng.randrange(lines // 3), rng.randrange(100)
            file.write(f"A{n:07},c{customer},{day},Product {product},{rng.randrange(1, 4)},{cents / 100:.2f}\n")


def subject(home: str, lines: int) -> dict[str, Any]:
    """Import in a fresh installation; return seconds and what came of it. Runs in a process of its own."""
    os.environ["REGULARS_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from regulars.base.actor import COMMAND_LINE
    from regulars.base.clock import now
    from regulars.shop.operations import add_store
    from regulars.sources.csv_upload import operations

    call_command("migrate", verbosity=0)
    store = add_store(name="Bench", currency="USD", timezone="UTC", by=COMMAND_LINE, at=now())
    path = Path(home) / "orders.csv"
    write_file(path, lines)
    began = time.perf_counter()
    batch, proposal = operations.start_draft(path=path, name=path.name, store=store, by=COMMAND_LINE, at=now())
    operations.set_plan(batch.pk, proposal.plan, store=store, by=COMMAND_LINE, at=now())
    operations.confirm(batch.pk, by=COMMAND_LINE, at=now(), unchecked=True)
    operations.run_here(batch.pk)
    taken = time.perf_counter() - began
    batch.refresh_from_db()
    if (batch.state, batch.tally.get("new")) != ("done", lines):
        raise RuntimeError(f"the import ended {batch.state}: {batch.problem or batch.tally}")
    return {"seconds": taken, "customers": batch.tally["customers"]}


def peer(home: str, lines: int) -> float:
    """Write the rows of the subject's database into an empty one of the same schema; return seconds of writing."""
    source = sqlite3.connect(Path(home) / "regulars.sqlite3")
    target = sqlite3.connect(Path(home) / "peer.sqlite3", isolation_level=None)
    target.executescript(PRAGMAS)
    wanted = "', '".join(TABLES)
    schema = (
        f"SELECT sql FROM sqlite_master WHERE tbl_name IN ('{wanted}', 'shop_store', 'shop_product') AND sql NOT NULL"
    )
    for (sql,) in source.execute(schema).fetchall():
        target.execute(sql)
    for table in ("shop_store", "shop_product"):
        rows = source.execute(f"SELECT * FROM {table}").fetchall()
        target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    parts = max(1, lines // CHUNK)
    taken = 0.0
    for part in range(parts):
        ready = [(table, _part(source, table, part, parts)) for table in TABLES]
        began = time.perf_counter()
        target.execute("BEGIN IMMEDIATE")
        for table, rows in ready:
            if rows:
                target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        target.execute("COMMIT")
        taken += time.perf_counter() - began
    counted = [target.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES]
    if counted != [source.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES]:
        raise RuntimeError(f"the peer wrote {dict(zip(TABLES, counted, strict=True))}")
    return taken


def _part(source: sqlite3.Connection, table: str, part: int, parts: int) -> list[Any]:
    most = source.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]
    low, high = most * part // parts, most * (part + 1) // parts
    return source.execute(f"SELECT * FROM {table} WHERE rowid > ? AND rowid <= ?", (low, high)).fetchall()


def run() -> Outcome:
    """Import a file several times in turn with the peer, then a long one once for the memory."""
    ours, theirs = [], []
    for turn in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            found, _ = in_child(subject, home, LINES)
            bare, _ = in_child(peer, home, LINES)
            ours.append(found["seconds"])
            theirs.append(bare)
            say(f"  round {turn + 1}: {LINES / ours[-1]:,.0f} lines/s, bare sqlite3 {LINES / bare:,.0f}")
    with tempfile.TemporaryDirectory() as home:
        found, peak = in_child(subject, home, MANY)
    mine, bare = statistics.median(ours), statistics.median(theirs)
    detail = {
        "lines": LINES,
        "lines_per_second": round(LINES / mine),
        "bare_lines_per_second": round(LINES / bare),
        "million_lines_seconds": round(found["seconds"], 1),
        "million_lines_rss_mb": round(peak, 1),
    }
    return Outcome({"vs_bare_sqlite": bare / mine}, peak, detail)
