"""What pages about visits show, as plain values for JSON, from the lake. Kept on the shelf until visits change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any

from regulars.base.installation import ShopSettings
from regulars.insight import visits
from regulars.insight.activities import HANDED_OVER, PAID, PRODUCT_ADDED, PRODUCT_VIEWED, VISITED
from regulars.insight.returns import Since
from regulars.insight.windows import By
from regulars.web.numbers import engine, shelf
from regulars.web.numbers.shelf import Board, Kept
from regulars.web.visits.asking import Asking

BY = ("channel", "entry", "product", "source", "campaign", "referrer", "device", "place", "hour", "exit")
ROWS = 50
FUNNEL_KINDS = ("site.page_viewed", PRODUCT_VIEWED, PRODUCT_ADDED, "site.checkout_started", "site.order_hinted")
RETURN_DAYS = 30
NAMES = ("overview", "breakdown", "interest", "paths", "funnel", "returns")


def _ask(
    name: str, asked: Asking, shop: ShopSettings, kinds: tuple[str, ...], compute: Callable[[], Board], **more: object
) -> Kept:
    mark = engine.mark(shop, asked.known.today, kinds)
    return shelf.ask(shelf.place(f"visits.{name}", **asked.params(), **more), compute, mark=mark)


def overview(asked: Asking, shop: ShopSettings) -> Kept:
    """Return totals beside the window before, the course, and who is not counted."""
    return _ask("overview", asked, shop, (VISITED,), partial(_overview, asked, shop))


def _overview(asked: Asking, shop: ShopSettings) -> Board:
    lake = engine.engine()
    narrowed: dict[str, Any] = {"store": asked.store, "where": asked.where}
    by = grain(asked)
    course = visits.course(lake, by, *asked.days, week_start=shop.week_start, **narrowed)
    return {
        "now": asdict(visits.totals(lake, *asked.days, **narrowed)),
        "before": asdict(visits.totals(lake, *asked.before, **narrowed)),
        "by": by,
        "course": [[p.start.isoformat(), p.tally.visits, p.tally.known] for p in course],
        "bots": visits.totals(lake, *asked.days, agent="bot", **narrowed).visits,
        "staff": visits.totals(lake, *asked.days, agent="staff", **narrowed).visits,
    }


def grain(asked: Asking) -> By:
    """Return by what the course is drawn: so that a phone shows it."""
    days = (asked.days[1] - asked.days[0]).days
    return "day" if days <= 62 else "week" if days <= 200 else "month"


def breakdown(asked: Asking, by: str, shop: ShopSettings) -> Kept:
    """Return the visits by a column, each row beside the window before."""
    return _ask("breakdown", asked, shop, (VISITED,), partial(_breakdown, asked, by), by=by)


def _breakdown(asked: Asking, by: str) -> Board:
    lake = engine.engine()
    narrowed: dict[str, Any] = {"store": asked.store, "where": asked.where}
    now = visits.breakdown(lake, by, *asked.days, limit=ROWS, **narrowed)
    past = visits.breakdown(lake, by, *asked.before, limit=10 * ROWS, **narrowed)
    return {
        "rows": [asdict(row) for row in now.rows],
        "before": {row.label: row.visits for row in past.rows},
        "is_before_whole": not past.has_more,
        "has_more": now.has_more,
        "total": now.totals.visits,
    }


def interest(asked: Asking, order_by: str, shop: ShopSettings) -> Kept:
    """Return the products looked at."""

    def compute() -> Board:
        found = visits.product_interest(
            engine.engine(), *asked.days, store=asked.store, limit=2 * ROWS, order_by=order_by
        )
        return {"rows": [asdict(row) for row in found]}

    return _ask("interest", asked, shop, (VISITED, PRODUCT_VIEWED, PRODUCT_ADDED), compute, order_by=order_by)


def paths(asked: Asking, shop: ShopSettings) -> Kept:
    """Return the commonest first three pages."""

    def compute() -> Board:
        return {"rows": [asdict(w) for w in visits.paths(
            engine.engine(), *asked.days, store=asked.store, where=asked.where
        )]}  # fmt: skip

    return _ask("paths", asked, shop, (VISITED,), compute)


def funnel(asked: Asking, steps: tuple[str, ...], hours: int, shop: ShopSettings) -> Kept:
    """Return how many took the steps one after the other within ``hours``."""

    def compute() -> Board:
        found = visits.funnel(engine.engine(), steps, *asked.days, within_hours=hours, store=asked.store)
        return {"stages": [[s.visitors, s.share, s.seconds] for s in found]}

    return _ask("funnel", asked, shop, (VISITED, *FUNNEL_KINDS), compute, steps=",".join(steps), hours=hours)


def returns(asked: Asking, since: Since, shop: ShopSettings) -> Kept:
    """Return how soon people came back after their first visit or order, of windows whose time is over."""

    def compute() -> Board:
        found = visits.came_back_after(
            engine.engine(), since, asked.days[0] - timedelta(days=RETURN_DAYS + 1), asked.days[1],
            days=RETURN_DAYS, store=asked.store,
        )  # fmt: skip
        return {
            "n": found.n, "enough": found.enough, "ripe": found.ripe.isoformat() if found.ripe else None,
            "rows": [[r.days, r.people, r.share] for r in found.rows],
            "caveats": [[c.code, c.text, dict(c.values)] for c in found.caveats],
        }  # fmt: skip

    return _ask("returns", asked, shop, (VISITED, HANDED_OVER if since == "message" else PAID), compute, since=since)


def clear() -> None:
    """Remove what somebody asked for days ago."""
    shelf.clear([f"visits.{name}" for name in NAMES], mark="")
