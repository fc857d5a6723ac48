"""Amounts of money as files write them: 1,234.56 and 1.234,56, full-width signs, symbols before or behind."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from regulars.base import money
from regulars.sources.csv_upload.values.cells import CellProblem

MAX_MINOR = 10**15
_DOLLARS = frozenset(["USD", "CAD", "AUD", "NZD", "HKD", "TWD", "SGD", "MXN", "ARS", "CLP", "COP", "BND", "FJD", "NAD"])
# Which currencies a sign in a cell can mean; what is not here is no currency sign.
SIGNS: dict[str, frozenset[str]] = {
    "R$": frozenset({"BRL"}),
    "HK$": frozenset({"HKD"}),
    "NT$": frozenset({"TWD"}),
    "US$": frozenset({"USD"}),
    "$": _DOLLARS,
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"CNY", "JPY"}),
    "₩": frozenset({"KRW"}),
    "₹": frozenset({"INR"}),
    "元": frozenset({"CNY", "TWD", "HKD"}),
    "円": frozenset({"JPY"}),
    "RMB": frozenset({"CNY"}),
}
_NUMBER = re.compile(r"([^\d.,+-]*)([+-]?)([^\d.,+-]*)([\d.,']+)(-?)([^\d.,+-]*)")
_GROUPS = {".": re.compile(r"\d{1,3}(,\d{3})+|\d{1,3}(,\d{2})*,\d{3}"), ",": re.compile(r"\d{1,3}(\.\d{3})+")}


class Amounts:
    """Reads amounts written with ``decimal`` ("." or ",") before the fraction."""

    def __init__(self, decimal: str = ".") -> None:
        self.decimal = decimal
        self._seen: dict[tuple[str, str], int] = {}

    def minor(self, text: str, currency: str) -> int:
        """Return the minor units of ``text``, negative too; raise CellProblem saying what is wrong with it."""
        minor = self._seen.get((text, currency))
        if minor is not None:
            return minor
        minor = self._read(text, currency)
        if abs(minor) > MAX_MINOR:
            raise _problem("amount_large", _("“%(value)s” is too large to be an amount."), text)
        if len(self._seen) > 50_000:
            self._seen.clear()
        self._seen[text, currency] = minor
        return minor

    def _read(self, text: str, currency: str) -> int:
        digits = money.digits(currency)
        before, _point, after = text.partition(self.decimal)
        if before.isdecimal() and len(after) <= digits and (after.isdecimal() or not after):
            return int(before + after.ljust(digits, "0"))
        return self._read_closely(text, currency)

    def _read_closely(self, text: str, currency: str) -> int:
        normal = unicodedata.normalize("NFKC", text).replace(" ", "").replace("\u2212", "-").replace("−", "-")
        is_negative = normal.startswith("(") and normal.endswith(")")
        match = _NUMBER.fullmatch(normal.strip("()"))
        if not match:
            raise _problem("amount", _("“%(value)s” is not an amount."), text)
        sign_before, minus, sign_after_minus, number, minus_behind, behind = match.groups()
        for sign in (sign_before, sign_after_minus, behind):
            self._check_sign(sign, currency, text)
        amount = self._decimal(number.replace("'", ""), text)
        if is_negative or minus == "-" or minus_behind:
            amount = -amount
        return money.to_minor(amount, currency)

    def _check_sign(self, sign: str, currency: str, text: str) -> None:
        if not sign or sign.upper() == currency:
            return
        meant = SIGNS.get(sign.upper())
        if meant is None:
            if len(sign) == 3 and sign.isascii() and sign.isalpha():
                meant = frozenset({sign.upper()})
            else:
                raise _problem("amount", _("“%(value)s” is not an amount."), text)
        if currency not in meant:
            about = _("“%(value)s” is not in %(currency)s.") % {"value": text[:40], "currency": currency}
            raise CellProblem("currency_other", about)

    def _decimal(self, number: str, text: str) -> Decimal:
        group = "," if self.decimal == "." else "."
        before, point, after = number.partition(self.decimal)
        is_grouped = group in before
        if group in after or (is_grouped and not _GROUPS[self.decimal].fullmatch(before)):
            message = _("“%(value)s” does not fit the decimal sign “%(decimal)s”.")
            raise CellProblem("amount_decimal", message % {"value": text[:40], "decimal": self.decimal})
        try:
            return Decimal(before.replace(group, "") + (f".{after}" if point and after else ""))
        except InvalidOperation as error:
            raise _problem("amount", _("“%(value)s” is not an amount."), text) from error


def _problem(code: str, message: str, text: str) -> CellProblem:
    return CellProblem(code, message % {"value": text[:40]})


def decimal_of(texts: list[str]) -> str:
    """Return "." or "," as the decimal sign all ``texts`` were written with, "" if they do not tell."""
    votes = {".": 0, ",": 0}
    for text in texts:
        number = re.sub(r"[^\d.,]", "", unicodedata.normalize("NFKC", text))
        dot, comma = number.rfind("."), number.rfind(",")
        if dot >= 0 and comma >= 0:
            votes["." if dot > comma else ","] += 1
        elif dot >= 0 and (len(number) - dot != 4 or number.startswith("0.")):
            votes["." if number.count(".") == 1 else ","] += 1
        elif comma >= 0 and (len(number) - comma != 4 or number.startswith("0,")):
            votes["," if number.count(",") == 1 else "."] += 1
        elif number.count(".") > 1 or number.count(",") > 1:
            votes["," if number.count(".") > 1 else "."] += 1
    if votes["."] == votes[","]:
        return ""
    return "." if votes["."] > votes[","] else ","
