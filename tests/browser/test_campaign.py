"""A campaign and a journey by hand: from whom they mean to what they changed, and out again by a mail's own link."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.base.jobs import run_due
from regulars.messages.identity import Identity, save_identity
from regulars.messages.models import Sender, Touch
from regulars.messages.operations import add_sender
from regulars.messages.sending import hand_over
from regulars.people.models import Consent, Customer
from tests.journeys.shop import buy, tick
from tests.messages.shop import customer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., Any]


@pytest.fixture
def sender(home: Path, transactional_db: None) -> Sender:
    """Return a sender into a folder, of a shop that has said who it is, with three customers who agreed."""
    save_identity(Identity("Tea & Co", "1 Mill Lane, Bath", "http://localhost"), by=SYSTEM, at=now())
    for name in ("Ada Abel", "Ben", "Cleo"):
        customer(name)
    given = {"folder": "outbox", "from_address": "olive@tea.example"}
    return add_sender(channel="email", adapter="folder", name="Outbox", settings=given, by=SYSTEM, at=now())


def test_from_an_audience_to_the_read_out_and_out_again(
    sender: Sender, home: Path, olive: Any, open_browser: Browse
) -> None:
    page = open_browser(olive)
    page.goto("/audiences/new")
    page.get_by_label("Name", exact=True).fill("Readers")
    page.get_by_label("The rule as text").fill("agreed to email")
    page.get_by_role("button", name="Save").click()
    page.goto("/campaigns/new")
    page.get_by_label("Name").fill("Spring tea")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Subject").first.fill("Tea for {first_name|you}")
    page.get_by_label("Text of the mail").first.fill("Dear {first_name|friend},\n\nthe tea is in.")
    page.get_by_label("To whom (optional)").select_option(label="Readers")
    page.get_by_label("Held out, in percent").fill("0")
    page.get_by_role("button", name="Save and look it over").click()
    page.get_by_role("link", name="Read it as a customer").click()
    assert "the tea is in" in page.locator("article").inner_text()
    page.go_back()
    page.get_by_role("link", name="Who would get it").click()
    assert "3 people" in page.locator("main").inner_text()
    page.go_back()
    page.get_by_role("button", name="Start", exact=True).click()
    run_due()
    noon = (now() + timedelta(days=1)).replace(hour=12)
    assert hand_over(sender, until=lambda: False, clock=lambda: noon) == 3
    page.reload()
    assert "Done" in page.locator(".lede").inner_text()
    assert page.locator("table").first.locator("tbody td").first.inner_text() == "3"
    _out(home, open_browser)
    assert Consent.objects.filter(state="withdrawn", source="preference_page").count() == 1
    page.goto(page.url)
    assert "1 want no more" in page.locator("main").inner_text()


def _out(home: Path, open_browser: Browse) -> None:
    """Follow the link of a mail that left, and want no more."""
    path = next(iter(sorted((home / "outbox").glob("*.eml"))))
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost")
    out = open_browser(width=360)
    out.goto(link)
    out.get_by_role("button", name="Nothing more: E-mail").click()
    assert "Done" in out.locator("main").inner_text()
    assert Touch.objects.filter(state="handed_over").count() == 3


def test_a_ready_journey_from_its_start_to_its_counts(sender: Sender, olive: Any, open_browser: Browse) -> None:
    page = open_browser(olive)
    page.goto("/journeys/")
    page.get_by_role("button", name="Use “Thanks for the first order").click()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_role("link", name="Change", exact=True).first.click()
    page.get_by_label("Held out, in percent").fill("0")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_role("link", name="Look it over").click()
    page.get_by_role("button", name="Start", exact=True).click()
    noon = (now() + timedelta(days=1)).replace(hour=12)
    buy(Customer.objects.get(name="Ben"), noon)
    tick(noon)
    assert hand_over(sender, until=lambda: False, clock=lambda: noon) == 1
    page.reload()
    text = " ".join(page.locator("main").inner_text().split())
    assert "People inside: 1" in text
    page.get_by_role("link", name="1", exact=True).first.click()
    assert page.get_by_role("link", name="Ben").count() == 1
