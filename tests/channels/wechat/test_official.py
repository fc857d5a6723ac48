"""A WeChat Official Account. The server is a fake written from developers.weixin.qq.com."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache

from regulars.channels.contract import Outgoing, Receipt, SettingsError
from regulars.channels.wechat.account import Button, CallFailed, create_qr, set_menu
from regulars.channels.wechat.official import Official
from tests.channels.vendors import Asked, Vendor, closed_port, vendor
from tests.channels.wechat.signing import KEY, TOKEN, sealed, signed, xml

OPENID = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


class WeChat:
    """Gives out tokens T1, T2, ...; knows only the last; answers messages with ``errcode``."""

    def __init__(self) -> None:
        self.number, self.errcode, self.tokens = 0, 0, 0
        self.secret = "s"
        self.knows = True

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/cgi-bin/stable_token":
            self.tokens += 1
            if asked.json["secret"] != self.secret:
                return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
            if asked.json["force_refresh"] or not self.number:
                self.number += 1
            return 200, {"access_token": f"T{self.number}", "expires_in": 7200}
        if not self.knows or asked.query["access_token"] != f"T{self.number}":
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        if asked.path == "/cgi-bin/qrcode/create":
            return 200, {"ticket": "gQ=+", "expire_seconds": 60, "url": "http://weixin.qq.com/q/1"}
        return 200, {"errcode": self.errcode, "errmsg": OPENID, "msgid": 200228332}


@pytest.fixture
def wechat() -> WeChat:
    cache.clear()
    return WeChat()


@pytest.fixture
def server(wechat: WeChat) -> Iterator[Vendor]:
    with vendor(wechat) as found:
        yield found


def _settings(url: str = "https://api.weixin.qq.com", **others: str) -> dict[str, str]:
    return {"app_id": "wx1", "app_secret": "s", "token": TOKEN, "api_url": url, **others}


def _deliver(server: Vendor, **message: Any) -> Receipt:
    with Official().open(_settings(server.url)) as line:
        return line.deliver(Outgoing("0f3a", OPENID, **message))


def test_an_answer(server: Vendor) -> None:
    receipt = _deliver(server, text="谢谢 <王芳>")
    assert (receipt.outcome, receipt.provider_id) == ("accepted", "200228332")
    asked = server.asked[-1]
    assert (asked.path, asked.query) == ("/cgi-bin/message/custom/send", {"access_token": "T1"})
    assert asked.json == {"touser": OPENID, "msgtype": "text", "text": {"content": "谢谢 <王芳>"}}
    assert "谢谢".encode() in asked.body


def test_a_template_message(server: Vendor) -> None:
    data = {"url": "https://shop.example/o/1"}
    receipt = _deliver(server, template="tpl", params={"thing1": "龙井"}, is_service=True, data=data)
    assert receipt.outcome == "accepted"
    assert server.asked[-1].path == "/cgi-bin/message/template/send"
    assert server.asked[-1].json == {
        "touser": OPENID, "template_id": "tpl", "client_msg_id": "0f3a", "data": {"thing1": {"value": "龙井"}}, **data,
    }  # fmt: skip


def test_a_template_may_not_sell(server: Vendor) -> None:
    receipt = _deliver(server, template="tpl", params={"thing1": "龙井"})
    assert (receipt.outcome, receipt.blame) == ("refused", "message")
    assert not server.asked


@pytest.mark.parametrize(
    ("errcode", "outcome", "blame"),
    [
        (43004, "refused", "address"), (40003, "refused", "address"), (48002, "refused", "address"),
        (45015, "refused", "message"), (45047, "refused", "message"), (45002, "refused", "message"),
        (48001, "refused", "sender"), (99999, "refused", "provider"), (-1, "later", ""), (45009, "later", ""),
    ],
)  # fmt: skip
def test_codes(server: Vendor, wechat: WeChat, errcode: int, outcome: str, blame: str) -> None:
    wechat.errcode = errcode
    receipt = _deliver(server, text="x")
    assert (receipt.outcome, receipt.blame, receipt.code) == (outcome, blame, str(errcode))
    assert OPENID not in repr(receipt)


def test_one_token_for_many_messages(server: Vendor, wechat: WeChat) -> None:
    for _time in range(3):
        assert _deliver(server, text="x").outcome == "accepted"
    assert wechat.tokens == 1


def test_a_token_that_died_early_is_fetched_anew(server: Vendor, wechat: WeChat) -> None:
    _deliver(server, text="x")
    wechat.number = 7  # another program has refreshed it
    assert _deliver(server, text="x").outcome == "accepted"
    assert (wechat.tokens, wechat.number) == (2, 7)
    # WeChat gives the same token again and does not know it: only then it is forced.
    wechat.knows = False
    receipt = _deliver(server, text="x")
    assert (receipt.outcome, receipt.code, receipt.retry_after) == ("later", "42001", 60)
    assert (wechat.tokens, wechat.number) == (4, 8)
    # It may be forced 20 times a day only, so not with every message.
    assert _deliver(server, text="x").outcome == "later"
    assert wechat.number == 8


@pytest.mark.parametrize("answer", [b"", b"<html>", [1], {"errcode": [1]}, {"errcode": "0"}])
def test_an_answer_that_is_none(server: Vendor, wechat: WeChat, answer: Any) -> None:
    _deliver(server, text="x")
    server.answers = lambda asked: (200, answer)
    assert _deliver(server, text="x").outcome == "unknown"


def test_no_token_no_message(server: Vendor, wechat: WeChat) -> None:
    wechat.secret = "changed"
    receipt = _deliver(server, text="x")
    assert (receipt.outcome, receipt.blame) == ("refused", "sender")
    server.mood = "cuts"
    # The answer to the question for the token was lost, not that to the message.
    assert _deliver(server, text="x").outcome == "later"


def test_the_handshake() -> None:
    answer = Official().receive(_settings(), signed(echostr="4075181314397890557"))
    assert (answer.status, answer.body) == (200, b"4075181314397890557")
    assert Official().receive(_settings(), signed(echostr="1", token="B")).status == 403


def _push(**given: str) -> Any:
    body = xml(ToUserName="gh_1", FromUserName=OPENID, CreateTime="1409735668", **given)
    answer = Official().receive(_settings(), signed(body))
    assert (answer.status, answer.body) == (200, b"success")
    again = Official().receive(_settings(aes_key=KEY), sealed(body, "wx1"))
    assert again.reports == answer.reports
    return answer.reports


def test_what_a_person_wrote() -> None:
    (said,) = _push(MsgType="text", Content=" 几点开门 ", MsgId="6054768590064713728")
    assert (said.kind, said.text, said.address, said.event_id) == ("said", "几点开门", OPENID, "6054768590064713728")
    assert said.at == datetime(2014, 9, 3, 9, 14, 28, tzinfo=UTC)
    (voice,) = _push(MsgType="voice", Recognition="你好", MsgId="2")
    (image,) = _push(MsgType="image", PicUrl="https://x", MsgId="3")
    assert [(r.text, r.code) for r in (voice, image)] == [("你好", "voice"), ("", "image")]


@pytest.mark.parametrize(
    ("event", "key", "kind", "scene"),
    [
        ("subscribe", "qrscene_window", "followed", "window"),
        ("subscribe", "", "followed", ""),
        ("subscribe", "last_trade_no_1", "followed", ""),
        ("SCAN", "window", "followed", "window"),
        ("unsubscribe", "", "unfollowed", ""),
        ("CLICK", "hours", "said", "hours"),
        ("VIEW", "https://x", None, None),
        ("LOCATION", "", None, None),
    ],
)
def test_events(event: str, key: str, kind: str | None, scene: str | None) -> None:
    reports = _push(MsgType="event", Event=event, EventKey=key)
    assert [(r.kind, r.scene, r.code) for r in reports] == ([(kind, scene, event)] if kind else [])
    assert all(len(r.event_id) == 40 for r in reports)


def test_events_of_one_second_are_told_apart() -> None:
    (gone,), (back,) = _push(MsgType="event", Event="unsubscribe"), _push(MsgType="event", Event="subscribe")
    assert gone.event_id != back.event_id


@pytest.mark.parametrize(
    ("status", "kind", "severity"),
    [
        ("success", "delivered", ""),
        ("failed:user block", "bounced", "block"),
        ("failed: system failed", "bounced", "soft"),
    ],
)
def test_what_became_of_a_template_message(status: str, kind: str, severity: str) -> None:
    (report,) = _push(MsgType="event", Event="TEMPLATESENDJOBFINISH", MsgID="200228332", Status=status)
    assert (report.kind, report.severity, report.provider_id) == (kind, severity, "200228332")


def test_a_bomb_is_not_opened() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><FromUserName>&b;</FromUserName></xml>'
    answer = Official().receive(_settings(), signed(bomb))
    assert (answer.status, list(answer.reports)) == (400, [])


def test_qr(server: Vendor) -> None:
    qr = create_qr(_settings(server.url), "shop-window", 3600)
    assert qr.image_url == "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQ%3D%2B"
    assert server.asked[-1].json == {
        "action_name": "QR_STR_SCENE", "expire_seconds": 3600,
        "action_info": {"scene": {"scene_str": "shop-window"}},
    }  # fmt: skip
    create_qr(_settings(server.url), "parcel")
    assert server.asked[-1].json["action_name"] == "QR_LIMIT_STR_SCENE"
    for scene, seconds in (("", None), ("x" * 65, None), ("x", 2_592_001), ("x", 0)):
        with pytest.raises(ValueError, match="QR|scene"):
            create_qr(_settings(server.url), scene, seconds)


def test_menu(server: Vendor, wechat: WeChat) -> None:
    sub = [Button("营业时间", key="hours"), Button("我的订单", "view", url="https://shop.example/me")]
    set_menu(_settings(server.url), [Button("茶铺", children=sub)])
    assert server.asked[-1].json == {
        "button": [
            {
                "name": "茶铺",
                "sub_button": [
                    {"type": "click", "name": "营业时间", "key": "hours"},
                    {"type": "view", "name": "我的订单", "url": "https://shop.example/me"},
                ],
            }
        ]
    }
    wechat.errcode = 40018
    with pytest.raises(CallFailed) as caught:
        set_menu(_settings(server.url), sub)
    assert caught.value.receipt.code == "40018"


@pytest.mark.parametrize(
    "buttons",
    [
        [], [Button("a", key="k")] * 4, [Button("茶铺茶铺茶铺", key="k")], [Button("a")], [Button("", key="k")],
        [Button("a", "view", url="http://x")], [Button("a", children=[Button("b", key="k")] * 6)],
        [Button("a", children=[Button("b", children=[Button("c", key="k")])])],
    ],
)  # fmt: skip
def test_a_menu_that_wechat_does_not_take(buttons: list[Button]) -> None:
    with pytest.raises(ValueError, match="."):
        set_menu(_settings(f"http://127.0.0.1:{closed_port()}"), buttons)


def test_a_bad_key_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        Official().check(_settings(aes_key="short"))
    assert caught.value.field == "aes_key"


def test_check(server: Vendor, wechat: WeChat) -> None:
    assert [f.is_ok for f in Official().check(_settings(server.url, aes_key=KEY))] == [True, True]
    assert [f.is_ok for f in Official().check(_settings(server.url, app_secret="old"))] == [False, False]


TEMPLATES = {
    "template_id": "tpl-1", "template_fields": "thing1 = subject, thing2=text", "notice_id": "ntc-1",
    "notice_fields": "thing4 = text",
}  # fmt: skip
NEWS = Outgoing(
    "0f3a", OPENID, subject="到货", is_service=True,
    text="您的龙井已经寄出。\n单号在这里 https://shop.example/o/1\n\n-- \nTea, 1 Mill Lane",
)  # fmt: skip


@pytest.mark.parametrize(
    ("is_service", "path"),
    [(True, "/cgi-bin/message/template/send"), (False, "/cgi-bin/message/subscribe/bizsend")],
    ids=["service", "marketing"],
)
def test_outside_of_the_window_a_template_says_it(server: Vendor, wechat: WeChat, is_service: bool, path: str) -> None:
    """What sells never leaves as a template; the notice that somebody asked for may say it."""
    closed = server.answers

    def answers(asked: Asked) -> tuple[int, Any]:
        wechat.errcode = 45015 if asked.path.endswith("custom/send") else 0
        return closed(asked)  # type: ignore[return-value]

    server.answers = answers
    with Official().open(_settings(server.url, **TEMPLATES)) as line:
        receipt = line.deliver(replace(NEWS, is_service=is_service))
    assert (receipt.outcome, receipt.provider_id) == ("accepted", "200228332")
    assert [a.path for a in server.asked[1:]] == ["/cgi-bin/message/custom/send", path]
    data = server.asked[-1].json
    value = data["data"]["thing2" if is_service else "thing4"]["value"]
    assert value == "您的龙井已经寄出。 单号在这里 htt…"
    assert len(value) == 20
    if is_service:
        assert (data["data"]["thing1"], data["template_id"]) == ({"value": "到货"}, "tpl-1")
    assert data["url" if is_service else "page"] == "https://shop.example/o/1"
    assert "Mill Lane" not in server.asked[-1].body.decode()


def test_a_closed_window_stays_one_where_nothing_was_set_up(server: Vendor, wechat: WeChat) -> None:
    wechat.errcode = 45015
    assert (_deliver(server, text="x", is_service=True).code, len(server.asked)) == ("45015", 2)
    given = {k: v for k, v in TEMPLATES.items() if k.startswith("template")}
    with Official().open(_settings(server.url, **given)) as line:
        assert line.deliver(replace(NEWS, is_service=False)).code == "45015"
    assert not [a for a in server.asked if "template" in a.path]
    # A lost answer may have been one that was sent: no second way is tried.
    server.is_moody, server.mood = lambda path: path.startswith("/cgi-bin/message"), "cuts"
    with Official().open(_settings(server.url, **TEMPLATES)) as line:
        assert line.deliver(NEWS).outcome == "unknown"
    assert not [a for a in server.asked if "template" in a.path]


@pytest.mark.parametrize(
    "fields", ["", "thing1", "thing1 = name", "subject = thing1", "thing1 = subject; thing2 = text"]
)
def test_fields_that_are_none_are_named(fields: str) -> None:
    with pytest.raises(SettingsError) as caught, Official().open(_settings(template_id="t", template_fields=fields)):
        pass
    assert caught.value.field == "template_fields"


def _popup(*asked: tuple[str, str], event: str = "subscribe_msg_popup_event") -> Any:
    lists = "".join(
        f"<List><TemplateId><![CDATA[{template}]]></TemplateId>"
        f"<SubscribeStatusString><![CDATA[{status}]]></SubscribeStatusString><PopupScene>2</PopupScene></List>"
        for template, status in asked
    )
    body = (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{OPENID}</FromUserName><CreateTime>1610969440</CreateTime>"
        f"<MsgType>event</MsgType><Event>{event}</Event>"
        f"<SubscribeMsgPopupEvent>{lists}</SubscribeMsgPopupEvent></xml>"
    )
    return Official().receive(_settings(**TEMPLATES), signed(body.encode())).reports


def test_somebody_asked_for_a_notice() -> None:
    (report,) = _popup(("other", "accept"), ("ntc-1", "accept"), ("ntc-2", "accept"))
    assert (report.kind, report.code, report.address, report.text) == ("said", "subscribe_msg", OPENID, "")
    assert _popup(("ntc-1", "accept"))[0].event_id == _popup(("ntc-1", "accept"))[0].event_id
    assert not _popup(("ntc-1", "reject"))
    assert not _popup(("ntc-1", "accept"), event="subscribe_msg_change_event")


def test_what_became_of_a_notice() -> None:
    body = (
        f"<xml><FromUserName>{OPENID}</FromUserName><CreateTime>1610969468</CreateTime><MsgType>event</MsgType>"
        "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List><TemplateId>ntc-1</TemplateId>"
        "<MsgID>1700827132819554304</MsgID><ErrorCode>%s</ErrorCode><ErrorStatus>s</ErrorStatus></List>"
        "</SubscribeMsgSentEvent></xml>"
    )
    for code, kind in (("0", "delivered"), ("43101", "bounced")):
        (report,) = Official().receive(_settings(**TEMPLATES), signed((body % code).encode())).reports
        assert (report.kind, report.provider_id) == (kind, "1700827132819554304")
