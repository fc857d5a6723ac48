"""The digits of minor units, so that amounts of two currencies can be converted inside a query."""

from __future__ import annotations

import re

# The same facts as base.money, which a pure library must not import; a test holds the two equal.
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
DIGITS = {code: 0 for code in _ZERO.split()} | {code: 3 for code in _THREE.split()}

_CODE = re.compile(r"[A-Z]{3}")


def check_code(code: str) -> str:
    """Return ``code``; raise ValueError unless it is three capital letters (it goes into SQL as text)."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code!r} is not a currency; use its three letters, such as CNY or USD")
    return code


def scale(source: str, target: str) -> float:
    """Return the factor from minor units of ``source`` to those of ``target`` at an exchange rate of 1."""
    return float(10.0 ** (DIGITS.get(target, 2) - DIGITS.get(source, 2)))
