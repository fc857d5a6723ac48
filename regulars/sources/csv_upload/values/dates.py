"""Instants as files write them. Naive times are local to the source's zone; offsets are honoured."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regulars.base.clock import zone
from regulars.sources.csv_upload.values.cells import CellProblem

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_EPOCH = date(1970, 1, 1).toordinal()
_MEMORY = 50_000

_YMD = re.compile(r"(\d{4})(?:[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?|(\d{2})(\d{2}))")
_OTHER = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
_DAY_NAME = re.compile(r"(?:[A-Za-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_NAME_DAY = re.compile(r"(?:[A-Za-z]{3,9},? )?([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TIME = re.compile(
    r"(?:[T\s,]|(?<=日))\s*(?:at )?(?P<noon>上午|下午)?\s*(?P<hour>\d{1,2})[:时](?P<minute>\d{2})"
    r"(?:[:分](?P<second>\d{2})秒?(?:[.,](?P<part>\d+))?)?分?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<offset>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)?$"
)
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})")
_STAMP = re.compile(r"1\d{9}(?:\d{3})?")
_MONTHS = dict(jan=1, feb=2, mar=3, apr=4, may=5, jun=6, jul=7, aug=8, sep=9, oct=10, nov=11, dec=12)

_MINUTES = {f"{m:02}:{s:02}": (m * 60 + s) * SECOND for m in range(60) for s in range(60)}


def _unreadable(text: str) -> CellProblem:
    return CellProblem("date", _("“%(value)s” is not a date that can be read.") % {"value": text[:40]})


class Dates:
    """Reads dates of one column: local to ``zone_name``, days and months in ``order`` ("ymd", "dmy" or "mdy")."""

    def __init__(self, zone_name: str, order: str = "ymd") -> None:
        self._zone = zone(zone_name or "UTC")
        self._order = order
        self._days: dict[str, int] = {}
        self._hours_seen: dict[str, int] = {}
        self._is_steady = True  # the clock does not change in the hour last read
        self._day_offsets: dict[int, int | None] = {}
        self._whole: dict[str, int] = {}

    def us(self, text: str) -> int:
        """Return microseconds since 1970 UTC; raise CellProblem. A date alone is its first local instant."""
        if len(text) > 18:
            try:
                return self._hours_seen[text[:14] + text[19:]] + _MINUTES[text[14:19]]
            except KeyError:
                return self._exactly(text)
        us = self._whole.get(text)
        if us is None:
            us = self._closely(text)
            if len(self._whole) > _MEMORY:
                self._whole.clear()
            self._whole[text] = us
        return us

    def _exactly(self, text: str) -> int:
        """Read a full time and, where it is written like 2026-01-31 18:05:09, remember its hour."""
        self._is_steady = True
        us = self._closely(text)
        is_plain = text[10] in " T" and text[13] == ":" and text[14:19] in _MINUTES and "." not in text
        if is_plain and self._is_steady:
            if len(self._hours_seen) > _MEMORY:
                self._hours_seen.clear()
            self._hours_seen[text[:14] + text[19:]] = us - _MINUTES[text[14:19]]
        return us

    def _closely(self, text: str) -> int:
        normal = unicodedata.normalize("NFKC", text).strip()
        if match := _RUN.fullmatch(normal):
            y, mo, d, h, mi, s = match.groups()
            normal = f"{y}-{mo}-{d} {h}:{mi}:{s}"
        elif _STAMP.fullmatch(normal):
            return int(normal) * (SECOND if len(normal) == 10 else 1000)
        match = _TIME.search(normal)
        day = self._day(normal[: match.start() if match else None].strip(" ,"), text)
        if match is None:
            return self._from_local(day, 0)
        time_us = _time_of(match, text)
        if match["offset"]:
            return day + time_us - _offset_of(match["offset"])
        return self._from_local(day, time_us)

    def _day(self, text: str, whole: str = "") -> int:
        day = self._days.get(text)
        if day is None:
            if len(self._days) > _MEMORY:
                self._days.clear()
            day = self._days[text] = self._read_day(text, whole or text)
        return day

    def _read_day(self, text: str, whole: str) -> int:
        if match := _YMD.fullmatch(text):
            y, m1, d1, m2, d2 = match.groups()
            return _day_us(int(y), int(m1 or m2), int(d1 or d2), whole)
        if match := _OTHER.fullmatch(text):
            return self._ordered(int(match[1]), int(match[2]), match[3], whole)
        if (match := _DAY_NAME.fullmatch(text)) and (month := _MONTHS.get(match[2][:3].lower())):
            return _day_us(int(match[3]), month, int(match[1]), whole)
        if (match := _NAME_DAY.fullmatch(text)) and (month := _MONTHS.get(match[1][:3].lower())):
            return _day_us(int(match[3]), month, int(match[2]), whole)
        raise _unreadable(whole)

    def _ordered(self, first: int, second: int, third: str, whole: str) -> int:
        if self._order == "ymd" and len(third) == 2:
            return _day_us(2000 + first, second, int(third), whole)
        year = int(third) if len(third) == 4 else 2000 + int(third)
        if self._order == "dmy" or (self._order == "ymd" and first > 12):
            day, month = first, second
        elif self._order == "mdy" or second > 12:
            day, month = second, first
        elif first == second:
            day = month = first
        else:
            text = _("“%(value)s” can be read in two ways: is the day or the month first?")
            raise CellProblem("date_ambiguous", text % {"value": whole[:40]})
        if month > 12 and day <= 12:
            text = _("“%(value)s” does not fit the chosen order of day and month.")
            raise CellProblem("date_order", text % {"value": whole[:40]})
        return _day_us(year, month, day, whole)

    def _from_local(self, day: int, time_us: int) -> int:
        """Return the instant of a local time: the first where it comes twice, the hour behind where it is skipped."""
        offset = self._day_offsets.get(day, 0)
        if offset == 0 and day not in self._day_offsets:
            if len(self._day_offsets) > _MEMORY:
                self._day_offsets.clear()
            offset = self._day_offsets[day] = self._day_offset(day)
        if offset is None:
            self._is_steady = False
            offset = _offset_at(day + time_us, self._zone)
        return day + time_us - offset

    def _day_offset(self, day: int) -> int | None:
        """Return the zone's offset throughout a local day, None if the clock changes in it or beside it."""
        offsets = {_offset_at(day + hour * HOUR, self._zone) for hour in (-2, 6, 12, 18, 26)}
        return offsets.pop() if len(offsets) == 1 else None


