from __future__ import annotations

import pytest
from django.db import connection, transaction

from regulars.base import bulk
from regulars.stream.models import Retraction

COLUMNS = ("name", "next_at")


@pytest.mark.django_db
def test_rows_go_in_and_those_that_are_there_stay() -> None:
    bulk.insert("base_cron", COLUMNS, [("a", 1), ("b", 2)])
    bulk.insert("base_cron", COLUMNS, [("b", 9), ("c", 3)], skip_conflicts_on="name")
    bulk.insert("base_cron", COLUMNS, [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, next_at FROM base_cron ORDER BY name")
        assert cursor.fetchall() == [("a", 1), ("b", 2), ("c", 3)]


@pytest.mark.django_db
def test_one_statement_for_each_row() -> None:
    bulk.insert("base_cron", COLUMNS, [(str(n), n) for n in range(5)])
    bulk.update("UPDATE base_cron SET next_at = %s WHERE name = %s", ((10 + n, str(n)) for n in range(3)))
    bulk.update("UPDATE base_cron SET next_at = %s WHERE name = %s", [])
    found = bulk.select_in("SELECT next_at FROM base_cron WHERE name IN ({}) ORDER BY next_at", "01234")
    assert [row[0] for row in found] == [3, 4, 10, 11, 12]


@pytest.mark.django_db
def test_long_lists_are_asked_for_in_pieces() -> None:
    bulk.insert("base_cron", COLUMNS, [(str(n), n) for n in range(25)])
    sql = "SELECT name FROM base_cron WHERE next_at >= %s AND name IN ({})"
    found = bulk.select_in(sql, (str(n) for n in range(40)), before=[5], size=7)
    assert sorted(int(row[0]) for row in found) == list(range(5, 25))
    assert list(bulk.select_in(sql, [], before=[5])) == []


@pytest.mark.django_db
def test_reserved_ids_are_nobody_elses() -> None:
    with transaction.atomic():
        first = list(bulk.reserve_ids(Retraction, 3))
        assert first == list(range(first[0], first[0] + 3))
        bulk.insert(
            "stream_retraction",
            ("id", "activity_id", "kind", "reason", "at", "by", "tx"),
            [(pk, 1, "order.paid", "", 0, "system", 0) for pk in first],
        )
    again = Retraction.objects.create(activity_id=1, kind="order.paid", reason="", at=0, by="system").pk
    assert again > first[-1]
    Retraction.objects.all().delete()
    with transaction.atomic():
        assert min(bulk.reserve_ids(Retraction, 2)) > again
