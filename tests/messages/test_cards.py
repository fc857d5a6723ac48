"""Products in messages: chosen by hand, or what she may like; a card in a mail, a line elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client

from regulars.base.actor import SYSTEM
from regulars.base.installation import ShopSettings
from regulars.channels.contract import Outgoing
from regulars.desks.outreach.campaigns import operations as campaigns
from regulars.messages import personal, picking
from regulars.messages.cards import Card
from regulars.messages.letters import Reader, letter
from regulars.messages.models import Sending
from regulars.messages.operations import plan, wish
from regulars.people.links import customer_of
from regulars.people.models import Customer
from regulars.shop.models import Line, Order, Product, Store, Variant
from regulars.shop.operations import StoreError, add_store, change_store
from regulars.shop.product_pages import product_address
from tests.messages.shop import IDENTITY, NOON, customer, leave, provider, sending

SHOP = ShopSettings(name="Tea & Co")
OOLONG = Card("Oolong <best>", "https://tea.example/products/oolong", "https://cdn.example/o.jpg", 1250, "USD")
SENCHA = Card("Sencha", "https://tea.example/products/sencha", "", 900, "USD", is_from=True)


def read(text: str, cards: Mapping[str, list[Card]], channel: str = "email", language: str = "en") -> Outgoing:
    """Return a message with these cards as Ada gets it."""
    said = {language: {"subject": "{product:1|Tea}", "text": text}}
    row = Sending(scope="campaign:3", channel=channel, is_marketing=True, content=said)
    reader = Reader(7, "ada@example.com", "Ada Abel", language, "GB", cards=cards)
    return letter(row, reader, "7.00ff00ff00ff00ff", IDENTITY, SHOP)


def test_a_mail_has_the_same_product_in_plain_text_and_as_a_card() -> None:
    mail = read("Dear {first_name},\n\n{product:1}\n\nOlive", {"product:1": [OOLONG]})
    line = next(one for one in mail.text.splitlines() if one.startswith("Oolong"))
    assert line.startswith("Oolong <best>, $12.50: https://tea.example/products/oolong?utm_source=regulars")
    assert customer_of(line.rpartition("rg=")[2]) == 7
    assert mail.subject == "Oolong <best>"
    assert "Oolong &lt;best&gt;</a></strong><br>$12.50</td>" in mail.html
    assert '<img src="https://cdn.example/o.jpg" alt=""' in mail.html
    assert "<p>Dear Ada,</p><table" in mail.html
    assert "</table><p>" not in mail.html.replace("</table>\n<p>", "")
    assert mail.html.count("rg=") == 2  # picture and name
    assert mail.html.index("Dear Ada") < mail.html.index("Oolong") < mail.html.index("Olive")


def test_several_products_stand_below_each_other_and_a_price_may_be_the_least() -> None:
    mail = read("See:\n{may_like:2}", {"may_like:2": [OOLONG, SENCHA]})
    assert [one.partition(":")[0] for one in mail.text.splitlines()[1:3]] == [
        "Oolong <best>, $12.50", "Sencha, from $9.00"
    ]  # fmt: skip
    assert mail.html.count("<table") == 2
    assert mail.html.count("<img") == 1


@pytest.mark.parametrize("channel", ["sms", "wechat"])
def test_where_words_are_short_it_is_name_and_link(channel: str) -> None:
    text = read("New: {product:1}", {"product:1": [SENCHA]}, channel).text
    assert "New: Sencha https://tea.example/products/sencha?utm_source=regulars" in text
    assert "9.00" not in text


def test_nothing_to_show_is_what_stands_after_the_bar() -> None:
    mail = read("{may_like|Come and see.}", {"may_like": []})
    assert mail.text.startswith("Come and see.")
    assert mail.subject == "Tea"


def test_what_a_person_is_called_cannot_place_a_card() -> None:
    said = {"en": {"subject": "x", "text": "Dear {name}"}}
    row = Sending(scope="campaign:3", channel="email", is_marketing=True, content=said)
    reader = Reader(7, "a@example.com", "\ue000product:1\ue001", "en", cards={"product:1": [OOLONG]})
    assert "Oolong" not in letter(row, reader, "7.00ff00ff00ff00ff", IDENTITY, SHOP).text


@pytest.mark.parametrize(
    ("page", "platform", "site", "address"),
    [
        ("https://a.example/p/{id}?x=1", "shopify", "", "https://a.example/p/a%2Fb?x=1"),
        ("", "shopify", "https://tea.example/", "https://tea.example/products/a%2Fb"),
        ("", "shopify", "", ""),
        ("", "jd", "", "https://item.jd.com/a%2Fb.html"),
        ("", "counter", "https://tea.example", ""),
    ],
)
def test_where_a_product_is_found(page: str, platform: str, site: str, address: str) -> None:
    assert product_address(page, platform, "a/b", site) == address


# With a database.


def store(name: str = "Own", **about: Any) -> Store:
    """Return a store whose products have pages."""
    values: dict[str, Any] = {"currency": "USD", "product_page": "https://tea.example/p/{id}"} | about
    return add_store(name=name, timezone="UTC", by=SYSTEM, at=NOON, **values)


def product(place: Store, title: str, category: str = "Tea", stock: int | None = None, **about: Any) -> Product:
    """Return a product at 9.00 of the store's currency."""
    values: dict[str, Any] = {"external_id": title.lower()} | about
    row = Product.objects.create(store=place, title=title, category=category, created_at=NOON, **values)
    Variant.objects.create(product=row, price_minor=900, currency=place.currency, stock=stock)
    return row


