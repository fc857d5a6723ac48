"""The signature and the envelope that WeChat, WeCom and Weibo share, by published vectors."""

from __future__ import annotations

import pytest

from regulars.channels.signed_callback import Envelope, Forged, fields, sealed_body, signature, verify
from tests.channels.calls import call

# The samples of Tencent's own WXBizMsgCrypt (Java and Python).
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SEALED = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
PUSH = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXp"
    "bUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlp"
    "Kn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD"
    "1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
QUERY = {
    "timestamp": "1409735669", "nonce": "1320562132", "encrypt_type": "aes",
    "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
}  # fmt: skip


def test_published_signatures() -> None:
    assert signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"  # WeChat
    assert signature("xyz123xyz", "1397022061823", "57155157") == "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1"  # Weibo


def test_published_envelope() -> None:
    envelope = Envelope(KEY, "wxb11529c136998cb6")
    assert envelope.seal("我是中文abcd123".encode(), b"aaaabbbbccccdddd") == SEALED
    assert envelope.open(SEALED).decode() == "我是中文abcd123"


def test_published_push() -> None:
    body = (
        f"<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><Encrypt><![CDATA[{PUSH}]]></Encrypt></xml>".encode()
    )
    envelope = Envelope(KEY, "wx2c2769f8efd9abc2")
    push = fields(sealed_body("spamtest", envelope, call(body, QUERY)))
    assert (push["MsgType"], push["Content"], push["MsgId"]) == ("text", "abcdteT", "6054768590064713728")
    assert push["FromUserName"] == "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
    with pytest.raises(Forged):
        sealed_body("spamtest", envelope, call(body.replace(b"hyz", b"hyy"), QUERY))
    with pytest.raises(Forged):
        sealed_body("spamtesT", envelope, call(body, QUERY))
    with pytest.raises(Forged, match="somebody else"):
        sealed_body("spamtest", Envelope(KEY, "wx0000000000000000"), call(body, QUERY))


@pytest.mark.parametrize("sealed", ["", "!", "YQ==", SEALED[:-24], SEALED[:-8] + "AAAAAA==", "é"])
def test_what_was_not_sealed_for_us(sealed: str) -> None:
    with pytest.raises(Forged):
        Envelope(KEY, "wxb11529c136998cb6").open(sealed)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 33, 1000])
def test_every_length_comes_back(length: int) -> None:
    envelope = Envelope(KEY, "wx1")
    assert envelope.open(envelope.seal(b"x" * length)) == b"x" * length


@pytest.mark.parametrize("key", ["", "short", "!" * 43, KEY + "H", "é" * 43])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(ValueError, match="key|ascii|ASCII"):
        Envelope(key, "wx1")


def test_an_empty_token_signs_nothing() -> None:
    with pytest.raises(Forged):
        verify(signature("", "1", "2"), "", "1", "2")


def test_fields() -> None:
    xml = "<xml><A><![CDATA[一]]></A><B> 2 </B><C><D>3</D><D>4</D></C><E/></xml>"
    assert fields(xml.encode()) == {"A": "一", "B": "2", "C/D": "34"}


@pytest.mark.parametrize(
    "xml",
    [
        b"", b"x", b"<a>", b"\xff\xfe", b"<a><b></a></b>", b"<a>" * 9 + b"</a>" * 9,
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
        b"<a>" + b"x" * 300_000 + b"</a>",
    ],
)  # fmt: skip
def test_xml_that_is_refused(xml: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        fields(xml)