def _offset_at(local_us: int, in_zone: ZoneInfo) -> int:
    local = datetime(1970, 1, 1, tzinfo=in_zone) + timedelta(microseconds=local_us)
    offset = local.utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


def _day_us(year: int, month: int, day: int, whole: str) -> int:
    try:
        when = date(year, month, day)
    except ValueError as error:
        raise _unreadable(whole) from error
    if not 1970 <= year <= 2100:
        raise CellProblem("date_range", _("“%(value)s” is outside the years 1970 to 2100.") % {"value": whole[:40]})
    return (when.toordinal() - _EPOCH) * DAY


def _time_of(match: re.Match[str], text: str) -> int:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match["half"] or "").lower().replace(".", "")
    if half or match["noon"]:
        if not 1 <= hour <= 12:
            raise _unreadable(text)
        hour = hour % 12 + (12 if half == "pm" or match["noon"] == "下午" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise _unreadable(text)
    return (hour * 3600 + minute * 60 + second) * SECOND + int((match["part"] or "0")[:6].ljust(6, "0"))


def _offset_of(text: str) -> int:
    digits = text.removeprefix("UTC").removeprefix("GMT").replace(":", "")
    if digits in ("", "Z"):
        return 0
    hours, minutes = int(digits[1:3]), int(digits[3:5] or 0)
    return (hours * HOUR + minutes * 60 * SECOND) * (-1 if digits[0] == "-" else 1)


def order_of(texts: list[str]) -> str:
    """Return "ymd", "dmy" or "mdy" as ``texts`` show by days above 12; "" if they could be read in two ways."""
    can_be_first_day = can_be_first_month = True
    seen = False
    for text in texts:
        match = _OTHER.match(unicodedata.normalize("NFKC", text).strip())
        if not match:
            continue
        seen = True
        first, second = int(match[1]), int(match[2])
        can_be_first_day = can_be_first_day and second <= 12
        can_be_first_month = can_be_first_month and first <= 12
        if first > 31 and len(match[3]) == 2:
            return "ymd"
    if not seen:
        return "ymd"
    if can_be_first_day and can_be_first_month:
        return ""
    return "dmy" if can_be_first_day else "mdy" if can_be_first_month else ""


def has_offset(text: str) -> bool:
    """Return whether a time says how far it is from UTC, so that no zone need be asked."""
    match = _TIME.search(unicodedata.normalize("NFKC", text).strip())
    return bool(match and match["offset"]) or bool(_STAMP.fullmatch(text))