def buys(who: Customer, *products: Product) -> None:
    """Have her buy products, of one store, in one order."""
    place = products[0].store
    number = f"n{Order.objects.count()}"
    row = Order.objects.create(
        store=place, number=number, customer=who, state="paid", currency=place.currency, gross_minor=900,
        paid_minor=900, reporting_minor=900, placed_at=NOON, paid_at=NOON,
    )  # fmt: skip
    for position, one in enumerate(products):
        Line.objects.create(order=row, position=position, title=one.title, product=one, quantity=1)


def names(found: Mapping[int, Any], who: Customer) -> list[str]:
    """Return the titles of what somebody is shown."""
    return [card.title for card in found.get(who.pk, ())]


@pytest.mark.django_db
def test_she_may_like_what_sells_in_her_categories_is_new_to_her_and_there() -> None:
    own = store()
    oolong, sencha, assam = (product(own, title) for title in ("Oolong", "Sencha", "Assam"))
    cup, gone = product(own, "Cup", "Ware"), product(own, "Gone", stock=0)
    hidden, mug = product(own, "Hidden", is_listed=False), product(own, "Mug", "Ware", stock=3)
    ada, ben, cleo = customer("Ada"), customer("Ben"), customer("Cleo")
    buys(ada, oolong, cup)
    buys(ada, oolong)
    for _ in range(3):
        buys(ben, assam, gone, hidden)
    buys(ben, sencha, mug)
    found = picking.liked(3, [ada.pk, ben.pk, cleo.pk])
    assert names(found, ada) == ["Assam", "Sencha", "Mug"]  # tea first: she buys more of it
    assert names(found, ben) == ["Oolong", "Cup"]
    assert names(found, cleo) == ["Assam", "Oolong", "Sencha"]  # nothing is known of her: what sells best
    assert names(picking.liked(1, [ada.pk]), ada) == ["Assam"]
    wish(customer=ada.pk, kind="not_personalised", by=SYSTEM, at=NOON)
    assert names(picking.liked(3, [ada.pk]), ada) == names(found, cleo)


@pytest.mark.django_db
def test_nothing_that_everybody_has_is_shown() -> None:
    ada = customer("Ada")
    assert picking.liked(3, [ada.pk]) == {}
    buys(ada, product(store(), "Oolong"))
    assert picking.liked(3, [ada.pk]) == {}


