"""Personal links: what a link in a message to a customer carries, so that her visit by it is known to be hers.

The token names the record and bears the installation's sign, so it cannot be made up; it opens nothing and shows
nothing. ``https://shop.example/?rg=`` and the token is such a link.
"""

from __future__ import annotations

import hmac
import re

from regulars.base import secrets

PARAMETER = "rg"
_TOKEN = re.compile(r"([0-9a-z]{1,13})\.([0-9a-f]{16})")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _sign(customer: int) -> str:
    return secrets.digest("personal-link", "", str(customer))[:8].hex()


def token_of(customer: int) -> str:
    """Return the token of a customer's personal links."""
    rest, number = customer, ""
    while rest:
        rest, digit = divmod(rest, 36)
        number = _DIGITS[digit] + number
    return f"{number or '0'}.{_sign(customer)}"


def customer_of(token: str) -> int | None:
    """Return the customer's record that a token names; None for one that we did not make."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    customer = int(found[1], 36)
    return customer if hmac.compare_digest(found[2], _sign(customer)) else None
