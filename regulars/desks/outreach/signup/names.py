"""By what name a request goes into a mail and comes back."""

from __future__ import annotations

import hmac
import re

from regulars.base import secrets

_NAME = re.compile(r"([0-9a-f]{1,16})\.([0-9a-f]{32})")


def _sign(asked: int) -> str:
    return secrets.digest("signup", "", str(asked)).hex()


def name_of(asked: int) -> str:
    """Return the name of a request, which nobody can make up."""
    return f"{asked:x}.{_sign(asked)}"


def asked_of(name: str) -> int | None:
    """Return the request of a name; None for one that we did not make."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    asked = int(found[1], 16)
    return asked if asked < 1 << 63 and hmac.compare_digest(found[2], _sign(asked)) else None
