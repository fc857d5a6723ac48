"""What every page knows: the shop, the language, the theme, the menu, and what other rooms add of themselves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from regulars import __version__
from regulars.base.installation import ShopSettings, shop_settings

Provider = Callable[[HttpRequest], dict[str, Any]]
_providers: list[Provider] = []
THEMES = ("light", "dark")


class MenuItem(NamedTuple):
    """An entry of the menu; neighbours of one ``group`` share its heading.

    A page whose ``nav`` is ``name`` is the current one. ``permission`` "" is everybody's.
    """

    name: str
    label: str | Promise
    url_name: str
    icon: str
    permission: str = ""
    group: str | Promise = ""


MENU: list[MenuItem] = []


def register(provider: Provider) -> None:
    """Have ``provider(request)`` add to the context of every page."""
    if provider not in _providers:
        _providers.append(provider)


def shop_of(request: HttpRequest) -> ShopSettings:
    """Return the shop's settings, read once a request."""
    if not hasattr(request, "shop_settings"):
        request.shop_settings = shop_settings()  # type: ignore[attr-defined]
    return request.shop_settings  # type: ignore[attr-defined, no-any-return]


def _menu(may: dict[str, bool]) -> list[tuple[str, list[dict[str, Any]]]]:
    open_to_her = [item for item in MENU if not item.permission or may.get(item.permission)]
    groups: list[tuple[str, list[dict[str, Any]]]] = []
    for group, items in groupby(open_to_her, key=lambda item: str(item.group)):
        entries = [
            {"name": item.name, "label": item.label, "url": url, "icon": item.icon}
            for item in items
            if (url := _address(item.url_name))
        ]
        if entries:
            groups.append((group, entries))
    return groups


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        # A room may be left out of an installation; the menu then does without it.
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every page (a Django context processor)."""
    shop = shop_of(request)
    facts: dict[str, Any] = {"person": None, "may": {}, "theme": ""}
    for provider in _providers:
        facts |= provider(request)
    theme = facts["theme"] or request.COOKIES.get("theme", "")
    return {
        **facts,
        "shop": shop,
        "currency": shop.currency,
        "theme": theme if theme in THEMES else "",
        "language": get_language() or "en",
        "menu": _menu(facts["may"]) if facts["person"] else [],
        "version": __version__,
    }
