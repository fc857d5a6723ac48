"""Signing up: asked here, agreed to by the mail, proven afterwards, and forgotten where nobody confirms."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from regulars.base import secrets
from regulars.base.actor import SYSTEM
from regulars.channels.contract import Report
from regulars.desks.outreach.signup import operations
from regulars.desks.outreach.signup.models import Asked, Form
from regulars.desks.outreach.signup.names import asked_of, name_of
from regulars.messages.models import Sending, Touch
from regulars.messages.names import touch_name
from regulars.messages.operations import hear, plan, wish
from regulars.people.models import Consent, Customer, Identifier, Suppression
from regulars.people.operations import erase
from regulars.people.operations.consent import close_address, withdraw_consent
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider, sending

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDING = "Tea & Co writes to you once a month about new teas. Every mail has a link to stop."
BEN = "ben@example.com"


class Shop:
    """A form, the mail that leaves, and the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept, self.sender = provider()
        self.form = operations.add_form(name="Tea news", wording=WORDING, topics=["tea"], by=SYSTEM, at=NOON)
        self.at = NOON
        self.client = Client(enforce_csrf_checks=True, headers={"user-agent": "Firefox"})
        monkeypatch.setattr("regulars.desks.outreach.signup.public.now", lambda: self.at)

    def ask(self, email: str = BEN, place: str = "198.51.100.7", **more: str) -> Any:
        return self.client.post(f"/join/{self.form.slug}", {"email": email, "website": "", **more}, REMOTE_ADDR=place)

    def mails(self) -> int:
        """Let what is due leave; return how many mails did."""
        before = len(self.kept.taken)
        leave(self.sender, self.at)
        return len(self.kept.taken) - before

    def link(self) -> str:
        """Return the path in the last mail."""
        found = re.search(r"https://regulars\.example(/join/\S+)", self.kept.taken[-1].text)
        assert found is not None
        return found[1]

    def joins(self, email: str = BEN) -> str:
        """Ask, and confirm by the mail; return the path of the link."""
        assert self.ask(email).status_code == 200
        assert self.mails() == 1
        link = self.link()
        assert self.client.post(link).status_code == 200
        return link

    def gets(self, who: Customer, number: int) -> bool:
        """Return whether a newsletter about tea leaves for her now."""
        news = sending(f"campaign:{number}", topic="tea", expires_at=self.at + DAY)
        plan(news, [who.root_id], by=SYSTEM, at=self.at)
        return leave(self.sender, self.at) == 1


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(monkeypatch)


def main(page: Any) -> str:
    """Return what a page says; the choice of language at its foot has a token of its own each time."""
    text: str = page.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def facts() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Customer, Identifier, Consent, Suppression, Touch, Sending, Activity))


def test_the_page_needs_neither_script_nor_cookie(shop: Shop) -> None:
    before = facts()
    page = shop.client.get(f"/join/{shop.form.slug}")
    text = main(page)
    assert page.status_code == 200
    assert "once a month about new teas" in text
    assert "csrf" not in text
    assert "<script" not in text
    assert facts() == before


def test_only_the_press_on_the_mails_page_is_a_yes(shop: Shop) -> None:
    assert shop.ask("  Ben@Example.com ").status_code == 200
    assert shop.mails() == 1
    mail = shop.kept.taken[-1]
    assert (mail.to, mail.is_service) == (BEN, True)
    touch = Touch.objects.select_related("sending").get()
    assert (touch.sending.scope, touch.is_marketing) == (f"signup:{shop.form.pk}", False)
    link, ben = shop.link(), Customer.objects.get()
    for method in (shop.client.get, shop.client.head):
        assert method(link).status_code == 200
    assert not Consent.objects.exists()
    shop.at += DAY
    assert not shop.gets(ben, 1)
    answer = shop.client.post(link, REMOTE_ADDR="203.0.113.9")
    assert "Thank you" in answer.content.decode()
    word = Consent.objects.get()
    assert (word.customer_id, word.channel, word.state, word.source) == (ben.pk, "email", "granted", "signup")
    assert word.wording == WORDING
    proof = word.proof
    assert (proof["form"], proof["wording"], proof["topics"]) == (shop.form.pk, WORDING, ["tea"])
    assert datetime.fromisoformat(proof["asked"]["at"]) == NOON
    assert datetime.fromisoformat(proof["confirmed"]["at"]) == shop.at
    assert proof["asked"]["place"] == secrets.digest("place", "", "198.51.100.7").hex()
    assert proof["confirmed"] | {"agent": "Firefox"} == proof["confirmed"]
    assert "203.0.113" not in str(proof)
    assert shop.gets(ben, 2)


def test_confirming_again_undoes_no_later_no(shop: Shop) -> None:
    link = shop.joins()
    ben = Customer.objects.get()
    assert shop.client.post(link).status_code == 200
    assert Consent.objects.count() == 1
    withdraw_consent(customer=ben.pk, channel="email", source="preference_page", by=SYSTEM, at=NOON + DAY)
    assert shop.client.post(link).status_code == 200
    assert Consent.objects.order_by("-id")[0].state == "withdrawn"


