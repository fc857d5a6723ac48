"""CSV, TSV and other delimited text, read as a stream that survives bad bytes and open quotes."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from regulars.sources.csv_upload.files.problem import FileProblem
from regulars.sources.csv_upload.files.sniff import WHITESPACE
from regulars.sources.csv_upload.files.table import MAX_COLUMNS, SAMPLE_ROWS, Table, Unreadable, unique_headers

CHUNK = 256 * 1024
MAX_LINE = 4 * 1024 * 1024
MAX_CELL = 1024 * 1024
_END = "\0end"
csv.field_size_limit(MAX_CELL)


class _Watch:
    """What the reader of lines tells the reader of rows: look closer (bad bytes, or the end is near)."""

    __slots__ = ("closely", "line")

    def __init__(self) -> None:
        self.closely = False
        self.line = ""


def is_sound(text: str) -> bool:
    """Return whether ``text`` holds neither NUL nor bytes that its encoding does not know."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass
class TextTable(Table):
    """Delimited text. A row's number counts records, as a spreadsheet does, also where cells hold line ends."""

    is_old_mac: bool = False

    def open(self) -> TextTable:
        """Read the first rows and return the table. Raises FileProblem."""
        top = list(islice(self.raw_rows(), SAMPLE_ROWS + 10))
        if top and max(len(cells) for _, cells in top) > MAX_COLUMNS:
            row, cells = next((r, c) for r, c in top if len(c) > MAX_COLUMNS)
            raise FileProblem(
                "too_many_columns",
                _("Row %(row)s has %(count)s columns; at most %(limit)s can be read.")
                % {"row": row, "count": len(cells), "limit": MAX_COLUMNS},
                _("Choose the right separator, or take out the columns that are not needed."),
                row=row,
                column=f"column {MAX_COLUMNS + 1}",
            )
        if top and top[0][1] and top[0][1][0].lower().startswith("sep="):
            del top[0]  # Excel's own line about the separator
        self._take_headers(top)
        return self

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every record. Raises FileProblem for a line or cell too long and a quotation mark never closed."""
        watch = _Watch()
        lines = self._lines(watch)
        if self.delimiter == WHITESPACE:
            return self._spaced(lines, watch)
        return self._quoted(lines, watch)

    def _lines(self, watch: _Watch) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="surrogateescape")
        tail, is_last = "", False
        with self.path.open("rb") as file:
            while not is_last:
                chunk = file.read(CHUNK)
                is_last = not chunk
                try:
                    text = decoder.decode(chunk, is_last)
                except UnicodeDecodeError as error:
                    raise self._wrong_encoding(error, file.tell() - len(chunk)) from error
                if self.is_old_mac:
                    text = text.replace("\r", "\n")
                if not is_sound(text):
                    watch.closely = True
                parts = text.split("\n")
                parts[0] = tail + parts[0]
                tail = parts.pop()
                if len(tail) > MAX_LINE:
                    raise _too_long()
                for part in parts:
                    yield part + "\n"
        if tail:
            yield tail + "\n"
        watch.closely = True
        yield _END

    def _wrong_encoding(self, error: UnicodeDecodeError, offset: int) -> FileProblem:
        return FileProblem(
            "encoding",
            _("At byte %(byte)s the file is not %(encoding)s text.")
            % {"byte": offset + error.start, "encoding": self.encoding},
            _("Choose another encoding, or save the file as UTF-8."),
        )

    def _spaced(self, lines: Iterator[str], watch: _Watch) -> Iterator[tuple[int, list[str]]]:
        for number, line in enumerate(lines, 1):
            cells = line.split()
            if watch.closely:
                if line == _END:
                    return
                cells = self._look(cells)
            yield number, cells

    def _quoted(self, lines: Iterator[str], watch: _Watch) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(lines, delimiter=self.delimiter)
        number = last_line = 0
        while True:
            try:
                for cells in reader:
                    number += 1
                    line = reader.line_num
                    if line - last_line > 1:
                        cells = self._look_for_swallowed(cells)
                    last_line = line
                    if watch.closely:
                        if cells and cells[-1].endswith(_END):
                            if cells == [_END]:
                                return
                            raise _open_quote(number)
                        cells = self._look(cells)
                    yield number, cells
                return
            except FileProblem as problem:
                problem.row = problem.row or number + 1
                raise
            except csv.Error as error:
                number += 1
                last_line = reader.line_num
                if "field limit" in str(error):
                    raise _too_long(number) from error
                text = _("Row %(row)s cannot be split into cells.") % {"row": number}
                yield number, Unreadable([watch.line], "row_broken", text)

    def _look(self, cells: list[str]) -> list[str]:
        for place, cell in enumerate(cells):
            if not is_sound(cell):
                name = self._column(place)
                text = _("“%(column)s” holds bytes that are not %(encoding)s text.")
                return Unreadable(cells, "bytes", text % {"column": name, "encoding": self.encoding}, name)
        return cells

    def _look_for_swallowed(self, cells: list[str]) -> list[str]:
        """Mark a record whose quotation mark was closed only in a later row, which it would swallow."""
        width = len(self.headers)
        if width < 4:
            return cells
        for place, cell in enumerate(cells):
            if "\n" in cell and any(part.count(self.delimiter) >= width - 1 for part in cell.split("\n")):
                text = _("A quotation mark in “%(column)s” is not closed, so that later rows became part of it.")
                name = self._column(place)
                return Unreadable(cells, "quote_open", text % {"column": name}, name)
        return cells

    def _column(self, place: int) -> str:
        return self.headers[place] if place < len(self.headers) else unique_headers([""] * (place + 1))[place]


def _too_long(row: int | None = None) -> FileProblem:
    text = _("A line or cell is too long to be part of a table.")
    if row:
        text = _("Row %(row)s: a cell is longer than a million characters.") % {"row": row}
    return FileProblem(
        "line_too_long", text, _("Look for a quotation mark that is opened there and never closed."), row=row
    )


def _open_quote(row: int) -> FileProblem:
    return FileProblem(
        "quote_open",
        _("A quotation mark opened in row %(row)s is never closed, so that the rest of the file became one cell.")
        % {"row": row},
        _("Close or remove that quotation mark and choose the file again."),
        row=row,
    )
