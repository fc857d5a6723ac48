"""The palette finds people, orders, products, pages and actions, for who may see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.cast import Cast

ClientOf = Callable[[Any], Any]


def found(client: Any, text: str) -> dict[str, list[str]]:
    """Return the palette's lines by group."""
    response = client.get("/-/palette", {"q": text})
    assert response.status_code == 200
    return {label: [entry.label for entry in entries] for label, entries in response.context["groups"]}


def test_a_few_letters_find_a_person_an_order_a_product_a_page(cast: Cast, olive: Any, client_of: ClientOf) -> None:
    client = client_of(olive)
    assert found(client, "ada@example.com")["Customers"] == ["Ada Abel"]
    assert found(client, "芳")["Customers"] == ["王芳"]
    assert found(client, "b1") == {}
    assert found(client, "B1") == {"Customers": ["Ben Brandt"], "Orders": ["B1"]}
    assert found(client, "espr")["Products"] == ["Espresso"]
    assert "Customers" in found(client, "custom")["Pages"]
    assert found(client, "import")["Actions"] == ["Import a file"]


def test_without_letters_it_offers_pages_and_actions(cast: Cast, olive: Any, client_of: ClientOf) -> None:
    assert set(found(client_of(olive), "")) == {"Pages", "Actions"}


def test_it_shows_nobody_what_she_may_not_see(cast: Cast, ana: Any, sam: Any, client_of: ClientOf) -> None:
    analyst = client_of(ana)
    assert "Customers" not in found(analyst, "ada")
    assert found(analyst, "A1") == {"Orders": ["A1"]}
    assert "Customers" not in found(analyst, "")["Pages"]
    assert "Imports" not in found(client_of(sam), "")["Pages"]


@pytest.mark.parametrize("text", ["\0", "%", "'", "\\", "x" * 5000, "😀"])
def test_any_text_is_harmless(cast: Cast, olive: Any, client_of: ClientOf, text: str) -> None:
    found(client_of(olive), text)


def test_it_asks_the_database_little(
    cast: Cast, olive: Any, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(olive)
    with django_assert_max_num_queries(12):
        found(client, "Ada")
