"""How many parts a text message takes: the arithmetic a shop pays by.

GSM 03.38 (3GPP TS 23.038) packs 160 seven-bit characters into one part, 153 into each of several; one character outside
its table turns the whole message into UCS-2: 70, or 67 of each. A character of the extension table takes two places,
one beyond the Basic Multilingual Plane two code units, and neither pair may be cut in two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["gsm", "ucs2"]

# By code: the position in the string is the septet. 0x1B is the escape to the extension table.
DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
ESCAPE = 0x1B
_SEPTET = {c: i for i, c in enumerate(DEFAULT) if i != ESCAPE}
_CHARACTER = {i: c for c, i in EXTENSION.items()}
# In units of the encoding: septets, or 16-bit code units.
ALONE = {"gsm": 160, "ucs2": 70}
EACH = {"gsm": 153, "ucs2": 67}
MOST_PARTS = 255


@dataclass(frozen=True, slots=True)
class Parts:
    """A text cut into what the network carries. ``left`` is how many units still fit into the last part."""

    encoding: Encoding
    texts: tuple[str, ...]
    units: int
    left: int

    @property
    def count(self) -> int:
        """Return how many parts are paid for."""
        return len(self.texts)


def encoding_of(text: str) -> Encoding:
    """Return the encoding that the text needs."""
    return "gsm" if all(c in _SEPTET or c in EXTENSION for c in text) else "ucs2"


def _width(character: str, encoding: Encoding) -> int:
    if encoding == "gsm":
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def split(text: str) -> Parts:
    """Cut the text into parts; an empty text is one empty part. Raise ValueError for more than 255 parts."""
    encoding = encoding_of(text)
    units = sum(_width(c, encoding) for c in text)
    if units <= ALONE[encoding]:
        return Parts(encoding, (text,), units, ALONE[encoding] - units)
    texts: list[str] = []
    start = used = 0
    for i, character in enumerate(text):
        width = _width(character, encoding)
        if used + width > EACH[encoding]:
            texts.append(text[start:i])
            start, used = i, 0
        used += width
    texts.append(text[start:])
    if len(texts) > MOST_PARTS:
        raise ValueError(f"the text takes {len(texts)} parts; a message has at most {MOST_PARTS}")
    return Parts(encoding, tuple(texts), units, EACH[encoding] - used)


def cost(text: str, price_of_part: int, recipients: int = 1) -> int:
    """Return what the text costs, in the minor units of ``price_of_part``."""
    return split(text).count * price_of_part * recipients


def encode(text: str, encoding: Encoding) -> bytes:
    """Return the bytes of a part: unpacked septets or big-endian UCS-2. Raise ValueError for what does not fit."""
    if encoding == "ucs2":
        return text.encode("utf-16-be")
    found = bytearray()
    for character in text:
        if character in EXTENSION:
            found += bytes((ESCAPE, EXTENSION[character]))
        elif character in _SEPTET:
            found.append(_SEPTET[character])
        else:
            raise ValueError("the text needs UCS-2")
    return bytes(found)


def decode(data: bytes, encoding: Encoding) -> str:
    """Return the text of a part; what cannot be read becomes U+FFFD, an unknown escape its plain character."""
    if encoding == "ucs2":
        return data.decode("utf-16-be", "replace")
    found: list[str] = []
    is_escaped = False
    for septet in data:
        if is_escaped:
            found.append(_CHARACTER.get(septet) or (DEFAULT[septet] if septet < 128 else "\ufffd"))
            is_escaped = False
        elif septet == ESCAPE:
            is_escaped = True
        else:
            found.append(DEFAULT[septet] if septet < 128 else "\ufffd")
    return "".join(found)
