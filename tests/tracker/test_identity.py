"""Whose visits they are, who is not followed, and which ids are nobody's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.base.actor import SYSTEM
from regulars.base.clock import now, to_us
from regulars.people.drafts import BuyerDraft
from regulars.people.links import customer_of, token_of
from regulars.people.operations import erase, remember_buyers
from regulars.shop.drafts import OrderDraft
from regulars.shop.operations import Intake, apply_drafts
from regulars.sources.tracker import following, junk
from regulars.sources.tracker.models import Junk, Link, Refusal, Salt, SiteKey, Visit
from regulars.sources.tracker.networks import Places
from regulars.sources.tracker.operations import lift_junk, opt_in, opt_out
from regulars.sources.tracker.receiver import Receiver
from regulars.sources.tracker.whose import visitor_map, visitors_of
from regulars.stream.models import Activity
from tests.tracker.sending import ask, new_key

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = (b"user-agent", b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148 Safari/604.1")


def known(key: SiteKey, *buyers: BuyerDraft) -> list[int]:
    """Return the customers of these buyers."""
    scope = f"store:{key.store_id}"
    found = remember_buyers(list(buyers), [0] * len(buyers), scope=scope, source="test", by=SYSTEM, at=now())
    return [c for c in found.customers if c is not None]


def script(key: SiteKey, *messages: dict[str, Any], receiver: Receiver | None = None) -> None:
    """Send as the own script does: the key in the address, the browser's name in the header."""
    answer = ask(f"/r/e?writeKey={key.key}", {"batch": list(messages)}, headers=[PHONE], receiver=receiver)
    assert answer.status == 200


def page(visitor: str = "", **context: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"type": "page", "context": {"page": {"path": "/tea"}} | context}
    return said | ({"anonymousId": visitor} if visitor else {})


def events() -> list[tuple[str, str]]:
    rows = Activity.objects.filter(kind__startswith="site.").order_by("id")
    return [(kind, visitor or "") for kind, visitor in rows.values_list("kind", "visitor")]


def test_who_gives_no_consent_is_known_for_a_day_and_never_by_name() -> None:
    key = new_key()
    (ada,) = known(key, BuyerDraft(account="77", email="ada@example.com"))
    link = token_of(ada)
    # Whatever a page says beside it: without consent nobody is joined to a customer.
    script(key, page(daily=True, link=link) | {"userId": "77"}, page("v9", daily=True))
    script(
        key, {"type": "identify", "userId": "77", "traits": {"email": "ada@example.com"}, "context": {"daily": True}}
    )
    visitors = {visitor for _, visitor in events()}
    assert len(visitors) == 1
    assert visitors.pop().startswith("d:")
    assert not Link.objects.exists()
    assert visitors_of([ada]) == []
    before = {visitor for _, visitor in events()}
    Salt.objects.all().delete()  # the next day
    script(key, page(daily=True))
    after = {visitor for _, visitor in events()}
    assert len(after - before) == 1


def test_the_salt_of_a_day_goes_with_it() -> None:
    key = new_key()
    Salt.objects.create(date=(now() - timedelta(days=2)).date(), salt=b"old" * 10)
    script(key, page(daily=True))
    assert Salt.objects.count() == 1


def test_a_personal_link_says_whose_visit_it_is() -> None:
    key = new_key()
    ada, ben = known(key, BuyerDraft(account="77"), BuyerDraft(account="78"))
    script(key, page("v1", link=token_of(ada)), page("v2", link=token_of(ben)[:-1] + "x"), page("v3", link="zzz"))
    assert (visitors_of([ada]), visitors_of([ben])) == (["v1"], [])
    assert visitor_map() == [("v1", ada)]
    script(key, page("v1", link=token_of(ben)))  # a forwarded letter: nobody's from then on
    assert (visitors_of([ada]), visitors_of([ben])) == ([], [])


def test_tokens_cannot_be_made_up() -> None:
    assert customer_of(token_of(12345)) == 12345
    assert customer_of(token_of(1).replace("1.", "2.", 1)) is None


def test_an_order_says_whose_visit_it_is_also_when_it_is_imported_later() -> None:
    key = new_key()
    order = {"type": "track", "anonymousId": "v1", "event": "Order Completed", "properties": {"order_id": "1001"}}
    script(key, order)
    draft = OrderDraft(
        row=1, number="#1001", state="paid", currency="CNY", placed_us=to_us(now()), gross_minor=100, paid_minor=100,
        buyer=BuyerDraft(account="77", name="Ada"),
    )  # fmt: skip
    apply_drafts(Intake(key.store, source="test", by=SYSTEM, at=now()), [draft], at=now())
    ((visitor, ada),) = visitor_map()
    assert visitor == "v1"
    assert visitors_of([ada]) == ["v1"]


def test_who_asks_not_to_be_followed_is_not() -> None:
    key = new_key()
    ada, _ben = known(key, BuyerDraft(account="77", email="ada@example.com"), BuyerDraft(account="78"))
    script(key, page("v1") | {"userId": "77"})
    assert opt_out(ada, by=SYSTEM, at=now())
    assert not opt_out(ada, by=SYSTEM, at=now())
    count = len(events())
    script(key, page("v1"), page("v7") | {"userId": "77"})
    script(key, {"type": "identify", "anonymousId": "v8", "traits": {"email": "ada@example.com"}})
    assert len(events()) == count
    assert list(Refusal.objects.values_list("reason", flat=True)) == ["opted_out"] * 3
    script(key, page("v2") | {"userId": "78"})
    assert len(events()) == count + 1
    assert opt_in(ada, by=SYSTEM, at=now())
    script(key, page("v1"))
    assert len(events()) == count + 2
    told = Activity.objects.filter(customer_id=ada, kind__startswith="tracker.").order_by("id")
    assert list(told.values_list("kind", flat=True)) == ["tracker.opted_out", "tracker.opted_in"]


