"""Delimited text as shops write it: any encoding, separator and preamble; what cannot be read says why and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.sources.csv_upload.files import REASON, FileProblem, Unreadable, open_table
from tests.csv_upload.reading import written

CHINESE = "订单编号,买家会员名,总金额\n1,王芳,12.50\n2,Ada,3\n"


def rows(path: Path, **how: str) -> list[tuple[int, list[str]]]:
    """Return the data rows."""
    return list(open_table(path, **how).rows())  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_is_read_in_every_encoding_it_is_written_in(tmp_path: Path, encoding: str) -> None:
    table = open_table(written(tmp_path, CHINESE, encoding=encoding))
    assert table.headers == ["订单编号", "买家会员名", "总金额"]
    assert list(table.rows()) == [(2, ["1", "王芳", "12.50"]), (3, ["2", "Ada", "3"])]


def test_signs_that_gbk_lacks_are_read_as_gb18030(tmp_path: Path) -> None:
    text = "姓名,金额\n㛃𠮷,€3\n王芳,4\n"
    assert rows(written(tmp_path, text, encoding="gb18030"))[0][1] == ["㛃𠮷", "€3"]


def test_western_accents_are_not_taken_for_chinese(tmp_path: Path) -> None:
    text = "nome,cidade,total\nJoão,São Paulo,3.5\nJosé,Brasília,4.5\nZoë,Münster,5\n"
    assert rows(written(tmp_path, text, encoding="cp1252"))[0][1] == ["João", "São Paulo", "3.5"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, sign: str) -> None:
    text = f'a{sign}b{sign}c\n1{sign}"x, y; z"{sign}3\n4{sign}5{sign}6\n'
    table = open_table(written(tmp_path, text))
    assert (table.delimiter, table.headers) == (sign, ["a", "b", "c"])
    assert next(table.rows())[1] == ["1", "x, y; z", "3"]


def test_excels_own_line_about_the_separator_is_obeyed(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "sep=;\na;b\n1,5;2,5\n"))
    assert (table.headers, list(table.rows())) == (["a", "b"], [(3, ["1,5", "2,5"])])


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "Orders of 2026,,\n,,\norder,date,total\nA1,2026-01-01,5\n"))
    assert table.headers == ["order", "date", "total"]
    assert list(table.rows()) == [(4, ["A1", "2026-01-01", "5"])]


def test_a_log_without_header_has_numbered_columns(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, " 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n"))
    assert table.headerless
    assert table.headers == ["column 1", "column 2", "column 3", "column 4"]
    assert list(table.rows())[1] == (2, ["00002", "19970112", "1", "12.00"])


def test_equal_headers_are_told_apart_and_empty_ones_named(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "分销员,订单号,分销员,\nx,1,y,z\n"))
    assert table.headers == ["分销员", "订单号", "分销员 (2)"]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n1,"two\nlines"\n\n2,x\n')
    assert rows(path) == [(2, ["1", "two\nlines"]), (4, ["2", "x"])]


def test_reading_can_begin_at_a_row(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "a,b\n1,x\n2,y\n3,z\n"))
    assert [n for n, _cells in table.rows(start_row=3)] == [3, 4]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_machine(tmp_path: Path, end: str) -> None:
    assert [c for _n, c in rows(written(tmp_path, f"a,b{end}1,x{end}2,y{end}"))] == [["1", "x"], ["2", "y"]]


def test_a_mended_file_is_known_as_the_one_it_came_from(tmp_path: Path) -> None:
    plain = open_table(written(tmp_path, "a,b\n1,x\n"))
    mended = open_table(written(tmp_path, f"a,b,{REASON}\n1,x,no date\n", "mended.csv"))
    assert (mended.fingerprint, mended.headers) == (plain.fingerprint, ["a", "b"])
    assert mended.has_reason


def test_headers_in_other_case_or_width_are_the_same_file(tmp_path: Path) -> None:
    one = open_table(written(tmp_path, "Order,Total(元)\nA1,x\n"))
    other = open_table(written(tmp_path, " ORDER ,Total（元）\nA1,x\n", "b.csv"))
    assert one.fingerprint == other.fingerprint


def problem_of(path: Path, **how: str) -> FileProblem:
    """Return why a file cannot be read."""
    with pytest.raises(FileProblem) as caught:
        list(open_table(path, **how).rows())  # type: ignore[arg-type]
    assert caught.value.text
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"order,date,total\n", "only_header"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x1f\x8b\x08\x00" + b"x" * 100, "binary"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old_xls"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 99 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table><tr><td>1</td></tr></table>", "html"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook>", "html"),
        (b'{"orders": "none"}\n{"x": ', "json"),
        (b"[1, 2, 3]", "json"),
    ],
)
def test_what_is_no_table_says_what_it_is_and_what_to_do(tmp_path: Path, content: bytes, code: str) -> None:
    assert problem_of(written(tmp_path, content)).code == code


def test_a_zip_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "orders.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", "a,b\n1,2\n")
    assert problem_of(path).code == "zip"


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    found = problem_of(written(tmp_path, ",".join("c" * 3 for _ in range(1_000_000)) + "\n"))
    assert (found.code, found.row) == ("too_many_columns", 1)


def test_a_million_columns_in_a_later_row_reject_that_row_only(tmp_path: Path) -> None:
    text = "a,b\n" + "1,2\n" * 100 + ",".join("c" for _ in range(1_000_000)) + "\n1,2\n"
    assert len(rows(written(tmp_path, text))) == 102


def test_a_line_without_end_is_refused_by_its_row(tmp_path: Path) -> None:
    found = problem_of(written(tmp_path, "a,b\n1,2\n" + "x," * 3_000_000))
    assert (found.code, found.row) == ("line_too_long", 3)


def test_a_cell_of_more_than_a_megabyte_is_refused_by_its_row(tmp_path: Path) -> None:
    found = problem_of(written(tmp_path, 'a,b\n1,2\n3,"' + "word " * 300_000 + '"\n'))
    assert (found.code, found.row) == ("line_too_long", 3)


def test_a_quotation_mark_that_is_never_closed_loses_no_row_silently(tmp_path: Path) -> None:
    found = problem_of(written(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n4,z\n'))
    assert (found.code, found.row) == ("quote_open", 3)


def test_rows_swallowed_by_a_quotation_mark_are_not_taken_for_one(tmp_path: Path) -> None:
    text = 'a,b,c,d\n1,1,1,1\n2,2,2,"open\n3,3,3,3\n4,4,4,close"\n5,5,5,5\n'
    found = rows(written(tmp_path, text))
    assert [n for n, _c in found] == [2, 3, 4]
    assert isinstance(found[1][1], Unreadable)
    assert (found[1][1].code, found[1][1].column) == ("quote_open", "d")


def test_bad_bytes_reject_their_row_and_name_the_column(tmp_path: Path) -> None:
    lines = [f"{n},王芳,{n}.00\n" for n in range(2000)]
    content = "".join(["id,name,total\n", *lines]).encode().replace("1500,王".encode(), b"1500,\xff\xfe")
    found = rows(written(tmp_path, content))
    bad = [cells for _n, cells in found if isinstance(cells, Unreadable)]
    assert (len(found), len(bad), bad[0].code, bad[0].column) == (2000, 1, "bytes", "name")


def test_a_chosen_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, CHINESE * 50, encoding="gbk")
    assert problem_of(path, encoding="utf-8").code == "encoding"
    assert problem_of(path, encoding="base64").code == "encoding"


@pytest.mark.slow
def test_two_gigabytes_are_opened_and_read_in_constant_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(b"order,date,total\n")
        block = b"A1,2026-01-01,5.00\n" * 50_000
        while file.tell() < 2_000_000_000:
            file.write(block)
    tracemalloc.start()
    table = open_table(path)
    for number, _cells in table.rows():
        if number == 300_000:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    path.unlink()
    assert peak < 20_000_000
