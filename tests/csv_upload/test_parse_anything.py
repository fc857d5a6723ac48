"""Whatever is in a file: it is read, or refused in words, and no row gets lost on the way."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulars.sources.csv_upload import mapping, parse, presets
from regulars.sources.csv_upload.files import FileProblem, open_table
from regulars.sources.csv_upload.values.amounts import Amounts, decimal_of
from regulars.sources.csv_upload.values.cells import CellProblem
from regulars.sources.csv_upload.values.dates import Dates, order_of
from tests.csv_upload.reading import DEFAULTS

CELLS = st.one_of(
    st.sampled_from(
        ["", "A1", "2026-01-05", "05/06/2026", "12.50", "1.234,56", "-3", "=A1", '="9"', "'1", "\t2", "1E+17", "paid"]
        + [
            "ada@example.com",
            "+8613800000001",
            "138****0002",
            "王芳",
            "R$ 5",
            "two\nlines",
            'quo"te',
            "USD",
            "[{}]",
            "-",
        ]
    ),
    st.text(max_size=12),
)
KEYS = st.sampled_from(["id", "status", "date_created_gmt", "line_items", "total", "billing"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("5.00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
QUICK = settings(max_examples=60, deadline=None)


def fate(content: bytes, name: str = "file.csv") -> list[int] | None:
    """Return the rows a file's records account for, None if the file is refused in words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            table = open_table(path)
            plan = mapping.propose(table, remembered=None, defaults=DEFAULTS).plan
            plan.date_order = plan.date_order or "dmy"
            if parse.is_scattered(table, plan):
                table = parse.sorted_copy(table, plan, Path(folder) / "sorted")
            found = list(parse.drafts(table, plan))
        except FileProblem:
            return None
        for parsed in found:
            assert (parsed.draft is None) == bool(parsed.problems)
        rejected = [(row, "why") for p in found if p.draft is None for row in p.rows]
        parse.write_rejected(open_table(path), rejected, Path(folder) / "rejected.csv")
        return sorted(row for p in found for row in p.rows)


@QUICK
@given(st.binary(max_size=600))
@example(b'a,b\n"')
@example(b"\xff\xfea")
@example(b"a,b\r1,2\r")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    fate(content)


@QUICK
@given(st.sampled_from(sorted(presets.ALL)), st.data())
def test_no_row_of_any_preset_gets_lost(name: str, data: st.DataObject) -> None:
    preset = presets.ALL[name]
    headers = list(dict.fromkeys([*next(iter(preset.signs), ()), *(hs[0] for hs in preset.columns.values())]))
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(headers), max_size=len(headers)), min_size=1, max_size=6))
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    try:
        content = text.getvalue().encode()
    except UnicodeEncodeError:
        return
    accounted = fate(content)
    if accounted is not None:
        filled = {
            n for n, row in enumerate(rows, 2) if any(cell.strip("\t \u3000\ufeff\u200b\xa0\r\n'-=\"") for cell in row)
        }
        assert filled <= set(accounted)
        assert len(accounted) == len(set(accounted))


@QUICK
@given(st.lists(st.dictionaries(KEYS, JSON), max_size=5))
def test_any_json_is_read_or_refused(items: list[dict[str, object]]) -> None:
    fate(json.dumps(items).encode(), "file.json")


@QUICK
@given(st.text(max_size=30), st.sampled_from(["ymd", "dmy", "mdy"]))
@example("2026-01-05 10:00:00 +9999", "ymd")
@example("0000000000000000000", "ymd")
@example("٢٠٢٦-٠١-٠٥", "ymd")
def test_any_text_is_a_date_or_a_problem(text: str, order: str) -> None:
    try:
        us = Dates("America/Sao_Paulo", order).us(text)
    except CellProblem:
        pass
    else:
        assert -(10**14) < us < 5 * 10**15
    order_of([text])


@QUICK
@given(st.text(max_size=20), st.sampled_from([".", ","]), st.sampled_from(["USD", "JPY", "KWD"]))
@example("²", ".", "USD")
@example("1e5", ".", "USD")
@example("--5", ".", "USD")
def test_any_text_is_an_amount_or_a_problem(text: str, decimal: str, currency: str) -> None:
    with contextlib.suppress(CellProblem):
        Amounts(decimal).minor(text, currency)
    decimal_of([text])


@QUICK
@given(
    st.integers(-(10**12), 10**12), st.sampled_from([(".", ","), (",", ".")]), st.sampled_from(["", "€", " €", "EUR"])
)
def test_amounts_are_read_back_however_they_were_written(minor: int, signs: tuple[str, str], mark: str) -> None:
    decimal, group = signs
    whole = f"{abs(Decimal(minor)) / 100:,.2f}".replace(",", "#").replace(".", decimal).replace("#", group)
    text = f"{'-' if minor < 0 else ''}{whole}{mark}"
    assert Amounts(decimal).minor(text, "EUR") == minor


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2024-03-31 02:30:00", "Europe/Berlin", "2024-03-31 01:30:00"),  # skipped by the clock
        ("2024-10-27 02:30:00", "Europe/Berlin", "2024-10-27 00:30:00"),  # comes twice: the first
        ("2024-10-27 03:30:00", "Europe/Berlin", "2024-10-27 02:30:00"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04 03:00:00"),  # a day that begins at one o'clock
        ("2024-07-01 12:00:00 +0530", "Europe/Berlin", "2024-07-01 06:30:00"),
        ("2024/7/1 下午3:05", "Asia/Shanghai", "2024-07-01 07:05:00"),
        ("2024年7月1日 15:05:06", "Asia/Shanghai", "2024-07-01 07:05:06"),
        ("Jul 1, 2024 3:05 PM", "UTC", "2024-07-01 15:05:00"),
        ("31.12.2023 23:59", "UTC", "2023-12-31 23:59:00"),
        ("20240701", "UTC", "2024-07-01 00:00:00"),
        ("2024-07-01T12:00:00.250Z", "UTC", "2024-07-01 12:00:00.250000"),
        ("1719835200", "Asia/Tokyo", "2024-07-01 12:00:00"),
    ],
)
def test_instants(text: str, zone: str, expected: str) -> None:
    from regulars.base.clock import from_us

    dates = Dates(zone, "dmy")
    for _again in range(2):  # the second answer comes from memory
        assert str(from_us(dates.us(text))) == f"{expected}+00:00"
