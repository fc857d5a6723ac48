"""Another implementation of DKIM agrees with our signatures, and sees what was changed on the way."""

from __future__ import annotations

import re

import dkim as other
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from regulars.channels.contract import Outgoing
from regulars.channels.email.dkim import KeyUnusable, Signer, load_key, new_key, record_of
from regulars.channels.email.mime import build, letterhead

SEED = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="  # RFC 8463, appendix A
MADE = new_key()
ONE_CLICK = {
    "List-Unsubscribe": "<https://shop.example/u/0123456789abcdef01234567>, <mailto:unsubscribe+7f3a9c@shop.example>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "News <news.shop.example>",
    "Feedback-ID": "c17:news:shop:regulars",
}
MESSAGE = Outgoing(
    id="7f3a9c", to="ada@customer.example", subject="新到的咖啡豆：本周烘焙，数量有限，先到先得", headers=ONE_CLICK,
    text="Hello  Ada \n\n two  spaces\t and a tab \n\n\n", html="<p>你好，王芳</p>\n",
)  # fmt: skip


def _ed25519() -> None:
    pytest.importorskip("nacl", reason="dkimpy checks Ed25519 with PyNaCl (pip install 'dkimpy[ed25519]')")


def signed(key: str, message: Outgoing = MESSAGE) -> bytes:
    head = letterhead(
        "hello@shop.example", "街角咖啡", "help@shop.example", "", Signer("shop.example", "s1", load_key(key))
    )
    return build(message, head, 1_790_000_000).content


def is_right(mail: bytes, key: str) -> bool:
    def look_up(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s1._domainkey.shop.example."
        return record_of(load_key(key)).encode()

    return bool(other.verify(mail, dnsfunc=look_up))


@pytest.mark.parametrize("key", [MADE.private_key, SEED])
def test_another_implementation_agrees(key: str) -> None:
    if key == SEED:
        _ed25519()
    mail = signed(key)
    assert is_right(mail, key)
    for changed in (
        mail.replace(b"One-Click", b"Two-Click"),
        mail.replace(b"s1;", b"s1; l=1;"),
        mail.replace(b"Subject:", b"Subject: Win\r\nSubject:"),
        mail.replace(b"\r\nMIME", b"\r\nFrom: thief@evil.example\r\nMIME"),
        mail[:-20] + b"x" + mail[-19:],
    ):
        assert changed != mail
        assert not is_right(changed, key)


@pytest.mark.parametrize("key", [MADE.private_key, SEED])
@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("\n\n\n", ""),
        ("no line end", ""),
        (" \t \n", ""),
        ("", "<p>x</p>"),
        ("街角咖啡 " * 300, ""),
        ("x " * 3000, "y"),
    ],
)
def test_bodies_of_every_shape(key: str, text: str, html: str) -> None:
    if key == SEED:
        _ed25519()
    message = Outgoing(id="a", to="ada@customer.example", text=text, html=html)
    assert is_right(signed(key, message), key)


def test_the_one_click_headers_are_covered() -> None:
    names = re.search(rb"h=([^;]+);", signed(SEED))
    assert names is not None
    covered = re.sub(rb"\s", b"", names[1]).decode().split(":")
    wanted = "from to subject date message-id mime-version content-type reply-to list-unsubscribe list-unsubscribe-post"
    assert {*wanted.split(), "list-id", "feedback-id"} <= set(covered)
    assert covered.count("from") == covered.count("subject") == 2


def test_keys() -> None:
    assert MADE.record.startswith("v=DKIM1; k=rsa; p=MIIBIjANBgkqh")
    assert record_of(load_key(MADE.private_key)) == MADE.record
    assert record_of(load_key(SEED)) == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert load_key("\n" + pem.decode() + "\n")
    for flat in ("", " ", "\r\n", "\\n"):  # as it comes out of a field of one line, or a file of settings
        assert record_of(load_key(MADE.private_key.replace("\n", flat))) == MADE.record


def test_texts_that_are_no_key_are_not_quoted() -> None:
    short = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    assert load_key(short.decode())
    for text in ("", "secret-words", "c2VjcmV0", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----"):
        with pytest.raises(KeyUnusable) as problem:
            load_key(text)
        assert "secret" not in str(problem.value)
