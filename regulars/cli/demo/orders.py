"""From a visit to an order: what was in the basket, what was paid, what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from regulars.base.clock import to_us
from regulars.cli.demo import goods
from regulars.cli.demo.cast import cast, second_selves
from regulars.cli.demo.goods import BAD_LOT_DAYS, MUG, Good
from regulars.cli.demo.world import DAYS, PLACES, ZONE, Person, World
from regulars.people.drafts import BuyerDraft
from regulars.shop.drafts import LineDraft, OrderDraft

CURRENCY = {p.key: p.currency for p in PLACES}
CARRIERS = {"own": ("DHL", "UPS"), "tmall": ("顺丰速运", "中通快递", "圆通速递")}
# Extra counter sales to people who leave no number, for each one who does.
NAMELESS = 0.18


class Till:
    """Writes the orders of a world, the same for the same seed."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, Random(seed + 1)
        self.numbers = {"own": 1000, "tmall": 0, "counter": 0}
        self.shelf = {p.key: goods.sold_at(p.key) for p in PLACES}
        self.weights = {
            (p.key, month): [g.wanted_in(month) for g in self.shelf[p.key]] for p in PLACES for month in range(1, 13)
        }

    def orders(self) -> dict[str, list[OrderDraft]]:
        """Return each store's orders, oldest first."""
        visits: dict[str, list[tuple[datetime, Person | None]]] = {p.key: [] for p in PLACES}
        crowd = list(self.world.people())
        for person in [*crowd, *second_selves(crowd), *cast(self.world.now)]:
            for at, store in person.visits:
                if at < self.world.now:
                    visits[store].append((at, person))
        nameless = self.random.choices(visits["counter"], k=round(len(visits["counter"]) * NAMELESS))
        visits["counter"] += [
            (at + timedelta(minutes=11), None) for at, _ in nameless if at < self.world.now - timedelta(hours=1)
        ]
        return {store: list(self._store(store, came)) for store, came in visits.items()}

    def _store(self, store: str, came: list[tuple[datetime, Person | None]]) -> Iterator[OrderDraft]:
        for row, (at, person) in enumerate(sorted(came, key=lambda v: v[0]), start=2):
            yield self._order(store, row, at, person)

    def _number(self, store: str, at: datetime) -> str:
        self.numbers[store] += 1
        count = self.numbers[store]
        if store == "own":
            return f"#{count}"
        if store == "tmall":
            return f"{at:%y%m%d}{count:07d}{self.random.randrange(10**6):06d}"
        return f"C{at.astimezone(ZONE):%Y%m%d}-{count:05d}"

    def _order(self, store: str, row: int, at: datetime, person: Person | None) -> OrderDraft:
        days_ago = (self.world.now - at) / timedelta(days=1)
        lines = tuple(self._basket(store, at, days_ago, person))
        gross = sum(line.total_minor or 0 for line in lines)
        discount = self._discount(store, gross, days_ago)
        shipping = self._shipping(store, gross)
        total = gross - discount + shipping
        buyer: BuyerDraft | None = None
        if person is not None:
            buyer = person.buyer.get(store) or next(iter(person.buyer.values()))
        order = OrderDraft(
            row=row, number=self._number(store, at), state="paid", currency=CURRENCY[store], placed_us=to_us(at),
            gross_minor=total, paid_minor=total, paid_us=to_us(at + timedelta(seconds=self.random.randrange(20, 400))),
            discount_minor=discount, shipping_minor=shipping, items=sum(line.quantity for line in lines),
            buyer=buyer, lines=lines,
        )  # fmt: skip
        is_cast = person is not None and person.number < 0
        if store != "counter":
            if not is_cast and self.random.random() < 0.04:
                return self._without_business(order, days_ago)
            self._send(order, store, at)
        if not is_cast:
            self._give_back(order, at, days_ago)
        return order

    def _basket(self, store: str, at: datetime, days_ago: float, person: Person | None) -> Iterator[LineDraft]:
        r, shelf = self.random, self.shelf[store]
        count = r.choices((1, 2, 3, 4), weights=(46, 32, 16, 6))[0]
        chosen = dict.fromkeys(r.choices(shelf, weights=self.weights[store, at.astimezone(ZONE).month], k=count))
        # People come back for the same thing.
        if person is not None and r.random() < 0.45:
            chosen = {shelf[int(person.favourite * 6) % len(shelf)]: None, **dict(list(chosen.items())[1:])}
        year = min(2, int((DAYS - days_ago) * 3 / DAYS))
        for good in chosen:
            yield self._line(store, good, days_ago, year)

    def _line(self, store: str, good: Good, days_ago: float, year: int) -> LineDraft:
        r = self.random
        if good.id == MUG:
            variant = 1 if days_ago < BAD_LOT_DAYS else 0
        else:
            variant = min(len(good.variants) - 1, int(r.expovariate(1.1)))
        quantity = 1 if r.random() < 0.86 else 2
        unit = goods.price(good, variant, CURRENCY[store], year)
        return LineDraft(
            title=good.title if store == "own" else good.chinese, quantity=quantity, sku=goods.sku(good, variant),
            variant_title=good.variants[variant], product_id=good.id, unit_minor=unit, total_minor=unit * quantity,
        )  # fmt: skip

    def _discount(self, store: str, gross: int, days_ago: float) -> int:
        """Tmall's traffic is bought with discounts, and their price rises: from 5 % to over 20 % in the last year."""
        if store == "tmall":
            part = 0.05 + 0.16 * max(0.0, 1 - days_ago / 400) + self.random.uniform(-0.02, 0.03)
        else:
            part = 0.1 if self.random.random() < 0.12 else 0.0
        return round(gross * part)

    def _shipping(self, store: str, gross: int) -> int:
        if store == "own":
            return 0 if gross >= 5000 else 590
        return 0 if store == "counter" or gross >= 6900 else 800

    def _without_business(self, order: OrderDraft, days_ago: float) -> OrderDraft:
        """Make it an order that was never paid: waiting while it is fresh, closed afterwards."""
        order.state = "unpaid" if days_ago < 3 else "closed"
        order.paid_minor, order.paid_us = 0, None
        if order.state == "closed":
            order.closed_us = order.placed_us + 2 * 86_400_000_000
        return order

    def _send(self, order: OrderDraft, store: str, at: datetime) -> None:
        r, now = self.random, self.world.now
        shipped = at + timedelta(hours=r.uniform(6, 50))
        delivered = shipped + timedelta(hours=r.uniform(22, 130))
        if shipped < now:
            order.shipped_us = to_us(shipped)
            order.carrier = r.choice(CARRIERS[store])
            order.tracking_number = f"{r.randrange(10**11, 10**12)}"
        if delivered < now:
            order.delivered_us = to_us(delivered)

    def _give_back(self, order: OrderDraft, at: datetime, days_ago: float) -> None:
        """Refund now and then; of the mug's second lot, every fourth."""
        bad = [x for x in order.lines if x.sku == goods.sku(_MUG, 1)]
        chance = 0.27 if bad else 0.012 if order.shipped_us else 0.003
        wait = timedelta(days=self.random.uniform(2, 16))
        if self.random.random() >= chance or at + wait >= self.world.now:
            return
        amount = sum(x.total_minor or 0 for x in bad) or order.paid_minor
        order.refunded_minor = min(order.paid_minor, amount)
        order.refunded_us = to_us(at + wait)


_MUG = next(g for g in goods.GOODS if g.id == MUG)
