"""A review from a phone without script to the shop's own page on another host, and the shop's answer under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from regulars.desks.voice.reviews.models import Review
from tests.browser.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., Any]


def test_a_review_is_written_answered_and_read_elsewhere(
    open_browser: Browse, shop: Shop, olive: Any, live_server: Any
) -> None:
    place = shop.places["reviews:own"][0]
    address = f"/r/{place['product']}/write/{place['name']}"
    phone = open_browser(None, width=360, height=740, color_scheme="dark", locale="zh-CN", java_script_enabled=False)
    phone.goto(address)
    expect(phone.get_by_role("radio", name="2")).to_be_checked()  # what she wrote before stands there
    mark = phone.get_by_role("radio", name="4")
    box = mark.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
    mark.click()
    phone.get_by_label("用起来怎么样？").fill("换了夹子，好多了 <b>真的</b>")
    phone.get_by_role("button", name="修改我的评价").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢您")

    desk = open_browser(olive)
    row = Review.objects.get(stars=4)
    desk.goto(f"/reviews/{row.pk}/")
    desk.get_by_role("textbox", name="Answer").fill("Glad to hear it, Ada.")
    desk.get_by_role("button", name="Change the answer").click()
    desk.get_by_role("button", name="Undo").wait_for()

    # The shop's own site lies on another host and knows nothing of ours but two lines.
    site = open_browser(None, locale="en-GB")
    site.set_content(
        f'<html lang="en"><body><h1>Espresso</h1><div data-regulars-reviews="{place["product"]}" data-markup="yes">'
        f'</div><script async src="{live_server.url}/r/reviews.js"></script></body></html>'
    )
    shown = site.get_by_role("listitem").filter(has_text="换了夹子，好多了 <b>真的</b>")
    expect(shown).to_contain_text("Glad to hear it, Ada.")
    expect(shown.get_by_role("img", name="4 of 5 stars")).to_be_visible()
    expect(site.get_by_text("Taken down: not about the goods or the service")).to_be_visible()
    assert '"reviewCount"' in site.locator('script[type="application/ld+json"]').text_content()
    site.get_by_role("button", name="Only 5 stars").click()
    expect(site.get_by_role("listitem").filter(has_text="换了夹子")).to_have_count(0)
    expect(site.get_by_role("button", name="Only 5 stars")).to_have_attribute("aria-pressed", "true")


def test_a_hold_is_decided_with_a_reason_and_undone(open_browser: Browse, shop: Shop, olive: Any) -> None:
    held = Review.objects.get(state="held")
    desk = open_browser(olive)
    desk.goto("/reviews/")
    desk.locator("article", has_text="lena@example.com").get_by_role("link", name="Decide").click()
    desk.get_by_role("button", name="Take it down").click()
    expect(desk.get_by_text("That somebody is angry is none")).to_be_visible()
    desk.get_by_label("private data of a person").check()
    desk.get_by_role("button", name="Take it down").click()
    expect(desk.get_by_role("button", name="Undo")).to_be_visible()
    assert Review.objects.get(pk=held.pk).state == "removed"
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Everybody can read it now.")).to_be_visible()
    assert Review.objects.get(pk=held.pk).state == "shown"
