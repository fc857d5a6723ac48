"""Handing rejected rows back: the original rows plus a reason, in a file that can be mended and imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from regulars.sources.csv_upload.files import REASON, Table
from regulars.sources.csv_upload.files.json_table import JsonTable
from regulars.sources.csv_upload.files.sniff import WHITESPACE
from regulars.sources.csv_upload.files.workbook import Workbook


def rejected_suffix(table: Table) -> str:
    """Return how the name of the file with rejected rows ends."""
    return "-rejected" + {"xlsx": ".xlsx", "json": ".json"}.get(table.kind, ".csv")


def write_rejected(table: Table, rejected: Iterable[tuple[int, str]], target_path: Path) -> None:
    """Write the rows numbered in ``rejected``, each with its reason, in the manner of the original file."""
    reasons: dict[int, str] = {}
    known: dict[str, str] = {}  # one string for each different reason
    for row, reason in rejected:
        reason = known.setdefault(reason, reason)
        reasons[row] = reason if reasons.get(row, reason) == reason else f"{reasons[row]}; {reason}"
    if isinstance(table, JsonTable):
        _write_json(table, reasons, target_path)
    elif isinstance(table, Workbook):
        _write_workbook(table, _rows(table, reasons), target_path)
    else:
        _write_text(table, _rows(table, reasons), target_path)


def _rows(table: Table, reasons: dict[int, str]) -> Iterator[list[str]]:
    """Yield the header, if there is one, and the rows, with the reason behind the last column."""
    width = len(table.header_cells) if table.header_cells else 0
    if width:
        yield [*table.header_cells, REASON]
    left = len(reasons)
    for row, cells in table.rows():
        if left == 0:
            return
        if (reason := reasons.get(row)) is not None:
            left -= 1
            cells = list(cells)
            if table.has_reason:
                del cells[width:]
            yield [*cells, *[""] * (width - len(cells)), reason]


def _write_text(table: Table, rows: Iterator[list[str]], path: Path) -> None:
    encoding = table.encoding
    delimiter = "\t" if table.delimiter == WHITESPACE else table.delimiter
    # Bytes that could not be read go back as they were; a reason in signs that the encoding lacks is written with "?".
    with path.open("w", newline="", encoding=encoding, errors="surrogateescape") as file:
        writer = csv.writer(file, delimiter=delimiter)
        for *cells, reason in rows:
            writer.writerow([*cells, reason.encode(encoding, "replace").decode(encoding).lstrip("\ufeff")])


def _write_workbook(table: Workbook, rows: Iterator[list[str]], path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet((table.sheet or "1")[:31])
    for cells in rows:
        sheet.append([_plain_cell(sheet, cell) for cell in cells])
    book.save(path)


def _plain_cell(sheet: Any, text: str) -> Any:
    """Return a cell of text, never of a formula or number."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value="".join(sign for sign in text if sign in "\t\n" or sign >= " "))
    cell.data_type = "s"
    return cell


def _write_json(table: JsonTable, reasons: dict[int, str], path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("[")
        separator = "\n"
        for row, item in table.objects():
            if row in reasons:
                file.write(separator + json.dumps({**item, REASON: reasons[row]}, ensure_ascii=False))
                separator = ",\n"
        file.write("\n]\n")