def test_a_visitor_may_refuse_by_herself() -> None:
    key = new_key()
    (ada,) = known(key, BuyerDraft(account="77"))
    script(key, page("v1") | {"userId": "77"})
    script(key, {"type": "track", "event": "Tracking Refused", "anonymousId": "v1"})
    count = len(events())
    for _ in range(2):
        script(key, page("v1"), {"type": "track", "event": "Tracking Refused", "anonymousId": "v1"})
    assert len(events()) == count
    assert visitors_of([ada]) == []


def test_an_account_that_everybody_gives_is_nobodys() -> None:
    key = new_key()
    (ada,) = known(key, BuyerDraft(account="default-user"))
    script(key, *[page(f"v{n}") | {"userId": "default-user"} for n in range(junk.SEEN_WITH)])
    script(key, page("phone") | {"userId": "78"})
    assert junk.find_junk(at=now()) == 1
    assert junk.find_junk(at=now()) == 0
    assert visitors_of([ada]) == []
    script(key, page("v1") | {"userId": "default-user"})
    assert Link.objects.count() == 1  # what it links is not taken, the visit is
    assert lift_junk(Junk.objects.get().pk, by=SYSTEM, at=now())
    script(key, page("v1") | {"userId": "default-user"})
    assert visitors_of([ada]) == ["v1"]
    assert junk.find_junk(at=now()) == 0


def test_a_visitor_of_many_accounts_is_nobody() -> None:
    key = new_key()
    script(key, *[page("shop-terminal") | {"userId": f"account-{n}"} for n in range(junk.SEEN_WITH)])
    assert junk.find_junk(at=now()) == 1
    script(key, page("shop-terminal"))
    assert list(Refusal.objects.values_list("reason", flat=True)) == ["junk_id"]


def test_erasing_a_person_erases_her_visits() -> None:
    key = new_key()
    ada, ben = known(key, BuyerDraft(account="77"), BuyerDraft(account="78"))
    script(key, page("v1") | {"userId": "77"}, page("shared") | {"userId": "77"}, page("shared") | {"userId": "78"})
    script(key, page("v2") | {"userId": "78"})
    following.follow(at=now() + timedelta(hours=1))
    assert Visit.objects.filter(visitor="v1").exists()
    erase(ada, reason="asked", by=SYSTEM, at=now())
    assert {visitor for _, visitor in events()} == {"shared", "v2"}
    assert not Visit.objects.filter(visitor="v1").exists()
    assert visitors_of([ben]) == ["shared", "v2"]


def test_networks_tell_bots_staff_and_places(tmp_path: Any) -> None:
    (tmp_path / "datacentres.txt").write_text("203.0.113.0/25 # a cloud\nnonsense\n2001:db8::/32\n", encoding="utf-8")
    (tmp_path / "own.txt").write_text("198.51.100.7\n", encoding="utf-8")
    places = Places(tmp_path)
    places.refresh()
    found = [places.look_up(a)[:2] for a in ("203.0.113.9", "203.0.113.200", "2001:db8::1", "198.51.100.7", "?", "")]
    assert found == [(True, False), (False, False), (True, False), (False, True), (False, False), (False, False)]
    key = new_key()
    receiver = Receiver(networks=tmp_path)  # requests come from 203.0.113.9
    script(key, page("v1"), receiver=receiver)
    behind = Receiver(networks=tmp_path, proxies=1)
    for visitor, hops in (("v2", b"203.0.113.9, 198.51.100.7"), ("v3", b"198.51.100.7, 192.0.2.1")):
        headers = [PHONE, (b"x-forwarded-for", hops)]
        ask(f"/r/e?writeKey={key.key}", {"batch": [page(visitor)]}, headers=headers, receiver=behind)
    said = [
        json.loads(body) for body in Activity.objects.filter(kind="site.page_viewed").values_list("body", flat=True)
    ]
    assert [(b["is_bot"], b["is_staff"], b["device"]) for b in said] == [
        (True, False, "phone"), (False, True, "phone"), (False, False, "phone"),
    ]  # fmt: skip
    # Nothing of an address is kept anywhere.
    assert not Activity.objects.filter(body__contains="203.0.113").exists()


def test_a_customer_is_followed_as_she_wishes(sam: Any, client_of: Callable[[Any], Client]) -> None:
    key = new_key()
    (ada,) = known(key, BuyerDraft(account="77", name="Ada"))
    client = client_of(sam)
    part = reverse("tracking:customer", args=[ada])
    assert "Do not follow her visits" in client.get(part).content.decode()
    client.post(reverse("tracking:follow", args=[ada, "no"]))
    assert "Does not wish to be followed" in client.get(part).content.decode()
    client.post(reverse("tracking:follow", args=[ada, "yes"]))
    assert "Do not follow her visits" in client.get(part).content.decode()
