"""XLSX workbooks, a sheet at a time, row by row."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from regulars.sources.csv_upload.files.problem import FileProblem
from regulars.sources.csv_upload.files.sniff import damaged
from regulars.sources.csv_upload.files.table import MAX_COLUMNS, SAMPLE_ROWS, Table

_FORMULA = re.compile(rb"<f[ >/]")


def cell_of(value: Any) -> str:
    """Return a workbook's value as the text a CSV file would have."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


@dataclass
class Workbook(Table):
    """One sheet of a workbook. A formula whose result was not saved is given as its text, beginning with ``=``."""

    has_formulas: bool = False

    def open(self) -> Workbook:
        """Choose the sheet, read the first rows and return the table. Raises FileProblem."""
        with closing(self._load(is_values=True)) as book:
            self.sheets = tuple(book.sheetnames)
        if self.sheet and self.sheet not in self.sheets:
            text = _("The workbook has no sheet “%(sheet)s”.") % {"sheet": self.sheet}
            raise FileProblem("sheet", text, _("Its sheets are: %(sheets)s.") % {"sheets": ", ".join(self.sheets)})
        self.has_formulas = self._find_formulas()
        for name in [self.sheet] if self.sheet else self.sheets:
            self.sheet = name
            if top := list(islice((r for r in self.raw_rows() if any(r[1])), SAMPLE_ROWS + 10)):
                self._take_headers(top)
                return self
        raise FileProblem("empty", _("The workbook is empty."), _("Export it again and choose the new file."))

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row of the sheet. Raises FileProblem."""
        values = self._sheet_rows(is_values=True)
        if not self.has_formulas:
            yield from ((n, [cell_of(v) for v in row[:MAX_COLUMNS]]) for n, row in enumerate(values, 1))
            return
        pairs = zip(values, self._sheet_rows(is_values=False), strict=False)
        for number, (row, written) in enumerate(pairs, 1):
            yield number, [cell_of(w if v is None else v) for v, w in zip(row, written, strict=False)]

    def _load(self, *, is_values: bool) -> Any:
        import openpyxl

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return openpyxl.load_workbook(self.path, read_only=True, data_only=is_values)
        except Exception as error:  # openpyxl raises whatever the broken part of the file brings about
            raise damaged() from error

    def _sheet_rows(self, *, is_values: bool) -> Iterator[tuple[Any, ...]]:
        with closing(self._load(is_values=is_values)) as book:
            sheet = book[self.sheet]
            if not hasattr(sheet, "reset_dimensions"):
                return
            sheet.reset_dimensions()  # a sheet may claim 16,384 columns and fill ten
            rows = sheet.iter_rows(values_only=True)
            while True:
                try:
                    row = next(rows, None)
                except Exception as error:
                    raise damaged() from error
                if row is None:
                    return
                yield row

    def _find_formulas(self) -> bool:
        with zipfile.ZipFile(self.path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    with archive.open(name) as file:
                        tail = b""
                        while block := file.read(1 << 20):
                            if _FORMULA.search(tail + block):
                                return True
                            tail = block[-4:]
        return False
