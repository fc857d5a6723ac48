"""The settings of speaking, as the shop sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from regulars.base.actor import SYSTEM
from regulars.channels.contract import Receipt
from regulars.messages import guarding
from regulars.messages.identity import identity
from regulars.messages.models import Halt, Sender
from regulars.messages.operations import add_sender, plan, settings_of
from regulars.shop.operations import add_store
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider, sending

pytestmark = pytest.mark.django_db
HERE = "/settings/speaking/"
WHO = {"company": "Tea", "postal_address": "1 Mill Lane", "address": "https://r.example", "site": "",
       "topics": "Tea\nCups\n\nTea", "held_out_of_all_percent": "0"}  # fmt: skip
RULES = {"a_day": "", "a_week": "0", "a_month": "8", "gap": "24", "mail_from": "20:30", "mail_to": "09:00",
         "other_from": "19:00", "other_to": "10:00"}  # fmt: skip
SMTP = {"sender_name": "Mail", "host": "127.0.0.1", "port": "1", "security": "none", "from_address": "o@tea.example",
        "username": "", "password": "", "per_second": "5", "per_hour": ""}  # fmt: skip


@pytest.fixture
def client(olive: Any, client_of: Callable[[Any], Client]) -> Client:
    return client_of(olive)


def test_who_speaks_is_kept_and_what_cannot_be_is_named_at_its_field(client: Client) -> None:
    assert client.post(f"{HERE}identity", WHO).status_code == 302
    assert (identity().company, identity().topics, identity().missing) == ("Tea", ("Tea", "Cups"), [])
    before = Activity.objects.count()
    answer = client.post(f"{HERE}identity", WHO | {"address": "r.example"})
    assert answer.status_code == 400
    assert "Write it as in the browser" in answer.content.decode()
    assert (identity().address, Activity.objects.count()) == ("https://r.example", before)


def test_the_rules_of_the_page_are_the_guards(client: Client) -> None:
    assert client.post(f"{HERE}rules", RULES).status_code == 302
    found = guarding.rules()
    assert {cap.name: cap.most for cap in found.caps} == {"a week": 0, "a month": 8, "between two": 1}
    assert (found.quiet["email"].start, found.quiet["sms"].end) == (20 * 60 + 30, 600)
    page = client.get(HERE).content.decode()
    assert 'value="20:30"' in page
    _, sender = provider()
    plan(sending(), [customer("Ada").pk], by=SYSTEM, at=NOON)
    assert leave(sender, NOON) == 0
    assert client.post(f"{HERE}rules", RULES | {"a_day": "-1"}).status_code == 400
    assert guarding.rules() == found


def test_a_password_is_kept_sealed_and_never_shown_again(client: Client) -> None:
    answer = client.post(f"{HERE}add/email/smtp/", SMTP | {"password": "calm harbour"})
    row = Sender.objects.get()
    assert answer.headers["Location"] == f"{HERE}{row.pk}/check"
    assert b"calm harbour" not in bytes(row.sealed)
    page = client.get(f"{HERE}{row.pk}/").content.decode()
    assert "calm harbour" not in page
    shown = "\u2022" * 8
    assert shown in page
    client.post(f"{HERE}{row.pk}/", SMTP | {"password": shown, "host": "mail.example"})
    row.refresh_from_db()
    assert (settings_of(row)["password"], settings_of(row)["host"]) == ("calm harbour", "mail.example")
    assert client.post(f"{HERE}{row.pk}/", SMTP | {"host": ""}).status_code == 400
    assert client.get(f"{HERE}add/email/none/").status_code == 404


def test_a_way_is_put_away_brought_back_and_let_go_on(client: Client) -> None:
    kept, sender = provider()
    client.post(f"{HERE}{sender.pk}/decide", {"do": "retire"})
    sender.refresh_from_db()
    assert sender.retired_at is not None
    client.post(f"{HERE}{sender.pk}/decide", {"do": "restore"})
    kept.answer = lambda message: Receipt("refused", code="535", blame="sender")
    plan(sending(), [customer("Ada").pk], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    assert "the provider refuses us" in client.get(HERE).content.decode()
    client.post(f"{HERE}{sender.pk}/decide", {"do": "resume"})
    assert not Halt.objects.filter(lifted_at=None).exists()


def test_it_says_which_way_leads_out_of_the_country(client: Client) -> None:
    add_store(name="Own", currency="CNY", timezone="Asia/Shanghai", country="CN", by=SYSTEM, at=NOON)
    for channel, adapter in (("sms", "twilio"), ("sms", "aliyun")):
        add_sender(channel=channel, adapter=adapter, name=adapter, settings={}, by=SYSTEM, at=NOON)
    page = client.get(HERE).content.decode()
    assert page.count("Leaves the country") == 1
    assert "to US, 0 people" in page
