"""A file as rows of text cells, whatever it was written in."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from regulars.base.text import email_key, plain

# Never translated: a mended file must be known again whatever language its reader uses.
REASON = "Reason (Regulars)"
SAMPLE_ROWS = 50
MAX_COLUMNS = 2000

_VALUE = re.compile(r"[=\"'\t ]*[-+]?[¥￥$€£]?\s?\d[\d.,:/\-\s+TZ年月日]*[\"']*")
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)


class Unreadable(list[str]):
    """Cells of a row that cannot be trusted, with why: ``code``, ``text`` for people, ``column`` (a header or "")."""

    def __init__(self, cells: list[str], code: str, text: str, column: str = "") -> None:
        super().__init__(cells)
        self.code = code
        self.text = text
        self.column = column


@dataclass
class Table(ABC):
    """An open file: what it is, its headers and a sample; ``rows`` reads it anew each time, in constant memory."""

    path: Path
    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    headers: list[str] = field(default_factory=list)
    header_cells: list[str] = field(default_factory=list)  # as written; empty where the file has no header
    header_row: int = 0  # 0: no header
    fingerprint: str = ""
    size_bytes: int = 0
    sample: list[list[str]] = field(default_factory=list)
    has_reason: bool = False  # the last column is ours, from a download of rejected rows

    @property
    def headerless(self) -> bool:
        """Return whether the file begins with data and its columns are called "column 1", "column 2"…"""
        return self.header_row == 0

    @abstractmethod
    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row of the file, headers and what stands above them included, counted from 1."""

    def rows(self, start_row: int = 0) -> Iterator[tuple[int, list[str]]]:
        """Yield (row number as a person counts, cells) of the data rows from ``start_row`` on. Raises FileProblem."""
        first = max(self.header_row + 1, start_row)
        for numbered in self.raw_rows():
            if numbered[0] >= first and numbered[1]:
                yield numbered

    def _take_headers(self, top: list[tuple[int, list[str]]]) -> None:
        """Find the header among the first rows and name the columns."""
        place = find_header([cells for _, cells in top])
        if place is None:
            width = max((len(cells) for _, cells in top), default=0)
            self.headers = [f"column {n}" for n in range(1, width + 1)]
            self.fingerprint = fingerprint([*self.headers, *_shapes(top)])
            self.sample = [cells for _, cells in top if cells][:SAMPLE_ROWS]
            return
        self.header_row, cells = top[place]
        self.header_cells = list(cells)
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        if cells and cell_text(cells[-1]) == REASON:
            self.has_reason = True
            cells, self.header_cells = cells[:-1], self.header_cells[: len(cells) - 1]
        self.headers = unique_headers(cells)
        self.fingerprint = fingerprint(self.headers)
        self.sample = [row for _, row in top[place + 1 :] if any(row)][:SAMPLE_ROWS]


def _shapes(top: list[tuple[int, list[str]]]) -> list[str]:
    """Return a word for what each column of the first row looks like, to tell headerless files apart."""
    cells = top[0][1] if top else []
    return ["number" if _VALUE.fullmatch(c) else "text" for c in cells]


def cell_text(cell: str) -> str:
    """Return a cell without what spreadsheets and back offices put around it: ``="…"``, TAB, apostrophe, spaces."""
    text = cell.strip("\t \u3000\ufeff\u200b\xa0\r\n")
    if text.startswith("=") and (match := _WRAPPED.fullmatch(text)):
        text = match[1].strip("\t \u3000")
    if text.startswith("'"):
        text = text[1:].strip()
    return text


def normal(header: str) -> str:
    """Return a header in the form it is compared by."""
    return plain(cell_text(header)).casefold()


def fingerprint(headers: list[str]) -> str:
    """Return the SHA-256 of the normalised headers: equal for files of the same make."""
    return hashlib.sha256("\x1f".join(normal(h) for h in headers).encode("utf-8", "surrogatepass")).hexdigest()


def unique_headers(cells: list[str]) -> list[str]:
    """Return header names to show and map by: trimmed, never empty, the second of a name marked (2)."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell_text(cell).strip('"').split()) or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def looks_like_value(cell: str) -> bool:
    """Return whether a cell is data (a number, a date, an address), not the name of a column."""
    return bool(_VALUE.fullmatch(cell)) or email_key(cell) is not None


def find_header(rows: list[list[str]]) -> int | None:
    """Return the place of the header among the first ``rows``, or None if the file begins with data.

    Lines above it (a title, an export date) fill fewer columns than the table does.
    """
    filled = [sum(1 for cell in cells if cell.strip()) for cells in rows]
    widest = max(filled, default=0)
    for place, count in enumerate(filled):
        if count and count * 2 >= widest:
            values = sum(1 for cell in rows[place] if looks_like_value(cell.strip()))
            return None if values * 3 >= count else place
    return None
