"""What a word may be told: texts, a number, a time, a share. Each kind reads, writes and fills in a form by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from regulars.decisions.audiences.problems import RuleError
from regulars.decisions.audiences.reading import RESERVED, Reader, Token, quoted
from regulars.decisions.audiences.rules import UNITS, Arg, Compare, Share, Texts, When

Said = Mapping[str, Any]  # a condition's fields of a form: texts, and lists of texts
Choices = Callable[[], Sequence[tuple[str, Any]]]  # (value, label)
COMPARISONS = ("at least", "at most", "exactly", "between", "more than", "less than")
AGO = ("over", "within", "since", "before", "from")
WINDOW = ("in", "since", "before", "from")
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")
_MONTHS = {"month", "months"}


def near(text: str, known: Sequence[str]) -> str:
    """Return which of ``known`` was probably meant, "" if none looks like ``text``."""
    by_low = {each.lower(): each for each in known}
    found = difflib.get_close_matches(text.lower(), list(by_low), 1, 0.6)
    return by_low[found[0]] if found else ""


def check_text(text: str) -> str:
    """Return ``text`` trimmed; raise RuleError if it is empty or holds what no name has."""
    text = text.strip()
    if not text:
        raise RuleError("text_missing", word="")
    if not all(sign.isprintable() for sign in text):
        raise RuleError("text_sign")
    return text


def _field(said: Said, name: str) -> str:
    value = said.get(name, "")
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class TextSlot:
    """Texts, after one of ``ops`` ("" none). ``choices`` are proposed; with ``is_closed`` nothing else is taken."""

    name: str = "values"
    ops: tuple[str, ...] = ("",)
    is_required: bool = True
    is_one: bool = False
    is_closed: bool = False
    choices: Choices | None = None
    label: Any = ""
    kind = "texts"

    def read(self, reader: Reader) -> Texts | None:
        """Return what the text says; None if it says nothing and need not."""
        op = next((op for op in self.ops if op and reader.take(*op.split())), None)
        if op is None and "" not in self.ops:
            if self.is_required:
                raise reader.problem("operator_missing", choices=", ".join(self.ops))
            return None
        if op is None and not self.is_required and not self._starts(reader.here):
            return None
        values = [self._value(reader)]
        while reader.here.kind == ",":
            if self.is_one:
                raise reader.problem("one_text")
            reader.next()
            values.append(self._value(reader))
        return Texts(tuple(values), op or "")

    def _starts(self, token: Token) -> bool:
        return token.kind == "text" or (token.kind == "word" and token.low not in RESERVED)

    def _value(self, reader: Reader) -> str:
        if not self._starts(reader.here):
            raise reader.problem("text_missing")
        token = reader.next()
        try:
            return self._known(check_text(token.text))
        except RuleError as error:
            raise reader.problem(error.code, token, **error.facts | {"word": reader.word}) from None

    def _known(self, value: str) -> str:
        if not self.is_closed or self.choices is None:
            return value
        known = [each for each, _label in self.choices()]
        if value in known:
            return value
        if (meant := near(value, known)) and meant.lower() == value.lower():
            return meant
        if meant:
            raise RuleError("text_unknown_near", found=value, near=meant)
        raise RuleError("text_unknown", found=value, choices=", ".join(known[:12]) or "–")

    def write(self, arg: Arg) -> str:
        """Return the argument as a rule's text."""
        assert isinstance(arg, Texts)
        return " ".join(filter(None, (arg.op, ", ".join(map(quoted, arg.values)))))

    def fields(self, arg: Arg | None) -> dict[str, Any]:
        """Return the argument as fields of a form."""
        if not isinstance(arg, Texts):
            return {}
        return {self.name: list(arg.values), f"{self.name}_op": arg.op}

    def fill(self, said: Said) -> Texts | None:
        """Return the argument that the fields say."""
        values = said.get(self.name, [])
        values = [values] if isinstance(values, str) else list(values)
        values = list(dict.fromkeys(value.strip() for value in values if value.strip()))
        if not values:
            if self.is_required:
                raise RuleError("field_missing", field=self.name)
            return None
        if self.is_one and len(values) > 1:
            raise RuleError("one_text", field=self.name, word="")
        op = _field(said, f"{self.name}_op")
        try:
            return Texts(tuple(self._known(check_text(v)) for v in values), op if op in self.ops else self.ops[0])
        except RuleError as error:
            raise error.named(self.name) from None


