"""The list of products and one product's page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from regulars.shop.queries.products import Sales
from regulars.web import product_sales
from regulars.web.models import StoredNumber
from tests.web.cast import BEN, Cast, order, take

ClientOf = Callable[[Any], Any]


def test_products_show_what_they_sold_and_who_came_back(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    shown = client_of(sam).get("/products/").context["page"].rows[0]
    assert shown.title == "Espresso"
    # Eight paid orders; one of them of nobody, who is no buyer. Ada and Cleo bought again.
    assert shown.sales == Sales(8, 190_00, 3, 2)


def test_products_are_found_by_title_and_stock_number(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    for query, count in (("?q=espr", 1), ("?q=E250", 1), ("?q=tea", 0), (f"?store={cast.store.pk}", 1), ("?q=%00", 1)):
        assert len(client.get(f"/products/{query}").context["page"].rows) == count, query


@pytest.mark.parametrize("sort", ["title", "-title", "quantity", "-buyers", "came_back", "-revenue", "x"])
@pytest.mark.parametrize("after", ["", "50", "x", "-1"])
def test_every_sort_and_place_shows_a_page(cast: Cast, sam: Any, client_of: ClientOf, sort: str, after: str) -> None:
    assert client_of(sam).get(f"/products/?sort={sort}&after={after}").status_code == 200


def test_a_product_has_variants_prices_and_recent_orders(cast: Cast, sam: Any, ana: Any, client_of: ClientOf) -> None:
    path = f"/products/{cast.espresso.pk}/"
    page = client_of(sam).get(path).content.decode()
    for text in ("Espresso", "250 g", "¥20.00", "W1", "王芳", "Unpaid", "Prices so far"):
        assert text in page
    assert "王芳" not in client_of(ana).get(path).content.decode()
    assert client_of(sam).get("/products/999999/").status_code == 404


def test_a_large_shops_sales_are_added_up_ahead(
    cast: Cast, sam: Any, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_sales, "LINES_OF_LIST", 3)
    monkeypatch.setattr(product_sales, "LINES_OF_PRODUCT", 3)
    monkeypatch.setattr(product_sales, "LINES_AT_FIRST", 3)
    client = client_of(sam)
    assert "being added up" in client.get("/products/").content.decode()
    product_sales.store_product_sales()
    shown = client.get("/products/")
    assert shown.context["page"].rows[0].sales.quantity == 8
    assert "Sales as of" in shown.content.decode()
    assert "Sales as of" in client.get(f"/products/{cast.espresso.pk}/").content.decode()


def test_sales_are_added_up_again_only_when_something_happened(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product_sales, "LINES_OF_LIST", 3)
    product_sales.store_product_sales()
    first = StoredNumber.objects.get()
    product_sales.store_product_sales()
    assert StoredNumber.objects.get().computed_at == first.computed_at
    take(cast.store, order("B2", BEN, 1), batch=4)
    product_sales.store_product_sales()
    assert StoredNumber.objects.get().value["products"][str(cast.espresso.pk)][0] == 9


def test_the_download_is_the_list(cast: Cast, ana: Any, mark: Any, client_of: ClientOf) -> None:
    response = client_of(mark).get("/products/export")
    header, row = csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    assert row[1:] == ["Espresso", "Tmall", "8", "190.00", "3", "2"]
    assert len(header) == len(row)
    assert client_of(ana).get("/products/export").status_code == 403


def test_the_pages_ask_the_database_little(
    cast: Cast, olive: Any, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(olive)
    for path in ("/products/", f"/products/{cast.espresso.pk}/"):
        with django_assert_max_num_queries(12):
            assert client.get(path).status_code == 200
