"""Browser clients of Segment and RudderStack, unmodified, on pages of another origin than the server's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.serving import wait
from tests.tracker.site import Arrived, Key, Site, gate

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("clients")]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
BOUGHT = [
    "custom", "custom", "identified", "identified", "order_hinted", "page_viewed", "product_added", "product_viewed",
]  # fmt: skip
SINGLE = {"/v1/track", "/v1/page", "/v1/identify", "/v1/group", "/v1/alias"}


@dataclass(frozen=True, slots=True)
class Client:
    """A bundle, the page that has it, how it is set up, and the paths by which its events come."""

    page: str
    bundle: str
    options: dict[str, Any]
    paths: set[str]

    @property
    def kinds(self) -> list[str]:
        """Return what a visit in which something is bought comes to; Segment's page tells of a screen too."""
        return sorted([*BOUGHT, "page_viewed"]) if self.page == "segment.html" else BOUGHT


def _segment(paths: set[str], **options: Any) -> Client:
    return Client("segment.html", "@segment/analytics-next/dist/umd/standalone.js", options, paths)


def _rudder(build: str, paths: set[str], **options: Any) -> Client:
    return Client("rudder.html", f"@rudderstack/analytics-js/dist/npm/{build}/bundled/umd/index.js", options, paths)


def _batching(size: int, milliseconds: int) -> dict[str, Any]:
    return {"strategy": "batching", "config": {"size": size, "timeout": milliseconds}}


BATCH = {"enabled": True, "maxItems": 4, "flushInterval": 500}
# Ten minutes is the beacon's own interval; it sends when it has ten events or the page is left.
CLIENTS = {
    "segment": _segment({"/v1/t", "/v1/p", "/v1/i", "/v1/s", "/v1/g", "/v1/a"}),
    "segment batching": _segment({"/v1/b"}, deliveryStrategy=_batching(4, 500)),
    "segment batching late": _segment({"/v1/b"}, deliveryStrategy=_batching(100, 600_000)),
    "rudder modern": _rudder("modern", SINGLE),
    "rudder legacy": _rudder("legacy", SINGLE),
    "rudder batching": _rudder("modern", {"/v1/batch"}, queueOptions={"batch": BATCH}),
    "rudder beacon": _rudder("modern", {"/beacon/v1/batch"}, useBeacon=True),
    "rudder legacy beacon": _rudder("legacy", {"/beacon/v1/batch"}, useBeacon=True),
}
AT_LEAVING = {"segment batching late", "rudder beacon", "rudder legacy beacon"}


@dataclass(slots=True)
class Visit:
    """A browser of a visitor, and what its pages asked and complained of."""

    context: Any
    origin: str
    site: Site
    requests: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("request", lambda request: self.requests.append(request))
        self.context.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def open(self, client: Client, key: Key, to: str = "", page: Any = None) -> Any:
        """Open the shop's page with ``client`` on it, in a new tab unless ``page`` is one."""
        page = page or self.context.new_page()
        values = {
            "client": client.bundle, "key": key.key, "to": to or self.site.address,
            "options": json.dumps(client.options), "utm_source": "weibo", "utm_campaign": "spring",
        }  # fmt: skip
        page.goto(f"{self.origin}/{client.page}?{urlencode(values)}")
        return page

    def elsewhere(self, *more: str) -> set[str]:
        """Return the hosts that were asked besides the shop's own, the receiver's and ``more``."""
        hosts = {urlsplit(request.url).netloc for request in self.requests} - {""}
        return hosts - {urlsplit(place).netloc for place in (self.origin, self.site.address, *more)}

    def paths(self) -> set[str]:
        """Return the paths that were posted to, as far as Playwright saw: nothing of what goes out as a page ends."""
        return {urlsplit(request.url).path for request in self.requests if request.method == "POST"}


@pytest.fixture
def visit(browser: Any, shop_origin: str, shared_site: Site) -> Iterator[Visit]:
    """Return a fresh browser."""
    context = browser.new_context(user_agent=AGENT)
    yield Visit(context, shop_origin, shared_site)
    context.close()


def ready(page: Any, calls: int = 1) -> None:
    """Wait until the page's client has loaded and has as many calls in hand; the first is the page itself."""
    page.wait_for_function("calls => window.isReady && window.taken >= calls", arg=calls)


