"""Corner Coffee for audiences: five people of whom every fact is known, to be counted by hand.

====== ================================ ====================== =========================================
Who    Orders (days ago: product, CNY)  Consent                Else
====== ================================ ====================== =========================================
Ada    400: Espresso 20, 90: Tea 30,    e-mail granted         CN, 上海, zh-hans; Espresso comes at E250;
       10: Espresso 20 and Tea 30                              three visits (2, 20, 200 days ago)
Ben    5: Tea 50, 10 of it refunded     sms granted            DE, Berlin, en; at the Counter; looked at Tea
Cleo   500: Espresso 20, 480: Mug 15    e-mail granted, then   FR; a second record (merged) bought the Mug
                                        withdrawn on record 2
Dan    30: Espresso 20                  e-mail granted         DE, de-AT; his address is suppressed
王芳    none paid (1 day ago: unpaid)    none                   CN, 杭州, zh; phone only
====== ================================ ====================== =========================================
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import msgspec

from regulars.base import secrets
from regulars.base.clock import now
from regulars.base.installation import ShopSettings, save_shop_settings
from regulars.people.drafts import BuyerDraft
from regulars.people.models import Customer
from regulars.people.operations import ConsentEntry, merge, record_consents, suppress
from regulars.shop.drafts import LineDraft, ProductDraft, VariantDraft
from regulars.shop.operations import add_store
from regulars.sources.tracker.models import Link, SiteKey
from regulars.stream.kinds import get
from regulars.stream.operations import NewActivity, record_many
from tests.web.cast import BY, order, take

PEOPLE = {
    "Ada": BuyerDraft(account="ada", email="ada@example.com", name="Ada", city="上海", country="CN"),
    "Ben": BuyerDraft(account="ben", email="ben@example.com", name="Ben", city="Berlin", country="DE"),
    "Cleo": BuyerDraft(account="cleo", email="cleo@example.com", name="Cleo", country="FR"),
    "Cleo's other": BuyerDraft(account="cleo2", email="cleo2@example.com", name="Cleo's other"),
    "Dan": BuyerDraft(account="dan", email="dan@example.com", name="Dan", country="DE"),
    "王芳": BuyerDraft(account="wang", phone="+8613800000002", name="王芳", city="杭州", country="CN"),
}
LANGUAGES = {"Ada": "zh-hans", "Ben": "en", "Dan": "de-AT", "王芳": "zh"}


def _line(title: str, sku: str, minor: int) -> LineDraft:
    return LineDraft(title, 1, sku, unit_minor=minor, total_minor=minor)


ESPRESSO, TEA, MUG = _line("Espresso", "E250", 20_00), _line("Green tea", "T1", 30_00), _line("Mug", "M1", 15_00)


def open_shop() -> datetime:
    """Make the shop; return the instant it is looked at."""
    at = now()
    save_shop_settings(ShopSettings("Corner Coffee", currency="CNY", timezone="Asia/Shanghai"), by=BY, at=at)
    made = {"platform": "", "currency": "CNY", "timezone": "Asia/Shanghai", "country": "CN", "by": BY, "at": at}
    store, counter = add_store(name="Own site", **made), add_store(name="Counter", **made)
    take(
        store,
        _product("espresso", "Espresso", "E250", "Beans", "Corner"),
        _product("tea", "Green tea", "T1", "Leaves", "Corner"),
        _bought("A1", "Ada", 400, ESPRESSO),
        _bought("A2", "Ada", 90, TEA),
        _bought("A3", "Ada", 10, ESPRESSO, TEA),
        _bought("C1", "Cleo", 500, ESPRESSO),
        _bought("C2", "Cleo's other", 480, MUG),
        _bought("D1", "Dan", 30, ESPRESSO),
        _bought("W1", "王芳", 1, TEA, state="unpaid", paid_minor=0, paid_us=None),
    )
    take(counter, _bought("B1", "Ben", 5, _line("Green tea", "T1", 50_00), refunded_minor=10_00), batch=2)
    for name, language in LANGUAGES.items():
        Customer.objects.filter(name=name).update(language=language)
    merge(kept=root("Cleo"), folded=Customer.objects.get(name="Cleo's other").pk, reason="by hand", by=BY, at=at)
    _wishes(at)
    _visits(at, SiteKey.objects.create(key="k", store=store, use="browser", name="Site", created_at=at, by=str(BY)))
    return at


def _product(handle: str, title: str, sku: str, category: str, vendor: str) -> ProductDraft:
    variants = (VariantDraft("one", sku, price_minor=20_00),)
    return ProductDraft(2, handle, title, "CNY", variants=variants, vendor=vendor, category=category)


def _bought(number: str, who: str, days_ago: int, *lines: LineDraft, **said: Any) -> Any:
    total = sum(line.total_minor or 0 for line in lines)
    return order(number, PEOPLE[who], days_ago, total, **({"lines": lines} | said))


def root(name: str) -> int:
    """Return the root id of a person."""
    return Customer.objects.get(name=name).root_id


def names(roots: Any) -> str:
    """Return the people's names in order of the alphabet, separated by blanks."""
    return " ".join(sorted(Customer.objects.get(pk=pk).name for pk in roots))


def _wishes(at: datetime) -> None:
    other = Customer.objects.get(name="Cleo's other").pk
    ada, cleo = root("Ada"), root("Cleo")
    for who, channel, state, days in (
        (ada, "email", "granted", 300), (root("Ben"), "sms", "granted", 5), (cleo, "email", "granted", 500),
        (other, "email", "granted", 480), (other, "email", "withdrawn", 100), (root("Dan"), "email", "granted", 30),
    ):  # fmt: skip
        entry = ConsentEntry(customer=who, channel=channel, state=state, source="checkout")
        record_consents([entry], by=BY, at=at - timedelta(days=days))
    suppress(kind="email", value="dan@example.com", reason="unsubscribed", by=BY, at=at, customer=root("Dan"))


def _visits(at: datetime, key: SiteKey) -> None:
    """Ada came three times, Ben once; a shared computer and a stranger came too and are nobody."""
    for visitor, *emails in (("va", "ada"), ("vb", "ben"), ("vshared", "ada", "ben")):
        for email in emails:
            digest = secrets.digest("email", "", f"{email}@example.com")
            Link.objects.create(visitor=visitor, digest=digest, kind="email", key=key, at=at)
    seen = [("va", 2), ("va", 20), ("va", 200), ("vb", 20), ("vshared", 1), ("vstranger", 1)]
    body = {"key": key.pk, "seconds": 60, "pages": 2, "agent": "person"}
    _record("site.visited", [(visitor, days, body) for visitor, days in seen], at)
    tea = {"key": key.pk, "product": "tea", "name": "Green tea"}
    _record("site.product_viewed", [("vb", 20, tea), ("vshared", 1, tea), ("va", 200, tea | {"name": "Thé"})], at)


def _record(kind: str, rows: list[tuple[str, int, dict[str, Any]]], at: datetime) -> None:
    record_many(
        [
            NewActivity(
                kind=kind,
                key=f"{kind}:{n}",
                visitor=visitor,
                occurred_at=at - timedelta(days=days),
                body=_body(get(kind).body, said),
            )
            for n, (visitor, days, said) in enumerate(rows)
        ],
        by=BY,
        at=at,
    )


def _body(type_: Any, said: dict[str, Any]) -> Any:
    return msgspec.json.decode(json.dumps(said), type=type_)
