"""Each page there is, found by walking the addresses: readable for everybody, quiet, and no wider than a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.addresses import pages
from tests.browser.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., Any]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def every_page(shop: Shop, olive: Any, client_of: Callable[[Any], Any]) -> dict[str, str]:
    """Return every page that Olive, the owner, can open."""
    found = pages(client_of(olive), shop.places)
    assert len(found) > 30
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_readable_for_everybody(
    every_page: dict[str, str], olive: Any, open_browser: Browse, scheme: str
) -> None:
    page, wrong = open_browser(olive, color_scheme=scheme), []
    for name, path in every_page.items():
        assert page.goto(path).status == 200, path
        for found in Axe().run(page, options=WCAG).response["violations"]:
            nodes = [node["html"][:160] for node in found["nodes"]][:2]
            wrong.append((name, path, found["id"], found["help"], nodes))
        if page.evaluate("document.documentElement.scrollWidth") > 1280:
            wrong.append((name, path, "wider than 1280", "", []))
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_no_page_is_wider_than_a_phone(
    every_page: dict[str, str], olive: Any, open_browser: Browse, locale: str
) -> None:
    page, wrong = open_browser(olive, width=360, height=740, locale=locale), []
    for name, path in every_page.items():
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wrong.append((name, path, width, widest(page)))
        if not page.locator("html").get_attribute("lang").startswith(locale[:2]):
            wrong.append((name, path, "language", ""))
    assert not wrong, listed(wrong)


def listed(wrong: list[Any]) -> str:
    """Return what is wrong, a line each."""
    return "\n".join(["", *map(str, wrong)])


def widest(page: Any) -> str:
    """Return the first element that sticks out at the right."""
    return str(
        page.evaluate(
            """() => {
              const out = [...document.body.querySelectorAll("*")].find(e => e.getBoundingClientRect().right > 361);
              return out ? out.outerHTML.slice(0, 160) : "";
            }"""
        )
    )


def test_every_page_can_be_used_without_a_mouse(every_page: dict[str, str], olive: Any, open_browser: Browse) -> None:
    """Tab from the top: focus is always seen, never caught, and comes to the page's main thing to do."""
    page, wrong = open_browser(olive), []
    for name, path in every_page.items():
        page.goto(path)
        main = page.locator("main .button-primary:visible")
        target = main.first.evaluate_handle("e => e") if main.count() else None
        reached, unseen = target is None, []
        for _ in range(120):  # an editor has many fields before its end
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if focus is None:
                break
            if not focus["is_seen"]:
                unseen.append(focus["html"])
            if target is not None and target.evaluate("e => e === document.activeElement"):
                reached = True
                break
        if unseen:
            wrong.append((name, path, "focus is not seen", unseen[:2]))
        if not reached:
            wrong.append((name, path, "the main thing to do is not reached", []))
    assert not wrong, listed(wrong)


FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const inside = e.closest(".palette-box, .drop") !== null;
  return {is_seen: box.width > 0 && box.height > 0 && (ring || inside), html: e.outerHTML.slice(0, 160)};
}"""


def test_pages_before_signing_in_are_readable_too(open_browser: Browse, shop: Shop) -> None:
    token = shop.places["staff:accept_invitation"][0]["token"]
    wrong = []
    for scheme in ("light", "dark"):
        page = open_browser(width=360, color_scheme=scheme)
        for path in ("/account/sign-in/", f"/account/join/{token}/", "/nothing/"):
            page.goto(path)
            found = Axe().run(page, options=WCAG).response["violations"]
            wrong += [(path, v["id"], v["nodes"][0]["html"][:160]) for v in found]
            if page.evaluate("document.documentElement.scrollWidth") > 360:
                wrong.append((path, "wide", widest(page)))
    assert not wrong, listed(wrong)


def test_the_first_start_is_readable(open_browser: Browse, transactional_db: None, home: Any) -> None:
    page = open_browser(width=360)
    page.goto("/")
    page.wait_for_url("**/account/first-start/**")
    assert Axe().run(page, options=WCAG).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
