"""By what name a message goes through the world, and the addresses made of it."""

from __future__ import annotations

import hmac
import re

from regulars.base import secrets

_NAME = re.compile(r"([0-9a-f]{1,16})\.([0-9a-f]{16})")


def _sign(touch: int) -> str:
    return secrets.digest("touch", "", str(touch))[:8].hex()


def touch_name(touch: int) -> str:
    """Return the name under which a touch goes out: the same at every attempt, and nobody can make one up."""
    return f"{touch:x}.{_sign(touch)}"


def touch_of(name: str) -> int | None:
    """Return the touch of a name, or of a Message-ID that begins with it; None for one that we did not make."""
    found = _NAME.fullmatch(name.strip().strip("<>").partition("@")[0].lower())
    if found is None:
        return None
    touch = int(found[1], 16)
    return touch if touch < 1 << 63 and hmac.compare_digest(found[2], _sign(touch)) else None


def way_out(address: str, name: str) -> str:
    """Return the page at which the reader of a message says what she wants, or wants no more."""
    return f"{address.rstrip('/')}/u/{name}"


def port(address: str, name: str) -> str:
    """Return the page at which the reader of a message tells the shop what she thinks."""
    return f"{address.rstrip('/')}/f/{name}"
