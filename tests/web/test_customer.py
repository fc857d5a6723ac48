"""One customer's page, and what staff change there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from regulars.base.clock import now
from regulars.people import queries as people
from regulars.people.models import Consent, Customer, Suppression
from regulars.people.operations import merge, suggest_merges
from regulars.shop.models import Order
from regulars.stream.models import Activity
from tests.web.cast import BY, Cast

ClientOf = Callable[[Any], Any]


def html(client: Any, path: str) -> str:
    """Return a page's HTML."""
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def undo_of(response: Any) -> str:
    """Return where the undo of the last word posts to."""
    return str(list(response.context["messages"])[-1].extra_tags)


def test_the_page_tells_who_what_and_why(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    page = html(client_of(sam), f"/customers/{cast.ada.pk}/")
    for text in ("Ada Abel", "Regular", "4 orders, about every 20 days", "ada@example.com", "¥80.00", "A4", "上海"):
        assert text in page
    assert "Bought for ¥20.00" in page
    assert "agreed" in page


@pytest.mark.parametrize("customer", ["0", "999999", "99999999999999999999999"])
def test_nobody_by_that_number(cast: Cast, sam: Any, client_of: ClientOf, customer: str) -> None:
    assert client_of(sam).get(f"/customers/{customer}/").status_code == 404


def test_a_customer_without_orders_has_a_page(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    assert "Has not bought anything yet." in html(client_of(sam), f"/customers/{cast.wang.pk}/")


def test_a_folded_record_leads_to_the_person(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    merge(kept=cast.ada.pk, folded=cast.ben.pk, reason="by_hand", by=BY, at=now())
    response = client_of(sam).get(f"/customers/{cast.ben.pk}/")
    assert response.status_code == 302
    assert response["Location"] == f"/customers/{cast.ada.pk}/"
    page = html(client_of(sam), f"/customers/{cast.ada.pk}/")
    assert "B1" in page
    assert "ben@example.com" in page


def test_the_timeline_goes_back_part_by_part(
    cast: Cast, sam: Any, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.web.views.customer.ACTIVITIES_SHOWN", 2)
    client, seen = client_of(sam), []
    response = client.get(f"/customers/{cast.ada.pk}/")
    while True:
        seen += [entry.id for entry, _href in response.context["entries"]]
        if not response.context["older_url"]:
            break
        response = client.get(response.context["older_url"], headers={"HX-Request": "true"})
        assert b"<html" not in response.content
    assert len(seen) == len(set(seen)) == Activity.objects.filter(customer_id=cast.ada.pk).count()


@pytest.mark.parametrize("mark", ["x", "9" * 40 + "-1", "1-" + "9" * 40, "٣-٣", "-1--1"])
def test_a_broken_mark_begins_again(cast: Cast, sam: Any, client_of: ClientOf, mark: str) -> None:
    assert "What happened" in html(client_of(sam), f"/customers/{cast.ada.pk}/older?before={mark}")


def test_details_are_changed(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client = client_of(sam)
    path = f"/customers/{cast.ben.pk}/edit"
    assert "Ben Brandt" in html(client, path)
    assert client.post(path, {"name": "Ben", "country": "Germany"}).status_code == 422
    client.post(path, {"name": "Ben B.", "country": "de", "city": "Berlin"})
    ben = Customer.objects.get(pk=cast.ben.pk)
    assert (ben.name, ben.country, ben.city) == ("Ben B.", "DE", "Berlin")
    assert "Details changed by Sam" in html(client, f"/customers/{cast.ben.pk}/")


def test_consent_is_withdrawn_and_a_mistake_taken_back(cast: Cast, sam: Any, mia: Any, client_of: ClientOf) -> None:
    client, path = client_of(sam), f"/customers/{cast.ada.pk}/"
    done = client.post(f"{path}withdraw", {"channel": "email"}, follow=True)
    assert people.consents(cast.ada.pk)[0].state == "withdrawn"
    undo = undo_of(done)
    # Only who made the mistake may take it back: consent is the customer's to give.
    client_of(mia).post(undo)
    assert people.consents(cast.ada.pk)[0].state == "withdrawn"
    client.post(undo)
    assert people.consents(cast.ada.pk)[0].state == "granted"
    assert "No longer agrees" in html(client, path)


def test_nobody_grants_a_consent_that_was_never_given(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client_of(sam).post(f"/customers/{cast.ben.pk}/restore/email")
    assert not Consent.objects.filter(customer=cast.ben, state="granted").exists()


def test_an_address_is_closed_opened_and_closed_again(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client, path = client_of(sam), f"/customers/{cast.ada.pk}/"
    email = next(p for p in people.contact_points([cast.ada.pk])[cast.ada.pk] if p.kind == "email")

    def is_closed() -> bool:
        points = people.contact_points([cast.ada.pk])[cast.ada.pk]
        return next(p for p in points if p.kind == "email").is_suppressed

    done = client.post(f"{path}suppress/{email.identifier_id}", follow=True)
    assert is_closed()
    assert "closed by hand" in done.content.decode()
    done = client.post(undo_of(done), follow=True)
    assert not is_closed()
    client.post(undo_of(done))
    assert is_closed()


def test_another_persons_address_cannot_be_closed_or_opened_from_here(
    cast: Cast, sam: Any, client_of: ClientOf
) -> None:
    client = client_of(sam)
    ben = people.contact_points([cast.ben.pk])[cast.ben.pk][-1]
    assert client.post(f"/customers/{cast.ada.pk}/suppress/{ben.identifier_id}").status_code == 404
    client.post(f"/customers/{cast.ben.pk}/suppress/{ben.identifier_id}")
    row = Suppression.objects.get()
    client.post(f"/customers/{cast.ada.pk}/lift/{row.pk}")
    assert Suppression.objects.get().lifted_at is None


def test_a_merge_is_suggested_made_and_undone(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    suggest_merges([(cast.ada.pk, cast.ben.pk, "shared_phone")], at=now())
    client, path = client_of(sam), f"/customers/{cast.ada.pk}/"
    assert "Same phone number" in html(client, path)
    assert "Ben Brandt" in html(client, f"{path}merge?q=brandt")
    client.post(f"{path}merge", {"other": cast.ben.pk})
    page = html(client, path)
    assert "Same phone number" not in page
    assert "Merged with another record by Sam" in page
    merged = people.merges_of(cast.ada.pk)[0]
    client.post(f"/merges/{merged.pk}/undo")
    assert people.family(cast.ada.pk) == [cast.ada.pk]


def test_two_different_people_are_not_suggested_again(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    suggest_merges([(cast.ada.pk, cast.ben.pk, "shared_phone")], at=now())
    suggestion = people.open_suggestions()[0]
    client_of(sam).post(f"/customers/{cast.ada.pk}/reject/{suggestion.id}")
    assert people.open_suggestion_count() == 0


@pytest.mark.parametrize("other", ["", "x", "999999", "self"])
def test_a_merge_that_cannot_be_says_why(cast: Cast, sam: Any, client_of: ClientOf, other: str) -> None:
    other = str(cast.ada.pk) if other == "self" else other
    done = client_of(sam).post(f"/customers/{cast.ada.pk}/merge", {"other": other}, follow=True)
    assert [m.level_tag for m in done.context["messages"]] == ["error"]


def test_erasing_wants_the_number_and_leaves_the_orders(cast: Cast, sam: Any, client_of: ClientOf) -> None:
    client, path = client_of(sam), f"/customers/{cast.ada.pk}/"
    assert client.post(f"{path}erase", {"confirm": "yes"}).status_code == 422
    client.post(f"{path}erase", {"confirm": str(cast.ada.pk)})
    gone = client.get(path)
    assert gone.status_code == 410
    assert "Ada" not in gone.content.decode()
    assert "Ada" not in html(client, "/customers/")
    assert Order.objects.filter(customer=cast.ada).count() == 4
    assert client.get(f"{path}edit").status_code == 404


def test_everything_about_a_person_is_handed_out(cast: Cast, mia: Any, sam: Any, client_of: ClientOf) -> None:
    response = client_of(mia).get(f"/customers/{cast.ben.pk}/export")
    told = json.loads(response.content)
    assert told["contacts"][0]["kind"]
    assert "ben@example.com" in response.content.decode()
    assert [order["number"] for order in told["orders"]] == ["B1"]
    assert told["orders"][0]["lines"][0]["title"] == "Espresso"
    assert told["orders"][0]["refunds"][0]["amount"] == "10.00"
    assert {"order.paid", "order.refunded"} <= {activity["kind"] for activity in told["activities"]}
    assert Activity.objects.filter(kind="customer.exported", customer_id=cast.ben.pk).count() == 1
    assert client_of(sam).get(f"/customers/{cast.ben.pk}/export").status_code == 403


def test_who_may_only_look_changes_nothing(cast: Cast, mark: Any, client_of: ClientOf) -> None:
    client, path = client_of(mark), f"/customers/{cast.ada.pk}/"
    page = html(client, path)
    for text in ("Withdraw", "Erase personal data", "Merge with another customer"):
        assert text not in page
    for action in ("edit", "withdraw", "merge", "erase", "suppress/1", "lift/1", "close/1", "reject/1"):
        assert client.post(f"{path}{action}").status_code == 403


def test_the_page_asks_the_database_little(
    cast: Cast, mia: Any, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client, path = client_of(mia), f"/customers/{cast.ada.pk}/"
    merge(kept=cast.ada.pk, folded=cast.ben.pk, reason="by_hand", by=BY, at=now())
    suggest_merges([(cast.ada.pk, cast.cleo.pk, "shared_phone")], at=now())
    client.post(f"{path}edit", {"name": "Ada"})
    point = next(p for p in people.contact_points([cast.ada.pk])[cast.ada.pk] if p.kind == "email")
    client.post(f"{path}suppress/{point.identifier_id}")
    with django_assert_max_num_queries(12):
        html(client, path)
