"""The lake holds what the stream holds, whole and once, in the shop's local days."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from regulars.base import bulk
from regulars.stream import dimensions, jobs, kinds, lake
from regulars.stream.lake import compaction, folder, writer
from regulars.stream.models import Activity
from tests.stream.lakes import (
    AT,
    SHANGHAI,
    activity,
    assert_same,
    elsewhere,
    in_lake,
    live_in,
    manifest,
    record,
    take_back,
)

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("order.paid", "order.refunded", "parcel.shipped", "product.price_changed", "store.added")
LATER = timedelta(minutes=10)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def ids(**found: Any) -> list[int]:
    return list(Activity.objects.filter(**found).order_by("id").values_list("id", flat=True))


def on_disk(place: Path) -> set[str]:
    return {str(p.relative_to(place)) for p in place.glob("*/**/*") if p.is_file()}


def test_every_kind_arrives_with_typed_columns(place: Path) -> None:
    record([activity(n, AT + timedelta(days=n), kind) for n in range(40) for kind in KINDS], batch=4)
    written = lake.write(place, at=AT)
    assert (written.activities, written.is_changed) == (200, True)
    assert_same(place)
    said = manifest(place)
    assert said["currencies"] == ["CNY", "EUR"]
    assert said["cursor"]["id"] == max(ids())
    assert {f["kind"] for f in said["files"]} == set(KINDS)


def test_an_order_counts_on_the_local_day_it_was_placed(place: Path) -> None:
    live_in(SHANGHAI)
    # Paid on 1 April at 02:00 in Shanghai, placed nine hours before: on 31 March.
    record([activity(1, datetime(2026, 3, 31, 18, tzinfo=UTC))])
    lake.write(place, at=AT)
    assert_same(place, SHANGHAI)
    (row,) = in_lake(place)
    assert (str(row[11]), row[12]) == ("2026-03-31", 17)


def test_what_is_new_is_added_and_nothing_is_written_when_nothing_is(place: Path) -> None:
    record(activity(n) for n in range(5))
    lake.write(place, at=AT)
    was = (place / "manifest.json").stat().st_ino
    assert not lake.write(place, at=AT).is_changed
    assert (place / "manifest.json").stat().st_ino == was
    record(activity(n) for n in range(5, 9))
    assert lake.write(place, at=AT).activities == 4
    assert_same(place)


def test_a_new_day_is_told_to_readers(place: Path) -> None:
    record([activity(1)])
    lake.write(place, at=AT)
    written = lake.write(place, at=AT + timedelta(days=1))
    assert (written.is_changed, written.files) == (True, 0)


def test_what_was_taken_back_leaves_the_lake(place: Path) -> None:
    record(activity(n, kind=kind) for n in range(9) for kind in KINDS)
    lake.write(place, at=AT)
    take_back(ids(kind="order.paid")[::2])
    take_back(ids(kind="parcel.shipped"))
    assert lake.write(place, at=AT).retractions == 14
    assert_same(place)
    assert "parcel.shipped" not in {f["kind"] for f in manifest(place)["files"]}


def test_an_undone_import_takes_its_currency_along(place: Path) -> None:
    record([activity(1)])
    record([activity(5)], batch=2)
    lake.write(place, at=AT)
    assert manifest(place)["currencies"] == ["CNY", "EUR"]
    take_back(ids(batch=2))
    lake.write(place, at=AT)
    assert manifest(place)["currencies"] == ["CNY"]


def test_what_came_and_went_between_two_runs_never_enters(place: Path) -> None:
    record([activity(1)])
    lake.write(place, at=AT)
    record([activity(2)])
    take_back(ids()[-1:])
    lake.write(place, at=AT)
    assert_same(place)


def test_an_order_corrected_while_the_lake_is_read_is_old_or_new_never_both(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record([activity(1)])
    lake.write(place, at=AT)
    record([activity(2)])

    def correct() -> None:
        take_back(ids()[:1])
        record([activity(1, key="order.paid:1")])

    take_back_first: Callable[..., None] = writer._take_back

    def interrupted(*args: Any) -> None:
        take_back_first(*args)
        with elsewhere(correct):
            pass

    monkeypatch.setattr(writer, "_take_back", interrupted)
    record([activity(3)])
    lake.write(place, at=AT)
    assert sorted(row[5] for row in in_lake(place)) == ["order:1", "order:2", "order:3"]
    monkeypatch.undo()
    lake.write(place, at=AT)
    assert_same(place)


def test_many_small_files_become_one(place: Path) -> None:
    for n in range(12):
        record([activity(n), activity(n, kind="parcel.shipped")])
        lake.write(place, at=AT)
    assert len(manifest(place)["files"]) <= 2 * compaction.MANY
    assert_same(place)


def test_a_large_file_is_not_rewritten_for_every_handful() -> None:
    def file(rows: int) -> folder.LakeFile:
        return folder.LakeFile(f"{rows}", "order.paid", "2026-03", rows, 1, 2, "", [])

    files = [file(rows) for rows in (900_000, 50, 40, 30, 20)]
    assert sorted(f.rows for f in compaction.choose(files)) == [20, 30, 40, 50]
    assert compaction.choose(files[:4]) == []
    full = [file(compaction.LARGEST - n) for n in range(9)]
    assert compaction.choose(full) == []


def test_more_than_fits_in_memory_is_written_in_pieces(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.stream.lake.snapshot.PIECE", 10)
    monkeypatch.setattr("regulars.stream.lake.snapshot.FETCHED", 10)
    monkeypatch.setattr(writer, "HELD", 15)
    record(activity(n, AT + timedelta(days=10 * (n % 7))) for n in range(95))
    assert lake.write(place, at=AT).activities == 95
    assert_same(place)


def test_moving_the_shop_to_another_zone_makes_the_lake_anew(place: Path) -> None:
    record(activity(n, AT + timedelta(hours=n)) for n in range(30))
    lake.write(place, at=AT)
    live_in("America/New_York")
    assert lake.write(place, at=AT).is_rebuilt
    assert manifest(place)["zone"] == "America/New_York"
    assert_same(place, "America/New_York")


def test_readers_keep_the_files_they_opened_for_a_while(place: Path) -> None:
    record([activity(1)])
    lake.write(place, at=AT)
    old = {f["path"] for f in manifest(place)["files"]}
    lake.rebuild(place, at=AT)
    assert old <= on_disk(place)
    assert not old & {f["path"] for f in manifest(place)["files"]}
    assert not lake.write(place, at=AT + LATER).is_changed
    assert not old & on_disk(place)
    assert_same(place)


def test_a_rebuilt_lake_goes_on(place: Path) -> None:
    record(activity(n) for n in range(4))
    take_back(ids()[:1])
    lake.rebuild(place, at=AT)
    record([activity(9)])
    take_back(ids()[:1])
    written = lake.write(place, at=AT)
    assert (written.activities, written.retractions) == (1, 1)
    assert_same(place)


def test_a_broken_manifest_is_made_anew(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    record([activity(1)])
    lake.write(place, at=AT)
    (place / "manifest.json").write_text('{"version": 1, "files": [')
    with caplog.at_level(logging.WARNING):
        assert lake.write(place, at=AT).is_rebuilt
    assert "cannot be read" in caplog.text
    assert_same(place)


def test_a_stream_restored_from_a_backup_makes_the_lake_anew(place: Path) -> None:
    record(activity(n) for n in range(6))
    lake.write(place, at=AT)
    gone = ids()[3:]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM stream_activity WHERE id >= %s", [gone[0]])
        if bulk.on_postgres():
            cursor.execute("SELECT setval('stream_activity_id_seq', %s)", [gone[0] - 1])
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = 'stream_activity'", [gone[0] - 1])
    record([activity(9)])
    assert lake.write(place, at=AT).is_rebuilt
    assert_same(place)


def test_a_body_nobody_can_read_does_not_stop_the_lake(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    record(activity(n) for n in range(3))
    Activity.objects.filter(key="order.paid:1").update(body='{"order": "many"}')
    Activity.objects.filter(key="order.paid:2").update(kind="of.yesterday")
    with caplog.at_level(logging.WARNING):
        lake.write(place, at=AT)
    assert "order.paid: 1 bodies cannot be read" in caplog.text
    rows = {row[1]: row for row in in_lake(place)}
    assert len(rows) == 3
    assert [row[-1].get("order") for _, row in sorted(rows.items())] == [0, None, None]


def test_a_full_disk_leaves_the_lake_as_it_was_and_nothing_behind(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record([activity(1)])
    lake.write(place, at=AT)
    said, held = manifest(place), on_disk(place)
    record(activity(n, kind=kind) for n in range(2, 5) for kind in KINDS)
    for step in range(1, 60):
        with monkeypatch.context() as patch:
            left = iter(range(step))

            def full(descriptor: int, left: Iterator[int] = left) -> None:
                if next(left, None) is None:
                    raise OSError(errno.ENOSPC, "No space left on device")

            patch.setattr(os, "fsync", full)
            with contextlib.suppress(OSError):
                lake.write(place, at=AT)
                break
        # The very last step makes the rename itself durable: the new lake is whole already.
        if manifest(place) != said:
            break
    else:
        pytest.fail("it never came to an end")
    assert step > len(KINDS)
    assert_same(place)
    lake.write(place, at=AT)
    assert on_disk(place) - held == {f["path"] for f in manifest(place)["files"]} - held


def test_a_kind_may_get_another_field(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Wider:
        order: int
        carrier: str | None = None

    for n in range(3):
        record([activity(n, kind="parcel.shipped")])
        lake.write(place, at=AT)
    narrow = kinds.KINDS["parcel.shipped"]
    wider = replace(narrow, body=Wider, columns=(("order", int), ("carrier", str)))
    monkeypatch.setitem(kinds.KINDS, "parcel.shipped", wider)
    for n in range(3, 9):
        record([replace(activity(n, kind="parcel.shipped"), body=Wider(n, "SF"))])
        lake.write(place, at=AT)
    assert len(manifest(place)["files"]) <= compaction.MANY
    assert [row[-1].get("carrier") for row in in_lake(place)] == [None] * 3 + ["SF"] * 6
    assert [row[-1]["order"] for row in in_lake(place)] == list(range(9))


def test_only_one_writes(place: Path) -> None:
    with folder.alone(place), pytest.raises(lake.Busy):
        lake.write(place, at=AT, waits=False)


def test_dimensions_follow_their_rooms(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(1, "one")]
    monkeypatch.setattr(dimensions, "DIMENSIONS", {})
    monkeypatch.setattr(writer, "DIMENSIONS", dimensions.DIMENSIONS)
    dimensions.register("numbers", [("number", int), ("name", str)], lambda: rows)
    record([activity(1)])
    lake.write(place, at=AT)
    first = manifest(place)["dimensions"]["numbers"]
    record([activity(2)])
    lake.write(place, at=AT)
    assert manifest(place)["dimensions"]["numbers"] == first
    rows.append((2, "two"))
    record([activity(3)])
    lake.write(place, at=AT)
    found = manifest(place)["dimensions"]["numbers"]
    assert found != first
    assert lake.verify(place, at=AT).is_equal


def test_the_job_tells_who_reads_the_lake_only_when_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(jobs, "AFTER_WRITE", [lambda: told.append(1)])
    record([activity(1)])
    jobs.write_lake()
    jobs.write_lake()
    assert told == [1]
    with folder.alone(lake.lake_folder()):
        jobs.write_lake()
    take_back(ids())
    jobs.write_lake()
    assert told == [1, 1]
