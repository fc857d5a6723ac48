"""What clients say, made fit to keep: texts cut and cleaned, contact data taken out, ids told from placeholders."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Any

LONGEST_ID = 64
# What broken sites send where nobody is known.
JUNK = frozenset({"", "null", "none", "undefined", "nan", "0", "-1", "anonymous", "guest", "[object object]", "false"})
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
# Bounded, so that a long text made to be slow is not.
_ADDRESS = re.compile(r"[^\s@/\"'?&=]{1,64}@[^\s@/\"'?&=]{1,64}\.[^\s@/\"'?&=]{1,64}")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?[0-9][0-9 ().-]{7,18}[0-9](?![0-9A-Za-z])")
_PERSONAL = re.compile(r"mail|phone|mobile|tel\b|name$|address|birth|微信|手机|姓名|邮箱|地址", re.IGNORECASE)
_DEEPEST = 5


def text(value: object, length: int) -> str:
    """Return ``value`` as text without control signs, cut to ``length``; "" for what is no text or number."""
    if type(value) is str:  # nearly always, and ten times an event
        said = value
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    else:
        said = str(value)
    return (said if said.isprintable() else _CONTROL.sub("", said))[:length].strip()


@lru_cache(maxsize=8192)
def without_contacts(said: str) -> str:
    """Return the text with what looks like an e-mail address or a telephone number replaced.

    Kept for a while: paths, titles and campaigns come again and again.
    """
    return _LONG_NUMBER.sub("…", _ADDRESS.sub("…", said) if "@" in said else said)


def harmless(value: Any, depth: int = 0) -> Any:
    """Return an event's property without contact data: fields that are about a person go, texts are cleaned."""
    if isinstance(value, str):
        return without_contacts(_CONTROL.sub("", value[:500]))
    if depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            text(name, 60): harmless(inner, depth + 1) for name, inner in value.items() if not _PERSONAL.search(name)
        }
    if isinstance(value, list):
        return [harmless(inner, depth + 1) for inner in value[:100]]
    return value


def mapping(value: object) -> dict[str, Any]:
    """Return ``value`` if it is an object of JSON, else an empty one."""
    return value if isinstance(value, dict) else {}


def identity(value: object) -> str:
    """Return an id a client sent as text; "" for none and for what broken sites send."""
    said = text(value, 256)
    return "" if said.lower() in JUNK else said


def visitor_of(anonymous: str) -> str:
    """Return the pseudonym of an anonymous id; a long one, or one that is an address, is known by its digest."""
    if len(anonymous) <= LONGEST_ID and "@" not in anonymous:
        return anonymous
    return blake2b(anonymous.encode(), digest_size=16).hexdigest()
