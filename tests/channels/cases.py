"""What the contract test needs to know of each adapter: good settings, a message, a vendor who answers, callbacks.

The vendors' answers are written from their documentation; see vendors.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from regulars.channels import sms, webhook, webpush
from regulars.channels.contract import ADAPTERS, Adapter, Call, Outgoing
from tests.channels.smsc import smsc
from tests.channels.vendors import Asked, Vendor, vendor
from tests.channels.webhook.test_webhook import SECRET
from tests.channels.webpush.test_webpush import OURS, _subscription

PUBLIC = "https://shop.example/hooks/1"
MESSAGE = Outgoing("0f3a9c", "+8613811110000", text="Your parcel is on its way", is_service=True)


@dataclass(frozen=True)
class Case:
    """``settings`` and ``message`` take the vendor's address. ``lost`` and ``broken`` are the right outcomes for an
    answer that never came and for an error of the server's."""

    name: str
    settings: Callable[[str], dict[str, str]]
    answers: Callable[[Asked], tuple[int, Any]]
    message: Callable[[str], Outgoing] = lambda url: MESSAGE
    lost: str = "unknown"
    broken: str = "unknown"
    genuine: Callable[[Mapping[str, str]], Call] | None = None
    forged: Sequence[Callable[[Mapping[str, str]], Call]] = ()
    is_moody: Callable[[str], bool] = lambda path: True
    runs: Callable[[Case], AbstractContextManager[Any]] = lambda case: _vendor(case)

    @property
    def adapter(self) -> Adapter:
        channel, _slash, name = self.name.partition("/")
        return ADAPTERS[channel, name]


@contextmanager
def _vendor(case: Case) -> Iterator[Vendor]:
    with vendor(case.answers) as found:
        found.is_moody = case.is_moody
        yield found


@contextmanager
def _smsc(case: Case) -> Iterator[Any]:
    with smsc() as found:
        found.url = f"http://127.0.0.1:{found.port}"
        yield found


def call(body: bytes = b"", query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Call:
    """Return a request to the shop; a GET if it has no body."""
    asked = "&".join(f"{k}={v}" for k, v in (query or {}).items())
    url = f"{PUBLIC}?{asked}" if asked else PUBLIC
    return Call("POST" if body else "GET", url, query or {}, headers or {}, body)


def _twilio(body: bytes, signed_with: str | None = None) -> Callable[[Mapping[str, str]], Call]:
    from urllib.parse import parse_qsl

    from regulars.channels.sms.twilio import signature

    def build(settings: Mapping[str, str]) -> Call:
        found = call(body, {"id": "0f3a9c"})
        token = settings["auth_token"] if signed_with is None else signed_with
        signed = signature(token, found.url, parse_qsl(body.decode(), keep_blank_values=True))
        return call(body, {"id": "0f3a9c"}, {"x-twilio-signature": signed if token else ""})

    return build


STATUS = b"MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30005&To=%2B8613811110000"
PUSH = (
    b'[{"phone_number":"13811110000","success":true,"biz_id":"b1","out_id":"0f3a9c",'
    b'"report_time":"2026-11-23 10:00:00","err_code":"DELIVERED"}]'
)

CASES = [
    Case(
        "sms/twilio",
        lambda url: {
            "account_sid": "AC1", "auth_token": "12345", "sender": "+15017122661", "api_url": url,
            "callback_url": PUBLIC,
        },
        lambda asked: (201, {"sid": "SM1"}) if asked.body else (200, {"status": "active"}),
        genuine=_twilio(STATUS),
        forged=[_twilio(STATUS, "54321"), _twilio(STATUS, ""), lambda s: call(STATUS)],
    ),
    Case(
        "sms/aliyun",
        lambda url: {
            "access_key_id": "LTAI", "access_key_secret": "s", "sign_name": "茶铺", "api_url": url,
            "callback_key": "k" * 20,
        },
        lambda asked: (200, {"Code": "OK", "BizId": "b1", "SignStatus": 1}),
        message=lambda url: Outgoing("0f3a9c", "+8613811110000", template="SMS_1", params={"name": "芳"}),
        genuine=lambda s: call(PUSH, {"key": s["callback_key"]}),
        forged=[lambda s: call(PUSH), lambda s: call(PUSH, {"key": "guessed"}), lambda s: call(PUSH, {"key": "é"})],
    ),
    Case(
        "sms/smpp",
        lambda url: {
            "host": "127.0.0.1", "port": url.rpartition(":")[2], "system_id": "shop", "password": "secret",
            "sender": "SHOP",
        },
        lambda asked: (200, {}),
        broken="later",  # an error is an answer here: the message was not taken
        forged=[lambda s: call(b"id:1 stat:DELIVRD")],
        runs=_smsc,
    ),
    Case(
        "webhook/standard",
        lambda url: {"secret": SECRET, "allows_private": "1", "allows_plain": "1"},
        lambda asked: (200, {}),
        message=lambda url: Outgoing("0f3a9c", url, data={"type": "test", "data": {}}),
        lost="later",
        broken="later",
    ),
    Case(
        "webpush/vapid",
        lambda url: {"private_key_secret": OURS, "subject": "mailto:shop@example.com", "allows_private": "1"},
        lambda asked: (201, {}),
        message=lambda url: Outgoing("0f3a9c", _subscription(url), text="Your parcel is on its way"),
    ),
]  # fmt: skip

CHANNELS = (sms, webhook, webpush)
