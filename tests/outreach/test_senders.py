"""The settings of speaking, as the shop sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from regulars.base.actor import SYSTEM
from regulars.channels.contract import Receipt
from regulars.decisions.guard import Reason
from regulars.desks.outreach.senders.holidays import CALENDARS
from regulars.messages import guarding
from regulars.messages.identity import identity
from regulars.messages.models import Halt, Sender, Touch
from regulars.messages.operations import add_sender, plan, settings_of
from regulars.messages.why import reason_words
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


def test_each_way_may_have_caps_of_its_own(client: Client) -> None:
    said = {"a_day": "3", "a_week": "", "a_month": "", "gap": "0", "email_a_day": "1", "sms_a_week": "0"}
    assert client.post(f"{HERE}rules", RULES | said).status_code == 302
    found = {cap.name: (cap.most, sorted(cap.channels)) for cap in guarding.rules().caps}
    assert found == {"a day": (3, []), "email: a day": (1, ["email"]), "sms: a week": (0, ["sms"])}
    assert 'name="sms_a_week" value="0"' in client.get(HERE).content.decode()
    _, sender = provider()
    ada = customer("Ada")
    for number in range(2):
        plan(sending(f"campaign:{number}"), [ada.pk], by=SYSTEM, at=NOON)
    assert leave(sender, NOON) == 1
    held = Touch.objects.get(state="held")
    assert Reason(held.reasons) == Reason.CAP | Reason.QUIET_HOURS
    assert client.post(f"{HERE}rules", RULES | {"sms_a_day": "-1"}).status_code == 400


def test_news_of_orders_has_hours_only_if_the_shop_says_so(client: Client) -> None:
    client.post(f"{HERE}rules", RULES)
    assert guarding.rules().service_quiet == {}
    assert client.post(f"{HERE}rules", RULES | {"news_from": "22:00"}).status_code == 400
    client.post(f"{HERE}rules", RULES | {"news_from": "22:00", "news_to": "07:00"})
    found = guarding.rules().service_quiet
    assert (found["sms"].start, found["wechat"].end, "email" in found) == (22 * 60, 7 * 60, False)
    assert 'name="news_from" value="22:00"' in client.get(HERE).content.decode()


def test_saving_the_rules_does_not_keep_what_is_said_elsewhere(client: Client) -> None:
    client.post(f"{HERE}identity", WHO | {"customers_may_be_written_to": "on"})
    client.post(f"{HERE}rules", RULES)
    assert guarding.rules().customers_may_be_written_to
    client.post(f"{HERE}identity", WHO)
    assert not guarding.rules().customers_may_be_written_to


def test_on_a_holiday_nothing_that_sells_leaves_and_the_page_says_which_they_are(client: Client) -> None:
    day = NOON.date()
    assert client.post(f"{HERE}holidays/", {"day": day.isoformat(), "name": "Harvest  day"}).status_code == 302
    assert [(h.day, h.name) for h in guarding.rules().holidays] == [(day, "Harvest day")]
    client.post(f"{HERE}rules", RULES | {"a_week": ""})
    assert len(guarding.rules().holidays) == 1  # the other form leaves them alone
    _, sender = provider()
    ada = customer("Ada")
    plan(sending(), [ada.pk], by=SYSTEM, at=NOON)
    held = Touch.objects.get()
    assert (held.state, Reason(held.reasons)) == ("held", Reason.HOLIDAY | Reason.QUIET_HOURS)
    assert "a day on which nobody is written to" in reason_words(held.reasons)
    assert leave(sender, NOON) == 0
    plan(sending("order:1", is_marketing=False), [ada.pk], by=SYSTEM, at=NOON)
    assert leave(sender, NOON) == 1
    assert client.post(f"{HERE}holidays/", {"day": "soon", "name": "x"}).status_code == 400
    assert client.post(f"{HERE}holidays/remove", {"day": "soon"}).status_code == 404


@pytest.mark.parametrize("name", CALENDARS)
def test_public_holidays_are_loaded_once_and_can_be_taken_out_again(client: Client, name: str) -> None:
    page = client.post(f"{HERE}holidays/load", {"calendar": name}, follow=True)
    days = guarding.rules().holidays
    assert len(days) > 5
    assert len({holiday.day for holiday in days}) == len(days)
    undo = re.search(r'action="([^"]*holidays/remove[?][^"]*)"', page.content.decode())
    assert undo is not None
    client.post(f"{HERE}holidays/load", {"calendar": name})
    assert guarding.rules().holidays == days
    page = client.post(f"{HERE}holidays/remove", {"day": days[0].day.isoformat()}, follow=True)
    assert guarding.rules().holidays == days[1:]
    back = re.search(r'action="([^"]*holidays/restore[?][^"]*)"', page.content.decode())
    assert back is not None
    client.post(back[1].replace("&amp;", "&"))
    assert guarding.rules().holidays == days
    client.post(undo[1].replace("&amp;", "&"))
    assert guarding.rules().holidays == ()
    assert client.post(f"{HERE}holidays/load", {"calendar": "mars"}).status_code == 404
