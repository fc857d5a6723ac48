"""Our own tracking script: as it is built and served, and as it behaves in a browser on a shop of another origin."""

from __future__ import annotations

import gzip
import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from regulars.sources.tracker import script
from tests.conftest import REPOSITORY, Installation, new_installation
from tests.serving import answers, free_port, serving, wait
from tools import script as build

in_browser = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("tracking-script")]
MAKE_KEY = """
from regulars.cli.start import start_django
start_django()
from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.shop.operations import add_store
from regulars.sources.tracker.operations import add_key
store = add_store(name="Site", currency="CNY", timezone="UTC", country="CN", by=SYSTEM, at=now())
print(add_key(name="Site", store=store, use="browser", by=SYSTEM, at=now()).key)
"""
READ = """
from regulars.cli.start import start_django
start_django()
import json
from regulars.stream.models import Activity
rows = Activity.objects.filter(kind__startswith="site.").order_by("occurred_at", "id")
print(json.dumps([[a.kind, a.visitor, json.loads(a.body)] for a in rows]))
"""
Message = dict[str, Any]


# What is built, and how it is served


def test_the_committed_build_is_what_the_source_makes() -> None:
    assert build.main(["--check"]) == 0


def test_a_stale_build_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stale = tmp_path / "visits.min.js"
    stale.write_text("(() => {})();\n", encoding="utf-8")
    monkeypatch.setattr(build, "BUILT", stale)
    assert build.main(["--check"]) == 1
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0


def test_the_script_is_small() -> None:
    assert len(gzip.compress(build.BUILT.read_bytes(), 9)) <= 3072


def test_shortening_leaves_properties_keys_and_what_hides_what() -> None:
    code = "(()=>{const word=1,other={word:word};const f=word=>word.word+other.word+'word';f(word?other:word);})();"
    made = build.shortened(code)
    assert made == "(()=>{const a=1,b={word:a};const c=a=>a.word+b.word+'word';c(a?b:a);})();"


def test_who_takes_no_gzip_gets_the_script_as_it_is() -> None:
    for accepted in (b"", b"br", b"gzip;q=0", b"gzip; q=0.0, br"):
        status, headers, body = script.answer({b"accept-encoding": accepted})
        assert (status, b"content-encoding" in dict(headers), body[:5]) == (200, False, b"(()=>")
    for accepted in (b"gzip", b"br, gzip;q=0.5"):
        _, headers, body = script.answer({b"accept-encoding": accepted})
        assert dict(headers)[b"content-encoding"] == b"gzip"
        assert gzip.decompress(body) == build.BUILT.read_bytes()


# In a browser


PAGES = {
    "/product": """<div data-regulars-product="TEA-1" data-regulars-name="Oolong" data-regulars-price="12.5"
        data-regulars-view><button id=add data-regulars-add>Add</button>
        <button id=remove data-regulars-remove>Remove</button></div>
        <div data-regulars-product="TEA-1" data-regulars-view></div>
        <button id=own data-regulars-product="TEA-2" data-regulars-quantity="3" data-regulars-add>Add</button>
        <script type="application/ld+json">{"@type": "Product", "sku": "SAME-TEA", "name": "Oolong tea"}</script>""",
    "/json": """<script type="application/ld+json">not json</script><script type="application/ld+json">
        {"@graph": [{"@type": "WebPage", "name": "x"}, [{"@type": ["Thing", "Product"], "sku": "J-1", "name": "Jasmine",
        "offers": [{"price": "9.00"}]}]]}</script>
        <script type="application/ld+json">{"@type": "Product", "sku": "J-1", "name": "Jasmine"}</script>""",
    "/micro": """<div itemscope itemtype="https://schema.org/Product"><h1 itemprop=name> Sencha </h1>
        <meta itemprop=sku content="S-1"></div>""",
    "/list": """<script type="application/ld+json">[{"@type": "Product", "name": "A"},
        {"@type": "Product", "name": "B"}]</script>""",
    "/cart": """<ul data-regulars-event="Cart Viewed" data-regulars-order="1007"><li data-regulars-product="TEA-1"></li>
        <li data-regulars-product="TEA-2"></li></ul>""",
    "/links": """<a id=in href="/other">in</a>
        <a id=out href="https://elsewhere.example/x?secret=1"><b>out</b></a>
        <script>addEventListener("click", e => e.preventDefault())</script>""",
}


