"""Whoever begins to follow is greeted at once, once, through the guard; an account never writes to another's people.

The servers are fakes written from the vendors' documentation.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.channels.contract import Call
from regulars.messages.identity import save_identity
from regulars.messages.jobs import send
from regulars.messages.models import Sender, Touch
from regulars.messages.operations import NewSending, add_sender, open_sending, plan
from regulars.people.models import Consent, Customer
from tests.answers.test_hooks import ring
from tests.channels.vendors import Vendor, vendor
from tests.channels.wechat.signing import KEY, TOKEN, sealed, xml
from tests.messages.shop import IDENTITY

pytestmark = pytest.mark.django_db
WELCOME = "/cgi-bin/externalcontact/send_welcome_msg"
ANSWER = "/cgi-bin/message/custom/send"


@pytest.fixture
def server() -> Iterator[Vendor]:
    cache.clear()
    save_identity(IDENTITY, by=SYSTEM, at=now())
    answers: Any = lambda asked: (200, {"errcode": 0, "access_token": "T", "expires_in": 7200})  # noqa: E731
    with vendor(answers) as running:
        yield running


def wecom(server: Vendor, greeting: str = "欢迎，我是李，有事叫我。") -> Sender:
    settings = {
        "corp_id": "ww1", "corp_secret": "s", "token": TOKEN, "aes_key": KEY, "api_url": server.url,
        "greeting": greeting,
    }  # fmt: skip
    return add_sender(channel="wechat", adapter="wecom", name="Li", settings=settings, by=SYSTEM, at=now())


def official(server: Vendor, greeting: str = "") -> Sender:
    settings = {
        "app_id": "wx1", "app_secret": "s", "token": TOKEN, "aes_key": KEY, "api_url": server.url, "greeting": greeting,
    }  # fmt: skip
    return add_sender(channel="wechat", adapter="official", name="W", settings=settings, by=SYSTEM, at=now())


def added(code: str = "W1", person: str = "wm-ada", seconds_ago: int = 1) -> Call:
    body = xml(
        Event="change_external_contact", ChangeType="add_external_contact", UserID="li", ExternalUserID=person,
        CreateTime=str(int(time.time()) - seconds_ago), WelcomeCode=code,
    )  # fmt: skip
    return sealed(body, "ww1")


def followed(person: str = "o-ada", event: str = "subscribe") -> Call:
    body = xml(
        FromUserName=person, ToUserName="gh_1", CreateTime=str(int(time.time()) - 1), MsgType="event", Event=event,
        EventKey="",
    )  # fmt: skip
    return sealed(body, "wx1")


def asked(server: Vendor, path: str) -> list[Any]:
    return [one.json for one in server.asked if one.path == path]


def test_a_new_contact_of_wecom_is_greeted_once(server: Vendor) -> None:
    sender, call = wecom(server), added()
    for _ in range(2):
        assert ring(sender, call).content == b"success"
    assert asked(server, WELCOME) == [{"welcome_code": "W1", "text": {"content": "欢迎，我是李，有事叫我。"}}]
    touch = Touch.objects.get()
    assert (touch.state, touch.is_marketing, touch.sending.scope) == ("handed_over", False, f"greeting:{sender.pk}")
    assert Consent.objects.get().source == "follow"


def test_a_new_follower_of_an_official_account_is_greeted_but_not_who_scans_again(server: Vendor) -> None:
    sender = official(server, "Hello, ask us anything.")
    ring(sender, followed())
    ring(sender, followed(event="SCAN"))
    assert [one["text"]["content"].split("\n")[0] for one in asked(server, ANSWER)] == ["Hello, ask us anything."]


@pytest.mark.parametrize(
    ("greeting", "call"),
    [("", added()), ("Hello", added(code="")), ("Hello", added(seconds_ago=60))],
    ids=["no greeting is set", "greeted elsewhere", "too late"],
)
def test_without_words_or_leave_nobody_is_greeted(server: Vendor, greeting: str, call: Call) -> None:
    assert ring(wecom(server, greeting), call).content == b"success"
    assert not asked(server, WELCOME)
    assert not Touch.objects.exists()
    assert Customer.objects.count() == 1


def test_a_greeting_that_wecom_refuses_is_not_tried_again(server: Vendor) -> None:
    server.answers = lambda asked: (200, {"errcode": 41050 if asked.path == WELCOME else 0, "access_token": "T"})
    assert ring(wecom(server), added()).content == b"success"
    send()
    assert len(asked(server, WELCOME)) == 1
    assert Touch.objects.get().state == "failed"


def test_settings_that_do_not_work_cost_no_follower(server: Vendor) -> None:
    sender = wecom(server)
    server.mood = "cuts"
    assert ring(sender, added()).status_code == 200
    assert Customer.objects.count() == 1
    assert Touch.objects.get().state in {"failed", "unknown", "dropped"}


def test_each_account_writes_to_its_own_people(server: Vendor) -> None:
    """Ada follows the account, Ben has added a member of the staff: an answer to both reaches only her."""
    ring(official(server), followed())
    ring(wecom(server), added(person="wm-ben"))
    ada, ben = Customer.objects.order_by("pk")
    new = NewSending(
        scope="answer:1", channel="wechat", content={"en": {"text": "We are open."}}, is_marketing=False,
        expires_at=now().replace(year=now().year + 1),
    )  # fmt: skip
    plan(open_sending(new, by=SYSTEM, at=now()), [ada.pk, ben.pk], by=SYSTEM, at=now())
    send()
    assert [one["touser"] for one in asked(server, ANSWER)] == ["o-ada"]
    assert len(asked(server, WELCOME)) == 1
    states = dict(Touch.objects.filter(sending__scope="answer:1").values_list("customer_id", "state"))
    assert states == {ada.pk: "handed_over", ben.pk: "dropped"}
