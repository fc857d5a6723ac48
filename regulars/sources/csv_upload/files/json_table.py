"""JSON from an API: an array of objects (or one object a line), each a row."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from regulars.sources.csv_upload.files.problem import FileProblem
from regulars.sources.csv_upload.files.table import MAX_COLUMNS, SAMPLE_ROWS, Table, Unreadable, fingerprint
from regulars.sources.csv_upload.files.text_table import is_sound

CHUNK = 256 * 1024
MAX_OBJECT = 4 * 1024 * 1024
_WRAPPER = re.compile(r"\s*\{\s*\"[\w-]+\"\s*:\s*\[")
_BETWEEN = re.compile(r"[\s,]*")


@dataclass
class JsonTable(Table):
    """Objects as rows: ``billing.email`` is a column; lists are cells of JSON. A row's number counts objects."""

    def open(self) -> JsonTable:
        """Read the first objects and return the table. Raises FileProblem."""
        names: dict[str, None] = {}
        for _number, item in islice(self.objects(), SAMPLE_ROWS):
            names.update(dict.fromkeys(flat(item)))
        if len(names) > MAX_COLUMNS:
            raise self._broken(1)
        self.header_row = -1  # named, but not by a row
        self.headers = list(names)
        self.fingerprint = fingerprint(self.headers)
        self.sample = [cells for _n, cells in islice(self.raw_rows(), SAMPLE_ROWS)]
        return self

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield a row of cells for each object. Raises FileProblem."""
        for number, item in self.objects():
            row = flat(item)
            cells = [row.get(name, "") for name in self.headers]
            if not all(map(is_sound, cells)):
                yield number, Unreadable(cells, "bytes", _("Object %(row)s holds unreadable text.") % {"row": number})
            else:
                yield number, cells

    def objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (number, object), reading as the file goes. Raises FileProblem where it is no JSON."""
        decoder = json.JSONDecoder(parse_float=str, parse_int=str)
        count, text, is_first = 0, "", True
        for chunk, is_last in self._chunks():
            text += chunk
            place = 0
            if is_first:
                wrapper = _WRAPPER.match(text)
                place = wrapper.end() if wrapper else 1 if text[:1] == "[" else 0
                is_first = False
            while True:
                place = _skip(text, place)
                if place >= len(text) or text[place] in "]}":
                    break
                try:
                    item, place = decoder.raw_decode(text, place)
                except (json.JSONDecodeError, RecursionError) as error:
                    if is_last or len(text) - place > MAX_OBJECT:
                        raise self._broken(count + 1) from error
                    break
                count += 1
                if not isinstance(item, dict):
                    raise self._broken(count)
                yield count, item
            text = text[place:]
            if text[:1] in ("]", "}"):
                return

    def _chunks(self) -> Iterator[tuple[str, bool]]:
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="surrogateescape")
        with self.path.open("rb") as file:
            is_start = True
            while chunk := file.read(CHUNK):
                text = decoder.decode(chunk)
                yield (text.lstrip() if is_start else text), False
                is_start = False
        yield "", True

    def _broken(self, number: int) -> FileProblem:
        return FileProblem(
            "json",
            _("Object %(row)s of the file is not readable JSON, or not an object.") % {"row": number},
            _("Choose a JSON file that is a list of orders, as the shop's API gives it."),
            row=number,
        )


def _skip(text: str, place: int) -> int:
    match = _BETWEEN.match(text, place)
    return match.end() if match else place


def flat(item: dict[str, Any]) -> dict[str, str]:
    """Return the object's values as cells: nested objects as ``outer.inner``, lists as JSON."""
    cells: dict[str, str] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            cells.update({f"{name}.{inner}": _cell(v) for inner, v in value.items()})
        else:
            cells[name] = _cell(value)
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
