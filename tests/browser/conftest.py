"""A browser at a furnished shop. Whatever a page complains of, and wherever else it calls, fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from tests.browser.shop import Shop


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """Return the folder in which the installation keeps its lake and files."""
    settings.HOME = tmp_path
    settings.STORAGES["default"]["OPTIONS"]["location"] = tmp_path / "files"
    return tmp_path


@pytest.fixture
def shop(transactional_db: None, olive: Any, home: Path) -> Shop:
    """Return a shop in which every page has something to show, with its numbers worked out."""
    from regulars.base.actor import Actor
    from regulars.stream.lake import write_now
    from regulars.web import jobs
    from tests.browser.shop import furnish

    made = furnish(home, Actor("staff", olive.pk))
    write_now()
    jobs.refresh_numbers()
    jobs.refresh_store_numbers()
    return made


@pytest.fixture
def open_browser(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that gives a page in a fresh browser, signed in as ``staff`` where one is named.

    At the end no page may have said an error or a warning in its console, or asked another host for anything.
    """
    from django.test import Client

    complaints: list[str] = []
    contexts = []
    host = urlsplit(live_server.url).netloc

    def note_request(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != host:
            complaints.append(f"asked another host: {request.url}")

    def give(staff: Any = None, *, width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=live_server.url, **options)
        contexts.append(context)
        if staff is not None:
            client = Client()
            client.force_login(staff)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}") if _is_serious(m) else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", note_request)
        return page

    yield give
    for context in contexts:
        context.close()
    assert complaints == []


def _is_serious(message: Any) -> bool:
    # The browser itself notes every answer of 4xx, also one that the test asked for.
    return message.type in {"error", "warning"} and "Failed to load resource" not in message.text
