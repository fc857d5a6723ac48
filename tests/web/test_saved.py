"""Views: a list's filters under a name, for oneself or for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regulars.stream.models import Activity
from regulars.web.models import SavedView
from tests.web.cast import Cast

ClientOf = Callable[[Any], Any]


def save(client: Any, page: str = "customers", **said: str) -> Any:
    """Save a view and follow to the list."""
    values = {"name": "Regulars", "query": "state=regular&sort=-revenue"} | said
    return client.post(f"/views/{page}/save", values, follow=True)


def test_a_view_is_kept_shown_and_deleted(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    done = save(client)
    assert done.request["PATH_INFO"] == "/customers/"
    page = done.content.decode()
    assert "Regulars</a>" in page
    assert "Ada Abel" in page
    assert "Ben Brandt" not in page
    client.post(f"/views/{SavedView.objects.get().pk}/delete")
    assert not SavedView.objects.exists()
    assert list(Activity.objects.filter(kind__startswith="view.").order_by("id").values_list("kind", flat=True)) == [
        "view.saved",
        "view.deleted",
    ]


def test_saving_can_be_undone(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    undo = next(iter(save(client).context["messages"])).extra_tags
    client.post(undo)
    assert not SavedView.objects.exists()


def test_a_private_view_is_private_and_a_shared_one_is_everybodys(
    cast: Cast, sam: Any, mark: Any, client_of: ClientOf
) -> None:
    save(client_of(sam), name="Mine")
    save(client_of(sam), name="Ours", is_shared="1")
    shown = client_of(mark).get("/customers/").context["views"]
    assert [view.name for view in shown] == ["Ours"]
    client_of(mark).post(f"/views/{shown[0].pk}/delete")
    assert SavedView.objects.count() == 2


def test_the_same_name_again_replaces_the_view(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    save(client_of(sam))
    save(client_of(sam), query="?state=new&after=abc")
    assert SavedView.objects.get().query == "state=new"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"name": "  "}, "Give the view a name"),
        ({"name": "x" * 61}, "longer than 60"),
        ({"query": "q=" + "x" * 999}, "too long"),
    ],
)
def test_what_cannot_be_saved_says_why(
    cast: Cast, sam: Any, client_of: ClientOf, said: dict[str, str], word: str
) -> None:
    assert word in save(client_of(sam), **said).content.decode()
    assert not SavedView.objects.exists()


def test_views_of_orders_and_products_too(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    for page, query in (("orders", "state=unpaid"), ("products", "sort=title")):
        done = save(client_of(sam), page, query=query)
        assert [view.page for view in done.context["views"]] == [page]
    assert client_of(sam).post("/views/nothing/save", {"name": "x", "query": ""}).status_code == 404
    assert SavedView.objects.count() == 2


def test_who_may_not_see_a_list_keeps_no_view_of_it(cast: Cast, ana: Any, client_of: ClientOf) -> None:
    assert client_of(ana).post("/views/customers/save", {"name": "x", "query": ""}).status_code == 403
    assert not SavedView.objects.exists()
