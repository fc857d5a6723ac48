"""The way out: one press, no cookie, no question; and everything between all and nothing."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from regulars.base.actor import SYSTEM
from regulars.messages.models import Said, Touch, Wish
from regulars.messages.names import touch_name
from regulars.messages.operations import plan
from regulars.messages.operations.hearing import words_of
from regulars.people.models import Consent, Customer, Suppression
from regulars.people.operations.consent import close_address
from regulars.stream.models import Activity
from tests.messages.shop import IDENTITY, NOON, customer, leave, provider, sending

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class World:
    """Ada got a newsletter, and has its link."""

    def __init__(self) -> None:
        self.kept, self.sender = provider()
        self.ada = customer("Ada Abel")
        plan(sending(topic="tea"), [self.ada.pk], by=SYSTEM, at=NOON)
        leave(self.sender, NOON)
        self.touch = Touch.objects.get()
        self.path = f"/u/{touch_name(self.touch.pk)}"
        self.client = Client(enforce_csrf_checks=True)

    def gets(self, day: int) -> bool:
        """Return whether a newsletter planned ``day`` days later leaves."""
        at = NOON + day * DAY
        news = sending(f"campaign:{day + 1}", topic="tea", expires_at=at + DAY)
        plan(news, [self.ada.pk], by=SYSTEM, at=at)
        return leave(self.sender, at) == 1


@pytest.fixture
def world() -> World:
    return World()


def state() -> tuple[int, int, int, int]:
    return Consent.objects.count(), Suppression.objects.count(), Wish.objects.count(), Activity.objects.count()


def test_looking_changes_nothing(world: World) -> None:
    before = state()
    page = world.client.get(world.path)
    assert page.status_code == 200
    assert world.client.head(world.path).status_code == 200
    assert state() == before
    text = page.content.decode()
    assert "News for" in text
    assert "ada@example.com" not in text
    assert "Ada" not in text
    assert page["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("form", ["multipart", "urlencoded"])
def test_one_press_in_the_mail_program_is_enough(world: World, form: str) -> None:
    if form == "multipart":
        answer = world.client.post(world.path, ONE_CLICK)
    else:
        kind = "application/x-www-form-urlencoded"
        answer = world.client.post(world.path, "List-Unsubscribe=One-Click", content_type=kind)
    assert answer.status_code == 200
    last = Consent.objects.order_by("-id")[0]
    assert (last.state, last.source, last.proof) == ("withdrawn", "one_click", {"touch": world.touch.pk})
    after = state()
    assert world.client.post(world.path, ONE_CLICK).status_code == 200
    assert state() == after
    assert not world.gets(7)


@pytest.mark.parametrize("name", ["1.0000000000000000", "x", "7.ffff", "ffffffffffffffff.0123456789abcdef"])
def test_a_made_up_link_is_nobodys(world: World, name: str) -> None:
    before = state()
    assert world.client.get(f"/u/{name}").status_code == 404
    assert world.client.post(f"/u/{name}", ONE_CLICK).status_code == 404
    assert world.client.post(f"/f/{name}", {"a.words": "x"}).status_code == 404
    assert state() == before


@pytest.mark.parametrize(
    ("form", "hears"),
    [
        ({"channel": "email", "topic": "tea", "level": "0", "pause": "0", "personalised": "on"}, True),
        ({"channel": "email", "level": "0", "pause": "0"}, False),
        ({"topic": "tea", "level": "0", "pause": "0"}, False),
        ({"channel": "email", "topic": "tea", "level": "1", "pause": "0"}, False),
        ({"channel": "email", "topic": "tea", "level": "0", "pause": "30"}, False),
        ({"channel": "email", "topic": "tea", "level": "nine", "pause": "-4"}, True),
    ],
)
def test_what_she_chooses_holds_for_the_next_message(
    world: World, form: dict[str, str], hears: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from regulars.messages.identity import save_identity

    save_identity(replace(IDENTITY, topics=("tea", "cups")), by=SYSTEM, at=NOON)
    monkeypatch.setattr("regulars.desks.outreach.wayout.public.now", lambda: NOON)
    assert world.client.post(world.path, {"do": "save", **form}).status_code == 200
    before = state()
    world.client.post(world.path, {"do": "save", **form})
    assert state() == before
    assert world.gets(7) is hears


def test_a_mistake_can_be_taken_back_but_not_a_complaint(world: World) -> None:
    world.client.post(world.path, {"do": "stop"})
    assert not world.gets(7)
    again = {"do": "save", "channel": "email", "level": "0", "pause": "0", "personalised": "on"}
    world.client.post(world.path, again)
    assert world.gets(14)
    address = world.touch.address
    assert address is not None
    close_address(kind="email", digest=bytes(address), reason="complained", by=SYSTEM, at=NOON)
    world.client.post(world.path, again)
    assert not world.gets(21)


def ask(world: World, kind: str) -> str:
    """Ask for a link, and return its path as it stands in the mail that came."""
    assert world.client.post(f"{world.path}/mail", {"kind": kind}).status_code == 200
    assert world.client.post(f"{world.path}/mail", {"kind": kind}).status_code == 200
    touch = Touch.objects.get(sending__scope=f"privacy:{world.ada.pk}")
    assert leave(world.sender, touch.planned_at) == 1
    found = re.search(r"https://regulars\.example(/u/\S+)", world.kept.taken[-1].text)
    assert found is not None
    return found[1]


def test_her_data_comes_by_a_link_sent_to_her_own_address(world: World) -> None:
    link = ask(world, "data")
    answer = world.client.get(link)
    kept: dict[str, Any] = json.loads(answer.content)
    assert [c["value"] for c in kept["contacts"]] == ["ada@example.com"]
    assert kept["messages"][0]["about"] == "campaign:1"
    assert Activity.objects.filter(kind="customer.exported", customer_id=world.ada.pk).count() == 1
    token = signing.dumps([world.ada.pk + 1, "data"], salt="regulars.wayout")
    for wrong in (link[:-1], link.replace("/data/", "/erase/"), f"{world.path}/data/{token}"):
        assert world.client.get(wrong).status_code == 404


def test_she_is_forgotten_when_she_confirms_and_not_by_a_scanner(world: World) -> None:
    link = ask(world, "erasure")
    assert world.client.get(link).status_code == 200
    assert Customer.objects.get(pk=world.ada.pk).erased_at is None
    assert world.client.post(link).status_code == 200
    assert Customer.objects.get(pk=world.ada.pk).erased_at is not None
    assert world.client.get(world.path).status_code == 404
    assert not world.gets(7)


def test_what_she_thinks_is_kept_sealed_and_once(world: World) -> None:
    path = world.path.replace("/u/", "/f/")
    assert world.client.get(path).status_code == 200
    assert world.client.post(path, {"a.words": "  "}).status_code == 400
    assert not Said.objects.exists()
    for _ in range(2):
        assert world.client.post(path, {"a.words": "Too sweet for me."}).status_code == 200
    assert words_of(Said.objects.get())["text"] == "Too sweet for me."


def test_the_page_speaks_chinese(world: World) -> None:
    page = world.client.get(world.path, headers={"accept-language": "zh-CN"})
    assert 'lang="zh-hans"' in page.content.decode()
