"""Making an audience in a browser: text and conditions follow each other while somebody types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.shop import Shop
from tests.browser.test_every_page import WCAG

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., Any]


@pytest.fixture
def page(shop: Shop, mark: Any, open_browser: Browse) -> Any:
    return open_browser(mark, width=360, height=740, color_scheme="dark")


def count(page: Any, number: str) -> None:
    """Wait until the page shows this count."""
    page.locator("#found .figure-value", has_text=number).wait_for()


def settled(page: Any) -> None:
    """Wait until what came by the last request listens; no person is quick enough to choose in a field before."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def test_text_and_conditions_follow_each_other(page: Any, shop: Shop) -> None:
    page.goto("/audiences/new")
    page.get_by_label("The rule as text").press_sequentially("orders at least 2 in 365 days")
    page.locator("#f-0-when_count").wait_for()
    settled(page)
    assert page.locator("#f-0-compare_low").input_value() == "2"
    assert page.locator("#f-0-when_count").input_value() == "365"
    page.locator("#f-0-compare_low").fill("3")
    expect(page.locator("#text")).to_have_value("orders at least 3 in 365 days")
    page.locator("#f-0-compare_low").evaluate("field => field.focus()")
    page.get_by_role("button", name="Condition", exact=True).click()
    page.locator("#f-1-word").wait_for()
    settled(page)
    page.locator("#f-1-word").select_option("country")
    page.locator("#f-1-wrong", has_text="Fill this in").wait_for()
    settled(page)
    page.locator("#f-1-values-0").fill("CN")
    expect(page.locator("#text")).to_have_value("orders at least 3 in 365 days and country is CN")
    count(page, "5")
    assert page.get_by_role("link", name="Ada Abel").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_wrong_is_marked_while_typing_and_nothing_is_lost(page: Any) -> None:
    page.goto("/audiences/new")
    text = page.get_by_label("The rule as text")
    text.press_sequentially("country is CN and lst order", delay=20)
    page.locator("#problem mark", has_text="lst order").wait_for()
    assert "Did you mean “last order”" in page.locator("#problem").inner_text()
    assert text.input_value() == "country is CN and lst order"
    assert Axe().run(page, options=WCAG).response["violations"] == []
    text.press("Enter")
    page.get_by_label("Name", exact=True).press("Enter")
    page.locator("#problem mark", has_text="lst order").wait_for()


def test_saved_by_the_keyboard(page: Any) -> None:
    page.goto("/audiences/new?rule=suppressed")
    page.get_by_label("Name", exact=True).fill("Closed")
    page.get_by_role("button", name="Save").press("Enter")
    page.wait_for_url("**/audiences/*/")
    assert page.get_by_role("heading", level=1).inner_text() == "Closed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_readable_and_fit_a_phone(shop: Shop, olive: Any, open_browser: Browse, scheme: str) -> None:
    page, wrong = open_browser(olive, width=360, height=740, color_scheme=scheme), []
    audience = shop.places["audiences:show"][0]["audience"]
    for path in ("/audiences/", "/audiences/new", f"/audiences/{audience}/", f"/audiences/{audience}/edit",
                 "/audiences/words"):  # fmt: skip
        page.goto(path)
        for found in Axe().run(page, options=WCAG).response["violations"]:
            wrong.append((path, found["id"], [node["html"][:200] for node in found["nodes"]][:3]))
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wrong.append((path, "wide", page.evaluate("document.documentElement.scrollWidth")))
    assert not wrong, "\n".join(map(str, wrong))
