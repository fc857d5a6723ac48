"""The numbers of visits on their pages, from activities as the tracker records them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.insight.activities import COLUMNS
from regulars.sources.tracker.kinds import Visited
from regulars.stream.lake.columns import schema_of
from regulars.stream.operations import record
from regulars.web.models import StoredNumber
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db


def visited(cast: Cast, visitor: str, **body: Any) -> None:
    at = now() - timedelta(days=3)
    key = f"visit:{visitor}"
    body = {"seconds": 60, "pages": 3, **body}
    record(
        "site.visited",
        key,
        Visited(key=1, **body),
        by=Actor("system"),
        at=at,
        visitor=visitor,
        store=cast.store.pk,
    )


def test_visits_have_pages_and_leave_the_numbers_of_orders_alone(
    cast: Cast, olive: Any, client_of: Callable[[Any], Client], count_up: Callable[[], None]
) -> None:
    count_up()
    client = client_of(olive)
    assert "There is nothing to count yet" in client.get("/numbers/visits/").content.decode()
    worked_out = {row.pk: row.computed_at for row in StoredNumber.objects.filter(name="number")}
    visited(cast, "someone", orders=1)
    visited(cast, "d:today", first="unknown")
    visited(cast, "robot", agent="bot")
    count_up()
    page = client.get("/numbers/visits/?period=30d").content.decode()
    assert "From 2 visits." in page
    for name in ("visit_conversion", "known_visits", "return_visits"):
        assert client.get(f"/numbers/{name}/").status_code == 200
    assert {r.pk: r.computed_at for r in StoredNumber.objects.filter(pk__in=worked_out)} == worked_out


def test_insight_knows_the_columns_that_the_lake_has() -> None:
    arrow = {"date": "date32[day]", "boolean": "bool"}
    for kind, columns in COLUMNS.items():
        stored = {field.name: str(field.type) for field in schema_of(kind)}
        assert {name: arrow.get(known, known) for name, known in columns.items()}.items() <= stored.items(), kind
