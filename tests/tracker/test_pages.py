"""Keys are made and closed by people who may; a key's page shows what arrived and what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.people.drafts import BuyerDraft
from regulars.people.operations import erase, merge, remember_buyers, unmerge
from regulars.shop.operations import add_store
from regulars.sources.tracker import refusals
from regulars.sources.tracker.models import Refusal, SiteKey
from regulars.sources.tracker.queries import visitors_of
from regulars.stream.models import Activity
from tests.tracker.sending import ask, new_key

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_is_made_used_and_closed(mia: Any, client_of: Callable[[Any], Client]) -> None:
    store = add_store(name="Own site", currency="CNY", timezone="UTC", by=SYSTEM, at=now())
    client = client_of(mia)
    made = client.post(reverse("tracking:keys"), {"name": "Web", "store": store.pk, "use": "browser"}, follow=True)
    key = SiteKey.objects.get()
    assert key.key in made.content.decode()
    batch = [{"type": "track", "anonymousId": "a-1", "event": "Product Viewed", "properties": {"name": "Oolong"}}, {}]
    assert ask("/v1/batch", {"batch": batch}, key=key.key).status == 200
    page = client.get(reverse("tracking:events", args=[key.pk])).content.decode()
    assert "site.product_viewed" in page
    assert "Oolong" in page
    assert "no call of this name" in page
    refused = client.get(reverse("tracking:events", args=[key.pk]), {"only": "refused"}).content.decode()
    assert "site.product_viewed" not in refused
    counted = client.get(reverse("tracking:keys")).context["keys"][0]
    assert (counted.received, counted.refused) == (1, 1)
    for _ in range(2):  # closing twice is closing once
        client.post(reverse("tracking:close", args=[key.pk]))
    assert list(Activity.objects.filter(kind__startswith="tracker.").values_list("kind", "by")) == [
        ("tracker.key_added", f"staff:{mia.pk}"),
        ("tracker.key_closed", f"staff:{mia.pk}"),
    ]
    assert "closed" in client.get(reverse("tracking:keys")).content.decode()


def test_a_key_needs_a_name(mia: Any, client_of: Callable[[Any], Client]) -> None:
    store = add_store(name="Own site", currency="CNY", timezone="UTC", by=SYSTEM, at=now())
    answer = client_of(mia).post(reverse("tracking:keys"), {"name": " ", "store": store.pk, "use": "browser"})
    assert answer.status_code == 200
    assert not SiteKey.objects.exists()


def test_the_newest_refusals_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "KEPT", 30)
    key = new_key()
    for n in range(12):
        batch = [{"type": "track", "event": f"{n}-{m}"} for m in range(50)]
        ask("/v1/batch", {"batch": batch}, key=key.key)
    refusals.keep_newest(key.pk)
    kept = Refusal.objects.order_by("id")
    assert (kept.count(), kept.first().name, kept.last().name) == (30, "11-20", "11-49")  # type: ignore[union-attr]


def test_a_visitor_is_hers_who_has_what_he_gave(db: None) -> None:
    key = new_key()
    scope = f"store:{key.store_id}"
    buyers = [BuyerDraft(account="77", name="Ada"), BuyerDraft(account="78", email="ben@example.com")]
    known = remember_buyers(buyers, [0, 0], scope=scope, source="test", by=SYSTEM, at=now())
    ada, ben = (c for c in known.customers if c is not None)
    for visitor, user in (("phone", "77"), ("laptop", "77"), ("shared", "77"), ("shared", "78"), ("stranger", "99")):
        event = {"anonymousId": visitor, "userId": user, "event": "Product Viewed", "messageId": visitor + user}
        ask("/v1/track", event, key=key.key)
    ask("/v1/identify", {"anonymousId": "tablet", "traits": {"email": "Ben@Example.com "}}, key=key.key)
    assert visitors_of([ada]) == ["laptop", "phone"]
    assert visitors_of([ben]) == ["tablet"]
    together = merge(kept=ada, folded=ben, reason="same", by=SYSTEM, at=now())
    assert visitors_of([ada, ben]) == ["laptop", "phone", "shared", "tablet"]
    unmerge(together.pk, by=SYSTEM, at=now())
    assert visitors_of([ada]) == ["laptop", "phone"]
    erase(ada, reason="asked", by=SYSTEM, at=now())
    assert visitors_of([ada]) == []
    # What she gave before leads nowhere, also when somebody with the same account comes.
    (again,) = remember_buyers([buyers[0]], [0], scope=scope, source="test", by=SYSTEM, at=now()).customers
    assert visitors_of([again or 0]) == []


def test_a_customers_page_tells_what_she_looked_at(sam: Any, client_of: Callable[[Any], Client]) -> None:
    key = new_key()
    buyer = BuyerDraft(account="77", name="Ada")
    known = remember_buyers([buyer], [0], scope=f"store:{key.store_id}", source="test", by=SYSTEM, at=now())
    (ada,) = known.customers
    part = reverse("tracking:customer", args=[ada])
    assert part in client_of(sam).get(reverse("web:customer", args=[ada])).content.decode()
    assert "Not seen on the site yet." in client_of(sam).get(part).content.decode()
    for n, name in enumerate(("Oolong", "Green <tea>", "Oolong")):
        properties = {"product_id": name, "name": name}
        event = {"userId": "77", "event": "Product Viewed", "messageId": str(n), "properties": properties}
        ask("/v1/track", event, key=key.key)
    said = client_of(sam).get(part)
    assert [name for name, _ in said.context["seen"].products] == ["Oolong", "Green <tea>"]
    assert "Green &lt;tea&gt;" in said.content.decode()
