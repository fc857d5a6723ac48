"""Weibo's fans service. The server is a fake written from open.weibo.com's wiki."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from regulars.channels.contract import Outgoing
from regulars.channels.weibo.fans import Weibo
from tests.channels.calls import call
from tests.channels.vendors import vendor
from tests.channels.wechat.signing import signed

SECRET = "xyz123xyz"
MESSAGE = Outgoing("0f3a", "2489518277", text="谢谢")


def _settings(url: str = "https://m.api.weibo.com") -> dict[str, str]:
    return {"app_secret": SECRET, "access_token": "T1", "api_url": url}


def _push(kind: str, **data: str) -> Any:
    push = {
        "type": kind, "receiver_id": 1902538057, "sender_id": 2489518277, "text": "几点开门",
        "created_at": "Mon Jul 16 18:09:20 +0800 2012", "data": data,
    }  # fmt: skip
    return Weibo().receive(_settings(), signed(json.dumps(push).encode(), token=SECRET)).reports


def test_the_handshake_by_the_published_vector() -> None:
    query = {
        "timestamp": "1397022061823", "nonce": "57155157", "echostr": "hello",
        "signature": "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1",
    }  # fmt: skip
    assert Weibo().receive(_settings(), call(query=query)).body == b"hello"
    assert Weibo().receive(_settings(), call(query={**query, "nonce": "1"})).status == 403


def test_what_is_sent() -> None:
    with vendor(lambda asked: (200, {"result": True})) as weibo, Weibo().open(_settings(weibo.url)) as line:
        assert line.deliver(MESSAGE).outcome == "accepted"
        (asked,) = weibo.asked
    assert asked.path == "/2/messages/reply.json"
    assert asked.form == {"access_token": "T1", "type": "text", "data": '{"text": "谢谢"}', "receiver_id": "2489518277"}


@pytest.mark.parametrize("text", ["", "谢" * 301])
def test_length(text: str) -> None:
    with Weibo().open(_settings()) as line:
        assert line.deliver(Outgoing("1", "2", text=text)).blame == "message"


@pytest.mark.parametrize(
    ("status", "answer", "outcome", "blame"),
    [
        (400, {"error_code": 21327}, "refused", "sender"), (400, {"error_code": 20003}, "refused", "address"),
        (403, {"error_code": 10023}, "later", ""), (400, {"error_code": 10017}, "refused", "message"),
        (500, {"error_code": 10001}, "unknown", ""), (400, {"error_code": 99}, "refused", "provider"),
        (200, b"<html>", "unknown", ""), (404, b"", "refused", "provider"),
    ],
)  # fmt: skip
def test_codes(status: int, answer: Any, outcome: str, blame: str) -> None:
    with vendor(lambda asked: (status, answer)) as weibo, Weibo().open(_settings(weibo.url)) as line:
        receipt = line.deliver(MESSAGE)
    assert (receipt.outcome, receipt.blame) == (outcome, blame)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("text", {}, ("said", "几点开门", "")),
        ("image", {"vfid": "1"}, ("said", "", "")),
        ("event", {"subtype": "follow"}, ("followed", "", "")),
        ("event", {"subtype": "scan_follow", "key": "QR_LIMIT_SCENE_12"}, ("followed", "", "12")),
        ("event", {"subtype": "unfollow"}, ("unfollowed", "", "")),
        ("event", {"subtype": "subscribe"}, ("started", "", "")),
        ("event", {"subtype": "unsubscribe"}, ("stopped", "", "")),
        ("event", {"subtype": "click", "key": "hours"}, ("said", "", "hours")),
        ("event", {"subtype": "view", "key": "https://x"}, None),
        ("mention", {}, None),
    ],
)
def test_pushes(kind: str, data: dict[str, str], expected: tuple[str, str, str] | None) -> None:
    reports = _push(kind, **data)
    assert [(r.kind, r.text, r.scene) for r in reports] == ([expected] if expected else [])
    for report in reports:
        assert (report.address, report.at) == ("2489518277", datetime(2012, 7, 16, 10, 9, 20, tzinfo=UTC))


def test_check() -> None:
    for left, is_ok in ((86400, True), (0, False)):
        with vendor(lambda asked, left=left: (200, {"expire_in": left})) as weibo:
            assert [f.is_ok for f in Weibo().check(_settings(weibo.url))] == [is_ok]
