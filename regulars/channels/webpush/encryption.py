"""Web push as it is encrypted and signed: RFC 8291 with one record of RFC 8188, and VAPID (RFC 8292).

Written here on ``cryptography``, because pywebpush stands on a package that has no wheel (http-ece) and resolves the
address itself, where we have to look at it first.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
# RFC 8291, 4: a push service has to take 4096 bytes; 86 of header, 16 of tag and one that ends the record are ours.
LONGEST = 4096 - 86 - 17


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64url, padded or not; raise ValueError for anything else."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key of 32 bytes in base64url; raise ValueError if it is none."""
    data = decode(text)
    if len(data) != 32:
        raise ValueError("the key has to have 32 bytes")
    return ec.derive_private_key(int.from_bytes(data), CURVE)


def new_key() -> str:
    """Return a fresh private key for VAPID, in base64url."""
    return encode(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(32))


def public_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the 65 bytes of the public point, which the browser subscribes with."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def encrypt(
    text: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Return the body for a browser's keys. ``key`` and ``salt`` are fresh for each message, but in tests.

    Raise ValueError if the browser's keys are none or the text is longer than LONGEST bytes.
    """
    if len(text) > LONGEST:
        raise ValueError("the message is too long for a push service")
    if len(auth) != 16 or len(p256dh) != 65:
        raise ValueError("the browser's keys have to have 65 and 16 bytes")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    key, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(16)
    ours = public_of(key)
    secret = _derived(key.exchange(ec.ECDH(), theirs), auth, b"WebPush: info\0" + p256dh + ours, 32)
    content_key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + (4096).to_bytes(4) + bytes((len(ours),)) + ours
    return head + AESGCM(content_key).encrypt(nonce, text + b"\x02", None)


def authorization(key: ec.EllipticCurvePrivateKey, audience: str, subject: str, at: datetime) -> str:
    """Return the header that says who sends: ``audience`` is the push service's origin, ``subject`` how to reach us."""
    # RFC 8292 allows 24 hours; half of that leaves room for clocks.
    claims = {"aud": audience, "exp": int((at + timedelta(hours=12)).timestamp()), "sub": subject}
    text = ".".join(
        encode(json.dumps(part, separators=(",", ":")).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={text}.{encode(r.to_bytes(32) + s.to_bytes(32))},k={encode(public_of(key))}"
