"""PostgreSQL: rows become visible in another order than they were numbered, and none may be stepped over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from regulars.stream import lake
from regulars.stream.models import Activity
from tests.stream.lakes import AT, activity, assert_same, in_lake, record, take_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

Connect = Callable[[], psycopg.Connection]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Open connections of their own, whose transactions stay open until the test ends them."""
    with connection.cursor():
        pass
    address = connection.connection.info
    opened: list[psycopg.Connection] = []

    def new() -> psycopg.Connection:
        opened.append(
            psycopg.connect(
                host=address.host, port=address.port, dbname=address.dbname, user=address.user,
                password=address.password or None,
            )
        )  # fmt: skip
        return opened[-1]

    yield new
    for one in opened:
        one.close()


INSERT = """INSERT INTO stream_activity (key, kind, customer_id, subject, occurred_at, recorded_at, "by", body)
SELECT %s, kind, customer_id, %s, occurred_at, recorded_at, "by", body FROM stream_activity WHERE key = 'order.paid:1'
RETURNING id"""


def insert(open_connection: psycopg.Connection, name: str) -> int:
    """Record an activity in the connection's open transaction; return its id."""
    found = open_connection.execute(INSERT, [f"order.paid:{name}", f"order:{name}"]).fetchone()
    assert found is not None
    return int(found[0])


def subjects(place: Path) -> list[str]:
    return [row[5] for row in in_lake(place)]


def test_an_open_transaction_is_never_stepped_over(place: Path, connect: Connect) -> None:
    record([activity(1)])
    early, late = connect(), connect()
    low = insert(early, "early")
    high = insert(late, "late")
    assert low < high
    late.commit()
    lake.write(place, at=AT)
    assert subjects(place) == ["order:1"]
    # What committed behind the open transaction waits with it, however often the writer looks.
    record([activity(2)])
    lake.write(place, at=AT)
    assert subjects(place) == ["order:1"]
    assert lake.verify(place, at=AT).is_equal
    early.commit()
    lake.write(place, at=AT)
    assert subjects(place) == ["order:1", "order:early", "order:late", "order:2"]
    assert_same(place)


def test_an_open_transaction_of_another_database_holds_nobody_up(place: Path) -> None:
    connection.ensure_connection()
    address = connection.connection.info
    with psycopg.connect(host=address.host, port=address.port, dbname="postgres", user=address.user) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        record([activity(1)])
        lake.write(place, at=AT)
        assert subjects(place) == ["order:1"]


def test_the_transaction_that_began_first_may_commit_last_with_higher_ids(place: Path, connect: Connect) -> None:
    record([activity(1)])
    first, second = connect(), connect()
    first.execute("SELECT pg_current_xact_id()")
    low = insert(second, "second")
    high = insert(first, "first")
    assert low < high
    second.commit()
    lake.write(place, at=AT)
    assert subjects(place) == ["order:1"]
    first.commit()
    lake.write(place, at=AT)
    assert_same(place)


def test_a_transaction_given_up_holds_nobody_and_leaves_nothing(place: Path, connect: Connect) -> None:
    record([activity(1)])
    early, late = connect(), connect()
    insert(early, "early")
    insert(late, "late")
    late.commit()
    early.rollback()
    lake.write(place, at=AT)
    assert subjects(place) == ["order:1", "order:late"]
    assert_same(place)


def test_a_rebuild_leaves_open_transactions_for_later(place: Path, connect: Connect) -> None:
    record([activity(1)])
    early = connect()
    insert(early, "early")
    record([activity(2)])
    lake.rebuild(place, at=AT)
    assert subjects(place) == ["order:1"]
    early.commit()
    lake.write(place, at=AT)
    assert_same(place)


def test_retractions_wait_for_open_transactions_too(place: Path, connect: Connect) -> None:
    record([activity(1), activity(2)])
    lake.write(place, at=AT)
    early = connect()
    insert(early, "early")
    take_back([Activity.objects.get(key="order.paid:2").pk])
    lake.write(place, at=AT)
    # The stream has forgotten it, the lake will when it may follow: verify knows what is only late.
    assert subjects(place) == ["order:1", "order:2"]
    assert lake.verify(place, at=AT).is_equal
    early.commit()
    lake.write(place, at=AT)
    assert_same(place)


def test_a_database_moved_from_another_server_is_read_whole(place: Path) -> None:
    record([activity(n) for n in range(4)])
    lake.write(place, at=AT)
    # pg_dump carries the numbers of transactions that this server will have in a thousand years only.
    Activity.objects.filter(key="order.paid:2").update(tx=2**60)
    record([activity(9)])
    assert lake.write(place, at=AT).is_rebuilt
    assert_same(place)
    record([activity(10)])
    assert not lake.write(place, at=AT).is_rebuilt
    assert_same(place)