def check(arrived: Arrived, client: Client, key: Key, visits: int = 1) -> None:
    """Check that each call came once, typed, with what it says of who it was; later visits only look at the page."""
    assert arrived.kinds == sorted([*client.kinds, *["page_viewed"] * (visits - 1)])
    viewed, added, hinted = map(arrived.body, ("product_viewed", "product_added", "order_hinted"))
    assert (viewed["product"], viewed["name"], added["quantity"], viewed["is_bot"]) == ("TEA-1", "Oolong", 2, False)
    assert (hinted["order"], hinted["items"]) == ("A1", 2)
    pages = [body for kind, _, body in arrived.events if kind == "site.page_viewed"]
    assert {(p["host"], p["path"], p["title"]) for p in pages} == {("localhost", f"/{client.page}", "Oolong")}
    assert {(p["source"], p["campaign"]) for p in pages} == {("weibo", "spring")}
    said = sorted((b["event"], b["properties"]) for kind, _, b in arrived.events if kind == "site.custom")
    assert said == [("Liked the film", '{"film":"harvest"}'), ("group", '{"group":"guild"}')]
    (visitor,) = arrived.visitors
    assert arrived.links == {
        (visitor, "account"), (visitor, "email"), (visitor, "phone"), (f"{key.person['account']}-before", "account"),
    }  # fmt: skip


@pytest.mark.parametrize("name", CLIENTS)
def test_each_call_arrives_once_also_after_a_reload(visit: Visit, shared_site: Site, name: str) -> None:
    client, key = CLIENTS[name], shared_site.key()
    page = visit.open(client, key)
    ready(page)
    page.evaluate("buy", key.person)
    if name not in AT_LEAVING:
        key.wait(len(client.kinds))
    ready(page, len(client.kinds))
    page.reload()
    ready(page)
    key.wait(len(client.kinds))
    if name not in AT_LEAVING:
        key.wait(len(client.kinds) + 1)
    page.goto(f"{visit.origin}/elsewhere")
    check(key.wait(len(client.kinds) + 1), client, key, visits=2)
    assert visit.paths() <= client.paths
    assert not visit.elsewhere()
    assert visit.complaints == []


@pytest.mark.parametrize("name", CLIENTS)
def test_nothing_is_lost_when_the_page_is_left_meanwhile(visit: Visit, shared_site: Site, name: str) -> None:
    client, key = CLIENTS[name], shared_site.key()
    with gate(shared_site) as before:
        before.open.clear()
        page = visit.open(client, key, before.address)
        ready(page)
        page.evaluate("buy", key.person)
        ready(page, len(client.kinds))
        if name in AT_LEAVING:
            page.close(run_before_unload=True)
        else:
            wait(lambda: before.posts(), "the first request")
            page.goto(f"{visit.origin}/elsewhere")
        before.open.set()
        if name in AT_LEAVING:
            check(key.wait(len(client.kinds)), client, key)
        # What clients were in the middle of sending they put by, and send it again from the next page.
        page = visit.context.new_page()
        page.clock.install()
        visit.open(client, key, before.address, page)
        ready(page)

        def later() -> bool:
            # RudderStack's waits ten seconds for the other page to show a sign of life.
            page.clock.run_for(2000)
            return len(key.arrived().events) > len(client.kinds)

        if name not in AT_LEAVING:
            wait(later, "what was put by")
        page.goto(f"{visit.origin}/elsewhere")
        check(key.wait(len(client.kinds) + 1), client, key, visits=2)
    assert before.posts() == client.paths
    assert not visit.elsewhere(before.address)


@pytest.mark.parametrize("name", ["segment", "segment batching", "rudder modern", "rudder legacy", "rudder batching"])
def test_what_is_refused_for_a_while_arrives_once(visit: Visit, shared_site: Site, name: str) -> None:
    client, key = CLIENTS[name], shared_site.key()
    with gate(shared_site, refuse=3) as before:
        page = visit.open(client, key, before.address)
        page.evaluate("buy", key.person)
        check(key.wait(len(client.kinds)), client, key)
        page.goto(f"{visit.origin}/elsewhere")
    check(key.arrived(), client, key)
    assert before.refused == 3
    assert set(before.seen) >= {f"{method} {path}" for path in client.paths for method in ("OPTIONS", "POST")}


def test_segments_client_reports_on_itself_to_nobody(visit: Visit, shared_site: Site) -> None:
    page = visit.context.new_page()
    page.clock.install()
    key = shared_site.key()
    visit.open(CLIENTS["segment"], key, page=page)
    ready(page)
    page.clock.run_for(120_000)  # it reports each half minute
    key.wait(1)
    page.goto(f"{visit.origin}/elsewhere")
    assert not visit.elsewhere()
