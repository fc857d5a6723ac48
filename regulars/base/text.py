"""Text as it comes from files and people, made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers

_SPACES = re.compile(r"\s+")
_EMAIL = re.compile(r"[^@\s\"<>()\[\],;:]+@[^@\s\"<>()\[\],;:]+\.[^@\s\"<>()\[\],;:.]+")
_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_MASK = re.compile(r"[*＊xX#$~]{2,}|\*")


def plain(text: str) -> str:
    """Return ``text`` in Unicode NFKC with single spaces and none around."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def email_key(text: str) -> str | None:
    """Return the address in the form it is matched by (trimmed, lower case), or None if it is none."""
    address = text.strip().strip("'").lower()
    if address.isascii() and _EMAIL.fullmatch(address) and len(address) <= 254:
        return address
    return None


@lru_cache(maxsize=65536)
def phone_key(text: str, region: str = "") -> str | None:
    """Return the number in E.164 (``+8613800000000``), or None if it is masked, incomplete or no number.

    ``region`` is the ISO 3166 country assumed for numbers written without a country code.
    """
    number = re.sub(r"[\s\-().'’]", "", unicodedata.normalize("NFKC", text)).lstrip('="').rstrip('"')
    if not number or _MASK.search(number):
        return None
    if (match := _CHINESE_MOBILE.fullmatch(number)) and region in {"", "CN"}:
        return f"+86{match[1]}"
    try:
        parsed = phonenumbers.parse(number, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def mask_email(address: str) -> str:
    """Return the address with its middle hidden, for people whose role has no need of it."""
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host[:1]}….{host.rpartition('.')[2]}"


def mask_phone(number: str) -> str:
    """Return the number with all but its first three and last two signs hidden."""
    return f"{number[:3]}…{number[-2:]}"


def mask_name(name: str) -> str:
    """Return the first letter or character of ``name`` and an ellipsis."""
    return f"{name[:1]}…" if name else ""
