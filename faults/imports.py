"""Imports and their undoing are killed at every step; afterwards the facts are those of an undisturbed run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from faults.installation import Installation, new
from faults.outcome import Outcome

IMPORTING = ("import.1.before_chunk", "import.2.inside_chunk", "import.3.after_chunk", "import.4.before_done")
UNDOING = "undo.1.inside"
POINTS = (*IMPORTING, UNDOING)
CHUNKS = 3
ORDERS = 12_000
SOME_REJECTED = 3
Facts = Counter[tuple[Any, ...]]


def run(rounds: int = 3) -> Outcome:
    """Kill at every point, ``rounds`` times, at another chunk each time; each import goes on and is then undone."""
    outcome = Outcome("imports")
    with new() as shop:
        _command(shop, *_import(_file(shop.home / "before.csv", range(800), "unpaid")))
        file = _file(shop.home / "orders.csv", range(ORDERS), "paid")
        empty = _facts()
        _command(shop, *_import(file))
        full, tally = _facts(), _tally()
        _command(shop, "undo", _batch())
        _compare(outcome, empty, _facts())
        for number in range(rounds):
            for point in IMPORTING:
                at = 1 + number % (1 if point == IMPORTING[-1] else CHUNKS)
                outcome.killed(f"{point}", _command(shop, *_import(file), fault=f"{point}@{at}"))
                _command(shop, *_import(file))
                outcome.acknowledged += full.total()
                _compare(outcome, full, _facts())
                outcome.lost += _tally() != tally
                if point == IMPORTING[-1]:
                    outcome.killed(UNDOING, _command(shop, "undo", _batch(), fault=UNDOING))
                    _compare(outcome, full, _facts())
                _command(shop, "undo", _batch())
                _compare(outcome, empty, _facts())
        outcome.detail = {"facts": full.total(), "rounds": rounds, "rejected": tally["rejected"]}
    return outcome


def _file(path: Path, numbers: range, status: str) -> Path:
    """Write a file of orders of which every thousandth has a date that nobody can read."""
    rows = ["order,customer,email,date,total,product,quantity,status"]
    for number in numbers:
        buyer = number % 3000
        date = (
            "someday" if number % 1000 == 999 else f"2026-{1 + number % 12:02}-{1 + number % 28:02} 10:{number % 60:02}"
        )
        total = f"{5 + number % 90}.{number % 100:02}"
        rows.append(f"F{number},Buyer {buyer},b{buyer}@example.com,{date},{total},Tea {number % 40},1,{status}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _import(file: Path) -> tuple[str, ...]:
    return ("import", str(file), "--store", "Shop", "--yes", "--json")


def _command(shop: Installation, *words: str, fault: str = "") -> int:
    """Run a command; one that nothing kills must succeed."""
    process = shop.start("faults.command", *words, fault=fault)
    process.communicate(timeout=300)
    if not fault and process.returncode not in {0, SOME_REJECTED}:
        raise RuntimeError(f"`regulars {' '.join(words)}` ended with {process.returncode}")
    return process.returncode


def _batch() -> str:
    from regulars.sources.csv_upload.models import Batch

    return str(Batch.objects.latest("id").pk)


def _tally() -> dict[str, Any]:
    from regulars.sources.csv_upload.models import Batch

    tally: dict[str, Any] = Batch.objects.latest("id").tally
    return tally


def _facts() -> Facts:
    """Return what the shop knows, by natural keys: ids differ from one import to the next."""
    from regulars.people.models import Identifier
    from regulars.shop.models import CustomerSummary, Line, Order
    from regulars.stream.models import Activity

    facts: Facts = Counter()
    tables = {
        "order": Order.objects.values_list("number", "state", "gross_minor", "paid_minor", "placed_at", "paid_at"),
        "line": Line.objects.values_list("order__number", "position", "title", "quantity"),
        "buyer": Order.objects.values_list("number", "customer__identifier__digest"),
        "identifier": Identifier.objects.values_list("kind", "scope", "digest"),
        "summary": CustomerSummary.objects.filter(orders__gt=0).values_list("orders", "revenue_minor"),
        "activity": Activity.objects.filter(kind__startswith="order.").values_list("kind", "amount_minor"),
    }
    for name, rows in tables.items():
        facts.update((name, *(bytes(v) if isinstance(v, memoryview) else v for v in row)) for row in rows)
    return facts


def _compare(outcome: Outcome, wanted: Facts, found: Facts) -> None:
    outcome.lost += (wanted - found).total()
    outcome.doubled += (found - wanted).total()
