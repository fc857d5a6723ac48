"""The list of orders and one order's page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from regulars.base.clock import now
from regulars.people.operations import erase
from tests.web.cast import ADA, BY, Cast, order, take

ClientOf = Callable[[Any], Any]


def numbers(client: Any, query: str = "") -> list[str]:
    """Return the order numbers that the list shows."""
    response = client.get(f"/orders/{query}")
    assert response.status_code == 200
    return [shown.row.number for shown in response.context["page"].rows]


def test_business_is_listed_and_the_rest_kept_apart(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    assert numbers(client) == ["N1", "B1", "A4", "A3", "A2", "A1", "C2", "C1"]
    assert numbers(client, "?state=unpaid") == ["W1"]
    assert numbers(client, "?state=closed") == []


def test_a_number_is_found_in_any_state(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    assert numbers(client_of(sam), "?q=%23W1") == ["W1"]
    assert numbers(client_of(sam), "?q=nothing") == []


def test_orders_are_filtered_and_sorted(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    assert numbers(client, "?sort=-amount")[0] == "B1"
    assert numbers(client, "?sort=number")[:2] == ["A1", "A2"]
    assert numbers(client, f"?customer={cast.cleo.pk}") == ["C2", "C1"]
    assert numbers(client, "?customer=999999") == []
    assert numbers(client, f"?store={cast.store.pk}&to=2000-01-01") == []


@pytest.mark.parametrize(
    "query", ["?from=x", "?to=9999-99-99", "?store=x", "?sort=-", "?state=none", "?customer=x", "?q=%00", "?after=WzFd"]
)
def test_a_broken_address_shows_the_list(cast: Cast, sam: Any, client_of: ClientOf, query: str) -> None:
    numbers(client_of(sam), query)


def test_too_many_orders_are_not_sorted_by_amount_but_say_so(
    cast: Cast, sam: Any, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.web.views.orders.COUNT_LIMIT", 2)
    response = client_of(sam).get("/orders/?sort=-amount")
    assert "choose a time or a store" in response.content.decode()
    assert response.context["page"].rows[0].row.number == "N1"


def test_an_analyst_sees_orders_without_names(cast: Cast, ana: Any, client_of: ClientOf) -> None:
    client = client_of(ana)
    listed, page = (
        client.get("/orders/").content.decode(),
        client.get(f"/orders/{cast.order('A1').pk}/").content.decode(),
    )
    for text in (listed, page):
        assert "Abel" not in text
        assert "A…" in text
        assert f"/customers/{cast.ada.pk}/" not in text


def test_an_order_tells_all_that_is_known(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    take(cast.store, order("B1", None, 5, 50_00, refunded_minor=20_00, tracking_number="SF1", carrier="SF"), batch=2)
    page = client_of(sam).get(f"/orders/{cast.order('B1').pk}/").content.decode()
    for text in ("Ben Brandt", "Espresso", "¥50.00", "¥20.00", "¥30.00", "SF1", "corrected once", "Got ¥20.00 back"):
        assert text in page, text


def test_an_order_of_nobody_and_one_of_an_erased_person_have_pages(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    assert "does not say who" in client.get(f"/orders/{cast.order('N1').pk}/").content.decode()
    erase(cast.ben.pk, reason="asked", by=BY, at=now())
    assert "were erased" in client.get(f"/orders/{cast.order('B1').pk}/").content.decode()
    assert client.get("/orders/999999/").status_code == 404


def test_the_download_is_the_list(cast: Cast, mark: Any, ana: Any, sam: Any, client_of: ClientOf) -> None:
    response = client_of(mark).get("/orders/export?state=unpaid")
    header, row = csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    assert row[0] == "W1"
    assert "王芳" in row
    assert len(header) == len(row)
    assert client_of(ana).get("/orders/export").status_code == 403
    assert client_of(sam).get("/orders/export").status_code == 403


def test_an_empty_shop_says_what_to_do(olive: Any, client_of: ClientOf) -> None:
    assert "Import your orders" in client_of(olive).get("/orders/").content.decode()


def test_the_pages_ask_the_database_little(
    cast: Cast, olive: Any, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    take(cast.store, *[order(f"M{n}", ADA, 3) for n in range(60)], batch=3)
    client = client_of(olive)
    for path in (
        "/orders/",
        "/orders/?sort=-amount",
        f"/orders/?customer={cast.ada.pk}",
        f"/orders/{cast.order('B1').pk}/",
    ):
        with django_assert_max_num_queries(12):
            assert client.get(path).status_code == 200
