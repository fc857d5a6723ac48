"""Guessing columns by what they are called and what they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from regulars.base.text import email_key
from regulars.sources.csv_upload.files.table import Table, cell_text, normal
from regulars.sources.csv_upload.mapping.fields import FIELDS, Field
from regulars.sources.csv_upload.mapping.headers import WORDS
from regulars.sources.csv_upload.values.cells import CellProblem
from regulars.sources.csv_upload.values.dates import Dates

_AMOUNT = re.compile(r"[^\d]{0,4}-?[\d.,'’ ]*\d[^\d]{0,4}")
_PHONE = re.compile(r"[+\d(][\d\s().*-]{5,20}")
_SPLIT = re.compile(r"[\s_\-./()#:]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """A column that is probably this field: ``confidence`` 0 to 1, and a few of its cells."""

    field: str
    header: str
    confidence: float
    samples: tuple[str, ...]


def samples_of(table: Table, header: str, count: int = 3) -> tuple[str, ...]:
    """Return the first different cells of a column that are not empty."""
    place = table.headers.index(header)
    cells = (cell_text(row[place]) for row in table.sample if place < len(row))
    return tuple(list(dict.fromkeys(c for c in cells if c))[:count])


def guess_columns(table: Table, entity: str) -> list[Guess]:
    """Return the best guess for each field, surest first; a column serves once, a field has one column."""
    shapes = {h: _shape(samples_of(table, h, 20)) for h in table.headers}
    offers: list[tuple[float, int, str, str]] = []
    for order, (name, field) in enumerate(FIELDS[entity].items()):
        if field.is_hidden:
            continue
        for header in table.headers:
            score = _score(name, field, header, shapes[header])
            if score >= 0.4:
                offers.append((score, -order, name, header))
    taken: dict[str, Guess] = {}
    headers: set[str] = set()
    for score, _order, name, header in sorted(offers, reverse=True):
        if name not in taken and header not in headers:
            taken[name] = Guess(name, header, round(score, 2), samples_of(table, header))
            headers.add(header)
    return sorted(taken.values(), key=lambda g: -g.confidence)


def _words(text: str) -> str:
    return " ".join(w for w in _SPLIT.split(normal(text)) if w)


def _score(name: str, field: Field, header: str, shapes: frozenset[str]) -> float:
    called = _words(header)
    words = [_words(w) for w in WORDS.get(name, ())]
    score = 0.0
    if called in words:
        score = 0.95
    elif any(len(w) > 2 and (f" {w} " in f" {called} " or (not w.isascii() and w in called)) for w in words):
        score = 0.6
    if field.looks == "email" and "email" in shapes:
        return max(score, 0.9)
    if field.looks and shapes:
        score *= 1 if field.looks in shapes else 0.5
    if score == 0 and field.looks == "date" and "date" in shapes and field.is_required:
        return 0.5
    return score


def _shape(cells: tuple[str, ...]) -> frozenset[str]:
    """Return what most of the cells could be; nothing where there are none."""
    if not cells:
        return frozenset()
    tests = {
        "email": lambda c: email_key(c) is not None,
        "amount": lambda c: _AMOUNT.fullmatch(c) is not None,
        "whole": lambda c: c.replace(".0", "").replace(",", "").isdecimal(),
        "phone": lambda c: _PHONE.fullmatch(c) is not None,
        "date": _is_date,
    }
    found = {name for name, fits in tests.items() if sum(map(fits, cells)) * 2 >= len(cells)}
    return frozenset(found or {"text"})


def _is_date(cell: str) -> bool:
    if cell.isdecimal() and len(cell) < 8:
        return False
    for order in ("ymd", "dmy", "mdy"):
        try:
            Dates("UTC", order).us(cell)
        except CellProblem as problem:
            if problem.code == "date_ambiguous":
                return True
        else:
            return True
    return False


def entity_of(table: Table) -> str:
    """Return what the rows of a file without preset probably are."""
    found = {e: {g.field for g in guess_columns(table, e) if g.confidence >= 0.5} for e in FIELDS}
    orders = found["orders"]
    if "placed_at" in orders and orders & {"total", "paid_amount", "line_total", "line_price"}:
        return "orders"
    if {"title", "price"} <= found["products"] and "email" not in orders:
        return "products"
    if found["customers"] & {"email", "phone"}:
        return "customers"
    if {"number", "line_title"} <= found["order_lines"]:
        return "order_lines"
    return "orders"
