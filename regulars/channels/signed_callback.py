"""The callbacks of WeChat, WeCom and Weibo: one handshake, one signature, one envelope.

The signature is the SHA-1 of the sorted token, timestamp and nonce. It does not cover the body; only that of the safe
mode does, ``msg_signature``, which takes in the sealed text. Scheme: developers.weixin.qq.com, 消息加解密说明.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from xml.parsers import expat

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from regulars.channels.contract import Answer, Call

BLOCK = 32  # of the padding; AES's own is 16
LONGEST = 256 * 1024


class Forged(Exception):
    """The request is not the provider's, or not whole."""


def signature(*parts: str) -> str:
    """Return the hexadecimal SHA-1 of the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(errors="replace")).hexdigest()  # noqa: S324 -- the providers' choice


def verify(given: str, *parts: str) -> None:
    """Raise Forged unless ``given`` is the signature of the parts. A token that is empty signs nothing."""
    if not all(parts) or not hmac.compare_digest(given.encode(errors="replace"), signature(*parts).encode()):
        raise Forged("the signature is wrong")


def verify_query(token: str, query: Mapping[str, str]) -> None:
    """Raise Forged unless ``signature`` in the query is that of the token, the timestamp and the nonce."""
    verify(query.get("signature", ""), token, query.get("timestamp", ""), query.get("nonce", ""))


def greeting(token: str, call: Call) -> Answer:
    """Answer the handshake, by which a provider finds out that the address is ours: its ``echostr``, in the clear."""
    try:
        verify_query(token, call.query)
    except Forged:
        return Answer(403)
    return Answer(body=call.query.get("echostr", "").encode(errors="replace"))


class Envelope:
    """The safe mode: AES-256-CBC under the shop's EncodingAESKey, with the receiver's id inside."""

    def __init__(self, encoding_aes_key: str, receiver: str) -> None:
        """Raise ValueError unless the key is 43 characters of base64. ``receiver`` is the app's or company's id."""
        try:
            self._key = base64.b64decode(encoding_aes_key + "=")
        except binascii.Error as error:
            raise ValueError("the key is not base64") from error
        if len(encoding_aes_key) != 43 or len(self._key) != 32:
            raise ValueError("the key has to have 43 characters")
        self._receiver = receiver.encode()

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))

    def open(self, sealed: str) -> bytes:
        """Return the text inside; raise Forged if it was not sealed for us."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise Forged("not base64") from None
        if len(data) < BLOCK or len(data) % 16:
            raise Forged("cut")
        decryptor = self._cipher().decryptor()
        text = decryptor.update(data) + decryptor.finalize()
        padding = text[-1]
        if not 1 <= padding <= BLOCK or text[-padding:] != bytes((padding,)) * padding:
            raise Forged("sealed with another key")
        text = text[16:-padding]
        end = 4 + int.from_bytes(text[:4])
        if len(text) < end or not hmac.compare_digest(text[end:], self._receiver):
            raise Forged("sealed for somebody else")
        return text[4:end]

    def seal(self, text: bytes, random: bytes | None = None) -> str:
        """Return the text sealed, in base64. ``random`` is 16 fresh bytes, but in tests."""
        inner = (random or os.urandom(16)) + len(text).to_bytes(4) + text + self._receiver
        padding = BLOCK - len(inner) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(inner + bytes((padding,)) * padding) + encryptor.finalize()).decode()


def sealed_body(token: str, envelope: Envelope, call: Call) -> bytes:
    """Return the text of a push in safe mode; raise Forged or ValueError if it is not the provider's."""
    sealed = fields(call.body).get("Encrypt", "")
    query = call.query
    verify(query.get("msg_signature", ""), token, query.get("timestamp", ""), query.get("nonce", ""), sealed)
    return envelope.open(sealed)


def fields(xml: bytes) -> dict[str, str]:
    """Return the texts below the root by name, deeper ones as ``Outer/Inner``.

    Raise ValueError for what is no XML, is too long, or brings a DOCTYPE: no provider sends one, and entities could
    read files and fill the memory.
    """
    if len(xml) > LONGEST:
        raise ValueError("too long")
    found: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        path.append(name)
        if len(path) > 8:
            raise ValueError("too deep")

    def end(name: str) -> None:
        path.pop()

    def text(data: str) -> None:
        if len(path) > 1:
            key = "/".join(path[1:])
            found[key] = found.get(key, "") + data

    def refuse(*declared: object) -> None:
        raise ValueError("a DOCTYPE")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        raise ValueError("no XML") from None
    return {name: value.strip() for name, value in found.items()}