def test_a_mail_once_a_day_and_none_to_who_agreed(shop: Shop) -> None:
    shop.ask()
    assert shop.mails() == 1
    shop.at += timedelta(hours=23)
    shop.ask(place="203.0.113.1")
    assert shop.mails() == 0
    shop.at += timedelta(hours=2)
    shop.ask()
    assert shop.mails() == 1
    assert Customer.objects.count() == 1
    shop.client.post(shop.link())
    shop.at += 3 * DAY
    shop.ask()
    assert shop.mails() == 0


def test_the_answer_does_not_tell_whether_an_address_is_known(shop: Shop) -> None:
    customer("Ada Abel")
    ada, ben = shop.ask("ada@example.com"), shop.ask(BEN)
    assert main(ada) == main(ben)
    assert shop.mails() == 1
    customer("Cleo", says="")
    assert main(shop.ask("cleo@example.com")) == main(ben)
    assert shop.mails() == 1


def test_who_is_known_becomes_no_second_customer_and_opens_what_she_closed(shop: Shop) -> None:
    ada = customer("Ada Abel", says="withdrawn")
    digest = secrets.digest("email", "", "ada@example.com")
    close_address(kind="email", digest=digest, reason="unsubscribed", by=SYSTEM, at=NOON)
    wish(customer=ada.pk, kind="no_topic", topic="tea", by=SYSTEM, at=NOON)
    ada.refresh_from_db()
    assert not shop.gets(ada, 1)
    shop.joins("ada@example.com")
    assert Customer.objects.get() == ada
    shop.at += DAY
    assert shop.gets(ada, 2)


@pytest.mark.parametrize("reason", ["complained", "bounced", "erased", "by_hand"])
def test_a_closed_address_is_not_written_to(shop: Shop, reason: str) -> None:
    digest = secrets.digest("email", "", BEN)
    close_address(kind="email", digest=digest, reason=reason, by=SYSTEM, at=NOON)
    assert shop.ask().status_code == 200
    assert shop.mails() == 0
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "ben", "ben@", "ben@example", "ben@example.com\nBcc: eve@example.com", "b" * 300]
)
def test_what_is_no_address_is_said_at_its_field(shop: Shop, email: str) -> None:
    answer = shop.ask(email)
    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    assert not Asked.objects.exists()


def test_a_machine_that_fills_every_field_hears_what_all_hear(shop: Shop) -> None:
    assert main(shop.ask(website="https://x.example")) == main(shop.ask("cleo@example.com"))
    assert shop.mails() == 1
    assert Asked.objects.count() == 1


def test_one_place_cannot_make_us_write_to_everybody(shop: Shop) -> None:
    for n in range(operations.PER_PLACE):
        assert shop.ask(f"p{n}@example.com").status_code == 200
    assert shop.ask().status_code == 429
    assert shop.ask(place="203.0.113.1").status_code == 200
    shop.at += timedelta(hours=2)
    assert shop.ask("cleo@example.com").status_code == 200


def test_one_network_of_ipv6_is_one_place(shop: Shop) -> None:
    shop.ask(place="2001:db8::1")
    shop.ask("cleo@example.com", place="2001:db8::ffff:2")
    shop.ask("dan@example.com", place="2001:db8:0:1::1")
    assert Asked.objects.values("place").distinct().count() == 2


def test_two_at_the_same_moment_bring_one_mail(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "_may_be_asked", lambda digest, at: True)
    assert shop.ask().status_code == shop.ask().status_code == 200
    assert shop.mails() == 1
    assert Asked.objects.count() == 1


