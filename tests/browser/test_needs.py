"""From a waiting opinion to "you asked, we did", by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.desks.voice.needs.models import Told, Voice
from regulars.desks.voice.needs.names import name_of
from regulars.desks.voice.opinions.models import Pondering
from regulars.messages.identity import Identity, save_identity
from regulars.messages.operations import add_sender
from regulars.messages.sending import hand_over
from tests.messages.shop import customer
from tests.voice.shop import said

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., Any]
LIDS = ("The first lid broke at once.", "The second lid broke too.", "Thank you, it was lovely.", "Where are you?")


def waits(page: Any, text: str) -> None:
    """Wait until an opinion is the one on the desk, and the one after it is at hand."""
    page.locator("#desk .said", has_text=text).wait_for()


def test_opinions_are_sorted_without_a_mouse(
    home: Any, transactional_db: None, olive: Any, open_browser: Browse
) -> None:
    ada = customer("Ada")
    rows = [said(text, f"k{n}", customer=ada.pk, said_at=now() - timedelta(hours=9 - n)) for n, text in enumerate(LIDS)]
    page = open_browser(olive)
    page.goto("/needs/sort")
    waits(page, LIDS[0])
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="Choose a need").wait_for()
    page.keyboard.press("n")
    page.keyboard.type("Lids break")
    with page.expect_response("**/needs/sort/**"):
        page.keyboard.press("Enter")
    waits(page, LIDS[1])
    page.keyboard.press("/")
    page.keyboard.type("praise")
    page.keyboard.press("Enter")
    assert page.locator("#desk label", has_text="Praise").locator("input").is_checked()
    with page.expect_response("**/needs/sort/**"):
        page.keyboard.press("a")
    waits(page, LIDS[2])
    with page.expect_response("**/needs/sort/**"):
        page.keyboard.press("x")
    waits(page, LIDS[3])
    assert dict(Pondering.objects.values_list("opinion_id", "how")) == {
        rows[0].pk: "need", rows[1].pk: "answered", rows[2].pk: "noted",
    }  # fmt: skip
    page.keyboard.press("u")
    waits(page, LIDS[2])
    first = page.locator('#desk [data-key="1"]')
    assert not first.is_checked()
    page.keyboard.press("1")
    assert first.is_checked()
    with page.expect_response("**/needs/sort/**"):
        page.keyboard.press("Enter")
    waits(page, LIDS[3])
    assert {name_of(voice.need) for voice in Voice.objects.filter(opinion=rows[0])} == {"Lids break"}
    assert Voice.objects.filter(opinion=rows[2], confirmed_at__isnull=False).count() == 1
    small = open_browser(olive, width=360)
    small.goto("/needs/sort")
    waits(small, LIDS[3])
    assert small.evaluate("document.documentElement.scrollWidth") <= 360
    small.get_by_role("button", name="Noted").click()
    small.get_by_text("Everything is read").wait_for()


def test_from_a_need_to_you_asked_we_did(home: Any, transactional_db: None, olive: Any, open_browser: Browse) -> None:
    save_identity(Identity("Tea & Co", "1 Mill Lane, Bath", "http://localhost"), by=SYSTEM, at=now())
    given = {"folder": "outbox", "from_address": "olive@tea.example"}
    sender = add_sender(channel="email", adapter="folder", name="Outbox", settings=given, by=SYSTEM, at=now())
    said(LIDS[0], "one", customer=customer("Ada").pk, said_at=now() - timedelta(days=1))
    page = open_browser(olive)
    page.goto("/opinions/")
    page.get_by_role("link", name="Sort opinions").click()
    page.get_by_label("A new need").first.fill("Lids break")
    page.get_by_role("button", name="Confirm and next").first.click()
    page.get_by_role("link", name="To the needs").click()
    page.get_by_role("link", name="Lids break").click()
    page.get_by_role("link", name="Plan a deed").click()
    page.get_by_label("What is done about it").fill("Lids of steel")
    page.get_by_role("button", name="Plan it").click()
    page.get_by_role("button", name="It is done").click()
    page.get_by_label("What was done, in English").fill("All lids are of steel now.")
    page.get_by_role("button", name="Show it to everybody").click()
    letter = page.get_by_label("Text", exact=True).first.input_value()
    assert "All lids are of steel now." in letter, "what everybody may read is what she is told"
    for box in page.get_by_label("Text", exact=True).all():
        box.fill(box.input_value().replace("…", "盖子换成了钢。"))
    page.get_by_role("button", name="Tell those who asked").click()
    page.locator(".toast", has_text="1 who asked is told").wait_for()
    assert Told.objects.count() == 1
    noon = (now() + timedelta(days=1)).replace(hour=12)
    assert hand_over(sender, until=lambda: False, clock=lambda: noon) == 1
    page.reload()
    assert "Everybody who asked" in page.locator("main").inner_text()
    stranger = open_browser(width=360)
    stranger.goto("/heard/")
    assert "All lids are of steel now." in stranger.locator("main").inner_text()
    assert "Ada" not in stranger.locator("main").inner_text()
