"""The timeline says what happened, latest first, in the reader's language, and never stumbles over old rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from regulars.base.actor import SYSTEM, Actor
from regulars.shop.kinds import StoreAdded
from regulars.stream.models import Activity
from regulars.stream.operations import NewActivity, record_many
from regulars.stream.queries import timeline, told
from tests.stream.lakes import AT, activity

pytestmark = pytest.mark.django_db
ADA, BEN = 1, 2


def test_pages_hold_everything_once_also_where_instants_are_equal() -> None:
    # Ada has every third number; instants come in pairs.
    old = datetime(1969, 12, 31, 22, tzinfo=UTC)
    record_many([activity(n, old + timedelta(hours=n // 6)) for n in range(60)], by=SYSTEM, at=AT)
    seen: list[int] = []
    mark = ""
    for _ in range(9):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = timeline([ADA, BEN], before=mark, limit=7)
        assert len(queries) == 1
        seen += [entry.id for entry in found.entries]
        mark = found.before
        if not mark:
            break
    rows = Activity.objects.filter(customer_id__in=[ADA, BEN]).order_by("-occurred_at", "-id")
    assert seen == list(rows.values_list("id", flat=True))
    assert len(seen) == 40


@pytest.mark.parametrize("mark", ["x", "1-", "-", "12-abc", "1" * 30 + "-1", "９-９", "9" * 17 + "-1"])
def test_a_mark_that_says_nothing_asks_for_the_beginning(mark: str) -> None:
    record_many([activity(1)], by=SYSTEM, at=AT)
    assert len(timeline([ADA], before=mark).entries) == 1


def test_a_line_says_who_what_and_where() -> None:
    record_many(
        [NewActivity("store.added", "s", AT, StoreAdded(4), customer=ADA, store=4), activity(1)],
        by=Actor("staff", 3),
        at=AT,
    )
    names = {"staff:3": "Olive"}
    paid, added = timeline([ADA], name_of=lambda who: names[who], stores={4: "Tmall"}).entries
    assert (added.sentence, added.by, added.store, added.icon) == ("Store added by Olive", "Olive", "Tmall", "store")
    assert (paid.kind, paid.subject, paid.at) == ("order.paid", "order:1", AT)
    assert "1.01" in paid.sentence


def test_rows_of_another_version_are_shown_by_their_kind() -> None:
    record_many([activity(1), activity(4)], by=SYSTEM, at=AT)
    Activity.objects.filter(key="order.paid:1").update(kind="of.yesterday")
    Activity.objects.filter(key="order.paid:4").update(body='{"order": "many"}')
    assert {entry.sentence for entry in timeline([ADA]).entries} == {"of.yesterday", "order.paid"}


def test_some_activities_by_their_keys() -> None:
    record_many([activity(n, AT - timedelta(days=n)) for n in range(5)], by=SYSTEM, at=AT)
    with translation.override("zh-hans"):
        found = told(["order.paid:3", "order.paid:1", "order.paid:77"])
    assert [entry.subject for entry in found] == ["order:1", "order:3"]
