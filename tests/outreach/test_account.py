"""The page of a WeChat account. The server is a fake written from developers.weixin.qq.com."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from regulars.base.actor import SYSTEM
from regulars.channels.contract import Report
from regulars.channels.wechat.account import Button
from regulars.desks.outreach.senders.menus import MenuUnclear, menu_from, text_of
from regulars.messages.models import Sender
from regulars.messages.operations import add_sender, hear
from regulars.stream.models import Activity
from tests.channels.vendors import Asked, Vendor, vendor
from tests.messages.shop import NOON, provider

pytestmark = pytest.mark.django_db
TEXT = "Shop = https://shop.example\nHelp\n  My parcel = parcel\n  Hours = https://shop.example/hours"
MENU = [
    {"type": "view", "name": "Shop", "url": "https://shop.example", "sub_button": []},
    {"name": "Help", "sub_button": [
        {"type": "click", "name": "My parcel", "key": "parcel", "sub_button": []},
        {"type": "view", "name": "Hours", "url": "https://shop.example/hours", "sub_button": []},
    ]},
    {"type": "scancode_push", "name": "Scan", "key": "x"},
]  # fmt: skip


class WeChat:
    def __init__(self) -> None:
        self.errcode, self.menu = 0, MENU

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/cgi-bin/stable_token":
            return 200, {"access_token": "T1", "expires_in": 7200}
        if asked.path == "/cgi-bin/menu/get":
            assert asked.method == "GET"
            return 200, {"menu": {"button": self.menu}} if self.menu else {"errcode": 46003, "errmsg": "no menu"}
        if self.errcode:
            return 200, {"errcode": self.errcode, "errmsg": "no"}
        if asked.path == "/cgi-bin/qrcode/create":
            return 200, {"ticket": "gQ", "url": "http://weixin.qq.com/q/02Xyz"}
        return 200, {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def wechat() -> WeChat:
    cache.clear()
    return WeChat()


@pytest.fixture
def server(wechat: WeChat) -> Iterator[Vendor]:
    with vendor(wechat) as found:
        yield found


@pytest.fixture
def client(olive: Any, client_of: Callable[[Any], Client]) -> Client:
    return client_of(olive)


def account(server: Vendor) -> Sender:
    given = {"app_id": "wx1", "app_secret": "s", "token": "t", "api_url": server.url}
    return add_sender(channel="wechat", adapter="official", name="W", settings=given, by=SYSTEM, at=NOON)


def test_the_menu_is_fetched_changed_and_set(server: Vendor, client: Client, wechat: WeChat) -> None:
    here = f"/settings/speaking/{account(server).pk}/account"
    assert client.get(here).status_code == 200
    assert not server.asked, "a page that is looked at asks nobody"
    page = client.get(f"{here}?menu").content.decode()
    assert "  My parcel = parcel" in page
    assert "Scan" not in page
    assert client.post(f"{here}/menu", {"menu": TEXT.replace("\n", "\r\n")}).status_code == 302
    assert server.asked[-1].path == "/cgi-bin/menu/create"
    assert server.asked[-1].json["button"][1]["sub_button"][0] == {
        "type": "click",
        "name": "My parcel",
        "key": "parcel",
    }
    assert Activity.objects.filter(kind="sender.changed", body__contains='"menu"').count() == 1
    wechat.menu = []
    assert "has no menu yet" in client.get(f"{here}?menu").content.decode()


def test_what_wechat_does_not_take_stands_at_the_field(server: Vendor, client: Client, wechat: WeChat) -> None:
    here = f"/settings/speaking/{account(server).pk}/account"
    answer = client.post(f"{here}/menu", {"menu": "Shop"})
    assert (answer.status_code, "does nothing" in answer.content.decode()) == (400, True)
    assert "https://" in client.post(f"{here}/menu", {"menu": "Shop = http://shop.example"}).content.decode()
    assert not server.asked
    wechat.errcode = 40018
    answer = client.post(f"{here}/menu", {"menu": TEXT})
    assert (answer.status_code, "40018" in answer.content.decode()) == (400, True)
    assert not Activity.objects.filter(kind="sender.changed", body__contains='"menu"').exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "one to three"), ("a=1\nb=1\nc=1\nd=1", "one to three"), ("a\n" + " b=1\n" * 6, "one to three"),
        (" a = 1", "Line 1"), ("a = 1\n  b = 2", "Line 2"), ("a\n  b", "does nothing"), ("= 1", "Line 1"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_menu_says_where(text: str, says: str) -> None:
    with pytest.raises(MenuUnclear, match=says):
        menu_from(text)


def test_a_menu_is_the_same_after_writing_and_reading() -> None:
    assert text_of(menu_from(TEXT)) == TEXT
    assert menu_from("问 = ask") == [Button("问", key="ask")]


def test_a_code_to_print_says_where_a_follower_came_from(server: Vendor, client: Client, wechat: WeChat) -> None:
    sender = account(server)
    here = f"/settings/speaking/{sender.pk}/account"
    answer = client.post(f"{here}/code", {"scene": "shop-window", "days": ""})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.content.startswith(b"<?xml")
    asked = server.asked[-1].json
    assert (asked["action_name"], asked["action_info"]["scene"]["scene_str"]) == ("QR_LIMIT_STR_SCENE", "shop-window")
    client.post(f"{here}/code", {"scene": "fair", "days": "3"})
    assert server.asked[-1].json["expire_seconds"] == 259_200
    assert client.post(f"{here}/code", {"scene": "fair", "days": "31"}).status_code == 400
    wechat.errcode = 45029
    assert "45029" in client.post(f"{here}/code", {"scene": "fair", "days": ""}).content.decode()
    came = [Report("followed", f"e{n}", NOON, address=f"o-{n}", scene="shop-window" if n else "") for n in range(3)]
    hear(sender, came, at=NOON)
    assert "<dt>shop-window</dt><dd>2</dd>" in client.get(here).content.decode()


def test_only_an_official_account_has_a_menu(server: Vendor, client: Client) -> None:
    _, mail = provider()
    assert client.get(f"/settings/speaking/{mail.pk}/account").status_code == 404
    page = client.get(f"/settings/speaking/{account(server).pk}/").content.decode()
    assert "/account" in page
