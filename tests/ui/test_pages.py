"""What every page carries: headers, language, zone, theme, menu."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.base.installation import ShopSettings, save_shop_settings
from regulars.ui.middleware import chosen_language, security_headers

PATTERNS, SIGN_IN, PREFERENCES = "/-/patterns", "/account/sign-in/", "/-/preferences"


def language_of(response: Any) -> str:
    found = re.search(r'<html lang="([^"]+)"', response.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize("path", [SIGN_IN, PATTERNS, "/nowhere", "/static/ui/tokens.css"])
def test_every_answer_forbids_what_is_inline_or_from_elsewhere(path: str, olive: Any, client_of: Any) -> None:
    client = client_of(olive) if path == PATTERNS else Client()
    response = client.get(path)
    response.close()
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "Strict-Transport-Security" not in response


def test_a_secure_installation_asks_to_be_visited_safely_only(settings: Any) -> None:
    from django.http import HttpResponse

    settings.SECURE_HSTS_SECONDS = 100
    answer = security_headers(lambda request: HttpResponse())
    assert answer(RequestFactory().get("/", secure=True))["Strict-Transport-Security"] == "max-age=100"
    assert "Strict-Transport-Security" not in answer(RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("en-GB", "en"),
        ("de,fr;q=0.8,en;q=0.5", "en"),
        ("en;q=0.2, zh-CN", "zh-hans"),
        ("zh;q=0, en", "en"),
        ("en;q=x, zh", "zh-hans"),
    ],
)
def test_the_browsers_language_before_sign_in(header: str, language: str, olive: Any) -> None:
    response = Client().get(SIGN_IN, headers={"accept-language": header})
    assert language_of(response) == response["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= set(re.split(r",\s*", response["Vary"]))


def test_who_says_nothing_reads_the_shops_language(db: None) -> None:
    save_shop_settings(ShopSettings(language="zh-hans"), by=SYSTEM, at=now())
    assert chosen_language(RequestFactory().get("/", headers={"accept-language": "fr"})) == "zh-hans"
    assert chosen_language(RequestFactory().get("/")) == "zh-hans"


def test_a_cookie_is_stronger_than_the_browser_and_the_person_stronger_than_both(olive: Any, client_of: Any) -> None:
    client = client_of(olive)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert language_of(client.get(PATTERNS, headers={"accept-language": "en"})) == "zh-hans"
    olive.language = "en"
    olive.save(update_fields=["language"])
    response = client.get(PATTERNS, headers={"accept-language": "zh"})
    assert language_of(response) == response["Content-Language"] == "en"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "klingon"
    assert language_of(client.get(SIGN_IN, headers={"accept-language": "zh"}, follow=True)) in {"en", "zh-hans"}


def test_language_and_theme_are_kept_for_the_browser_and_the_person(olive: Any, client_of: Any) -> None:
    client = client_of(olive)
    response = client.post(PREFERENCES, {"language": "zh-hans", "next": "/-/patterns?sort=name"})
    assert response["Location"] == "/-/patterns?sort=name"
    client.post(PREFERENCES, {"theme": "dark"})
    olive.refresh_from_db()
    assert (olive.language, olive.theme) == ("zh-hans", "dark")
    page = client.get(PATTERNS).content.decode()
    assert '<html lang="zh-hans" data-theme="dark">' in page
    client.post(PREFERENCES, {"theme": "auto"})
    assert "data-theme" not in client.get(PATTERNS).content.decode().split("<head>")[0]


def test_preferences_before_sign_in_are_cookies(olive: Any) -> None:
    client = Client()
    client.post(PREFERENCES, {"language": "zh-hans", "theme": "dark", "next": SIGN_IN})
    assert '<html lang="zh-hans" data-theme="dark">' in client.get(SIGN_IN).content.decode()
    client.post(PREFERENCES, {"language": "xx", "theme": "pink", "next": SIGN_IN})
    assert '<html lang="zh-hans" data-theme="dark">' in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\x.example"]
)
def test_preferences_lead_to_no_other_site(target: str, olive: Any, client_of: Any) -> None:
    assert client_of(olive).post(PREFERENCES, {"theme": "dark", "next": target})["Location"] == "/"


def test_times_are_the_shops(olive: Any, client_of: Any) -> None:
    save_shop_settings(ShopSettings(timezone="Asia/Shanghai"), by=SYSTEM, at=now())
    assert ">1 Mar 2024<" in client_of(olive).get(PATTERNS).content.decode()
    save_shop_settings(ShopSettings(timezone="America/New_York"), by=SYSTEM, at=now())
    assert ">29 Feb 2024<" in client_of(olive).get(PATTERNS).content.decode()


def test_the_menu_offers_what_a_person_may_open(
    olive: Any, sam: Any, ana: Any, client_of: Callable[[Any], Client]
) -> None:
    def menu(staff: Any) -> set[str]:
        page = client_of(staff).get(PATTERNS).content.decode()
        return set(re.findall(r'href="([^"]+)"', page.split('id="menu"')[1].split("</nav>")[0]))

    assert {"/customers/", "/orders/", "/products/", "/imports/", "/settings/"} <= menu(olive)
    assert "/customers/" in menu(sam)
    assert not {"/imports/", "/settings/"} & menu(sam)
    assert "/customers/" not in menu(ana)


def test_a_page_asks_for_shop_session_and_person_and_no_more(
    olive: Any, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(olive)
    client.get(PATTERNS)
    with django_assert_max_num_queries(3):
        client.get(PATTERNS)


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/customers/999999/", 404)])
def test_nothing_there_is_said_calmly(path: str, status: int, olive: Any, client_of: Any) -> None:
    response = client_of(olive).get(path)
    assert response.status_code == status
    assert "There is nothing here" in response.content.decode()


def test_a_form_from_elsewhere_is_refused_with_a_remedy(olive: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(PREFERENCES, {"theme": "dark"})
    assert response.status_code == 403
    assert "reload the page" in response.content.decode()


def test_a_failure_is_told_without_asking_the_database(olive: Any, client_of: Any, monkeypatch: Any) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the cable is out")

    monkeypatch.setattr("regulars.web.views.patterns.render", fail)
    client = client_of(olive)
    client.raise_request_exception = False
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get(PATTERNS)
    page = response.content.decode()
    assert response.status_code == 500
    assert "Nothing was lost" in page
    assert "cable" not in page
    assert "unsafe" not in response["Content-Security-Policy"]
