"""Addresses as a mail's envelope takes them: domains in ASCII, odd local parts quoted, nothing that breaks a line."""

from __future__ import annotations

import re
from functools import lru_cache

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# Mobile carriers in Japan gave out addresses with two dots in a row; quoted they are correct mail.
_DOTS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_UNSAFE = re.compile(
    r"[\x00-\x20\x7f-\xa0\s\"(),:;<>@\[\\\]\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
# Letters that the older rules of Python's codec turn into others, and so into somebody else's domain.
_DEVIATIONS = re.compile("[ßς\u200c\u200d]")


class AddressUnusable(ValueError):
    """No mail can be sent to this address. The text does not quote it."""


@lru_cache(maxsize=4096)
def ascii_domain(domain: str) -> str:
    """Return a domain in lower case with international labels in their ``xn--`` form.

    Raises :class:`AddressUnusable`.
    """
    try:
        name = domain.lower() if domain.isascii() else ".".join(_label(part) for part in domain.lower().split("."))
    except UnicodeError as problem:
        raise AddressUnusable("not a domain") from problem
    if not _DOMAIN.fullmatch(name):
        raise AddressUnusable("not a domain")
    return name


def _label(label: str) -> str:
    if label.isascii() or not _DEVIATIONS.search(label):
        return label.encode("idna").decode().lower()
    return "xn--" + label.encode("punycode").decode()


def is_international(address: str) -> bool:
    """Return whether the part before the @ needs a server that takes UTF-8 (RFC 6531)."""
    return not address.isascii() and not address.rpartition("@")[0].isascii()


def to_send(address: str) -> str:
    """Return an address in the form for envelope and header; its local part may still be international.

    Raises :class:`AddressUnusable` for what is none, control characters and line ends first of all.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or len(local.encode(errors="replace")) > 64:
        raise AddressUnusable("not an address")
    domain = ascii_domain(domain)
    if not local.isascii():
        if _UNSAFE.search(local):
            raise AddressUnusable("not an address")
    elif not _ATOM.fullmatch(local):
        if not _DOTS.fullmatch(local):
            raise AddressUnusable("not an address")
        local = f'"{local}"'
    if len(local) + len(domain) + 1 > 254:
        raise AddressUnusable("not an address")
    return f"{local}@{domain}"
