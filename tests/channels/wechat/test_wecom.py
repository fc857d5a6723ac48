"""WeCom. The server is a fake written from developer.work.weixin.qq.com."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from regulars.channels.contract import Outgoing
from regulars.channels.signed_callback import Envelope, signature
from regulars.channels.wechat.wecom import Wecom
from tests.channels.calls import call
from tests.channels.vendors import vendor
from tests.channels.wechat.signing import KEY, TOKEN, sealed, xml

CUSTOMER = "wmEAlECwAA"


@pytest.fixture(autouse=True)
def _no_tokens() -> None:
    cache.clear()


def _settings(url: str = "https://qyapi.weixin.qq.com") -> dict[str, str]:
    return {"corp_id": "ww1", "corp_secret": "s", "token": TOKEN, "aes_key": KEY, "api_url": url}


def _push(change: str, **others: str) -> Any:
    body = xml(
        Event="change_external_contact", ChangeType=change, UserID="li", ExternalUserID=CUSTOMER,
        CreateTime="1409735668", **others,
    )  # fmt: skip
    return Wecom().receive(_settings(), sealed(body, "ww1")).reports


def test_the_greeting() -> None:
    """From the push that reports a new contact to the greeting that its code allows."""
    (added,) = _push("add_external_contact", State="shop-window", WelcomeCode="W1")
    assert (added.kind, added.address, added.scene, added.code) == ("followed", CUSTOMER, "shop-window", "W1")

    def answers(asked: Any) -> tuple[int, Any]:
        if asked.path == "/cgi-bin/gettoken":
            assert asked.query == {"corpid": "ww1", "corpsecret": "s"}
            return 200, {"errcode": 0, "access_token": "T1", "expires_in": 7200}
        return 200, {"errcode": 0, "errmsg": "ok"}

    with vendor(answers) as wecom, Wecom().open(_settings(wecom.url)) as line:
        receipt = line.deliver(Outgoing("1", CUSTOMER, text="欢迎", params={"welcome_code": added.code}))
        asked = wecom.asked[-1]
    assert receipt.outcome == "accepted"
    assert (asked.path, asked.query) == ("/cgi-bin/externalcontact/send_welcome_msg", {"access_token": "T1"})
    assert asked.json == {"welcome_code": "W1", "text": {"content": "欢迎"}}


@pytest.mark.parametrize(
    ("errcode", "outcome", "blame"),
    [(41050, "refused", "message"), (41051, "refused", "message"), (41096, "later", "")],
)
def test_codes(errcode: int, outcome: str, blame: str) -> None:
    def answers(asked: Any) -> tuple[int, Any]:
        return 200, {"errcode": 0 if "token" in asked.path else errcode, "access_token": "T1", "expires_in": 7200}

    with vendor(answers) as wecom, Wecom().open(_settings(wecom.url)) as line:
        receipt = line.deliver(Outgoing("1", CUSTOMER, text="欢迎", params={"welcome_code": "W1"}))
    assert (receipt.outcome, receipt.blame) == (outcome, blame)


def test_nothing_but_greetings() -> None:
    with Wecom().open(_settings()) as line:
        receipt = line.deliver(Outgoing("1", CUSTOMER, text="sale"))
    assert (receipt.outcome, receipt.blame) == ("refused", "message")


def test_who_leaves() -> None:
    assert [r.kind for r in _push("del_follow_user")] == ["unfollowed"]
    assert not _push("del_external_contact")
    assert not _push("edit_external_contact")


def test_the_handshake_is_sealed() -> None:
    echo = Envelope(KEY, "ww1").seal(b"4075181314397890557")
    query = {"timestamp": "1", "nonce": "2", "echostr": echo, "msg_signature": signature(TOKEN, "1", "2", echo)}
    answer = Wecom().receive(_settings(), call(query=query))
    assert (answer.status, answer.body) == (200, b"4075181314397890557")
    assert Wecom().receive(_settings(), call(query={**query, "nonce": "3"})).status == 403
