"""Contact data at rest: a key per person, wrapped by the installation's key, and an HMAC column to find it by.

Forgetting a person's wrapped key makes every copy of her contact data unreadable, in backups too. AES-256-GCM with
random 96-bit nonces (NIST SP 800-38D); look-up digests are HMAC-SHA256 cut to 128 bits, under a key derived by HKDF
from the installation's key, so a stolen database cannot be searched for an address.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


class Unreadable(Exception):
    """A secret cannot be opened: the installation's key is not the one it was written with, or it was erased."""


@cache
def _derived(purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, purpose.encode()).derive(settings.INSTALLATION_KEY)


@cache
def _wrapper() -> AESGCM:
    return AESGCM(_derived("wrap"))


@cache
def _digester() -> hmac.HMAC:
    return hmac.new(_derived("look-up"), digestmod=hashlib.sha256)


@lru_cache(maxsize=65536)
def digest(kind: str, scope: str, value: str) -> bytes:
    """Return the 16 bytes by which the identifier (kind, scope, value) is found."""
    mac = _digester().copy()
    mac.update(f"{kind}\x1f{scope}\x1f{value}".encode())
    return mac.digest()[:16]


def new_key() -> tuple[bytes, bytes]:
    """Return a new person's key: (the key itself, the key wrapped for storage)."""
    key = os.urandom(32)
    nonce = os.urandom(NONCE)
    return key, nonce + _wrapper().encrypt(nonce, key, None)


def unwrap(wrapped: bytes) -> bytes:
    """Return the key inside ``wrapped``; raise Unreadable if it is empty or of another installation."""
    try:
        return _wrapper().decrypt(bytes(wrapped[:NONCE]), bytes(wrapped[NONCE:]), None)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("the customer's key is gone, or REGULARS_INSTALLATION_KEY is another") from error


def seal(key: bytes, text: str) -> bytes:
    """Return ``text`` encrypted under a person's ``key``."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), None)


def unseal(key: bytes, sealed: bytes) -> str:
    """Return the text inside ``sealed``; raise Unreadable if the key does not fit."""
    try:
        return AESGCM(key).decrypt(bytes(sealed[:NONCE]), bytes(sealed[NONCE:]), None).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable("this contact point does not open with its customer's key") from error
