"""What the contract test needs to know of each adapter: good settings, a message, a vendor who answers, callbacks.

The vendors' answers are written from their documentation; see vendors.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from regulars.channels import email, sms, webhook, webpush, wechat, weibo
from regulars.channels.contract import ADAPTERS, Adapter, Call, Outgoing
from tests.channels.calls import PUBLIC, call
from tests.channels.email.providers import ADA, PROVIDERS, Provider, answers
from tests.channels.email.providers import OURS as TOUCH
from tests.channels.smsc import smsc
from tests.channels.vendors import Answers, Vendor, vendor
from tests.channels.webhook.test_webhook import SECRET
from tests.channels.webpush.test_webpush import OURS, _subscription
from tests.channels.wechat.signing import KEY, TOKEN, sealed, signed, xml

MESSAGE = Outgoing("0f3a9c", "+8613811110000", text="Your parcel is on its way", is_service=True)


@dataclass(frozen=True)
class Case:
    """``settings`` and ``message`` take the vendor's address. ``lost`` and ``broken`` are the right outcomes for an
    answer that never came and for an error of the server's."""

    name: str
    settings: Callable[[str], dict[str, str]]
    answers: Answers
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

SAID = xml(
    FromUserName="oyORnu", CreateTime="1409735668", MsgType="text", Content="几点开门", MsgId="6054768590064713728"
)
ADDED = xml(
    Event="change_external_contact", ChangeType="add_external_contact", UserID="li", ExternalUserID="wmEAlECwAA",
    CreateTime="1409735668", State="shop-window", WelcomeCode="W1",
)  # fmt: skip
FOLLOW = (
    b'{"type":"event","receiver_id":1902538057,"sender_id":2489518277,"created_at":"Mon Jul 16 18:09:20 +0800 2012",'
    b'"text":"","data":{"subtype":"follow"}}'
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
        lambda url: {"private_key": OURS, "subject": "mailto:shop@example.com", "allows_private": "1"},
        lambda asked: (201, {}),
        message=lambda url: Outgoing("0f3a9c", _subscription(url), text="Your parcel is on its way"),
    ),
    Case(
        "wechat/official",
        lambda url: {"app_id": "wx1", "app_secret": "s", "token": TOKEN, "aes_key": KEY, "api_url": url},
        lambda asked: (200, {"errcode": 0, "msgid": 200228332, "access_token": "T1", "expires_in": 7200}),
        message=lambda url: Outgoing("0f3a9c", "oyORnuP8q7ou2gfYjqLzSIWZf0rs", text="谢谢"),
        is_moody=lambda path: path.startswith("/cgi-bin/message/"),
        genuine=lambda s: sealed(SAID, "wx1"),
        forged=[
            lambda s: signed(SAID),  # in safe mode nothing comes in the clear
            lambda s: sealed(SAID, "wx1", token="BBBBB"),
            lambda s: sealed(SAID, "wx2"),
            lambda s: sealed(SAID, "wx1", key="B" * 43),
            lambda s: sealed(b"no xml", "wx1"),
            lambda s: signed(token="BBBBB", echostr="1"),
        ],
    ),
    Case(
        "wechat/wecom",
        lambda url: {"corp_id": "ww1", "corp_secret": "s", "token": TOKEN, "aes_key": KEY, "api_url": url},
        lambda asked: (200, {"errcode": 0, "errmsg": "ok", "access_token": "T1", "expires_in": 7200}),
        message=lambda url: Outgoing("0f3a9c", "wmEAlECwAA", text="谢谢", params={"welcome_code": "W1"}),
        is_moody=lambda path: path.endswith("send_welcome_msg"),
        genuine=lambda s: sealed(ADDED, "ww1"),
        forged=[lambda s: sealed(ADDED, "ww1", token="BBBBB"), lambda s: sealed(ADDED, "ww2"), lambda s: signed(ADDED)],
    ),
    Case(
        "weibo/fans",
        lambda url: {"app_secret": "xyz123xyz", "access_token": "T1", "api_url": url},
        lambda asked: (200, {"result": True, "expire_in": 86400}),
        message=lambda url: Outgoing("0f3a9c", "2489518277", text="谢谢"),
        genuine=lambda s: signed(FOLLOW, token="xyz123xyz"),
        forged=[lambda s: signed(FOLLOW, token="BBBBB"), lambda s: signed(b"[]", token="xyz123xyz")],
    ),
]  # fmt: skip


def _of(provider: Provider) -> Case:
    return Case(
        f"email/{provider.name}",
        provider.settings,
        answers(provider),
        message=lambda url: Outgoing(TOUCH, ADA, subject="Tea", text="Your parcel is on its way", is_service=True),
        lost="later" if provider.name == "resend" else "unknown",
        broken="later" if provider.name == "resend" else "unknown",
        genuine=lambda s: provider.call(provider.says("hard")),
        forged=[
            lambda s: provider.call(provider.says("hard"), "guessed"),
            lambda s: call(b"{}"),
            lambda s: call(b"[]"),
        ],
        is_moody=lambda path: True,
    )


CASES += [_of(provider) for provider in PROVIDERS]

CHANNELS = (email, sms, webhook, webpush, wechat, weibo)
