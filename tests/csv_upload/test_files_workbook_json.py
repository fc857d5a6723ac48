"""XLSX workbooks and JSON from APIs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from regulars.sources.csv_upload.files import FileProblem, open_table
from regulars.sources.csv_upload.values.cells import is_eaten
from tests.csv_upload.reading import written


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    first = ["863000000000007919", datetime(2026, 1, 5, 9, 30, tzinfo=UTC).replace(tzinfo=None), 12.5, True]
    rows = [["订单编号", "date", "total", "paid"], first, [7, None, 3, False]]
    path = workbook(tmp_path / "o.xlsx", ("Orders", rows))
    table = open_table(path)
    assert (table.kind, table.headers) == ("xlsx", ["订单编号", "date", "total", "paid"])
    assert [cells for _n, cells in table.rows()] == [
        ["863000000000007919", "2026-01-05 09:30:00", "12.5", "TRUE"],
        ["7", "", "3", "FALSE"],
    ]


def test_an_id_that_became_a_number_shows_that_it_lost_digits(tmp_path: Path) -> None:
    path = workbook(tmp_path / "o.xlsx", ("1", [["order", "date", "total"], [863000000000007919.0, "2026-01-01", 5]]))
    assert is_eaten(next(open_table(path).rows())[1][0])


def test_the_first_sheet_with_rows_is_read_unless_another_is_asked_for(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "o.xlsx",
        ("封面", []),
        ("订单报表", [["a", "b"], ["1", "x"]]),
        ("销售明细", [["c", "d"], ["2", "y"]]),
    )
    assert open_table(path).sheet == "订单报表"
    assert open_table(path, sheet="销售明细").headers == ["c", "d"]
    with pytest.raises(FileProblem, match="订单报表"):
        open_table(path, sheet="none")


def test_a_formula_whose_result_was_not_saved_is_given_as_a_formula(tmp_path: Path) -> None:
    path = workbook(tmp_path / "o.xlsx", ("1", [["order", "date", "total"], ["A1", "2026-01-01", "=2+3"]]))
    assert next(open_table(path).rows())[1] == ["A1", "2026-01-01", "=2+3"]


def test_an_empty_or_damaged_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem) as empty:
        open_table(workbook(tmp_path / "e.xlsx", ("1", [])))
    whole = workbook(tmp_path / "o.xlsx", ("1", [["a", "b"], ["1", "2"]])).read_bytes()
    with pytest.raises(FileProblem) as cut:
        open_table(written(tmp_path, whole[: len(whole) // 2], "cut.xlsx"))
    assert (empty.value.code, cut.value.code) == ("empty", "damaged")


@pytest.mark.parametrize("form", ["array", "wrapped", "lines"])
def test_json_objects_are_rows(tmp_path: Path, form: str) -> None:
    ada, ben = {"email": "ada@example.com"}, {"email": "ben@example.com"}
    ada, ben = {"email": "ada@example.com"}, {"email": "ben@example.com"}
    items = [
        {"id": 900719925474099312345, "billing": ada, "line_items": [{"name": "x"}], "total": "1.50"},
        {"id": 2, "billing": ben, "line_items": [], "total": 2.10},
    ]
    text = {
        "array": json.dumps(items, indent=1),
        "wrapped": json.dumps({"orders": items}),
        "lines": "\n".join(map(json.dumps, items)),
    }[form]
    table = open_table(written(tmp_path, text, "o.json"))
    assert table.headers == ["id", "billing.email", "line_items", "total"]
    found = list(table.rows())
    assert found[0] == (1, ["900719925474099312345", "ada@example.com", '[{"name": "x"}]', "1.50"])
    assert found[1][1][3] == "2.1"


def test_a_large_json_file_is_read_in_pieces(tmp_path: Path) -> None:
    items = [{"id": n, "name": "王芳" * 50} for n in range(4000)]
    table = open_table(written(tmp_path, json.dumps(items, ensure_ascii=False), "o.json"))
    assert [int(cells[0]) for _n, cells in table.rows()] == list(range(4000))


def test_json_that_breaks_off_names_the_object(tmp_path: Path) -> None:
    text = json.dumps([{"id": n} for n in range(100)])[:-30]
    with pytest.raises(FileProblem) as caught:
        list(open_table(written(tmp_path, text, "o.json")).rows())
    assert caught.value.code == "json"
    assert caught.value.row
