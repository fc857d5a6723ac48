"""Money is an integer of minor units with its currency (ISO 4217); this is the only place that knows their digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

# Currencies whose minor unit is not a hundredth (ISO 4217, amendment 176).
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
DIGITS = {code: 0 for code in _ZERO.split()} | {code: 3 for code in _THREE.split()}
# The currencies offered in forms; any three-letter code is accepted in files.
COMMON = (
    "CNY",
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "HKD",
    "TWD",
    "SGD",
    "KRW",
    "AUD",
    "CAD",
    "CHF",
    "BRL",
    "INR",
    "MYR",
    "THB",
    "VND",
)
SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "BRL": "R$",
    "KRW": "₩",
    "INR": "₹",
}

_CODE = re.compile(r"[A-Z]{3}")


class MoneyError(ValueError):
    """A text is not an amount, or not one of this currency; the message names the text and the remedy."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of minor units of one currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise MoneyError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)


def digits(currency: str) -> int:
    """Return the number of decimal digits of ``currency``'s minor unit: 2, for some 0 or 3."""
    return DIGITS.get(currency, 2)


def check_currency(code: str) -> str:
    """Return ``code`` in capitals; raise MoneyError if it is not three letters."""
    code = code.strip().upper()
    if code == "RMB":
        code = "CNY"
    if not _CODE.fullmatch(code):
        raise MoneyError(f"{code!r} is not a currency; use its three letters, such as CNY or USD")
    return code


def to_minor(amount: Decimal, currency: str) -> int:
    """Return ``amount`` of major units as minor units, rounded half to even."""
    return int(amount.scaleb(digits(currency)).to_integral_value(rounding=ROUND_HALF_EVEN))


def to_major(minor: int, currency: str) -> Decimal:
    """Return ``minor`` units as an exact Decimal of major units."""
    return Decimal(minor).scaleb(-digits(currency))


def convert(minor: int, source: str, target: str, rate: Decimal) -> int:
    """Return ``minor`` units of ``source`` in minor units of ``target`` at ``rate`` target per source."""
    return to_minor(to_major(minor, source) * rate, target)


def parse(text: str, currency: str) -> int:
    """Return the minor units of a plain decimal ``text`` such as ``12.50``; raise MoneyError otherwise."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        raise MoneyError(f"{text!r} is not an amount; write it like 12.50") from error
    if not amount.is_finite():
        raise MoneyError(f"{text!r} is not an amount; write it like 12.50")
    return to_minor(amount, currency)
