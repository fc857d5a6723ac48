"""From cells to values of fields: what every kind of record has in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import TypeVar

from django.utils.translation import gettext as _

from regulars.base.money import MoneyError, check_currency
from regulars.sources.csv_upload.files import Table, Unreadable
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.problems import Problem
from regulars.sources.csv_upload.values.amounts import Amounts
from regulars.sources.csv_upload.values.cells import ODD, CellProblem, cell_text, eaten_problem, is_eaten, is_rounded
from regulars.sources.csv_upload.values.dates import Dates

T = TypeVar("T")
_MEMORY = 50_000
_NO_DATE = frozenset({"", "-", "--", "/", "0000-00-00", "0000-00-00 00:00:00"})
Rows = Iterator[tuple[int, list[str]]]

_BEGINNINGS = re.compile("\x1f[-='\"]|[\ufeff\u200b]")


def _has_odd_ascii(joined: str) -> bool:
    """Return whether a cell begins with a sign of ODD; several plain searches are quicker than one expression."""
    return "\x1f'" in joined or "\x1f=" in joined or "\x1f-" in joined or '\x1f"' in joined


def fitted(table: Table, rows: Rows) -> Rows:
    """Yield rows with exactly as many cells as there are headers, and one empty cell more for fields without column.

    Missing cells at the end are empty. More cells than headers make a row unreadable, unless they are empty or ours.
    """
    width = len(table.headers)
    for row, cells in rows:
        if len(cells) != width and type(cells) is list:
            if len(cells) < width:
                cells += [""] * (width - len(cells))
            elif table.has_reason or not any(map(str.strip, cells[width:])):
                del cells[width:]
            else:
                text = _("The row has %(count)s cells, but the file has %(width)s columns.")
                cells = Unreadable(cells, "columns", text % {"count": len(cells), "width": width})
        if type(cells) is list:
            cells.append("")
        yield row, cells


class Reader:
    """Reads the cells of one record after another and gathers what is wrong with them.

    ``start`` begins a record at a row; ``finish`` ends it and returns its problems.
    """

    def __init__(self, table: Table, plan: Plan, fields: tuple[str, ...]) -> None:
        places = {header: n for n, header in enumerate(table.headers)}
        self.fields = fields
        self.plan = plan
        # A field without column reads the empty cell behind the last one.
        self.places = tuple(places.get(plan.columns.get(f, ""), -1) for f in fields)
        self._mapped = tuple((n, p) for n, p in enumerate(self.places) if p >= 0)
        self._blank = [""] * len(fields)
        self._has_few = len(self._mapped) * 3 < len(fields)
        self._pick = itemgetter(-1, *self.places)  # an empty cell before them, for the separator of joined cells
        self.headers = {f: plan.columns.get(f, "") for f in fields}
        local, utc = Dates(plan.timezone, plan.date_order), Dates("UTC", plan.date_order)
        # WooCommerce names times so that are UTC whatever zone the shop is in.
        self._dates = {f: utc if self.headers[f].endswith("_gmt") else local for f in fields}
        self.amounts = Amounts(plan.decimal)
        self._minor: dict[str, int] = {}  # amounts seen in _currency that are no problem
        self._currency = plan.currency
        self.row = 0
        self.problems: list[Problem] = []
        self._formulas: list[str] = []
        self._rounded = frozenset(f for f in ("number", "account") if self._is_rounded(table, f))

    def _is_rounded(self, table: Table, field: str) -> bool:
        """Return whether a spreadsheet rounded the ids of a column. One id in a thousand ends in 000 by itself."""
        if field not in self.fields or self.places[self.fields.index(field)] < 0:
            return False
        place = self.places[self.fields.index(field)]
        cells = [row[place].strip() for row in table.sample if place < len(row)]
        long = [c for c in cells if len(c) > 16 and c.isdecimal()]
        return sum(map(is_rounded, long)) * 5 >= max(len(long), 1)

    def start(self, row: int) -> None:
        """Begin a record."""
        self.row = row
        self.problems = []

    def values(self, cells: list[str]) -> list[str]:
        """Return the trimmed texts of the fields, in the order of ``fields``; formulas become problems."""
        texts = self._few(cells) if self._has_few else self._many(cells)
        if self._formulas:
            for n, (field, text) in enumerate(zip(self.fields, texts, strict=True)):
                if text[:1] == "=" and text in self._formulas:
                    about = _("“%(column)s” holds a formula, not a value.") % {"column": self.headers[field]}
                    self.add(field, text, "formula", about)
                    texts[n] = ""
            self._formulas = []
        return texts

    def _few(self, cells: list[str]) -> list[str]:
        texts = self._blank.copy()
        for n, place in self._mapped:
            c = cells[place]
            if c:
                texts[n] = self._odd(c) if c[0] in ODD or c[-1] in ODD else c
        return texts

    def _many(self, cells: list[str]) -> list[str]:
        """Look at all cells together: most records have none that needs a closer look."""
        texts = list(map(str.strip, self._pick(cells)))
        joined = "\x1f".join(texts)
        if _BEGINNINGS.search(joined) if not joined.isascii() else _has_odd_ascii(joined):
            texts = [self._odd(c) if c and (c[0] in ODD or c[-1] in ODD) else c for c in texts]
        del texts[0]
        return texts

    def _odd(self, cell: str) -> str:
        text = cell_text(cell)
        if text[:1] == "=" and len(text) > 1:
            self._formulas.append(text)
        return "" if text in ("-", "--") else text

    def add(self, field: str, value: str, code: str, text: str) -> None:
        """Note a problem of the current row."""
        self.problems.append(Problem(self.row, self.headers.get(field, ""), value[:200], code, text))

    def attempt(self, field: str, text: str, read: Callable[[str], T], default: T) -> T:
        """Return ``read(text)``; note a CellProblem and return ``default``."""
        try:
            return read(text)
        except CellProblem as problem:
            self.add(field, text, problem.code, problem.text)
            return default

    def money(self, field: str, text: str, currency: str) -> int:
        """Return minor units, 0 for an empty cell or, with a problem noted, one that is unreadable or below zero."""
        if currency == self._currency and (known := self._minor.get(text)) is not None:
            return known
        if not text:
            return 0
        try:
            minor = self.amounts.minor(text, currency)
        except CellProblem as problem:
            self.add(field, text, problem.code, problem.text)
            return 0
        if minor < 0:
            self.add(field, text, "amount_negative", _("“%(value)s” is below zero.") % {"value": text})
            return 0
        self._remember(text, currency, minor)
        return minor

    def unsigned(self, field: str, text: str, currency: str) -> int:
        """Return an amount that some platforms write with a minus: a discount, a refund."""
        if currency == self._currency and (known := self._minor.get(text)) is not None:
            return known
        minor = self.attempt(field, text, lambda t: self.amounts.minor(t, currency), 0)
        if minor > 0:
            self._remember(text, currency, minor)
        return abs(minor)

    def _remember(self, text: str, currency: str, minor: int) -> None:
        if currency != self._currency or len(self._minor) > _MEMORY:
            self._minor, self._currency = {}, currency
        self._minor[text] = minor

    def instant(self, field: str, text: str) -> int | None:
        """Return microseconds, None for an empty cell ("-" too) or, with a problem noted, an unreadable one."""
        try:
            return self._dates[field].us(text)
        except CellProblem as problem:
            if text not in _NO_DATE:
                self.add(field, text, problem.code, problem.text)
            return None

    def identity(self, field: str, text: str, raw_is_text: bool = False) -> str:
        """Return an id, noting a problem where a spreadsheet has eaten its digits."""
        if is_eaten(text) or (field in self._rounded and not raw_is_text and is_rounded(text)):
            problem = eaten_problem(text)
            self.add(field, text, problem.code, problem.text)
        return text

    def currency(self, field: str, text: str) -> str:
        """Return the currency of a record: its cell's, else the plan's; notes a problem where there is none."""
        if text == self.plan.currency or (not text and self.plan.currency):
            return self.plan.currency
        if not text:
            self.add(field, text, "currency_missing", _("No currency is known for this row."))
            return self.plan.currency
        try:
            return check_currency(text)
        except MoneyError:
            self.add(field, text, "currency", _("“%(value)s” is not a currency.") % {"value": text[:40]})
            return self.plan.currency

    def unreadable(self, row: int, cells: Unreadable) -> None:
        """Note why a row could not be read at all."""
        value = cells[self.places[0]] if self.places and 0 <= self.places[0] < len(cells) else ""
        value = value.encode("utf-8", "replace").decode().replace("\0", "")
        self.problems.append(Problem(row, cells.column, value[:200], cells.code, cells.text))