@dataclass(frozen=True, slots=True)
class NumberSlot:
    """A comparison with a number, a whole one unless ``is_money``."""

    name: str = "compare"
    is_required: bool = True
    is_money: bool = False
    label: Any = ""
    kind = "number"

    def read(self, reader: Reader) -> Compare | None:
        """Return what the text says; None if it says nothing and need not."""
        op = next((op for op in COMPARISONS if reader.take(*op.split())), "")
        if not op:
            if self.is_required:
                raise reader.problem("operator_missing", choices=", ".join(COMPARISONS))
            return None
        low = self._number(reader)
        high = None
        if op == "between":
            if not reader.take("and"):
                raise reader.problem("number_and")
            token = reader.here
            high = self._number(reader)
            if high < low:
                raise reader.problem("number_order", token, low=f"{high:f}", high=f"{low:f}")
        reader.take("times")
        return Compare(op, low, high)

    def _number(self, reader: Reader) -> Decimal:
        token = reader.here
        if token.kind != "word" or not token.text[0].isdigit():
            raise reader.problem("number_missing")
        reader.next()
        try:
            return self.number(token.text)
        except RuleError as error:
            raise error.at(token.start, token.end) from None

    def number(self, text: str) -> Decimal:
        """Return the number that ``text`` is; raise RuleError if it is none."""
        if not text.isascii() or not _NUMBER.fullmatch(text):
            is_long = text.isascii() and text.isdigit()
            raise RuleError("number_large" if is_long else "number_missing", found=text)
        if not self.is_money and "." in text:
            raise RuleError("number_whole", found=text)
        return Decimal(text)

    def write(self, arg: Arg) -> str:
        """Return the argument as a rule's text."""
        assert isinstance(arg, Compare)
        return f"{arg.op} {arg.low:f}" + ("" if arg.high is None else f" and {arg.high:f}")

    def fields(self, arg: Arg | None) -> dict[str, Any]:
        """Return the argument as fields of a form."""
        if not isinstance(arg, Compare):
            return {}
        high = "" if arg.high is None else f"{arg.high:f}"
        return {f"{self.name}_op": arg.op, f"{self.name}_low": f"{arg.low:f}", f"{self.name}_high": high}

    def fill(self, said: Said) -> Compare | None:
        """Return the argument that the fields say."""
        op = _field(said, f"{self.name}_op")
        if op not in COMPARISONS:
            if not self.is_required:
                return None
            op = COMPARISONS[0]
        low = self._filled(said, f"{self.name}_low")
        if op != "between":
            return Compare(op, low)
        high = self._filled(said, f"{self.name}_high")
        if high < low:
            raise RuleError("number_order", field=f"{self.name}_high", low=f"{high:f}", high=f"{low:f}")
        return Compare(op, low, high)

    def _filled(self, said: Said, name: str) -> Decimal:
        if not (text := _field(said, name)):
            raise RuleError("field_missing", field=name)
        try:
            return self.number(text)
        except RuleError as error:
            raise error.named(name) from None


