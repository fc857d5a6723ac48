"""Twilio: its published signatures, and what its codes mean. The server is a fake written from its documentation."""

from __future__ import annotations

import pytest

from regulars.channels.contract import Call, Outgoing
from regulars.channels.sms.twilio import Twilio, is_signed, signature
from tests.channels.calls import PUBLIC
from tests.channels.cases import _twilio
from tests.channels.vendors import vendor

# From the tests of Twilio's own libraries (twilio-python, tests/unit/test_request_validator.py).
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("From", "+14158675309"), ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]  # fmt: skip
BODY = b'{"property": "value", "boolean": true}'
SUM = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
MESSAGE = Outgoing("0f3a", "+8613811110000", text="谢谢")


def _settings(url: str, **others: str) -> dict[str, str]:
    return {"account_sid": "AC1", "auth_token": "12345", "sender": "+15017122661", "api_url": url, **others}


def test_published_signatures() -> None:
    assert signature("12345", URL, FIELDS) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert signature("12345", f"{URL}&bodySHA256={SUM}", []) == "a9nBmqA0ju/hNViExpshrM61xv4="


def test_the_url_with_and_without_its_port() -> None:
    signed = signature("12345", "https://shop.example:443/in", [("a", "b")])
    for url in ("https://shop.example/in", "https://shop.example:443/in"):
        assert is_signed("12345", Call("POST", url, {}, {"x-twilio-signature": signed}, b"a=b"))
    assert not is_signed(
        "12345", Call("POST", "https://shop.example:8443/in", {}, {"x-twilio-signature": signed}, b"a=b")
    )
    assert not is_signed("12345", Call("POST", "https://shop.example:x/in", {}, {"x-twilio-signature": signed}, b"a=b"))


def test_a_json_body_is_covered_by_its_sum() -> None:
    headers = {"x-twilio-signature": "a9nBmqA0ju/hNViExpshrM61xv4="}
    call = Call("POST", f"{URL}&bodySHA256={SUM}", {"bodySHA256": SUM}, headers, BODY)
    assert is_signed("12345", call)
    assert not is_signed("12345", Call("POST", call.url, call.query, headers, BODY + b" "))


def test_what_is_sent() -> None:
    with vendor(lambda asked: (201, {"sid": "SM1"})) as twilio:
        with Twilio().open(_settings(twilio.url, callback_url=f"{PUBLIC}?shop=1")) as line:
            line.deliver(MESSAGE)
        with Twilio().open(_settings(twilio.url, sender="MG1")) as line:
            line.deliver(MESSAGE)
        first, second = twilio.asked
    assert first.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert first.headers["authorization"] == "Basic QUMxOjEyMzQ1"
    assert first.form == {
        "To": "+8613811110000", "Body": "谢谢", "From": "+15017122661", "StatusCallback": f"{PUBLIC}?shop=1&id=0f3a",
    }  # fmt: skip
    assert second.form["MessagingServiceSid"] == "MG1"


@pytest.mark.parametrize(
    ("status", "code", "outcome", "blame"),
    [
        (400, 21211, "refused", "address"),
        (400, 21610, "refused", "address"),
        (400, 21617, "refused", "message"),
        (400, 21606, "refused", "sender"),
        (401, 20003, "refused", "sender"),
        (400, 99999, "refused", "provider"),
        (429, 20429, "later", ""),
        (503, 20503, "unknown", ""),
    ],
)
def test_codes(status: int, code: int, outcome: str, blame: str) -> None:
    with (
        vendor(lambda asked: (status, {"code": code, "message": "for +8613811110000"})) as twilio,
        Twilio().open(_settings(twilio.url)) as line,
    ):
        receipt = line.deliver(MESSAGE)
    assert (receipt.outcome, receipt.blame, receipt.code) == (outcome, blame, str(code))
    assert "138" not in receipt.detail


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (b"MessageSid=SM1&MessageStatus=sent", []),
        (b"MessageSid=SM1&MessageStatus=delivered&To=%2B1", [("delivered", "", "")]),
        (b"MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003", [("bounced", "soft", "")]),
        (b"MessageSid=SM1&MessageStatus=failed&ErrorCode=30007", [("bounced", "block", "")]),
        (b"MessageSid=SM2&From=%2B1&Body=Stop%21", [("stopped", "", "Stop!")]),
        (b"MessageSid=SM2&From=%2B1&Body=%E9%80%80%E8%AE%A2", [("stopped", "", "退订")]),
        (b"MessageSid=SM2&From=%2B1&Body=Adios&OptOutType=STOP", [("stopped", "", "Adios")]),
        (b"MessageSid=SM2&From=%2B1&Body=Where+is+it%3F", [("said", "", "Where is it?")]),
        (b"MessageSid=SM2&From=%2B1&Body=", [("said", "", "")]),
    ],
)
def test_callbacks(body: bytes, kinds: list[tuple[str, str, str]]) -> None:
    settings = _settings("https://api.twilio.com")
    answer = Twilio().receive(settings, _twilio(body)(settings))
    assert [(r.kind, r.severity, r.text) for r in answer.reports] == kinds
    if kinds and kinds[0][0] in ("delivered", "bounced"):
        assert answer.reports[0].message_id == "0f3a9c"


def test_check() -> None:
    with vendor(lambda asked: (200, {"status": "active"})) as twilio:
        assert [f.is_ok for f in Twilio().check(_settings(twilio.url))] == [True]
    with vendor(lambda asked: (401, {"code": 20003})) as twilio:
        assert [f.is_ok for f in Twilio().check(_settings(twilio.url))] == [False]