@pytest.mark.django_db
def test_a_product_is_shown_as_her_own_store_sells_it() -> None:
    home, abroad = store(), store("CN", currency="CNY", product_page="https://cn.example/{id}")
    here, there = product(home, "Oolong"), product(abroad, "乌龙", external_id="oolong")
    ada, wang = customer("Ada"), customer("王芳")
    buys(wang, there)
    found = picking.by_hand(here.pk, [ada.pk, wang.pk])
    assert [(c.title, c.currency, c.url) for c in (found[ada.pk][0], found[wang.pk][0])] == [
        ("Oolong", "USD", "https://tea.example/p/oolong"), ("乌龙", "CNY", "https://cn.example/oolong"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_word_without_a_product_behind_it_is_named_with_its_remedy() -> None:
    provider()
    lost = product(store("Counter", product_page=""), "Cup")
    off = product(store(), "Hidden", is_listed=False)
    for name, says in (
        ("product:999", "no product 999"), (f"product:{lost.pk}", "settings of its store"),
        (f"product:{off.pk}", "not on sale"), ("product", "no product 0"), ("may_like:9", "Between 1 and 6"),
        ("may_like:0", "Between 1 and 6"), ("city:3", "{city:3}"),
    ):  # fmt: skip
        assert says in personal.wrong_word(name)
    assert personal.wrong_word("may_like") == personal.wrong_word("may_like:6") == ""
    texts = [{"en": {"subject": "x", "text": "{product:999}", "short": ""}}]
    row = campaigns.draft_campaign(name="x", channels=["email"], variants=texts, by=SYSTEM, at=NOON)
    found = {problem.field: str(problem.says) for problem in campaigns.problems_of(row)}
    assert "Look it up" in found["0-en-text"]
    with pytest.raises(StoreError):
        change_store(lost.store, product_page="tea.example/p", by=SYSTEM, at=NOON)


@pytest.mark.django_db
def test_it_leaves_with_each_readers_own_products() -> None:
    kept, sender = provider()
    own = store()
    oolong, sencha = product(own, "Oolong"), product(own, "Sencha")
    ada, ben = customer("Ada"), customer("Ben")
    buys(ada, oolong)
    buys(ben, sencha)
    row = sending(content={"en": {"subject": "For you", "text": "{may_like:1}"}})
    plan(row, [ada.pk, ben.pk], by=SYSTEM, at=NOON)
    assert leave(sender, NOON) == 2
    said = {mail.to: mail.text.splitlines()[0].partition(",")[0] for mail in kept.taken}
    assert said == {"ada@example.com": "Sencha", "ben@example.com": "Oolong"}


@pytest.mark.django_db
def test_a_product_is_looked_up_and_seen_in_the_preview(mark: Any, client_of: Callable[[Any], Client]) -> None:
    provider()
    client, own, ada = client_of(mark), store(), customer("Ada")
    row = product(own, "Oolong", image_url="https://cdn.example/o.jpg")
    product(own, "Hidden", is_listed=False)
    page = client.get("/campaigns/products", {"product": "oolo"}).content.decode()
    assert f"{{product:{row.pk}}}" in page
    assert "No product on sale" in client.get("/campaigns/products", {"product": "hidden"}).content.decode()
    texts = [{"en": {"subject": "x", "text": f"Look\n\n{{product:{row.pk}}}", "short": ""}}]
    made = campaigns.draft_campaign(name="x", channels=["email"], variants=texts, by=SYSTEM, at=NOON)
    assert "card-search" in client.get(f"/campaigns/{made.pk}/edit").content.decode()
    page = client.get(f"/campaigns/{made.pk}/preview?customer={ada.pk}").content.decode()
    assert ">Oolong</a></strong><br>$9.00" in page
    assert "Tea &amp; Co" in page
