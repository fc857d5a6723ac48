"""Orders whose rows lie apart: finding that out, and sorting a copy so that they come together."""

from __future__ import annotations

import csv
import heapq
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from regulars.sources.csv_upload.files import Table, Unreadable

_RUN = 100_000  # rows sorted in memory at a time
Key = Callable[[list[str]], str]


def is_scattered(rows: Iterator[tuple[int, list[str]]], key: Key) -> bool:
    """Return whether some key comes back after another one came between. Eight bytes a group are remembered."""
    seen = [array("Q") for _ in range(16)]
    last = None
    for _row, cells in rows:
        this = key(cells)
        if this != last and this:
            digest = int.from_bytes(blake2b(this.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
            seen[digest & 15].append(digest)
        last = this or last
    return any(len(set(part)) != len(part) for part in seen)


@dataclass
class SortedCopy(Table):
    """A copy of a table with the rows of each group together, each with the number it has in the original."""

    copy: Path = Path()
    original: Table | None = None

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the original's rows, headers first."""
        assert self.original is not None
        return self.original.raw_rows()

    def rows(self, start_row: int = 0) -> Iterator[tuple[int, list[str]]]:
        """Yield (row number in the original, cells), group by group."""
        assert self.original is not None
        for number, is_sound, cells in _read(self.copy):
            if number < start_row:
                continue
            if is_sound:
                yield number, cells
            else:
                code, text, column, *rest = cells
                yield number, Unreadable(rest, code, text, column)


def sort_copy(table: Table, rows: Iterator[tuple[int, list[str]]], key: Key, folder: Path) -> SortedCopy:
    """Return ``table`` with its groups together, in the order of each group's first row, as a copy in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    runs: list[Path] = []
    batch: list[tuple[str, int, list[str]]] = []
    last = ""
    for number, cells in rows:
        last = key(cells) or last
        batch.append((last, number, _stored(number, cells)))
        if len(batch) >= _RUN:
            runs.append(_write_run(folder, len(runs), batch))
            batch = []
    runs.append(_write_run(folder, len(runs), batch))
    target = folder / "sorted.csv"
    with ExitStack() as stack:
        readers = [
            _keyed(stack.enter_context(run.open(newline="", encoding="utf-8", errors="surrogateescape")))
            for run in runs
        ]
        with target.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            writer = csv.writer(file)
            writer.writerows(row for _key, _number, row in heapq.merge(*readers))
    for run in runs:
        run.unlink()
    return SortedCopy(
        **{name: getattr(table, name) for name in Table.__dataclass_fields__}, copy=target, original=table
    )  # fmt: skip


def _stored(number: int, cells: list[str]) -> list[str]:
    if isinstance(cells, Unreadable):
        return [str(number), "0", cells.code, cells.text, cells.column, *cells]
    return [str(number), "1", *cells]


def _write_run(folder: Path, place: int, batch: list[tuple[str, int, list[str]]]) -> Path:
    batch.sort(key=lambda item: item[:2])
    path = folder / f"run-{place}.csv"
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        csv.writer(file).writerows([key, *row] for key, _number, row in batch)
    return path


def _keyed(file: Iterator[str]) -> Iterator[tuple[str, int, list[str]]]:
    for key, *row in csv.reader(file):
        yield key, int(row[0]), row


def _read(path: Path) -> Iterator[tuple[int, bool, list[str]]]:
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        for number, is_sound, *cells in csv.reader(file):
            yield int(number), is_sound == "1", cells
