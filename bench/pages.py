"""Server time and database queries of every page, in a shop of 100,000 customers and over 5 million activities.

Each page is asked for through the whole stack (middleware, view, template), in one process, after one request to
warm up. The limits are 150 ms at the 95th percentile and 12 queries a page.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

from bench import seed
from bench.framework import Outcome, in_child, say

NAME = "pages"
HELP = "server time of pages at 100,000 customers and 5 million activities; limits 150 ms and 12 queries"
TIMES = 20
PAGES = (
    "/",
    "/customers/",
    "/customers/?q=Ada",
    "/customers/?q=customer77@example.com",
    "/customers/?q=王",
    "/customers/?q=1234567",
    "/customers/?state=lapsing",
    "/customers/?state=lapsed&sort=-revenue",
    "/customers/?state=regular&sort=name",
    "/customers/?store=3",
    "/customers/?orders_min=5&orders_max=9&revenue_min=100",
    "/customers/77/",
    "/customers/1/",
    "/customers/1/older",
    "/customers/1001/merge?q=Ada",
    "/orders/",
    "/orders/?state=unpaid",
    "/orders/?q=1234567",
    "/orders/?store=3&sort=number",
    "/orders/1234567/",
    "/products/",
    "/products/?q=coffee&sort=-came_back",
    "/products/1/",
    "/products/400/",
    "/retention/",
    "/retention/cohorts/2025-01/3/",
    "/numbers/",
    "/numbers/revenue/",
    "/numbers/repeat_rate/",
    "/numbers/lapsing/",
    "/merge-suggestions/",
    "/account/",
    "/imports/",
    "/settings/",
    "/team/",
    "/-/palette?q=Ada",
    "/-/palette?q=1234567",
)


def run() -> Outcome:
    """Measure every page; the seeded installation is made first if it is not there."""
    home = seed.folder()
    in_child(catch_up, str(home))
    found, peak = in_child(measure, str(home))
    every = [taken for page in found.values() for taken in page["ms"]]
    per_page = {path: _p95(page["ms"]) for path, page in found.items()}
    ratios = {
        "p95_ms": _p95(every),
        "max_queries": float(max(page["queries"] for page in found.values())),
        "worst_page_p95_ms": max(per_page.values()),
    }
    detail = {
        "pages_p95_ms_cpu_ms_queries": {
            path: [round(per_page[path], 1), round(page["cpu_ms"], 1), page["queries"]] for path, page in found.items()
        },
        "customers": seed.CUSTOMERS,
        "database_mb": round((home / "regulars.sqlite3").stat().st_size / 2**20),
    }
    return Outcome(ratios, peak, detail)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def _open(home: str) -> None:
    """Make this process one of the installation at ``home``."""
    os.environ["REGULARS_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()


def catch_up(home: str) -> None:
    """Do what the worker of an installation does by itself: write the lake, work numbers out ahead."""
    _open(home)
    from regulars.base import jobs
    from regulars.base.clock import now

    jobs.schedule(at=now())
    jobs.run_due()


def measure(home: str) -> dict[str, dict[str, Any]]:
    """Return milliseconds of each request and the number of queries, by page."""
    _open(home)
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from regulars.staff.models import Staff

    client = Client(SERVER_NAME="localhost")
    client.force_login(Staff.objects.get(email="olive@example.com"))
    found: dict[str, dict[str, Any]] = {}
    for path in PAGES:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        # Counted now: the connection forgets its queries when the next request begins.
        queries = len(captured)
        if response.status_code != 200:
            raise AssertionError(f"{path} answered {response.status_code}")
        taken, busy = [], time.process_time()
        for _turn in range(TIMES):
            began = time.perf_counter()
            client.get(path)
            taken.append((time.perf_counter() - began) * 1000)
        # Time on the processor tells a slow page from a busy machine.
        cpu_ms = (time.process_time() - busy) * 1000 / TIMES
        found[path] = {"ms": taken, "queries": queries, "cpu_ms": cpu_ms}
        say(
            f"  {path:56} {statistics.median(taken):7.1f} ms {_p95(taken):7.1f} ms p95 "
            f"{cpu_ms:7.1f} ms cpu {queries:3} queries"
        )
    return found