def test_behind_a_proxy_the_place_is_what_our_own_proxy_says(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PROXIES", 1)
    where = {"email": BEN}
    header = {"X-Forwarded-For": "10.0.0.1, 203.0.113.5"}
    shop.client.post(f"/join/{shop.form.slug}", where, headers=header)
    assert bytes(Asked.objects.get().place) == secrets.digest("place", "", "203.0.113.5")


@pytest.mark.parametrize("days", [6, 8])
def test_a_link_is_good_for_a_week(shop: Shop, days: int) -> None:
    shop.ask()
    shop.mails()
    shop.at += days * DAY
    assert shop.client.post(shop.link()).status_code == (200 if days < 7 else 404)
    assert Consent.objects.exists() is (days < 7)


def test_a_made_up_link_is_nobodys(shop: Shop) -> None:
    shop.ask()
    shop.mails()
    row = Asked.objects.get()
    assert asked_of(name_of(row.pk)) == row.pk
    other = operations.add_form(name="Tea news", wording="Other", topics=[], by=SYSTEM, at=NOON)
    assert other.slug == "tea-news-2"
    for name in ("x", f"{row.pk:x}.{'0' * 32}", name_of(row.pk + 1), "f" * 16 + "." + "0" * 32):
        assert shop.client.post(f"/join/{shop.form.slug}/{name}").status_code == 404
    assert shop.client.post(f"/join/{other.slug}/{name_of(row.pk)}").status_code == 404
    assert not Consent.objects.exists()


def test_who_never_confirms_leaves_nothing(shop: Shop) -> None:
    before = facts()
    shop.ask()
    shop.mails()
    shop.at += 10 * DAY
    shop.ask()  # and once more, so that she is kept as long as her last link may be read
    shop.mails()
    assert operations.clean_up(at=NOON + 13 * DAY) == 0
    assert operations.clean_up(at=NOON + 15 * DAY) == 0
    assert Customer.objects.count() == 1
    assert operations.clean_up(at=NOON + 25 * DAY) == 1
    assert facts() == before
    assert not Asked.objects.exists()
    assert shop.client.get(shop.link()).status_code == 404


def test_a_dead_address_stays_closed_though_nobody_is_known_by_it(shop: Shop) -> None:
    shop.ask()
    shop.mails()
    touch = Touch.objects.get()
    report = Report("bounced", "b1", NOON, message_id=touch_name(touch.pk), severity="hard")
    assert hear(shop.sender, [report], at=NOON) == 1
    assert operations.clean_up(at=NOON + 15 * DAY) == 1
    assert not Customer.objects.exists()
    assert not Activity.objects.filter(customer_id__isnull=False).exists()
    shop.at += 16 * DAY
    shop.ask()
    assert shop.mails() == 0


@pytest.mark.parametrize("also", ["confirmed", "answered", "known before", "visited"])
def test_who_is_known_otherwise_stays(shop: Shop, also: str) -> None:
    if also == "known before":
        customer("Ben", says="")
    shop.ask()
    shop.mails()
    ben = Customer.objects.get()
    if also == "confirmed":
        shop.client.post(shop.link())
    elif also == "answered":
        said = Report("said", "s1", NOON, message_id=touch_name(Touch.objects.get().pk), address=BEN, text="What?")
        hear(shop.sender, [said], at=NOON)
    elif also == "visited":
        Activity.objects.filter(kind="customer.created").update(kind="site.visited")
    assert operations.clean_up(at=NOON + 15 * DAY) == 0
    assert Customer.objects.get() == ben
    assert Touch.objects.count() == 1
    if also == "confirmed":
        assert Asked.objects.count() == 1


def test_being_forgotten_takes_the_request_along(shop: Shop) -> None:
    shop.ask()
    shop.mails()
    link = shop.link()
    erase(Customer.objects.get().pk, reason="asked", by=SYSTEM, at=NOON)
    assert not Asked.objects.exists()
    assert shop.client.post(link).status_code == 404


def test_a_form_that_is_put_away_takes_nobody_but_keeps_its_word(shop: Shop) -> None:
    shop.ask()
    shop.mails()
    assert operations.retire_form(shop.form.pk, by=SYSTEM, at=NOON)
    assert shop.client.get(f"/join/{shop.form.slug}").status_code == 404
    assert shop.ask("cleo@example.com").status_code == 404
    assert shop.client.post(shop.link()).status_code == 200
    assert Consent.objects.count() == 1


def test_the_mail_comes_in_the_language_of_the_page(shop: Shop) -> None:
    path = f"/join/{shop.form.slug}"
    page = shop.client.get(path, headers={"accept-language": "zh-CN"})
    assert 'lang="zh-hans"' in page.content.decode()
    shop.client.post(path, {"email": BEN}, headers={"accept-language": "zh-CN"})
    assert Customer.objects.get().language == "zh-hans"
    assert shop.mails() == 1
    assert shop.kept.taken[-1].language == "zh-hans"


def test_the_shop_makes_a_form_and_prints_its_code(olive: Any, client_of: Any) -> None:
    provider()
    client = client_of(olive)
    said = {"name": "茶 Tea & co", "wording": WORDING}
    page = client.post("/sign-up/new", said, follow=True)
    row = Form.objects.get()
    assert (row.slug, row.wording) == ("tea-co", WORDING)
    assert "https://regulars.example/join/tea-co" in page.content.decode()
    code = client.get(f"/sign-up/{row.pk}/code.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert b"<svg" in code.content
    assert client.get("/sign-up/").status_code == 200
    assert client.post("/sign-up/new", {"name": "茶", "wording": WORDING}).status_code == 302
    assert Form.objects.get(name="茶").slug == "news"
    assert client.post("/sign-up/new", {"name": ""}).status_code == 400
    client.post(f"/sign-up/{row.pk}/decide", {"do": "retire"})
    assert Form.objects.get(pk=row.pk).retired_at is not None
    client.post(f"/sign-up/{row.pk}/decide", {"do": "restore"})
    assert Client().get("/join/tea-co").status_code == 200
    assert Activity.objects.filter(kind="signup.form_changed").count() == 4
