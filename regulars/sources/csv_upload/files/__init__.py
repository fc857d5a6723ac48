"""Opening whatever file a shop exports as a table of text cells."""

from __future__ import annotations

import codecs
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.sources.csv_upload.files import sniff
from regulars.sources.csv_upload.files.json_table import JsonTable
from regulars.sources.csv_upload.files.problem import FileProblem
from regulars.sources.csv_upload.files.table import REASON, Table, Unreadable, cell_text, normal
from regulars.sources.csv_upload.files.text_table import TextTable
from regulars.sources.csv_upload.files.workbook import Workbook

__all__ = ["REASON", "FileProblem", "Table", "Unreadable", "cell_text", "normal", "open_table"]


def open_table(
    path: Path | str, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Table:
    """Return the table in the file at ``path``; what is not given is found out. Raises FileProblem."""
    path = Path(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(sniff.HEAD)
    kind = sniff.kind_of(path, head)
    table: Table
    if kind == "xlsx":
        table = Workbook(path, kind, size_bytes=size, sheet=sheet or "").open()
    else:
        encoding = _known(encoding) if encoding else sniff.encoding_of(path, head, size)
        if kind == "json":
            table = JsonTable(path, kind, size_bytes=size, encoding=encoding).open()
        else:
            table = _open_text(path, head, encoding, delimiter, size)
    if not any(True for _row in islice(table.rows(), 1)):
        raise FileProblem(
            "only_header",
            _("The file has a header but no rows below it."),
            _("Export it again for a time in which there were orders."),
            row=1,
        )
    return table


def _open_text(path: Path, head: bytes, encoding: str, delimiter: str | None, size: int) -> TextTable:
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    if not text.strip("\ufeff\0\r\n\t ,;"):
        raise FileProblem("empty", _("The file is empty."), _("Export it again and choose the new file."))
    if text[:4096].count("\ufffd") * 20 > len(text[:4096]):
        raise FileProblem(
            "encoding",
            _("The file is not %(encoding)s text.") % {"encoding": encoding},
            _("Choose another encoding, or save the file as UTF-8."),
        )
    is_old_mac = "\n" not in text and "\r" in text
    if is_old_mac:
        text = text.replace("\r", "\n")
    sign = delimiter or sniff.delimiter_of(text)
    return TextTable(
        path, "csv", encoding=encoding, delimiter=sign, size_bytes=size, is_old_mac=is_old_mac
    ).open()  # fmt: skip


def _known(encoding: str) -> str:
    try:
        b"a\0".decode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError) as error:
        text = _("There is no encoding called “%(encoding)s”.") % {"encoding": encoding}
        raise FileProblem("encoding", text, _("Use a name like utf-8 or gb18030.")) from error
