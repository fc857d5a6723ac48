"""Working the numbers of pages out ahead: after the lake was written, and when the day changes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.base.installation import ShopSettings, shop_settings
from regulars.base.jobs import enqueue, job
from regulars.insight import CATALOGUE
from regulars.insight.activities import PAID
from regulars.shop.models import Store
from regulars.web import operations
from regulars.web.numbers import boards, engine, periods, shelf
from regulars.web.numbers.engine import Known
from regulars.web.visits import boards as visits
from regulars.web.visits.asking import usual

KIND = "web.refresh_numbers"
KIND_OF_STORES = "web.refresh_store_numbers"
# A lake that is written every few seconds is not worth adding up as often.
PAUSE = timedelta(seconds=20)
AFTER_SHOP = timedelta(seconds=5)
# More stores than this are added up when somebody looks at them.
STORES_AHEAD = 12
BOARDS = ("number", "course", "today", "retention", "work")


def after_write() -> None:
    """Ask for the numbers to be worked out anew, soon; while that waits, asking again changes nothing."""
    enqueue(KIND, key=KIND, run_at=now() + PAUSE)


@job(KIND, every=timedelta(minutes=10))
def refresh_numbers() -> None:
    """Work out what pages show first, where the data, the settings or the day changed."""
    shop = shop_settings()
    mark = engine.mark(shop, engine.local_today(shop))
    shelf.confirm(mark)
    whole = engine.known(shop, None)
    if whole.last is None:
        shelf.empty(BOARDS)
        return
    shelf.ask(shelf.place("work"), partial(boards.work, shop, whole), mark=mark)
    _boards(shop, whole, mark)
    _numbers(shop, whole, mark)
    shelf.clear(BOARDS, mark=mark)
    enqueue(KIND_OF_STORES, key=KIND_OF_STORES, run_at=now() + AFTER_SHOP)


@job(KIND_OF_STORES)
def refresh_store_numbers() -> None:
    """Work out the same for each store by itself, once the whole shop's are there."""
    shop = shop_settings()
    mark = engine.mark(shop, engine.local_today(shop))
    stores = list(Store.objects.order_by("id").values_list("id", flat=True)[: STORES_AHEAD + 1])
    if 1 < len(stores) <= STORES_AHEAD:
        for store in stores:
            _boards(shop, engine.known(shop, store), mark)


def _boards(shop: ShopSettings, known: Known, mark: str) -> None:
    for period in periods.TODAY_PERIODS:
        where = shelf.place("today", period=period, store=known.store)
        shelf.ask(where, partial(boards.today, period, shop, known), mark=mark)
    where = shelf.place("retention", store=known.store)
    shelf.ask(where, partial(boards.retention_board, shop, known.store), mark=mark)


def _numbers(shop: ShopSettings, known: Known, mark: str) -> None:
    """Work out the page of every number of orders, in the window it opens with, and those that Today links to.

    Visits come in by the minute, and few look at them as often: their numbers are worked out when somebody does.
    """
    for name, metric in CATALOGUE.items():
        if metric.spans != PAID:
            continue
        if name != "rfm":
            where = shelf.place("course", name=name, store=known.store)
            shelf.ask(where, partial(boards.course, name, shop, known), mark=mark)
        opens_with = periods.offered(metric)[0]
        is_linked = name in (*boards.GOODS, *boards.PEOPLE) and not metric.looks_on
        for period in dict.fromkeys((opens_with, *(periods.TODAY_PERIODS if is_linked else ()))):
            window = periods.window_of(period, known.end, metric)
            where = shelf.place("number", name=name, start=window.start, end=window.end, store=known.store)
            shelf.ask(where, partial(boards.number, name, window, shop, known), mark=mark)


@job("web.refresh_visits", every=timedelta(minutes=5))
def refresh_visits() -> None:
    """Work out what the page of visits opens with, where visits changed."""
    asked = usual(shop_settings())
    if asked.known.last is not None:
        visits.overview(asked, shop_settings())
        visits.breakdown(asked, visits.BY[0], shop_settings())
    visits.clear()


@job("web.let_go", every=timedelta(days=1))
def let_go() -> None:
    """Remove what is older than the shop keeps it."""
    operations.let_go(by=SYSTEM, at=now())
