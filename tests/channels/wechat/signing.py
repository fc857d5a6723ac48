"""Requests as WeChat and WeCom make them, for tests."""

from __future__ import annotations

from regulars.channels.contract import Call
from regulars.channels.signed_callback import Envelope, signature
from tests.channels.calls import call

TOKEN = "AAAAA"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def xml(**given: str) -> bytes:
    return f"<xml>{''.join(f'<{k}><![CDATA[{v}]]></{k}>' for k, v in given.items())}</xml>".encode()


def signed(body: bytes = b"", token: str = TOKEN, **query: str) -> Call:
    query = {"timestamp": "1714036504", "nonce": "1514711492", **query}
    return call(body, {**query, "signature": signature(token, query["timestamp"], query["nonce"])})


def sealed(body: bytes, receiver: str, token: str = TOKEN, key: str = KEY) -> Call:
    inside = Envelope(key, receiver).seal(body)
    query = {"timestamp": "1714036504", "nonce": "1514711492", "encrypt_type": "aes"}
    query["msg_signature"] = signature(token, query["timestamp"], query["nonce"], inside)
    return call(xml(ToUserName="gh_1", Encrypt=inside), query)
