"""Pages of rows, and the same rows as a file no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from regulars.base.models import Setting
from regulars.ui.tables import chosen_sort, csv_response, paginate, safe_cell
from regulars.ui.templatetags.ui import sort_header


def asked(query: str = "") -> HttpRequest:
    return RequestFactory().get(f"/things/?{query}")


def read(header: list[str], rows: list[list[Any]]) -> list[list[str]]:
    body = b"".join(csv_response("customers", header, rows)).decode()  # type: ignore[arg-type]
    assert body.startswith("\ufeff")
    return list(csv.reader(io.StringIO(body[1:], newline="")))


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u00a0=1",
        "＝1+1",
        "＠x",
        "-",
        "+",
        "=",
        "-1e5",
        "--1",
    ],
)
def test_a_formula_becomes_a_text(cell: str) -> None:
    assert read(["a"], [[cell]])[1] == [f"'{cell}"]


@pytest.mark.parametrize(
    "cell", ["-12.50", "+8613800000001", "12", "王芳", "a=b", "", "O'Neil", 'say "hi", twice', "two\nlines"]
)
def test_what_is_no_formula_stays(cell: str) -> None:
    assert read(["a"], [[cell]])[1] == [cell]


def test_numbers_and_nothing_and_heads() -> None:
    assert read(["=head"], [[-5], [None]]) == [["'=head"], ["-5"], [""]]


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = safe_cell(text)
    begins = cell.lstrip(" \u00a0\u200b\ufeff")[:1]
    assert begins not in set("=@＝＠\t\r\n") or not begins
    assert cell in {text, f"'{text}"}


def test_a_file_is_written_as_rows_come_and_may_have_a_chinese_name() -> None:
    seen = []

    def rows() -> Any:
        for n in range(3):
            seen.append(n)
            yield [n]

    response = csv_response("顾客 2026", ["n"], rows())
    assert response.streaming
    stream = iter(response)
    next(stream)
    assert seen == []
    next(stream)
    assert seen == [0]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "filename*=utf-8''%E9%A1%BE%E5%AE%A2" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"


def test_pages_of_a_list() -> None:
    page = paginate(list(range(7)), asked("page=2&q=x&state=a&state=b"), size=3)
    assert (page.rows, page.first, page.last, page.total, page.has_more) == ([3, 4, 5], 4, 6, 7, True)
    assert page.previous_url == "/things/?q=x&state=a&state=b"
    assert page.next_url == "/things/?q=x&state=a&state=b&page=3"
    last = paginate(list(range(7)), asked("page=3"), size=3)
    assert (last.rows, last.next_url, last.previous_url) == ([6], "", "/things/?page=2")


@pytest.mark.parametrize("text", ["0", "-3", "x", "1e9", "99999999999999999999", "²", ""])
def test_a_page_that_is_none_is_answered_all_the_same(text: str) -> None:
    assert paginate([1, 2], asked(QueryDict(mutable=True).urlencode() + f"page={text}"), size=5).number >= 1


def test_beyond_the_end_there_is_nothing_and_a_way_back() -> None:
    page = paginate([1, 2], asked("page=9"), size=5)
    assert (page.rows, page.first, page.last, page.next_url) == ([], 0, 0, "")
    assert page.previous_url == "/things/?page=8"


def test_rows_may_come_from_a_function_which_is_asked_for_one_more() -> None:
    calls = []

    def rows(offset: int, limit: int) -> list[int]:
        calls.append((offset, limit))
        return list(range(offset, offset + limit))

    page = paginate(rows, asked("page=3"), size=10)
    assert calls == [(20, 11)]
    assert len(page.rows) == 10
    assert page.has_more
    assert page.total is None


def test_only_the_named_columns_sort() -> None:
    assert chosen_sort(asked("sort=-name"), ["name"]) == "-name"
    assert chosen_sort(asked("sort=password"), ["name"], "-at") == "-at"
    assert chosen_sort(asked("sort=--name"), ["name"], "name") == "name"


def test_a_query_is_sorted_by_the_url(db: None) -> None:
    Setting.objects.bulk_create([Setting(name=n, value={}, at=0, by="system") for n in "bca"])
    page = paginate(Setting.objects.all(), asked("sort=-name"), sorts=["name"], sort="name", size=2)
    assert [row.name for row in page.rows] == ["c", "b"]


def test_a_head_sorts_says_so_and_turns_round() -> None:
    page = paginate([1], asked("sort=-orders&page=2&q=x"), sorts=["orders", "name"])
    head = sort_header(page, "orders", "Orders", "num")
    assert 'aria-sort="descending"' in head
    assert 'href="/things/?sort=orders&amp;q=x"' in head or 'href="/things/?q=x&amp;sort=orders"' in head
    other = sort_header(page, "name", "<Name>")
    assert 'aria-sort="none"' in other
    assert "&lt;Name&gt;" in other
