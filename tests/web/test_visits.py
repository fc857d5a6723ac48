"""The pages of visits: their figures are those of the visits, rows narrow down, and customers stand behind them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.base.clock import now, to_us
from regulars.shop.accounts import account_scope
from regulars.sources.tracker.following import follow
from regulars.sources.tracker.messages import take
from regulars.sources.tracker.models import SiteKey
from regulars.sources.tracker.operations import add_key, opt_out
from regulars.sources.tracker.rules import Key, Taken
from regulars.sources.tracker.writer import Writer
from regulars.stream.lake import write_now
from regulars.stream.models import Activity
from regulars.web.numbers import engine
from tests.web.cast import ADA, BY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
Sign = Callable[[Any], Client]


def walk(taken: Taken, visitor: str, days: float, *, user: str = "", referrer: str = "", buys: bool = False) -> None:
    """Look at the shop and at the espresso so many days ago; buy it perhaps."""
    start = now() - timedelta(days=days)
    product = {"product_id": "espresso", "name": "Espresso"}
    messages: list[dict[str, Any]] = [
        {"type": "page", "context": {"page": {"path": "/", "url": "https://x.example/", "referrer": referrer}}},
        {"type": "page", "context": {"page": {"path": "/espresso", "url": "https://x.example/espresso"}}},
        {"type": "track", "event": "Product Viewed", "properties": product},
    ]
    if buys:
        messages += [
            {"type": "track", "event": "Product Added", "properties": product},
            {"type": "track", "event": "Checkout Started"},
            {"type": "track", "event": "Order Completed", "properties": {"order_id": f"X{visitor}"}},
        ]
    who = {"anonymousId": visitor} | ({"userId": user} if user else {})
    for n, message in enumerate(messages):
        raw = json.dumps(who | message | {"messageId": f"{visitor}-{days}-{n}"}).encode()
        take(taken, raw, context={}, sent_us=None, received_us=to_us(start) + n * 10_000_000, kind="")


@pytest.fixture
def site(cast: Cast, settings: Any, tmp_path: Path) -> SiteKey:
    """Forty strangers came from Weibo, five of them twice; Ada came three times by herself and bought once."""
    key = add_key(name="Site", store=cast.store, use="browser", by=BY, at=now())
    taken = Taken(Key(key.pk, cast.store.pk, account_scope("tmall", cast.store.pk), "CN"))
    for n in range(40):
        walk(taken, f"s{n}", 10 + n / 10, referrer="https://weibo.com/", buys=n < 4)
    for n in range(5):
        walk(taken, f"s{n}", 3)
    for days in (9, 6, 0.1):
        walk(taken, "ada", days, user=ADA.account, buys=days == 9)
    Writer()._commit([taken])
    follow(at=now())
    settings.HOME = tmp_path
    write_now()
    engine.engine().refresh()
    return key


def context(client: Client, name: str, query: str = "", /, **args: Any) -> Any:
    answer = client.get(reverse(f"web:{name}", kwargs=args) + query)
    assert answer.status_code == 200
    return answer.context


def test_the_overview_counts_visits(site: SiteKey, olive: Any, client_of: Sign) -> None:
    page = context(client_of(olive), "visits")
    assert [f.value for f in page["figures"][:5]] == ["48", "41", "7", "6.2%", "10.4%"]
    assert [(r.label, r.visits, r.known, r.orders) for r in page["rows"]] == [("Weibo", 40, 0, 4), ("Direct", 8, 3, 1)]
    assert sum(page["drawn"].svg.count(mark) for mark in ("chart-bar",)) > 0


def test_a_row_narrows_the_page_down_and_leads_to_its_customers(site: SiteKey, olive: Any, client_of: Sign) -> None:
    client = client_of(olive)
    page = context(client, "visits")
    direct = next(r for r in page["rows"] if r.label == "Direct")
    narrowed = client.get(direct.href).context
    assert narrowed["figures"][0].value == "8"
    assert narrowed["narrowings"][0][:2] == ("Channel", "Direct")
    people = client.get(direct.known_url).content.decode()
    assert "Ada" in people
    assert "Ben" not in people
    assert context(client, "visits", "?channel=weibo&by=entry")["rows"][0].label == "/"
    assert context(client, "visits", "?period=7d")["figures"][0].value == "7"
    assert context(client, "visits", "?from=2020-01-01&to=2020-01-31")["figures"][0].value == "0"


def test_bad_parameters_are_said_and_left_out(site: SiteKey, olive: Any, client_of: Sign) -> None:
    client = client_of(olive)
    page = context(client, "visits", "?from=soon&by=secret&period=x&store=999&channel=%00")
    assert page["asked"].problems
    assert page["by"] == "channel"
    long = context(client, "visits", "?entry=" + "/x" * 500)
    assert long["figures"][0].value == "0"
    assert client.get(reverse("web:visits_list", args=["nothing"])).status_code == 404


def test_the_file_has_the_rows_of_the_page(site: SiteKey, olive: Any, sam: Any, client_of: Sign) -> None:
    answer = client_of(olive).get(reverse("web:visits"), {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [row[:2] for row in rows[1:]] == [["Weibo", "40"], ["Direct", "8"]]
    assert Activity.objects.filter(kind="list.downloaded").count() == 1
    assert client_of(sam).get(reverse("web:visits")).status_code == 403


def test_products_paths_and_coming_back(site: SiteKey, olive: Any, client_of: Sign) -> None:
    client = client_of(olive)
    (espresso,) = context(client, "visits_products")["rows"]
    # Ada and five strangers looked on two days; the strangers' orders are not in the shop's books.
    assert (espresso.viewers, espresso.views, espresso.returned_to, espresso.carted) == (41, 48, 6, 5)
    page = context(client, "visits_paths")
    assert [(s.visitors, s.of_before) for s in page["stages"]] == [(41, None), (5, 5 / 41), (5, 1.0), (5, 1.0)]
    assert page["ways"][0]["entry"] == "/"
    got_there = client.get(page["stages"][-1].stopped_url).content.decode()
    assert "Ada" in got_there
    other = context(client, "visits_paths", "?step=page_viewed&path=/espresso&step=order_hinted&path=&hours=1")
    assert [s.visitors for s in other["stages"]] == [41, 5]
    returns = context(client, "visits_returns")
    assert returns["tables"][0]["title"] == "After the first visit"
    assert client.get(reverse("web:visits_returned", args=["first_visit"])).status_code == 200


def test_lists_and_who_is_here(site: SiteKey, sam: Any, client_of: Sign) -> None:
    client = client_of(sam)
    taken = Taken(Key(site.pk, site.store_id, account_scope("tmall", site.store_id), "CN"))
    walk(taken, "ada", 1 / 24 / 60, user=ADA.account)
    Writer()._commit([taken])
    follow(at=now())
    here = client.get(reverse("web:visits_here")).content.decode()
    assert "One on the site now" in here
    assert "Ada" in here
    looked = context(client, "visits_list", name="looked-today")
    assert [row.title for row in looked["rows"]] == ["Ada Abel"]
    assert not context(client, "visits_list", name="baskets-left")["rows"]
    assert "Ada" in client.get(reverse("web:visits_list", args=["looked-today"])).content.decode()


def test_a_customers_timeline_shows_her_visits(site: SiteKey, cast: Cast, sam: Any, client_of: Sign) -> None:
    client = client_of(sam)
    html = client.get(reverse("web:customer", args=[cast.ada.pk])).content.decode()
    assert html.count("Visited the site (Direct): 2 pages") == 3
    visit = Activity.objects.filter(kind="site.visited", visitor="ada").earliest("occurred_at")
    part = client.get(reverse("tracking:visit", args=[visit.pk]), headers={"HX-Request": "true"}).content.decode()
    for said in ("Looked at the page /espresso", "Looked at Espresso", "The site said that an order was placed"):
        assert said in part
    whole = client.get(reverse("tracking:visit", args=[visit.pk])).content.decode()
    assert reverse("web:customer", args=[cast.ada.pk]) in whole
    opt_out(cast.ada.pk, by=BY, at=now())
    assert client.get(reverse("tracking:visit", args=[999_999])).status_code == 404


def test_a_shop_without_visits_says_what_to_do(
    cast: Cast, olive: Any, client_of: Sign, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    client = client_of(olive)
    for name in ("visits", "visits_products", "visits_paths", "visits_returns", "visits_lists"):
        html = client.get(reverse(f"web:{name}")).content.decode()
        assert "Nobody is followed yet" in html, name


def test_what_is_handed_to_a_customer_holds_her_visits(site: SiteKey, cast: Cast, mia: Any, client_of: Sign) -> None:
    told = client_of(mia).get(reverse("web:customer_export", args=[cast.ada.pk])).json()["activities"]
    visits = [each for each in told if each["kind"] == "site.visited"]
    assert [visit["facts"]["pages"] for visit in visits] == [2, 2, 2]
    assert sum(each["kind"] == "site.page_viewed" for each in told) == 6
    others = client_of(mia).get(reverse("web:customer_export", args=[cast.ben.pk])).json()["activities"]
    assert not [each for each in others if each["kind"].startswith("site.")]