def read_date(text: str) -> date:
    """Return the date written as 2026-01-31; raise RuleError if it is none."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise RuleError("date_missing")
    return day


def read_span(count: str, unit: str) -> tuple[int, str]:
    """Return a length of time as (count, unit in the plural); raise RuleError if it is none."""
    if unit in _MONTHS:
        raise RuleError("span_months")
    name = unit if unit.endswith("s") else f"{unit}s"
    if name not in UNITS:
        raise RuleError("span_unit")
    if not (count.isascii() and count.isdigit() and len(count) < 8):
        raise RuleError("number_missing")
    if int(count) == 0:
        raise RuleError("span_zero")
    if int(count) * UNITS[name] > 100 * UNITS["years"]:
        raise RuleError("span_large")
    return int(count), name


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """A time: how long ago with ``AGO``, a window with ``WINDOW``."""

    name: str = "when"
    ops: tuple[str, ...] = WINDOW
    is_required: bool = False
    label: Any = ""
    kind = "time"

    def read(self, reader: Reader) -> When | None:
        """Return what the text says; None if it says nothing and need not."""
        op = reader.here.low
        # "in audience" and the like begin a condition of their own.
        if op not in self.ops or (op == "in" and not reader.ahead(1).text[:1].isdigit()):
            if self.is_required:
                raise reader.problem("operator_missing", choices=", ".join(self.ops))
            return None
        reader.next()
        if op in {"since", "before"}:
            return When(op, day=self._day(reader))
        if op == "from":
            return self._days(reader)
        number, unit = reader.next(), reader.next()
        try:
            span = read_span(number.text, unit.low)
        except RuleError as error:
            raise error.at(number.start, max(unit.end, number.start + 1)) from None
        if op == "over" and not reader.take("ago"):
            raise reader.problem("ago_missing")
        if op == "within":
            reader.take("ago")
        return When(op, *span)

    def _day(self, reader: Reader) -> date:
        token = reader.next()
        try:
            return read_date(token.text)
        except RuleError as error:
            raise reader.problem(error.code, token) from None

    def _days(self, reader: Reader) -> When:
        day = self._day(reader)
        if not reader.take("to"):
            raise reader.problem("date_to")
        token = reader.here
        until = self._day(reader)
        if until < day:
            raise reader.problem("date_order", token)
        return When("from", day=day, until=until)

    def write(self, arg: Arg) -> str:
        """Return the argument as a rule's text."""
        assert isinstance(arg, When)
        if arg.day is None:
            unit = arg.unit[:-1] if arg.count == 1 else arg.unit
            return f"{arg.op} {arg.count} {unit}" + (" ago" if arg.op == "over" else "")
        return f"{arg.op} {arg.day.isoformat()}" + ("" if arg.until is None else f" to {arg.until.isoformat()}")

    def fields(self, arg: Arg | None) -> dict[str, Any]:
        """Return the argument as fields of a form."""
        if not isinstance(arg, When):
            return {}
        said = {f"{self.name}_op": arg.op}
        if arg.day is None:
            return said | {f"{self.name}_count": str(arg.count), f"{self.name}_unit": arg.unit}
        until = "" if arg.until is None else arg.until.isoformat()
        return said | {f"{self.name}_day": arg.day.isoformat(), f"{self.name}_until": until}

    def fill(self, said: Said) -> When | None:
        """Return the argument that the fields say."""
        op = _field(said, f"{self.name}_op")
        if op not in self.ops:
            if not self.is_required:
                return None
            op = self.ops[0]
        if op in {"since", "before"}:
            return When(op, day=self._filled(said, "day"))
        if op == "from":
            day, until = self._filled(said, "day"), self._filled(said, "until")
            if until < day:
                raise RuleError("date_order", field=f"{self.name}_until")
            return When(op, day=day, until=until)
        if not (count := _field(said, f"{self.name}_count")):
            raise RuleError("field_missing", field=f"{self.name}_count")
        try:
            return When(op, *read_span(count, _field(said, f"{self.name}_unit") or "days"))
        except RuleError as error:
            raise error.named(f"{self.name}_count") from None

    def _filled(self, said: Said, part: str) -> date:
        name = f"{self.name}_{part}"
        if not (text := _field(said, name)):
            raise RuleError("field_missing", field=name)
        try:
            return read_date(text)
        except RuleError as error:
            raise error.named(name) from None


def read_share(text: str) -> Share:
    """Return the share written as ``10`` or ``0.5`` percent; raise RuleError if it is none."""
    if not text.isascii() or not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text) or not 0 < Decimal(text) <= 100:
        raise RuleError("percent_range" if text[:1].isdigit() else "percent_missing")
    return Share(Decimal(text))


@dataclass(frozen=True, slots=True)
class ShareSlot:
    """A share in percent."""

    name: str = "share"
    is_required: bool = True
    label: Any = ""
    kind = "share"

    def read(self, reader: Reader) -> Share | None:
        """Return what the text says."""
        token = reader.next()
        if token.kind != "word":
            raise reader.problem("percent_missing", token)
        try:
            share = read_share(token.text)
        except RuleError as error:
            raise error.at(token.start, token.end) from None
        if reader.here.kind != "%":
            raise reader.problem("percent_missing")
        reader.next()
        return share

    def write(self, arg: Arg) -> str:
        """Return the argument as a rule's text."""
        assert isinstance(arg, Share)
        return f"{arg.percent:f}%"

    def fields(self, arg: Arg | None) -> dict[str, Any]:
        """Return the argument as fields of a form."""
        return {self.name: f"{arg.percent:f}"} if isinstance(arg, Share) else {}

    def fill(self, said: Said) -> Share | None:
        """Return the argument that the fields say."""
        if not (text := _field(said, self.name)):
            raise RuleError("field_missing", field=self.name)
        try:
            return read_share(text.removesuffix("%").strip())
        except RuleError as error:
            raise error.named(self.name) from None


Slot = TextSlot | NumberSlot | TimeSlot | ShareSlot
