"""The kit in a real browser: readable for everybody, quiet in the console, usable without a mouse or script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATTERNS = "/-/patterns"
Open = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any, live_server: Any, transactional_db: None, olive: Any, client_of: Any) -> Iterator[Open]:
    """Return a function that opens a page as Olive; at the end nothing may stand in any console."""
    complaints: list[str] = []
    contexts = []

    def open_as(path: str, *, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, base_url=live_server.url, **options)
        contexts.append(context)
        session = client_of(olive).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_every_part_is_readable_and_fits(open_page: Open, scheme: str, width: int, locale: str) -> None:
    page = open_page(PATTERNS, width=width, color_scheme=scheme, locale=locale)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:150] for n in v["nodes"]][:3]) for v in found] == []


def test_the_theme_changes_at_once_and_stays(open_page: Open) -> None:
    page = open_page(PATTERNS, color_scheme="light")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    with page.expect_response("**/-/preferences"):
        page.get_by_role("button", name="Dark").click()
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert light != dark
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark
    assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"


def test_the_palette_opens_finds_and_goes_by_keys_alone(open_page: Open) -> None:
    page = open_page(PATTERNS)
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Find")
    found = page.locator("#palette-found")
    found.get_by_role("option").first.wait_for()
    box.fill("orders")
    found.get_by_role("option", name="Orders").first.wait_for()
    assert Axe().run(page).response["violations"] == []
    chosen = page.locator('[role=option][aria-selected="true"]')
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Escape")
    assert not page.locator("#palette").evaluate("dialog => dialog.open")
    page.keyboard.press("Control+k")
    box.fill("products")
    found.get_by_role("option", name="Products").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/")


def test_choosing_rows_counts_them_and_a_range_needs_two_clicks(open_page: Open) -> None:
    page = open_page(PATTERNS)
    bar = page.locator(".chosen")
    assert not bar.is_visible()
    boxes = page.locator("tbody input[name=id]")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    assert bar.locator("output").inner_text() == "3"
    assert page.get_by_role("button", name="Merge the two").is_disabled()
    boxes.nth(1).uncheck()
    assert page.get_by_role("button", name="Merge the two").is_enabled()
    page.get_by_label("Choose all rows").check()
    assert bar.locator("output").inner_text() == str(boxes.count())
    page.get_by_role("button", name="Choose none").click()
    assert not bar.is_visible()


def test_on_a_phone_the_menu_opens_rows_read_as_cards_and_sorting_stays(open_page: Open) -> None:
    page = open_page(PATTERNS, width=360)
    customers = page.locator("#menu").get_by_role("link", name="Customers")
    assert not customers.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert customers.is_visible()
    page.keyboard.press("Escape")
    assert not customers.is_visible()
    cell = page.locator("td[data-label=Revenue]").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Revenue"'
    page.get_by_role("columnheader", name="Orders").get_by_role("link").click()
    page.wait_for_url("**sort=-orders**")


def test_without_script_menu_tables_and_switches_still_work(open_page: Open) -> None:
    page = open_page(PATTERNS, width=360, java_script_enabled=False, color_scheme="light")
    page.get_by_role("button", name="Menu").click()
    assert page.locator("#menu").get_by_role("link", name="Customers").is_visible()
    page.mouse.click(5, 700)
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_file_may_be_dropped(open_page: Open) -> None:
    page = open_page(PATTERNS)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["a,b"], "orders.csv"));
          document.querySelector(".drop").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
        }"""
    )
    assert page.locator("[data-file-name]").inner_text() == "orders.csv (3 B)"
    assert page.locator(".drop input").evaluate("input => input.files.length") == 1