@dataclass
class Visitor:
    """A browser with a memory of its own, and all that the script sent from it."""

    site: Site
    context: Any
    sent: list[Message] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    largest: int = 0

    def open(self, path: str = "/", options: str = "", *, before: str = "", wait_until: str = "load") -> Any:
        """Open a page of the shop whose snippet has these attributes, after a script of its own; return the page."""
        self.site.snippets[urlsplit(path).path] = (options, before)
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.site.shop + path, wait_until=wait_until)
        return page

    def messages(self, page: Any, count: int, **said: Any) -> list[Message]:
        """Wait until as many messages with these fields were sent; return them."""

        def found() -> list[Message]:
            page.wait_for_timeout(50)
            return [m for m in self.sent if all(m.get(name) == value for name, value in said.items())]

        wait(lambda: len(found()) >= count, f"{count} messages with {said}")
        return found()

    def stored(self, page: Any) -> list[Any]:
        """Return cookies and how much is in the page's storage."""
        return list(page.evaluate("[document.cookie, localStorage.length + sessionStorage.length]"))


@dataclass
class Site:
    """A shop of static pages, and the Regulars on another origin that they tell of their visits."""

    installation: Installation
    office: str
    key: str
    shop: str = ""
    snippets: dict[str, tuple[str, str]] = field(default_factory=dict)

    def page(self, path: str) -> bytes:
        """Return a page: what is before the snippet, the snippet, and the products."""
        options, before = self.snippets.get(path, ("", ""))
        snippet = f'<script defer src="{self.office}/r.js" data-key="{self.key}" {options}></script>'
        return (
            f"<!doctype html><title>Page {path}</title><link rel=icon href='data:,'><script>{before}</script>{snippet}"
            f"<body><p style='height:3000px'>Tea</p>{PAGES.get(path, '')}"
        ).encode()

    def arrived(self, **said: Any) -> list[tuple[str, str, dict[str, Any]]]:
        """Return kind, visitor and body of the activities whose body says this."""
        rows = json.loads(_python(self.installation, READ))
        return [(k, v, b) for k, v, b in rows if all(b.get(name) == value for name, value in said.items())]


def _python(installation: Installation, program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], env=installation.env, cwd=REPOSITORY,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield the installation of all tests here: each has paths and names of its own."""
    with new_installation(tmp_path_factory.mktemp("site") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def site(installed: Installation) -> Iterator[Site]:
    """Yield a shop with Regulars running beside it."""
    installed.init()
    key, port = _python(installed, MAKE_KEY).strip(), free_port()
    made = Site(installed, f"http://127.0.0.1:{port}", key)

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = made.page(urlsplit(self.path).path)
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: Any) -> None:
            pass

    with serving(installed, port), ThreadingHTTPServer(("127.0.0.1", 0), Pages) as pages:
        made.shop = f"http://localhost:{pages.server_address[1]}"
        thread = threading.Thread(target=pages.serve_forever)
        thread.start()
        wait(lambda: answers(port), "the sign-in page")
        yield made
        pages.shutdown()
        thread.join()


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(site: Site, browser: Any) -> Iterator[Visit]:
    """Return a function that gives a fresh visitor; at the end no page may have met an error of the script's."""
    made: list[Visitor] = []

    def give(init: str = "", **options: Any) -> Visitor:
        context = browser.new_context(**options)
        visitor = Visitor(site, context)
        if init:
            context.add_init_script(init)

        def note(request: Any) -> None:
            if urlsplit(request.url).path != "/r/e":
                return
            if request.post_data:
                visitor.largest = max(visitor.largest, len(request.post_data.encode()))
                visitor.sent += json.loads(request.post_data)["batch"]

        context.on("request", note)
        made.append(visitor)
        return visitor

    yield give
    for visitor in made:
        visitor.context.close()
    assert [error for visitor in made for error in visitor.errors] == []


