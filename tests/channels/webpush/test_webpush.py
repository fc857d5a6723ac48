"""Web push by the published vectors. The push service is a fake written from RFC 8030."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from regulars.channels.contract import Outgoing, SettingsError
from regulars.channels.webpush.encryption import (
    LONGEST,
    authorization,
    decode,
    encode,
    encrypt,
    new_key,
    private_key,
    public_of,
)
from regulars.channels.webpush.push import WebPush
from tests.channels.vendors import vendor

# RFC 8291, 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
KEY = new_key()
SETTINGS = {"private_key": KEY, "subject": "mailto:shop@example.com", "allows_private": "on"}


def _subscription(url: str, **keys: str) -> str:
    return json.dumps({"endpoint": f"{url}/push/1", "keys": {"p256dh": P256DH, "auth": AUTH, **keys}})


def _opened(body: bytes) -> Any:
    """Return what the browser reads, with the key of RFC 8291's user agent."""
    salt, length, theirs, sealed = body[:16], body[20], body[21:86], body[86:]
    assert length == 65
    shared = private_key(THEIRS).exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    )

    def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

    secret = hkdf(shared, decode(AUTH), b"WebPush: info\0" + decode(P256DH) + theirs, 32)
    key, nonce = (hkdf(secret, salt, b"Content-Encoding: %s\0" % i, n) for i, n in ((b"aes128gcm", 16), (b"nonce", 12)))
    text = AESGCM(key).decrypt(nonce, sealed, None)
    assert text[-1] == 2
    return json.loads(text[:-1])


def test_published_encryption() -> None:
    body = encrypt(TEXT, decode(P256DH), decode(AUTH), key=private_key(OURS), salt=decode(SALT))
    assert encode(body) == BODY


def test_vapid() -> None:
    key = private_key(KEY)
    header = authorization(key, "https://push.example", "mailto:a@b.c", datetime(2026, 11, 23, tzinfo=UTC))
    token, public = (p.partition("=")[2] for p in header.removeprefix("vapid ").split(","))
    head, claims, signed = token.split(".")
    assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(decode(claims)) == {"aud": "https://push.example", "exp": 1795435200, "sub": "mailto:a@b.c"}
    assert decode(public) == public_of(key)
    r, s = decode(signed)[:32], decode(signed)[32:]
    signature = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    key.public_key().verify(signature, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_what_is_sent() -> None:
    with vendor(lambda asked: (201, b"")) as service, WebPush().open(SETTINGS) as line:
        for is_service in (False, True):
            message = Outgoing("m1", _subscription(service.url), subject="谢谢", text="新茶", is_service=is_service)
            assert line.deliver(message).outcome == "accepted"
        first, second = service.asked
    assert _opened(first.body) == {"id": "m1", "title": "谢谢", "body": "新茶", "url": ""}
    assert first.body != second.body
    assert (first.headers["urgency"], second.headers["urgency"]) == ("low", "normal")
    assert first.headers["topic"] == second.headers["topic"]
    assert len(first.headers["topic"]) == 32
    assert (first.headers["ttl"], first.headers["content-encoding"]) == ("86400", "aes128gcm")


@pytest.mark.parametrize(
    ("status", "outcome", "blame"),
    [
        (404, "refused", "address"), (410, "refused", "address"), (413, "refused", "message"),
        (400, "refused", "sender"), (403, "refused", "sender"), (429, "later", ""), (500, "unknown", ""),
        (301, "refused", "provider"),
    ],
)  # fmt: skip
def test_answers(status: int, outcome: str, blame: str) -> None:
    with vendor(lambda asked: (status, b"")) as service, WebPush().open(SETTINGS) as line:
        receipt = line.deliver(Outgoing("m1", _subscription(service.url), text="x"))
    assert (receipt.outcome, receipt.blame) == (outcome, blame)


@pytest.mark.parametrize(
    "to",
    ["", "{}", "[]", '{"endpoint": 1, "keys": 2}', "https://push.example/1", _subscription("https://p", p256dh="AAAA"),
     _subscription("https://p", auth="!"), _subscription("https://p:port")],
)  # fmt: skip
def test_what_is_no_subscription(to: str) -> None:
    with WebPush().open(SETTINGS) as line:
        receipt = line.deliver(Outgoing("m1", to, text="x"))
    assert (receipt.outcome, receipt.blame) == ("refused", "address")


def test_a_browser_cannot_send_us_into_our_own_network() -> None:
    with WebPush().open({**SETTINGS, "allows_private": ""}) as line:
        receipts = [
            line.deliver(Outgoing("m1", _subscription(u), text="x")) for u in ("https://10.0.0.1", "http://a.example")
        ]
    assert [r.code for r in receipts] == ["private-address", "not-https"]


def test_too_long() -> None:
    assert len(encrypt(b"x" * LONGEST, decode(P256DH), decode(AUTH))) == 4096
    with WebPush().open(SETTINGS) as line:
        receipt = line.deliver(Outgoing("m1", _subscription("https://p.example"), text="谢" * LONGEST))
    assert (receipt.outcome, receipt.blame) == ("refused", "message")


@pytest.mark.parametrize(
    ("name", "bad"),
    [("private_key", "x"), ("private_key", encode(bytes(32))), ("subject", "shop@example.com")],
)
def test_settings(name: str, bad: str) -> None:
    with pytest.raises(SettingsError) as caught, WebPush().open({**SETTINGS, name: bad}):
        pass
    assert caught.value.field == name
