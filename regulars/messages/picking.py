"""Which products a reader sees: those chosen by hand, and those she may like."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from regulars.base import bulk
from regulars.messages.cards import Card, without_places
from regulars.messages.identity import identity
from regulars.shop.models import Product
from regulars.shop.product_pages import product_address

# What sells is counted in the latest orders only: a bounded look, however long the shop has been there.
LATEST_ORDERS = 5_000
# So many of the best sellers are looked at; who bought them all sees none.
CANDIDATES = 400
Picked = Mapping[int, Sequence[Card]]


@dataclass(slots=True)
class _Bought:
    """What a person bought: products, lines by category, and the store of her last order."""

    store: int = 0
    products: set[int] = field(default_factory=set)
    categories: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Seller:
    id: int
    store: int
    category: str


def by_hand(product: int, roots: Sequence[int]) -> Picked:
    """Return the card of a product for each person: as her own store has it, where it is sold there too."""
    row = Product.objects.filter(pk=product, is_listed=True).values_list("store_id", "external_id").first()
    if row is None:
        return {}
    store, external = row
    same = dict(Product.objects.filter(external_id=external, is_listed=True).values_list("store_id", "pk"))
    stores = _last_stores(roots) if len(same) > 1 else {}
    mine = {root: same.get(stores.get(root, store), product) for root in roots}
    cards = cards_of(mine.values())
    return {root: [cards[pk]] for root, pk in mine.items() if pk in cards}


def liked(most: int, roots: Sequence[int]) -> Picked:
    """Return up to ``most`` products each person may like: what sells in the categories she buys, new to her.

    Who wishes nothing chosen by what she did, and who bought nothing yet, gets what sells best. Out of stock is out.
    """
    bought, sellers, general = _bought(roots), _sellers(), _not_personalised(roots)
    picked: dict[int, list[int]] = {}
    for root in roots:
        hers = bought.get(root)
        picked[root] = _best(sellers, most) if hers is None or root in general else _hers(sellers, hers, most)
    cards = cards_of(pk for pks in picked.values() for pk in pks)
    return {root: [cards[pk] for pk in pks if pk in cards] for root, pks in picked.items() if pks}


def _best(sellers: Sequence[_Seller], most: int) -> list[int]:
    # Of one store, for nobody buys a basket in two.
    return [one.id for one in sellers if one.store == sellers[0].store][:most]


def _hers(sellers: Sequence[_Seller], hers: _Bought, most: int) -> list[int]:
    fit = [s for s in sellers if s.store == hers.store and s.category in hers.categories and s.id not in hers.products]
    # Sorting keeps the order of sales among products of equally dear categories.
    return [one.id for one in sorted(fit, key=lambda one: -hers.categories[one.category])[:most]]


_BOUGHT = """SELECT c.root_id, o.store_id, l.product_id, coalesce(p.category, '')
    FROM people_customer c JOIN shop_order o ON o.customer_id = c.id JOIN shop_line l ON l.order_id = o.id
    LEFT JOIN shop_product p ON p.id = l.product_id
    WHERE o.state = 'paid' AND c.root_id IN ({}) ORDER BY o.placed_at, o.id"""


def _bought(roots: Sequence[int]) -> dict[int, _Bought]:
    found: dict[int, _Bought] = defaultdict(_Bought)
    for root, store, product, category in bulk.select_in(_BOUGHT, roots):
        hers = found[root]
        hers.store = store
        if product is not None:
            hers.products.add(product)
        if category:
            hers.categories[category] += 1
    return dict(found)


_STORES = """SELECT c.root_id, o.store_id FROM people_customer c JOIN shop_order o ON o.customer_id = c.id
    WHERE o.state = 'paid' AND c.root_id IN ({}) ORDER BY o.placed_at, o.id"""


def _last_stores(roots: Sequence[int]) -> dict[int, int]:
    return dict(bulk.select_in(_STORES, roots))


_NOT_PERSONALISED = """SELECT DISTINCT c.root_id FROM ledger_wish w JOIN people_customer c ON c.id = w.customer_id
    WHERE w.kind = 'not_personalised' AND w.lifted_at IS NULL AND c.root_id IN ({})"""


def _not_personalised(roots: Sequence[int]) -> set[int]:
    return {row[0] for row in bulk.select_in(_NOT_PERSONALISED, roots)}


# In stock: a variant that has some, or of which nobody counts; a product without variants is not counted either.
_SELLERS = """
    WITH latest AS (SELECT id FROM shop_order WHERE state = 'paid' ORDER BY placed_at DESC LIMIT %s)
    SELECT p.id, p.store_id, p.category FROM latest o JOIN shop_line l ON l.order_id = o.id
    JOIN shop_product p ON p.id = l.product_id
    WHERE p.is_listed AND NOT (EXISTS (SELECT 1 FROM shop_variant v WHERE v.product_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM shop_variant v WHERE v.product_id = p.id AND (v.stock IS NULL OR v.stock > 0)))
    GROUP BY p.id, p.store_id, p.category ORDER BY count(*) DESC, p.id LIMIT %s"""


def _sellers() -> list[_Seller]:
    with connection.cursor() as cursor:
        cursor.execute(_SELLERS, [LATEST_ORDERS, CANDIDATES])
        return [_Seller(*row) for row in cursor.fetchall()]


_CARDS = """SELECT p.id, p.title, p.external_id, p.image_url, s.platform, s.product_page, s.currency
    FROM shop_product p JOIN shop_store s ON s.id = p.store_id WHERE p.id IN ({})"""
_PRICES = """SELECT product_id, currency, min(price_minor), max(price_minor) FROM shop_variant
    WHERE price_minor IS NOT NULL AND product_id IN ({}) GROUP BY product_id, currency"""


def cards_of(products: Iterable[int]) -> dict[int, Card]:
    """Return the cards of products, with the price and the page of their own store."""
    wanted, site = sorted(set(products)), identity().site
    prices = {(pk, currency): ends for pk, currency, *ends in bulk.select_in(_PRICES, wanted)}
    found: dict[int, Card] = {}
    for pk, title, external, image, platform, page, currency in bulk.select_in(_CARDS, wanted):
        low, high = prices.get((pk, currency), (None, None))
        found[pk] = Card(
            title=without_places(" ".join(title.split())),
            url=product_address(page, platform, external, site),
            # Mail programs refuse pictures of unsealed lines.
            image=image if image.startswith("https://") else "",
            price_minor=low,
            currency=currency,
            is_from=low != high,
        )
    return found
