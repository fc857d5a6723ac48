"""Telling what a file is from its first bytes, and how its text is written."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.sources.csv_upload.files.problem import FileProblem
from regulars.sources.csv_upload.files.table import looks_like_value

HEAD = 256 * 1024
_BLOCK = 64 * 1024
_BLOCKS = 6
DELIMITERS = (",", "\t", ";", "|")
WHITESPACE = " "
ENCODINGS = ("utf-8", "gb18030", "utf-16", "cp1252", "big5", "shift_jis", "euc_kr", "cp1251")

_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"BZh",
    b"\x7fELF",
    b"SQLite format 3",
)
_LONE_HIGH = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_SEP = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


def kind_of(path: Path, head: bytes) -> str:
    """Return "csv", "xlsx" or "json"; raise FileProblem for what cannot be read, saying what to do."""
    if not head.strip():
        raise FileProblem("empty", _("The file is empty."), _("Export it again and choose the new file."))
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_office(head)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"<(!doctype|html|head|body|table|meta|style|\?xml|div)", text, re.IGNORECASE):
        raise FileProblem(
            "html",
            _("This is a web page saved under the name of a spreadsheet."),
            _("Open it in Excel, WPS or LibreOffice, save it as .xlsx or CSV, and choose that file."),
        )
    if head.startswith(_BINARY) or _is_binary(head):
        raise FileProblem(
            "binary",
            _("This is not a table of text: it holds binary data."),
            _("Choose the CSV, TSV, XLSX or JSON file that your shop exports."),
        )
    return "json" if text[:1] in (b"[", b"{") else "csv"


def _kind_of_zip(path: Path) -> str:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise damaged() from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names:
        text, remedy = _("This is an OpenDocument file."), _("Save it as .xlsx or CSV and choose that file.")
    elif any(n.startswith("xl/") for n in names):
        text, remedy = _("This is a binary Excel workbook (.xlsb)."), _("Save it as .xlsx or CSV and choose that file.")
    else:
        text, remedy = _("This is a ZIP archive."), _("Unpack it and choose one of the files in it.")
    raise FileProblem("zip", text, remedy)


def damaged() -> FileProblem:
    """Return the problem of a workbook that is cut off or broken."""
    return FileProblem(
        "damaged",
        _("The workbook is damaged or was not downloaded to its end."),
        _("Export it again, or open it in a spreadsheet and save it as .xlsx or CSV."),
    )


def _old_office(head: bytes) -> FileProblem:
    if "EncryptedPackage".encode("utf-16-le") in head:
        return FileProblem(
            "password",
            _("The workbook is protected by a password."),
            _("Open it, remove the password, save it as .xlsx or CSV, and choose that file."),
        )
    return FileProblem(
        "old_xls",
        _("This is an old Excel workbook (.xls)."),
        _("Open it in a spreadsheet, save it as .xlsx or CSV, and choose that file, without a password."),
    )


def _is_binary(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _utf16_without_mark(head):
        return False
    control = sum(head.count(bytes([c])) for c in (*range(1, 9), *range(14, 27), 28, 29, 30, 31, 127))
    return head.count(0) * 1000 > len(head) or control * 50 > len(head)


def _utf16_without_mark(head: bytes) -> str:
    half = len(head) // 2
    if half < 4:
        return ""
    if head[1::2].count(0) * 10 > half * 4 and head[0::2].count(0) * 50 < half:
        return "utf-16-le"
    if head[0::2].count(0) * 10 > half * 4 and head[1::2].count(0) * 50 < half:
        return "utf-16-be"
    return ""


def encoding_of(path: Path, head: bytes, size: int) -> str:
    """Return the name of the encoding that fits the head and samples from the rest of the file."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if name := _utf16_without_mark(head):
        return name
    sample = head + _samples(path, size)
    if _badness(sample, "utf-8") <= 0.05:
        return "utf-8"
    high = sum(1 for byte in sample if byte >= 128)
    if len(_LONE_HIGH.findall(sample)) * 2 > high or _badness(sample, "gb18030") > 0.2:
        return "cp1252"
    return "gb18030"


def _samples(path: Path, size: int) -> bytes:
    """Return whole lines from places spread over the file behind its head."""
    if size <= HEAD:
        return b""
    parts = []
    with path.open("rb") as file:
        for n in range(1, _BLOCKS + 1):
            file.seek(HEAD + (size - HEAD) * n // (_BLOCKS + 1))
            block = file.read(_BLOCK)
            parts.append(block[block.find(b"\n") + 1 : block.rfind(b"\n") + 1])
    return b"\n" + b"".join(parts)


def _badness(sample: bytes, encoding: str) -> float:
    """Return the share of unreadable signs among those that are not ASCII."""
    if sample.isascii():
        return 0.0
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
    foreign = sum(1 for sign in text if sign >= "\x80")
    return text.count("\ufffd") / max(foreign, 1)


def delimiter_of(text: str) -> str:
    """Return the sign between cells in ``text`` (the head of a file), WHITESPACE for columns set by spaces."""
    lines = [line for line in text.split("\n")[:200] if line.strip()][:40]
    if lines and (match := _SEP.match(lines[0].strip())):
        return match[1]
    best, best_score = "", 0.0
    for sign in DELIMITERS:
        widths = _widths(text, sign)
        wide, times = Counter(w for w in widths if w > 1).most_common(1)[0] if any(w > 1 for w in widths) else (1, 0)
        score = times / max(len(widths), 1) * min(wide, 12)
        if wide > 1 and score > best_score:
            best, best_score = sign, score
    if best_score >= 1:
        return best
    cells = [line.split() for line in lines]
    width, times = Counter(len(c) for c in cells).most_common(1)[0] if cells else (0, 0)
    values = sum(1 for c in cells for cell in c if looks_like_value(cell))
    if width > 1 and times * 5 >= len(cells) * 4 and values * 2 > sum(len(c) for c in cells):
        return WHITESPACE
    return best or ","


def _widths(text: str, delimiter: str) -> list[int]:
    widths = []
    try:
        for cells in csv.reader(text[:65536].split("\n"), delimiter=delimiter):
            if cells:
                widths.append(len(cells))
            if len(widths) > 40:
                break
    except csv.Error:
        return widths
    return widths
