"""Three years of Corner Coffee: who came, how often, to which store. Pure: a seed and an instant give the same shop.

Customers buy until they are lost: gaps between orders are exponential with a rate of their own (gamma distributed),
and after each order a customer is lost with a probability of his own (beta distributed), as in Fader, Hardie and Lee
(2005), "Counting your customers the easy way". Seasons thin out what that gives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from random import Random
from zoneinfo import ZoneInfo

from regulars.cli.demo import names
from regulars.people.drafts import BuyerDraft

DAYS = 1096
ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A store of the demo: its share of new customers and how its buyers behave."""

    key: str
    name: str
    platform: str
    currency: str
    country: str
    share: float
    gap_days: float  # typical time between a regular's orders
    loss: tuple[float, float]  # beta: how easily a customer is lost after an order
    hours: tuple[int, ...]  # weight of each local hour


PLACES = (
    Place("own", "Corner Coffee online", "shopify", "USD", "", 0.33, 52, (1.0, 1.45),
          (4, 3, 3, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 8, 9, 9, 8, 7, 5)),
    Place("tmall", "街角咖啡旗舰店", "tmall", "CNY", "CN", 0.43, 60, (1.0, 1.3),
          (4, 2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 7, 8, 7, 6, 6, 6, 6, 7, 9, 12, 13, 12, 8)),
    Place("counter", "Corner Coffee, Wukang Road 武康路", "", "CNY", "CN", 0.24, 30, (1.0, 1.5),
          (0, 0, 0, 0, 0, 0, 0, 5, 12, 11, 8, 8, 9, 10, 9, 9, 8, 6, 4, 2, 0, 0, 0, 0)),
)  # fmt: skip


@dataclass(slots=True)
class Person:
    """One customer to be, with the instants and places of her orders."""

    number: int
    home: str
    buyer: dict[str, BuyerDraft]  # how each store knows her
    visits: list[tuple[datetime, str]] = field(default_factory=list)
    favourite: float = 0.0  # a place on the shelf, 0 to 1


def season(place: Place, day: int, local: datetime) -> float:
    """Return how busy a store is on a day, 1 being usual: year, week, feasts, and the store's own course."""
    busy = 1 + 0.18 * math.cos(2 * math.pi * (local.timetuple().tm_yday - 10) / 365.25)
    month, of_month, week = local.month, local.day, local.weekday()
    years = day / 365.25
    if place.key == "own":
        busy *= 1 + 0.28 * years
        busy *= 1.9 if (month == 11 and 23 <= of_month <= 30) or (month == 12 and of_month <= 16) else 1
    elif place.key == "tmall":
        # Bought traffic: it grew for two years, then each visitor cost more and fewer came, at ever deeper discounts.
        busy *= 1 + 0.25 * years if years < 2 else max(0.35, 1.5 - 1.05 * (years - 2))
        busy *= (
            5.0 if (month, of_month) in {(11, 11), (11, 1)} else 3.2 if (month, of_month) in {(6, 18), (6, 17)} else 1
        )
    else:
        busy *= 1.5 if week >= 5 else 1
    # The shop rests at Chinese New Year, near enough the first week of February.
    return busy * (0.45 if month == 2 and of_month <= 7 else 1)


