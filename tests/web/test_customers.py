"""The list of customers: what people find, keep, download and merge there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from regulars.people.models import Customer
from regulars.shop.models import Order
from regulars.stream.models import Activity
from tests.web.cast import Cast

ClientOf = Callable[[Any], Any]


def page(client: Any, query: str = "") -> str:
    """Return the list's HTML."""
    response = client.get(f"/customers/{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def rows(response: Any) -> list[list[str]]:
    """Return the rows of a CSV download."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_everybody_is_listed_with_contact_state_and_business(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    html = page(client_of(sam))
    for text in ("Ada Abel", "ada@example.com", "+8613800000001", "王芳", "Regular", "Lapsed", "New", "No orders"):
        assert text in html
    assert "¥80.00" in html


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("?q=ben@example.com", "Ben Brandt", "Ada Abel"),
        ("?q=芳", "王芳", "Ben Brandt"),
        ("?q=A2", "Ada Abel", "Ben Brandt"),
        ("?state=lapsed", "Cleo Castro", "Ada Abel"),
        ("?state=new&state=lapsed", "Cleo Castro", "Ada Abel"),
        ("?orders_min=3", "Ada Abel", "Ben Brandt"),
        ("?revenue_min=45.50&revenue_max=60", "Ben Brandt", "Ada Abel"),
        ("?last_from=2000-01-01", "Ada Abel", "王芳"),
    ],
)
def test_filters_are_in_the_address(
    cast: Cast, mark: Any, client_of: ClientOf, query: str, found: str, not_found: str
) -> None:
    html = page(client_of(mark), query)
    assert found in html
    assert not_found not in html


@pytest.mark.parametrize(
    "query",
    [
        "?orders_min=x", "?last_from=yesterday", "?revenue_min=12,5x", "?store=99999999999999999999", "?sort=nothing",
        "?after=%00", "?q=%00%27%3B--", "?state=unknown", "?last_to=9999-12-31", "?orders_max=-1", "?revenue_max=1e99",
        "?sort=-name&after=WzEsMl0", "?id=x", "?revenue_min=NaN",
    ],
)  # fmt: skip
def test_a_broken_address_shows_the_list_and_says_what_was_left_out(
    cast: Cast, mark: Any, client_of: ClientOf, query: str
) -> None:
    page(client_of(mark), query)


def test_an_unreadable_filter_is_named(cast: Cast, mark: Any, client_of: ClientOf) -> None:
    assert "“yesterday” is not a date" in page(client_of(mark), "?last_from=yesterday")


def test_an_empty_shop_says_what_to_do(olive: Any, client_of: ClientOf) -> None:
    html = page(client_of(olive))
    assert "Import your orders" in html
    assert "<table" not in html


def test_nobody_found_offers_the_way_back(cast: Cast, olive: Any, client_of: ClientOf) -> None:
    assert "Nobody matches" in page(client_of(olive), "?q=zzz")


def test_the_next_page_goes_on_where_the_first_ended(
    cast: Cast, olive: Any, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.web.lists.SIZE", 2)
    client, seen, query = client_of(olive), [], "?sort=name"
    for _turn in range(4):
        shown = client.get(f"/customers/{query}").context["page"]
        seen += [row.title for row in shown.rows]
        assert shown.count_text == "4"
        if not shown.next_url:
            break
        query = shown.next_url.partition("/customers/")[2]
    assert seen == ["Ada Abel", "Ben Brandt", "Cleo Castro", "王芳"]


def test_the_download_has_every_row_found_and_contacts(cast: Cast, mark: Any, client_of: ClientOf) -> None:
    header, *found = rows(client_of(mark).get("/customers/export?orders_min=1&sort=name"))
    assert [row[1] for row in found] == ["Ada Abel", "Ben Brandt", "Cleo Castro"]
    assert "ada@example.com" in found[0]
    assert len(header) == len(found[0])
    assert Activity.objects.filter(kind="list.downloaded").count() == 1


def test_the_chosen_alone_are_downloaded(cast: Cast, mark: Any, client_of: ClientOf) -> None:
    client = client_of(mark)
    _header, *found = rows(client.post("/customers/export", {"id": [cast.ben.pk, cast.wang.pk]}))
    assert sorted(row[1] for row in found) == ["Ben Brandt", "王芳"]
    nothing = client.post("/customers/export", {"back": "?q=a"}, follow=True)
    assert "Choose the customers to download." in nothing.content.decode()


def test_an_agent_may_not_download_and_an_analyst_sees_no_people(
    cast: Cast, sam: Any, ana: Any, client_of: ClientOf
) -> None:
    assert client_of(sam).get("/customers/export").status_code == 403
    assert "Download CSV" not in page(client_of(sam))
    assert client_of(ana).get("/customers/").status_code == 403


def test_two_chosen_are_merged_and_parted_again(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    done = client.post("/customers/merge", {"id": [cast.ben.pk, cast.cleo.pk]}, follow=True)
    assert "Merged into one customer." in done.content.decode()
    assert Customer.objects.get(pk=cast.cleo.pk).root_id == cast.ben.pk
    assert "Cleo Castro" not in page(client)
    undo = next(iter(done.context["messages"])).extra_tags
    client.post(undo)
    assert Customer.objects.get(pk=cast.cleo.pk).root_id == cast.cleo.pk


@pytest.mark.parametrize("count", [0, 1, 3])
def test_merging_wants_exactly_two(cast: Cast, sam: Any, client_of: ClientOf, count: int) -> None:
    chosen = [cast.ada.pk, cast.ben.pk, cast.cleo.pk][:count]
    done = client_of(sam).post("/customers/merge", {"id": chosen, "back": "?q=a"}, follow=True)
    assert "exactly two" in done.content.decode()
    assert done.request["QUERY_STRING"] == "q=a"


def test_the_list_asks_the_database_little(
    cast: Cast, olive: Any, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(olive)
    for query in ("", "?q=Ada", f"?store={cast.store.pk}&state=regular"):
        with django_assert_max_num_queries(12):
            page(client, query)
    assert Order.objects.count() == 9
