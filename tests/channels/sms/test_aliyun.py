"""Alibaba Cloud SMS: its published signature, its codes, its pushes. The server is a fake written from its pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.channels.contract import Outgoing, SettingsError
from regulars.channels.sms.aliyun import Aliyun, sign
from tests.channels.calls import call
from tests.channels.vendors import vendor

KEY = "k" * 20
MESSAGE = Outgoing("0f3a", "+8613811110000", template="SMS_1", params={"name": "芳"})


def _settings(url: str = "https://dysmsapi.aliyuncs.com") -> dict[str, str]:
    return {"access_key_id": "LTAI", "access_key_secret": "s", "sign_name": "茶铺", "callback_key": KEY, "api_url": url}


def test_published_signature() -> None:
    # The fixed parameters of "V3 版本请求体&签名机制" on help.aliyun.com.
    _url, headers = sign(
        "YourAccessKeyId", "YourAccessKeySecret", "RunInstances", "https://ecs.cn-shanghai.aliyuncs.com",
        {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), nonce="3156853299f313e23d1673dc12e1703d",
        version="2014-05-26",
    )  # fmt: skip
    assert headers["authorization"].endswith("=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_what_is_sent() -> None:
    with (
        vendor(lambda asked: (200, {"Code": "OK", "BizId": "b1"})) as aliyun,
        Aliyun().open(_settings(aliyun.url)) as line,
    ):
        receipt = line.deliver(MESSAGE)
        (asked,) = aliyun.asked
    assert (receipt.outcome, receipt.provider_id) == ("accepted", "b1")
    assert asked.query == {
        "PhoneNumbers": "13811110000", "SignName": "茶铺", "TemplateCode": "SMS_1", "OutId": "0f3a",
        "TemplateParam": '{"name":"芳"}',
    }  # fmt: skip
    assert (asked.headers["x-acs-action"], asked.headers["x-acs-version"]) == ("SendSms", "2017-05-25")
    # The server signs what it got, from the wire, and comes to the same.
    at = datetime.strptime(asked.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    nonce = asked.headers["x-acs-signature-nonce"]
    _url, headers = sign(
        "LTAI", "s", "SendSms", f"http://{asked.headers['host']}", asked.query, at=at, nonce=nonce, version="2017-05-25"
    )
    assert headers["authorization"] == asked.headers["authorization"]


def test_no_template_no_message() -> None:
    with Aliyun().open(_settings()) as line:
        receipt = line.deliver(Outgoing("1", "+8613811110000", text="hello"))
    assert (receipt.outcome, receipt.blame) == ("refused", "message")


@pytest.mark.parametrize(
    ("status", "code", "says", "expected"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", "", ("refused", "address", None)),
        (200, "isv.TEMPLATE_MISSING_PARAMETERS", "", ("refused", "message", None)),
        (200, "isv.AMOUNT_NOT_ENOUGH", "", ("refused", "sender", None)),
        (200, "isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", ("later", "", 60)),
        (200, "isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", ("later", "", 3600)),
        (200, "isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:40", ("later", "", 86_400)),
        (400, "Throttling.User", "", ("later", "", None)),
        (400, "SignatureDoesNotMatch", "", ("refused", "sender", None)),
        (403, "Forbidden", "", ("refused", "sender", None)),
        (200, "isv.NEW", "", ("refused", "provider", None)),
        (503, "ServiceUnavailable", "", ("unknown", "", None)),
        (200, "", "", ("unknown", "", None)),
    ],
)
def test_codes(status: int, code: str, says: str, expected: tuple[str, str, float | None]) -> None:
    answer = {"Code": code, "Message": says} if code else {}
    with vendor(lambda asked: (status, answer)) as aliyun, Aliyun().open(_settings(aliyun.url)) as line:
        receipt = line.deliver(MESSAGE)
    assert (receipt.outcome, receipt.blame, receipt.retry_after) == expected


def _push(*items: Any) -> Any:
    return Aliyun().receive(_settings(), call(json.dumps(items).encode(), {"key": KEY}))


def test_receipts() -> None:
    common = {"phone_number": "13811110000", "biz_id": "b1", "out_id": "0f3a", "report_time": "2026-11-23 08:00:00"}
    answer = _push(
        {**common, "success": True, "err_code": "DELIVERED"},
        {**common, "success": False, "err_code": "MOBILE_NOT_ON_SERVICE"},
        {**common, "success": False, "err_code": "MOBILE_SEND_LIMIT", "phone_number": "85291234567"},
        "rubbish",
    )
    assert json.loads(answer.body)["code"] == 0
    assert [(r.kind, r.severity, r.address, r.message_id) for r in answer.reports] == [
        ("delivered", "", "+8613811110000", "0f3a"),
        ("bounced", "hard", "+8613811110000", "0f3a"),
        ("bounced", "soft", "+85291234567", "0f3a"),
    ]
    assert answer.reports[0].at == datetime(2026, 11, 23, tzinfo=UTC)
    assert len({r.event_id for r in answer.reports}) == 3
    assert "138" not in answer.reports[0].event_id or "13811110000" not in answer.reports[0].event_id


def test_what_a_person_wrote() -> None:
    item = {"phone_number": "13811110000", "send_time": "2026-11-23 08:00:00", "content": "ＴＤ", "sequence_id": 7}
    (stopped,), (said,) = _push(item).reports, _push({**item, "content": "几点开门", "sequence_id": 8}).reports
    assert (stopped.kind, stopped.address, said.kind, said.text) == ("stopped", "+8613811110000", "said", "几点开门")


def test_the_callback_key_has_to_be_long() -> None:
    with pytest.raises(SettingsError) as caught:
        Aliyun().receive({**_settings(), "callback_key": "short"}, call(b"[]"))
    assert caught.value.field == "callback_key"


def test_check() -> None:
    for status, is_ok in ((1, True), (0, False)):
        with vendor(lambda asked, status=status: (200, {"Code": "OK", "SignStatus": status})) as aliyun:
            assert [f.is_ok for f in Aliyun().check(_settings(aliyun.url))] == [is_ok]
