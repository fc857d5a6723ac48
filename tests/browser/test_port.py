"""From a card in a parcel to what the shop reads: on a phone, in the dark, in Chinese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from regulars.desks.voice.opinions.models import Case
from regulars.desks.voice.ports.models import Answer, Port
from tests.browser.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., Any]


def test_a_card_is_answered_in_four_taps_and_read_by_a_person(open_browser: Browse, shop: Shop, olive: Any) -> None:
    code = shop.places["ports:open"][0]["code"]
    port = Port.objects.get(code=code)
    before = Answer.objects.filter(port=port).count()
    phone = open_browser(None, width=360, height=740, color_scheme="dark", locale="zh-CN", java_script_enabled=False)
    phone.goto(f"/p/{code}")
    taps = [
        phone.get_by_role("group", name="按时送到了吗？").get_by_role("radio", name="否", exact=True),
        phone.get_by_role("group", name="对收到的东西满意吗？").get_by_role("radio", name="2", exact=True),
    ]
    for mark in taps:
        box = mark.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
        mark.click()
    phone.get_by_label("有什么想对我们说的？").fill("盖子是破的。")
    phone.get_by_role("button", name="发送").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢您")
    assert Answer.objects.filter(port=port).count() == before + 1
    assert Case.objects.latest("pk").reason == "not_in_time"

    desk = open_browser(olive)
    desk.goto("/opinions/?pile=cases")
    said = desk.locator("article", has_text="盖子是破的。")
    said.get_by_role("button", name="Take the case").click()
    said.get_by_role("button", name="Close: made good").click()
    expect(desk.locator("article", has_text="盖子是破的。")).to_have_count(0)
    desk.goto(f"/ports/{port.pk}/")
    expect(desk.locator("article", has_text="盖子是破的。")).to_contain_text("made good")


def test_questions_are_changed_without_a_manual(open_browser: Browse, shop: Shop, olive: Any) -> None:
    desk = open_browser(olive, width=360, height=740)
    desk.goto("/ports/new")
    desk.get_by_label("Name").fill("Counter")
    desk.get_by_role("button", name="Open the port").click()
    desk.get_by_role("link", name="Questions").click()
    desk.get_by_label("Question (English) (optional)").fill("How did you find us?")
    desk.get_by_label("Kind").select_option("choice")
    desk.get_by_label("To choose from, one on each line (English) (optional)").fill("A friend\nBy chance")
    desk.get_by_role("button", name="Keep", exact=True).click()
    port = Port.objects.get(name="Counter")
    assert [question["kind"] for question in port.questions] == ["csat", "text", "choice"]
    page = open_browser(None)
    page.goto(f"/p/{port.code}")
    page.get_by_role("radio", name="A friend").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Answer.objects.get(port=port).values == {"q1": "0"}


def test_the_shops_own_page_asks_and_what_was_chosen_survives_it(
    open_browser: Browse, shop: Shop, live_server: Any
) -> None:
    code = shop.places["ports:open"][0]["code"]
    before = Answer.objects.filter(port__code=code).count()
    site = open_browser(None, width=360, height=740, locale="en-GB")
    site.goto("/r/ledger")  # a page with storage; the widget knows nothing of where it stands
    widget = f'<html lang="en"><body><div data-regulars-port="{code}"></div></body></html>'
    site.evaluate("html => { document.body.innerHTML = html; }", widget)
    site.add_script_tag(url=f"{live_server.url}/p/port.js")
    group = site.get_by_role("group", name="Did it arrive in time?")
    group.get_by_role("radio", name="No", exact=True).check()
    site.get_by_label("What should we know? Good or bad.").fill("A day late.")
    assert site.evaluate("document.documentElement.scrollWidth") <= 360
    site.context.set_offline(True)
    site.get_by_role("button", name="Send").click()
    expect(site.get_by_text("Kept on this device")).to_be_visible()
    assert Answer.objects.filter(port__code=code).count() == before
    site.context.set_offline(False)
    expect(site.get_by_role("button", name="Change your answer")).to_be_visible()
    site.get_by_role("button", name="Change your answer").click()
    expect(group.get_by_role("radio", name="No", exact=True)).to_be_checked()
    group.get_by_role("radio", name="Yes", exact=True).check()
    site.get_by_role("button", name="Send").click()
    expect(site.get_by_role("button", name="Change your answer")).to_be_visible()
    assert Answer.objects.filter(port__code=code).count() == before + 1
    assert Answer.objects.filter(port__code=code).latest("pk").values["in_time"] == "yes"


def test_an_answer_on_a_train_is_kept_and_leaves_once_when_there_is_a_network(open_browser: Browse, shop: Shop) -> None:
    code = shop.places["ports:open"][0]["code"]
    before = Answer.objects.filter(port__code=code).count()
    phone = open_browser(None, width=360, height=740, locale="en-GB")
    phone.goto(f"/p/{code}")
    phone.get_by_role("group", name="Did it arrive in time?").get_by_role("radio", name="Yes", exact=True).check()
    phone.reload()  # closed and opened again
    expect(phone.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("Kept on this device")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Answer.objects.filter(port__code=code).count() == before + 1
    phone.goto(f"/p/{code}")
    expect(phone.get_by_role("radio", name="Yes", exact=True)).not_to_be_checked()
