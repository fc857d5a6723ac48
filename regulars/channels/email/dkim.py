"""DKIM signatures (RFC 6376, relaxed/relaxed; RFC 8463 for Ed25519): how a mailbox provider knows the shop's mail.

A library that parses the whole mail again would cost more than building it, so the signer takes header fields and body
as they were built. The key is read once; a signature with an RSA key of 2048 bits then costs what RSA costs.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

# Providers count a one-click header only where the signature covers it; common signers leave it out (RFC 8058, 4).
SIGNED = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
    "reply-to", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id",
    "auto-submitted",
)  # fmt: skip
# Named once more than they occur, so that nobody can add a second one to a signed mail (RFC 6376, 5.4.2).
SEALED = ("from", "subject")
# RFC 8301: a shorter key must not be used, and nobody would accept its signature.
LEAST_BITS = 1024

Field = tuple[str, bytes]
PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

_PEM = re.compile(r"-----BEGIN ([A-Z ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
_SPACES = re.compile(rb"[ \t]+")
_PADDING, _SHA256 = padding.PKCS1v15(), hashes.SHA256()


class KeyUnusable(ValueError):
    """The text is no private key that mail can be signed with."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A private key as PEM and the text of the DNS record (TXT at ``selector._domainkey.domain``) that shows it."""

    private_key: str
    record: str


def new_key() -> NewKey:
    """Make a key pair of 2048 bits, what the large providers ask for."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return NewKey(pem.decode(), record_of(key))


def load_key(text: str) -> PrivateKey:
    """Read a private key: PEM (RSA or Ed25519), or the bare seed of an Ed25519 key in base64 as dkimpy writes it.

    Raises :class:`KeyUnusable`; its text never quotes the key.
    """
    try:
        if found := _PEM.search(text):
            # A form's one-line field, or a file of settings, takes the line ends away.
            inner = "".join(found[2].replace("\\n", "").split())
            pem = f"-----BEGIN {found[1]}-----\n{inner}\n-----END {found[1]}-----\n"
            key = serialization.load_pem_private_key(pem.encode(), password=None)
        else:
            key = ed25519.Ed25519PrivateKey.from_private_bytes(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, TypeError, binascii.Error) as problem:
        raise KeyUnusable("not a private key in PEM form without a password") from problem
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < LEAST_BITS:
            raise KeyUnusable("an RSA key needs 2048 bits")
    elif not isinstance(key, ed25519.Ed25519PrivateKey):
        raise KeyUnusable("neither an RSA nor an Ed25519 key")
    return key


def public_part(key: PrivateKey) -> bytes:
    """Return the bytes that the record's ``p=`` holds in base64."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def record_of(key: PrivateKey) -> str:
    """Return the text of the DNS record for a key. Over 255 bytes a zone file takes it as several quoted strings."""
    kind = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ed25519"
    return f"v=DKIM1; k={kind}; p={base64.b64encode(public_part(key)).decode()}"


def _relaxed_body(body: bytes) -> bytes:
    # RFC 6376, 3.4.4: runs of spaces are one space, none at the end of a line, no empty lines at the end.
    if b"\t" in body or b"  " in body:
        body = _SPACES.sub(b" ", body)
    body = body.replace(b" \r\n", b"\r\n").rstrip(b"\r\n ")
    return body + b"\r\n" if body else b""


def _relaxed(name: str, value: bytes) -> bytes:
    # RFC 6376, 3.4.2. Values hold no white space but spaces, tabs and folds: the builder of mails sees to it.
    return name.encode() + b":" + b" ".join(value.split())


class Signer:
    """Signs the mails of one domain. Holds nothing of a mail, so threads may share it."""

    def __init__(self, domain: str, selector: str, key: PrivateKey) -> None:
        self._key = key
        kind = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ed25519"
        self._start = f"v=1; a={kind}-sha256; c=relaxed/relaxed; d={domain}; s={selector};"

    def field(self, fields: Sequence[Field], body: bytes, at: int) -> Field:
        """Return the DKIM-Signature field for a mail; ``at`` is the time in seconds since 1970.

        ``fields`` are the header fields as they are sent, folds included, ``body`` with CRLF at its line ends.
        """
        present: Mapping[str, bytes] = {name.lower(): value for name, value in fields}
        names = [name for name in SIGNED if name in present]
        digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        listed = ":".join((*names, *SEALED))
        ours = f"{self._start} t={at};\r\n h={_folded(listed)};\r\n bh={digest};\r\n b=".encode()
        signed = b"\r\n".join((*(_relaxed(n, present[n]) for n in names), _relaxed("dkim-signature", ours)))
        signature = base64.b64encode(self._sign(signed))
        lines = [signature[at : at + 72] for at in range(0, len(signature), 72)]
        return "DKIM-Signature", ours + b"\r\n ".join(lines)

    def _sign(self, signed: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(signed, _PADDING, _SHA256)
        return self._key.sign(hashlib.sha256(signed).digest())  # RFC 8463, 3: the hash is what is signed


def _folded(names: str) -> str:
    """Break a long list of names after a colon, where white space is allowed."""
    if len(names) <= 72:
        return names
    cut = names.rfind(":", 0, 72) + 1
    return names[:cut] + "\r\n  " + _folded(names[cut:])
