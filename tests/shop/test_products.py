"""Products come from product files, or from the lines of orders until one tells of them."""

from __future__ import annotations

from typing import Any

from regulars.shop.drafts import LineDraft, ProductDraft, VariantDraft
from regulars.shop.models import Line, Price, Product, Store, Variant
from regulars.shop.operations import add_store, undo_batch
from regulars.stream.models import Activity
from tests import snapshots
from tests.shop.test_intake import AT, BY, order, shop, take

__all__ = ["shop"]


def product(external_id: str = "espresso", **more: Any) -> ProductDraft:
    """Return Espresso in two sizes."""
    variants = (VariantDraft("250 g", "E250", price_minor=8_00), VariantDraft("1 kg", "E1000", price_minor=26_00))
    said = {"title": "Espresso", "currency": "CNY", "variants": variants} | more
    return ProductDraft(2, external_id, **said)


def test_the_same_product_file_again_changes_nothing(shop: Store) -> None:
    assert take(shop, product()).new == 1
    before = snapshots.facts()
    again = take(shop, product(), batch=2)
    assert (again.updated, again.unchanged) == (0, 1)
    assert snapshots.facts() == before


def test_another_price_is_a_new_row_of_the_diary_and_an_activity(shop: Store) -> None:
    take(shop, product())
    dearer = (VariantDraft("250 g", "E250", price_minor=9_00), VariantDraft("1 kg", "E1000", price_minor=26_00))
    assert take(shop, product(variants=dearer), batch=2).updated == 1
    assert list(Price.objects.filter(variant__sku="E250").order_by("id").values_list("price_minor", flat=True)) == [
        8_00,
        9_00,
    ]
    told = Activity.objects.get(kind="product.price_changed")
    assert told.amount_minor == 9_00
    assert '"was_minor":800' in told.body
    assert Price.objects.filter(variant__sku="E1000").count() == 1


def test_a_product_known_from_orders_is_adopted_by_its_file(shop: Store) -> None:
    lines = (LineDraft("Espresso 250 g", 1, "E250"), LineDraft("Espresso 1 kg", 1, "E1000"), LineDraft("Cup", 1))
    take(shop, order("1", lines=lines))
    assert Product.objects.count() == 3
    applied = take(shop, product(), batch=2)
    assert applied.updated == 1
    assert set(Product.objects.values_list("external_id", flat=True)) == {"espresso", "title:Cup"}
    espresso = Product.objects.get(external_id="espresso")
    assert Line.objects.filter(product=espresso).count() == 2
    take(shop, order("2", lines=(LineDraft("Espresso 250 g", 1, "E250"),)), batch=3)
    assert Line.objects.filter(product=espresso).count() == 3


def test_a_product_file_undone_gives_the_lines_their_products_back(shop: Store) -> None:
    lines = (LineDraft("Espresso 250 g", 1, "E250"), LineDraft("Espresso 1 kg", 1, "E1000"), LineDraft("Espresso", 1))
    take(shop, order("1", lines=lines))
    before = snapshots.facts()
    applied = take(shop, product(), product("filter", title="Filter", variants=()), batch=2)
    undo_batch(batch=2, store=shop.pk, changes=applied.before, first_activity_id=1, by=BY, at=AT)
    assert snapshots.facts() == before
    assert not Variant.objects.exists()


def test_a_price_change_undone_gives_the_old_price_back(shop: Store) -> None:
    take(shop, product())
    before = snapshots.facts()
    applied = take(shop, product(variants=(VariantDraft("250 g", "E250", price_minor=1_00),)), batch=2)
    undo_batch(batch=2, store=shop.pk, changes=applied.before, first_activity_id=1, by=BY, at=AT)
    assert snapshots.facts() == before


def test_very_long_titles_still_tell_products_apart(shop: Store) -> None:
    long = "x" * 250
    take(shop, order("1", lines=(LineDraft(long + "a"), LineDraft(long + "b"))))
    assert Product.objects.count() == 2


def test_no_product_loses_its_values_to_a_second_store(shop: Store) -> None:
    other = add_store(name="Own site", currency="CNY", timezone="UTC", by=BY, at=AT)
    take(shop, product())
    take(other, product(title="Espresso of the other store"), batch=2)
    assert Product.objects.get(store=shop).title == "Espresso"
    assert Product.objects.get(store=other).title == "Espresso of the other store"
