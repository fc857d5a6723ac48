"""Counting what a check or an import came to; kept as JSON with the batch, so that a restart goes on counting."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from regulars.shop.operations import Applied

EXAMPLES = 5  # of each problem, shown on the check page


@dataclass(slots=True)
class Trouble:
    """One kind of problem: how many rows have it, and the first few (row, column, value, text)."""

    rows: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """``new``, ``updated``, ``unchanged`` count records; ``rejected`` and ``rows`` count rows of the file.

    ``customers``, ``orders`` and ``gross`` (minor units by currency) are those of the file's accepted records.
    ``parsed`` is how many records were read: the checkpoint. ``rejected_bytes``: how much of the list of rejected
    rows belongs to it; a kill may have left more.
    """

    rows: int = 0
    parsed: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    customers: int = 0
    orders: int = 0
    gross: dict[str, int] = field(default_factory=dict)
    problems: dict[str, Trouble] = field(default_factory=dict)
    rejected_bytes: int = 0

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Tally:
        """Return the tally that ``to_json`` gave; an empty one for an empty dict."""
        tally = cls(**values)
        tally.problems = {code: Trouble(**t) for code, t in values.get("problems", {}).items()}
        return tally

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    def add(self, applied: Applied) -> None:
        """Add what came of a chunk."""
        self.new += applied.new
        self.updated += applied.updated
        self.unchanged += applied.unchanged
        self.orders += applied.orders
        for currency, minor in applied.gross_minor.items():
            self.gross[currency] = self.gross.get(currency, 0) + minor

    def trouble(self, code: str, *, row: int, column: str, value: str, text: str) -> None:
        """Count a problem, and keep it if it is one of the first of its kind."""
        known = self.problems.setdefault(code, Trouble())
        known.rows += 1
        if len(known.examples) < EXAMPLES:
            known.examples.append({"row": row, "column": column, "value": value[:80], "text": text})

    def main_currency(self, default: str) -> str:
        """Return the currency most money is in, or ``default`` where there is none."""
        return max(self.gross, key=lambda currency: self.gross[currency], default=default)


class RejectedRows:
    """The list of rejected rows on disk: row number and reason, a JSON line each, appended as the file is read."""

    def __init__(self, path: Path, *, keep_bytes: int = 0) -> None:
        self.path = path
        path.touch()
        with path.open("r+b") as file:
            file.truncate(keep_bytes)
        self._waiting: list[str] = []

    def add(self, row: int, reason: str) -> None:
        """Remember one row; ``flush`` writes it."""
        self._waiting.append(json.dumps([row, reason], ensure_ascii=False))

    def flush(self) -> int:
        """Write what waits and return the size of the list in bytes."""
        with self.path.open("ab") as file:
            if self._waiting:
                file.write(("\n".join(self._waiting) + "\n").encode())
                self._waiting.clear()
            return file.tell()


def read_rejected(path: Path) -> Iterable[tuple[int, str]]:
    """Yield (row number, reason) of the list at ``path``."""
    return _read(path) if path.exists() else ()


def _read(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            row, reason = json.loads(line)
            yield row, reason