class World:
    """Everybody who ever bought at Corner Coffee, up to ``now``."""

    def __init__(self, seed: int, now: datetime, customers: int) -> None:
        self.now, self.customers = now.astimezone(UTC), customers
        self.random = Random(seed)
        self.start = (now.astimezone(ZONE) - DAYS * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        self.busy = {p.key: [season(p, d, self.start + d * DAY) for d in range(DAYS)] for p in PLACES}
        self.hours = {p.key: list(accumulate(p.hours)) for p in PLACES}

    def people(self) -> Iterator[Person]:
        """Yield everybody but the cast, in no order of time."""
        numbers = count(1)
        for place in PLACES:
            share = round(self.customers * place.share)
            firsts = self.random.choices(range(DAYS), cum_weights=list(accumulate(self.busy[place.key])), k=share)
            for day in firsts:
                yield self._person(next(numbers), place, day)

    def _person(self, number: int, place: Place, first_day: int) -> Person:
        r = self.random
        is_chinese = r.random() < {"own": 0.08, "tmall": 0.99, "counter": 0.72}[place.key]
        person = Person(number, place.key, self._known_as(number, place.key, is_chinese), favourite=r.random())
        rate = r.gammavariate(1.6, 1 / 1.6) / place.gap_days
        loss = r.betavariate(*place.loss)
        # Customers who came for a discount in the last year are lost more easily.
        if place.key == "tmall" and first_day > DAYS - 400:
            loss = min(0.97, loss + 0.2)
        day = float(first_day)
        while day < DAYS and len(person.visits) < 90:
            self._visit(person, place, int(day))
            if r.random() < loss:
                break
            day = self._next_day(place, day, rate)
        return person

    def _next_day(self, place: Place, day: float, rate: float) -> float:
        """Return the day of the next order; on quiet days it is more likely put off."""
        day += max(1.0, self.random.expovariate(rate))
        for _ in range(6):
            if day >= DAYS or self.random.random() < min(1.0, self.busy[place.key][int(day)] / 1.6):
                break
            day += 2 + 5 * self.random.random()
        return day

    def _visit(self, person: Person, place: Place, day: int) -> None:
        where = place.key
        if len(person.buyer) > 1 and self.random.random() < 0.35:
            where = next(k for k in person.buyer if k != place.key)
        at = self.at(where, day)
        if at < self.now:
            person.visits.append((at, where))

    def at(self, store: str, day: int) -> datetime:
        """Return an instant of the shop's local ``day``, at an hour when this store is busy."""
        hour = self.random.choices(range(24), cum_weights=self.hours[store])[0]
        local = self.start + day * DAY + timedelta(hours=hour, seconds=self.random.randrange(3600))
        return local.astimezone(UTC)

    def _known_as(self, number: int, store: str, is_chinese: bool) -> dict[str, BuyerDraft]:
        r = self.random
        name, like = names.chinese_name(r) if is_chinese else names.english_name(r)
        if is_chinese:
            region, city, _ = r.choices(names.CITIES_CN, weights=[c[2] for c in names.CITIES_CN])[0]
            country, language = "CN", "zh-hans"
            phone = names.chinese_phone(number)
        else:
            country, region, city, _ = r.choices(names.CITIES, weights=[c[3] for c in names.CITIES])[0]
            language = "en"
            phone = names.english_phone(number) if number < 6400 else ""
        if store == "counter":
            country, region, city = "CN", "上海", "上海"
        address = names.email(like, number)

        def buyer(account: str = "", email: str = "", phone: str = "", yes: float = 0.0) -> BuyerDraft:
            said = r.random()
            return BuyerDraft(
                account=account, email=email, phone=phone, name=name, country=country, region=region, city=city,
                language=language, accepts_email=(said < yes) if email and said < yes + 0.25 else None,
                accepts_sms=True if phone and said < yes / 2 else None,
            )  # fmt: skip

        own = buyer(f"{6_200_000_000 + 37 * number}", address, phone if r.random() < 0.4 else "", 0.45)
        known = {"own": own}
        if store == "tmall":
            # The platform masks the phone of most orders; then only the nickname tells buyers apart.
            known = {"tmall": buyer(f"{like}_{number}", "", phone if r.random() < 0.2 else "", 0.2)}
        elif store == "counter":
            # Who leaves no number at the till stays nobody, and her order nobody's.
            known = {"counter": buyer("", "", names.chinese_phone(number), 0.3)}
        if store in {"own", "counter"} and r.random() < 0.12:
            number_given = own.phone or names.chinese_phone(number)
            other = {"own": "counter", "counter": "own"}[store]
            known = {store: known[store], other: known[store]}
            known["own"] = buyer(own.account, own.email, number_given, 0.45)
            known["counter"] = buyer("", "", number_given, 0.3)
        return known
