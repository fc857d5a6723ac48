"""The follower of visits is killed amid its work; every event must count once in the visits, none lost, none twice."""

from __future__ import annotations

import json
from datetime import timedelta

from faults.installation import new
from faults.outcome import Outcome
from regulars.base.clock import now, to_us

POINTS = ("tracker.3.before_visits",)
VISITORS, PAGES = 40, 5


def run(rounds: int = 6) -> Outcome:
    """Kill ``rounds`` times; each time events have come in since, some of them late for a visit that was recorded."""
    outcome = Outcome("visits")
    with new() as shop:
        from regulars.base.actor import SYSTEM
        from regulars.shop.operations import add_store

        store = add_store(name="Site", currency="CNY", timezone="UTC", by=SYSTEM, at=now()).pk
        for number in range(rounds):
            outcome.acknowledged += _send(store, number)
            outcome.killed(POINTS[0], shop.start_and_wait("faults.visits", fault=POINTS[0]))
        if shop.start_and_wait("faults.visits"):
            outcome.survived.append("the last run of the follower failed")
        _compare(outcome)
    return outcome


def _send(store: int, number: int) -> int:
    """Record page views of many visitors, two days apart for each round and some of the round before."""
    from django.db import transaction

    from regulars.stream.operations import COLUMNS, record_rows

    rows = []
    for visitor in range(VISITORS):
        for page in range(PAGES):
            days = 60 - 2 * number + (2 if page == 0 and number else 0)
            at = to_us(now().replace(hour=12, minute=page, second=0, microsecond=number) - timedelta(days=days))
            row = {
                "key": f"site:{number}:{visitor}:{page}", "kind": "site.page_viewed", "visitor": f"v{visitor}",
                "store_id": store, "occurred_at": at, "recorded_at": to_us(now()), "by": "site:1",
                "body": json.dumps({"key": 1, "host": "shop.example", "path": f"/{page}"}),
            }  # fmt: skip
            rows.append(tuple(row.get(column) for column in COLUMNS))
    with transaction.atomic():
        record_rows(rows)
    return len(rows)


def _compare(outcome: Outcome) -> None:
    from regulars.stream.models import Activity

    sent = Activity.objects.filter(kind="site.page_viewed").count()
    bodies = Activity.objects.filter(kind="site.visited").values_list("body", flat=True)
    counted = sum(json.loads(body)["pages"] for body in bodies)
    outcome.lost += max(0, sent - counted)
    outcome.doubled += max(0, counted - sent)
    outcome.detail = {"visits": len(bodies), "pages": counted}


def main() -> None:
    """Follow the stream once: what the scenario starts and kills."""
    from regulars.cli.start import start_django

    start_django()
    from regulars.sources.tracker.following import follow

    follow(at=now())


if __name__ == "__main__":
    main()
