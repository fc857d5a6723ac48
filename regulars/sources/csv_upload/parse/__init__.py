"""From rows to drafts: every row ends in a draft or, with a reason, among the rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.shop.drafts import OrderLinesDraft
from regulars.sources.csv_upload import presets
from regulars.sources.csv_upload.files import Table, Unreadable, open_table
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.parse import scatter
from regulars.sources.csv_upload.parse.customers import Customers
from regulars.sources.csv_upload.parse.orders import LINE, Group, Lines, Orders
from regulars.sources.csv_upload.parse.parsed import Parsed
from regulars.sources.csv_upload.parse.products import Products
from regulars.sources.csv_upload.parse.reading import Reader, Rows, fitted
from regulars.sources.csv_upload.parse.rejected import rejected_suffix, write_rejected
from regulars.sources.csv_upload.parse.statuses import unknown_words

__all__ = ["Parsed", "drafts", "is_scattered", "rejected_suffix", "sorted_copy", "unknown_words", "write_rejected"]

Key = Callable[[list[str]], str]


def drafts(table: Table, plan: Plan, *, start_row: int = 0) -> Iterator[Parsed]:
    """Yield what becomes of each record from ``start_row`` on, in the order of the file, in constant memory.

    The file is always read from its beginning: the numbers of rows without order numbers depend on all before.
    """
    for parsed in _all(table, plan):
        if parsed.rows[-1] >= start_row:
            yield parsed


def _all(table: Table, plan: Plan) -> Iterator[Parsed]:
    rows = fitted(table, table.rows())
    key = group_key(table, plan)
    if plan.entity == "customers":
        customers = Customers(table, plan)
        return (p for row, cells in rows if (p := customers.read(row, cells)) is not None)
    if plan.entity == "products":
        return _kept(map(Products(table, plan).read, _groups(rows, key)))
    if plan.entity == "order_lines":
        return _kept(map(_OrderLines(table, plan).read, _groups(rows, key)))
    return _orders(Orders(table, plan), _groups(rows, key) if key else ([r] for r in rows))


def _orders(orders: Orders, groups: Iterator[Group]) -> Iterator[Parsed]:
    try:
        for group in groups:
            if (parsed := orders.read(group)) is not None:
                yield parsed
    finally:
        orders.places.close()


def _kept(items: Iterator[Parsed | None]) -> Iterator[Parsed]:
    return (item for item in items if item is not None)


def _groups(rows: Rows, key: Key | None) -> Iterator[Group]:
    """Yield runs of rows with the same key; a row without key, or one that cannot be read, stands alone."""
    group: list[tuple[int, list[str]]] = []
    last = ""
    for row in rows:
        this = key(row[1]) if key else ""
        if group and this and this == last:
            group.append(row)
            continue
        if group:
            yield group
        group, last = [row], this
    if group:
        yield group


def group_key(table: Table, plan: Plan) -> Key | None:
    """Return what tells which rows belong together, None where each row is a record."""
    if plan.entity == "products":
        products = Products(table, plan)
        return products.key
    if plan.entity == "customers" or "number" not in plan.columns:
        return None
    preset = presets.ALL.get(plan.preset)
    is_grouped = preset.is_grouped if preset else any(name in plan.columns for name in LINE)
    if plan.entity == "orders" and not is_grouped:
        return None
    place = table.headers.index(plan.columns["number"])

    def number(cells: list[str]) -> str:
        return cells[place].strip() if place < len(cells) else ""

    return number


class _OrderLines:
    """Makes the lines of one order of a group of rows."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.head = Reader(table, plan, ("number",))
        self.lines = Lines(table, plan)
        self.column = plan.columns["number"]
        self.currency = plan.currency

    def read(self, group: Group) -> Parsed | None:
        """Return the lines of ``group``; None for a row in which nothing stands."""
        rows = tuple(n for n, _c in group)
        lines, number = [], ""
        self.head.start(rows[0])
        for row, cells in group:
            self.head.row = row
            self.lines.reader.start(row)
            if isinstance(cells, Unreadable):
                self.head.unreadable(row, cells)
                continue
            if len(group) == 1 and not any(cells):
                return None
            number = self.head.identity(
                "number", self.head.values(cells)[0], raw_is_text=cells[self.head.places[0]][:1] in ("=", "'", "\t")
            )
            line = self.lines.read(cells, self.currency)
            self.head.problems += self.lines.reader.problems
            if not number:
                self.head.add("number", "", "number_missing", _("The row has no order number."))
            elif line is None:
                self.head.add("number", number, "title_missing", _("The row names no product."))
            else:
                lines.append(line)
        if self.head.problems:
            return Parsed(rows, None, tuple(self.head.problems), self.column)
        return Parsed(rows, OrderLinesDraft(rows[0], number, tuple(lines)), (), self.column)


def is_scattered(table: Table, plan: Plan) -> bool:
    """Return whether rows of one order (or product) lie apart, so that the file must be sorted before it is read."""
    key = group_key(table, plan)
    if key is None:
        return False
    stat = table.path.stat()
    return _is_scattered(
        str(table.path), stat.st_size, stat.st_mtime_ns, table.encoding, table.delimiter, table.sheet,
        plan.entity, tuple(sorted(plan.columns.items())), plan.preset,
    )  # fmt: skip


@lru_cache(maxsize=16)
def _is_scattered(
    path: str, size: int, mtime: int, encoding: str, delimiter: str, sheet: str,
    entity: str, columns: tuple[tuple[str, str], ...], preset: str,
) -> bool:  # fmt: skip
    table = open_table(path, encoding=encoding or None, delimiter=delimiter or None, sheet=sheet or None)
    key = group_key(table, Plan(entity=entity, columns=dict(columns), preset=preset))
    return key is not None and scatter.is_scattered(fitted(table, table.rows()), key)


def sorted_copy(table: Table, plan: Plan, folder: Path) -> Table:
    """Return ``table`` with rows of one order (or product) together, from a copy made in ``folder``."""
    key = group_key(table, plan)
    assert key is not None
    return scatter.sort_copy(table, table.rows(), key, folder)