def marked(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that needs the browser."""
    for mark in in_browser:
        test = mark(test)
    return test


@marked
def test_it_is_served_for_a_week_and_not_sent_twice(site: Site) -> None:
    def ask(method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        with closing(http.client.HTTPConnection(urlsplit(site.office).netloc, timeout=20)) as connection:
            connection.request(method, path, headers={n.replace("_", "-"): v for n, v in headers.items()})
            answer = connection.getresponse()
            return answer, answer.read()

    answer, body = ask("GET", "/r.js", accept_encoding="gzip, br")
    assert (answer.status, gzip.decompress(body)) == (200, build.BUILT.read_bytes())
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=604800, stale-while-revalidate=2592000"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Vary"] == "accept-encoding"
    tag = answer.headers["ETag"]
    again, nothing = ask("GET", "/r.js", accept_encoding="gzip", if_none_match=f'"other", {tag}')
    assert (again.status, nothing, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    head, nothing = ask("HEAD", "/r.js")
    assert (head.status, nothing, int(head.headers["Content-Length"])) == (200, b"", len(build.BUILT.read_bytes()))
    assert head.headers["ETag"] not in {tag, None}
    assert ask("POST", "/r.js")[0].status == 404
    assert ask("GET", "/r/e")[0].status == 404


@marked
def test_nothing_is_stored_before_consent_and_all_of_it_goes_with_it(site: Site, visit: Visit) -> None:
    visitor = visit(base_url=site.shop)
    page = visitor.open("/first", before="window.regulars=[];regulars.push(['track','Early Bird',{size:2}])")
    page.evaluate("regulars.identify('77', {email: 'ada@example.com'})")
    viewed = visitor.messages(page, 1, type="page")[0]
    early = visitor.messages(page, 1, event="Early Bird")[0]
    for message in (viewed, early):
        assert "anonymousId" not in message
        assert message["context"]["daily"] is True
    assert early["properties"] == {"size": 2}
    assert visitor.stored(page) == ["", 0]
    assert viewed["context"]["bot"] is True  # a browser that is driven says so

    page.evaluate("regulars.consent({analytics_storage: 'granted'})")
    identified = visitor.messages(page, 1, type="identify")[0]
    cookie = next(c for c in visitor.context.cookies() if c["name"] == "_rg")
    assert identified["anonymousId"] == cookie["value"] == page.evaluate("localStorage._rg")
    assert (identified["userId"], "daily" in identified["context"]) == ("77", False)
    assert (cookie["sameSite"], cookie["secure"], cookie["path"]) == ("Lax", False, "/")
    assert 390 < (cookie["expires"] - page.evaluate("Date.now()") / 1000) / 86400 <= 395

    visitor.sent.clear()
    other = visitor.open("/second")
    assert visitor.messages(other, 1, type="page")[0]["anonymousId"] == cookie["value"]
    other.evaluate("regulars.consent({analytics_storage: 'denied'})")
    assert visitor.stored(other) == ["", 0]
    other.evaluate("regulars.track('After')")
    assert visitor.messages(other, 1, event="After")[0]["context"]["daily"] is True
    wait(lambda: len(site.arrived(event="After")) == 1, "the last event")
    rows = site.arrived()
    assert [visitor_ for kind, visitor_, body in rows if body.get("path") == "/second"] == [cookie["value"]]
    assert all(visitor_[:2] == "d:" for _, visitor_, body in rows if body.get("path") == "/first")


@marked
def test_consent_is_heard_from_googles_consent_mode(visit: Visit) -> None:
    gtag = "window.dataLayer=[];function gtag(){dataLayer.push(arguments)};"
    denied = gtag + "gtag('consent','default',{analytics_storage:'denied',wait_for_update:500});"
    visitor = visit()
    page = visitor.open("/a", before=denied)
    assert visitor.messages(page, 1, type="page")[0]["context"]["daily"] is True
    page.evaluate("gtag('consent','update',{ad_storage:'denied',analytics_storage:'granted'})")
    page.evaluate("gtag('event','x')")
    page.evaluate("regulars.track('Then')")
    known = visitor.messages(page, 1, event="Then")[0]["anonymousId"]
    # A banner repeats its default on each page before it says what the visitor chose: the id outlives that.
    visitor.sent.clear()
    again = visitor.open("/b", before=denied + "gtag('consent','update',{analytics_storage:'granted'})")
    assert visitor.messages(again, 1, type="page")[0]["anonymousId"] == known
    visitor.sent.clear()
    waiting = visitor.open("/c", before=denied)
    assert "anonymousId" not in visitor.messages(waiting, 1, type="page")[0]
    assert known in visitor.stored(waiting)[0]
    waiting.evaluate("gtag('consent','update',{analytics_storage:'denied'})")
    assert visitor.stored(waiting) == ["", 0]
    # A default is nobody's choice.
    visitor.sent.clear()
    free = visit()
    page = free.open("/d", before=gtag + "gtag('consent','default',{analytics_storage:'granted'})")
    assert free.messages(page, 1, type="page")[0]["context"]["daily"] is True


@marked
def test_consent_given_elsewhere_and_none_at_all(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/granted", 'data-consent="granted"')
    assert visitor.messages(page, 1, type="page")[0]["anonymousId"]
    nobody = visit()
    page = nobody.open("/none", 'data-consent="none"')
    page.evaluate("regulars.consent({analytics_storage: 'granted'})")
    assert nobody.messages(page, 1, type="page")[0]["context"]["daily"] is True
    assert nobody.stored(page) == ["", 0]


@marked
@pytest.mark.parametrize(
    "signal",
    [
        "Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true})",
        "Object.defineProperty(navigator, 'doNotTrack', {get: () => '1'})",
    ],
)
def test_who_signals_not_to_be_followed_is_not(visit: Visit, signal: str) -> None:
    visitor = visit(signal)
    page = visitor.open("/product", 'data-consent="granted"')
    page.click("#add")
    page.evaluate("regulars.track('No'); regulars.optIn(); history.pushState(null, '', '/moved')")
    page.wait_for_function("performance.now() > 2500")
    assert visitor.stored(page) == ["", 0]
    page.goto("about:blank")
    # That this arrives, alone, shows that what came before it was never sent.
    page = visitor.open("/ignored", 'data-signals="ignore"')
    visitor.messages(page, 1, type="page")
    assert [m["properties"]["path"] for m in visitor.sent] == ["/ignored"]


@marked
def test_pages_that_load_no_page(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/one?utm_source=x")
    page.evaluate("document.title = 'Two'; history.pushState(null, '', '/two?secret=1')")
    second = next(m for m in visitor.messages(page, 2, type="page") if m["properties"]["path"] == "/two")
    assert second["properties"]["title"] == "Two"
    assert second["properties"]["referrer"].endswith("/one")
    assert second["context"]["campaign"] == {}
    page.evaluate("history.replaceState(null, '', '/two?filter=3')")
    page.evaluate("history.replaceState(null, '', '/three')")
    visitor.messages(page, 3, type="page")
    page.go_back()
    paths = [m["properties"]["path"] for m in visitor.messages(page, 4, type="page")]
    assert paths == ["/one", "/two", "/three", "/one"]
    assert "secret" not in json.dumps(visitor.sent)


@marked
def test_products_are_told_by_attributes_json_ld_and_microdata(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/product")
    page.click("#add")
    page.click("#remove")
    page.click("#own")
    told = visitor.messages(page, 4, type="track")
    assert [(m["event"], m["properties"]["product_id"]) for m in told] == [
        ("Product Viewed", "TEA-1"), ("Product Added", "TEA-1"), ("Product Removed", "TEA-1"),
        ("Product Added", "TEA-2"),
    ]  # fmt: skip
    assert told[0]["properties"] == {"product_id": "TEA-1", "name": "Oolong", "price": 12.5}
    assert told[3]["properties"]["quantity"] == 3
    for path, expected in {
        "/json": {"product_id": "J-1", "sku": "J-1", "name": "Jasmine", "price": "9.00"},
        "/micro": {"product_id": "S-1", "sku": "S-1", "name": "Sencha"},
    }.items():
        visitor.sent.clear()
        viewed = visitor.messages(visitor.open(path), 1, type="track")
        assert [m["properties"] for m in viewed] == [expected]
    visitor.sent.clear()
    page = visitor.open("/list")
    page.evaluate("regulars.track('Last')")
    assert [m["event"] for m in visitor.messages(page, 1, type="track")] == ["Last"]
    cart = visitor.messages(visitor.open("/cart"), 1, event="Cart Viewed")[0]["properties"]
    assert (cart["order_id"], [p["product_id"] for p in cart["products"]]) == ("1007", ["TEA-1", "TEA-2"])


@marked
def test_addresses_lose_their_queries_and_campaigns_are_kept(visit: Visit) -> None:
    visitor = visit()
    query = (
        "?utm_source=news&utm_medium=email&utm_campaign=May&utm_term=t&utm_content=c&utm_id=i&gclid=SECRET&q=tea&x=1"
    )
    page = visitor.open(f"/landing{query}&rg=abc.0123456789abcdef#part", 'data-params="q,page" data-consent="granted"')
    assert page.url.endswith(f"{query}#part")
    message = visitor.messages(page, 1, type="page")[0]
    assert message["context"]["campaign"] == {
        "source": "news", "medium": "email", "name": "May", "term": "t", "content": "c", "id": "i", "click": "gclid",
    }  # fmt: skip
    assert message["context"]["link"] == "abc.0123456789abcdef"
    assert message["properties"]["url"] == f"{visitor.site.shop}/landing?q=tea"
    assert "SECRET" not in json.dumps(visitor.sent)
    page.evaluate("regulars.track('Second')")
    assert "link" not in visitor.messages(page, 1, event="Second")[0]["context"]
    # Without an id there is nobody to whom the link could belong.
    stranger = visit()
    page = stranger.open("/landing2?rg=abc.0123456789abcdef")
    assert "link" not in stranger.messages(page, 1, type="page")[0]["context"]
    assert page.url.endswith("/landing2")
    page.evaluate("regulars.consent({analytics_storage: 'granted'}); regulars.track('Known')")
    assert stranger.messages(page, 1, event="Known")[0]["context"]["link"] == "abc.0123456789abcdef"


@marked
def test_links_that_lead_away_and_members_of_staff(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/links#regulars-staff")
    page.click("#in")
    page.click("#out b")
    told = visitor.messages(page, 1, type="track")
    assert [(m["event"], m["properties"]) for m in told] == [("Link Clicked Out", {"host": "elsewhere.example"})]
    assert told[0]["context"]["staff"] is True
    visitor.sent.clear()
    page = visitor.open("/again")
    assert visitor.messages(page, 1, type="page")[0]["context"]["staff"] is True
    visitor.sent.clear()
    page = visitor.open("/over#regulars-visitor")
    assert "staff" not in visitor.messages(page, 1, type="page")[0]["context"]
    assert visitor.stored(page) == ["", 0]


@marked
def test_what_was_read_is_told_when_the_page_is_left(site: Site, visit: Visit) -> None:
    visitor = visit(
        "const send = navigator.sendBeacon.bind(navigator);"
        "navigator.sendBeacon = (...words) => { localStorage.beacon = words[0]; return send(...words); }"
    )
    page = visitor.open("/read")
    page.mouse.wheel(0, 1200)
    page.wait_for_function("scrollY > 500 && performance.now() > 1600")
    page.goto(site.shop + "/then")
    wait(lambda: site.arrived(path="/read", seconds=2) or site.arrived(path="/read", seconds=1), "the engagement")
    kind, _, body = next(row for row in site.arrived(path="/read") if "seconds" in row[2])
    assert (kind, 30 < body["scrolled"] < 95) == ("site.engaged", True)
    assert page.evaluate("localStorage.beacon") == f"{site.office}/r/e?writeKey={site.key}"


@marked
def test_what_cannot_be_sent_is_sent_once_when_it_can(site: Site, visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/offline", 'data-consent="granted"')
    visitor.messages(page, 1, type="page")
    page.wait_for_function("localStorage._rg")
    visitor.context.set_offline(True)
    page.evaluate("regulars.track('Bridge', {n: 1})")
    page.wait_for_function("(localStorage._rgq || '').includes('Bridge')")
    visitor.context.set_offline(False)
    page.wait_for_function("!localStorage._rgq")
    assert len({m["messageId"] for m in visitor.sent if m.get("event") == "Bridge"}) == 1
    # What a page could not send before it went, the next one sends.
    visitor.context.set_offline(True)
    page.evaluate("regulars.track('Tunnel')")
    page.wait_for_function("(localStorage._rgq || '').includes('Tunnel')")
    page.close()
    visitor.context.set_offline(False)
    page = visitor.open("/next", 'data-consent="granted"')
    page.wait_for_function("!localStorage._rgq")
    wait(lambda: len(site.arrived(event="Tunnel")) == 1, "the event of the page before")
    assert len(site.arrived(event="Bridge")) == 1


@marked
@pytest.mark.parametrize(("status", "tries"), [(503, 2), (429, 2), (400, 1)])
def test_busy_is_asked_again_and_refused_is_not(visit: Visit, status: int, tries: int) -> None:
    visitor, asked = visit(), []

    def refuse(route: Any) -> None:
        asked.append([m["messageId"] for m in json.loads(route.request.post_data)["batch"]])
        route.fulfill(status=status, body="{}", headers={"access-control-allow-origin": "*"})

    visitor.context.route("**/r/e?*", refuse)
    page = visitor.open("/busy")
    wait(lambda: page.wait_for_timeout(50) or len(asked) >= tries, "the tries")
    page.evaluate("regulars.track('Next')")
    visitor.messages(page, 1, event="Next")
    first = asked[0][0]
    assert sum(first in ids for ids in asked) >= tries
    assert (first in asked[-1]) is (tries > 1)
    assert visitor.stored(page) == ["", 0]


@marked
def test_who_opts_out_is_told_of_once_and_then_silent(site: Site, visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/leaving", 'data-consent="granted"')
    known = visitor.messages(page, 1, type="page")[0]["anonymousId"]
    visitor.sent.clear()
    page.evaluate("regulars.track('Unsent'); regulars.optOut(); regulars.track('Never')")
    refused = visitor.messages(page, 1, event="Tracking Refused")
    assert [m["anonymousId"] for m in refused] == [known]
    assert visitor.stored(page) == ["", 1]
    assert page.evaluate("localStorage._rgo") == "1"
    page = visitor.open("/silent", 'data-consent="granted"')
    page.evaluate("regulars.consent({analytics_storage: 'granted'}); regulars.track('Never')")
    page.wait_for_function("performance.now() > 2000")
    assert [m["event"] for m in visitor.sent] == ["Tracking Refused"]
    page.evaluate("regulars.optIn()")
    anew = visitor.messages(page, 1, type="page")[0]
    assert anew["anonymousId"] != known
    # A client of another make that still uses the old id is not heard either.
    wait(lambda: len(site.arrived(path="/silent")) == 1, "the page after opting in")
    assert not site.arrived(event="Never")


@marked
def test_nothing_the_page_says_can_break_the_page(visit: Visit) -> None:
    visitor = visit("Object.defineProperty(window, 'localStorage', {get() { throw new Error('closed') }})")
    odd = "window.dataLayer=[null,1,['consent'],{0:'consent',1:'update'}];window.regulars=[null,['nothing'],3]"
    page = visitor.open("/odd", 'data-consent="granted"', before=odd)
    page.evaluate(
        """() => {
            const ring = {}; ring.ring = ring;
            regulars.track('Ring', ring); regulars.consent(); regulars.identify(); regulars.push(); regulars.page(1);
            regulars.track('Long', {text: 'x'.repeat(40000)});
            for (let i = 0; i < 40; i++) regulars.track('Many', {text: '茶'.repeat(2000), i: i});
        }"""
    )
    assert len(visitor.messages(page, 40, event="Many")) == 40
    assert not [m for m in visitor.sent if m.get("event") in {"Ring", "Long"}]
    assert 40_000 < visitor.largest < 60 * 1024
