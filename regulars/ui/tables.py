"""Tables as pages of rows, and as files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.utils.http import content_disposition_header

# A spreadsheet takes a cell that begins so for a formula, and runs it (OWASP, CSV injection). The signs of full width
# count too: spreadsheets set to Chinese or Japanese read them as the narrow ones.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_PLAIN = str.maketrans("", "", " \u00a0\u200b\ufeff")
# Beyond this page nobody reads on, and a database would count a million rows to skip them.
LAST_PAGE = 2_000
Rows = Callable[[int, int], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a table, for ``ui/pager.html`` and ``{% sort_header %}``.

    ``number`` counts from 1; ``total`` is None where nobody counted; ``sort`` is a column, with ``-`` falling;
    ``params`` are the parameters of the page's URL, which its links keep.
    """

    rows: Sequence[Any]
    number: int
    size: int
    has_more: bool
    total: int | None = None
    sort: str = ""
    params: QueryDict | None = None
    path: str = ""

    def link(self, **changes: object) -> str:
        """Return the page's URL with some parameters changed (None: left out), from its first row unless ``page``."""
        params = self.params.copy() if self.params is not None else QueryDict(mutable=True)
        params.pop("page", None)
        for name, value in changes.items():
            if value is None:
                params.pop(name, None)
            else:
                params[name] = str(value)
        return f"{self.path}?{params.urlencode()}"

    @property
    def first(self) -> int:
        """Return the place of the first row, from 1; 0 where there is none."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Return the place of the last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def previous_url(self) -> str:
        """Return where the rows before are; "" at the beginning."""
        return self.link(page=self.number - 1 if self.number > 2 else None) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """Return where the next rows are; "" at the end."""
        return self.link(page=self.number + 1) if self.has_more and self.number < LAST_PAGE else ""


def paginate(
    source: QuerySet[Any] | Sequence[Any] | Rows,
    request: HttpRequest,
    *,
    size: int = 50,
    sorts: Sequence[str] = (),
    sort: str = "",
    total: int | None = None,
) -> Page:
    """Return the page that the URL asks for (``?page=2&sort=-total``).

    ``source`` is a query, a sequence, or a callable ``(offset, limit) -> rows``. A query is ordered by what the URL
    asks for if that is one of the columns ``sorts``, else by ``sort``; the others come in the order of ``chosen_sort``.
    Reads one row more than it shows instead of counting.
    """
    text = request.GET.get("page", "1")
    number = min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 9 else 1
    order = chosen_sort(request, sorts, sort)
    offset = (number - 1) * size
    if isinstance(source, QuerySet):
        ordered = source.order_by(order, "pk") if order else source
        rows = list(ordered[offset : offset + size + 1])
    elif callable(source):
        rows = list(source(offset, size + 1))
    else:
        rows = list(source[offset : offset + size + 1])
        total = len(source)
    return Page(rows[:size], number, size, len(rows) > size, total, order, request.GET, request.path)


def chosen_sort(request: HttpRequest, sorts: Sequence[str], sort: str = "") -> str:
    """Return the sort the URL asks for, if it is one of ``sorts``; else ``sort``."""
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in sorts else sort


class _Echo:
    def write(self, text: str) -> str:
        return text


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.translate(_PLAIN).startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return "" if value is None else value


def _is_number(text: str) -> bool:
    """Return whether the text is a plain decimal number or a phone's: harmless also where it is calculated."""
    digits = text[1:] if text[:1] in {"+", "-"} else text
    whole, point, part = digits.partition(".")
    return digits.isascii() and whole.isdigit() and (part.isdigit() or not point)


def csv_response(name: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """Return ``rows`` as a CSV download ``name.csv``, written as they come; UTF-8 with the mark Excel needs."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + writer.writerow([safe_cell(str(cell)) for cell in header])
        for row in rows:
            yield writer.writerow([safe_cell(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
