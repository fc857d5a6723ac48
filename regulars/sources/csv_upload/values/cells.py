"""Texts, whole numbers and yes or no, as shops' files write them."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from regulars.sources.csv_upload.files.table import cell_text

# Signs at the ends of a cell that mean it needs a closer look. A single "-" is how Douyin writes an empty cell.
ODD = frozenset("-=\"'\t \u3000\ufeff\u200b\xa0\r\n")
_EATEN = re.compile(r"\d(?:[.,]\d+)?[Ee]\+?\d+")
_TRUE = frozenset({"yes", "true", "1", "y", "是", "已订阅", "subscribed", "ja", "oui", "sim", "si", "sí"})
_FALSE = frozenset(
    {"no", "false", "0", "n", "否", "未订阅", "unsubscribed", "not_subscribed", "nein", "non", "não", "nao"}
)


class CellProblem(ValueError):
    """A cell cannot be taken as it is: ``code`` of problems.REMEDIES and a text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def is_eaten(text: str) -> bool:
    """Return whether ``text`` is an id that a spreadsheet turned into a rounded number, such as 1.23457E+17."""
    return ("E" in text or "e" in text) and "+" in text and bool(_EATEN.fullmatch(text))


def is_rounded(text: str) -> bool:
    """Return whether ``text`` is a long id whose digits beyond the fifteenth are zeros, as spreadsheets leave them."""
    return len(text) > 16 and text.isdecimal() and not text[15:].strip("0")


def eaten_problem(text: str) -> CellProblem:
    """Return the problem of an id that lost digits."""
    return CellProblem("id_eaten", _("“%(value)s” lost digits: a spreadsheet saved it as a number.") % {"value": text})


def whole(text: str) -> int:
    """Return a count such as ``2``, ``2.0`` or ``1,000``; raise CellProblem otherwise."""
    if text.isdecimal() and len(text) < 12:
        return int(text)
    number = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").rstrip("件个")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise CellProblem("quantity", _("“%(value)s” is not a number of pieces.") % {"value": text[:40]})
    return round(value)


def stock(text: str) -> int | None:
    """Return a stock level, which may be below zero; None if there is none to read."""
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value) if abs(value) < 1e9 else None


def yes_or_no(text: str) -> bool | None:
    """Return what a yes/no cell says, None where it says neither."""
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    return None


__all__ = [
    "ODD",
    "CellProblem",
    "cell_text",
    "eaten_problem",
    "is_eaten",
    "is_rounded",
    "stock",
    "whole",
    "yes_or_no",
]
