"""Whatever is recorded, taken back, written, merged and made anew, in whatever order: the lake is the stream."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.stream import lake
from regulars.stream.lake import compaction, writer
from regulars.stream.models import Activity
from tests.stream.lakes import AT, activity, assert_same, live_in, record, take_back

NUMBERS = count(1)
KINDS = ("order.paid", "parcel.shipped", "store.added")

Step = tuple[str, int]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["record", "record", "take back", "correct"]), st.integers(1, 60)),
        st.tuples(st.sampled_from(["write", "write", "rebuild", "move"]), st.integers(0, 3)),
    ),
    min_size=3,
    max_size=14,
)
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")


def some(size: int) -> list[int]:
    """Return ids of recorded activities, spread over all there are."""
    every = list(Activity.objects.order_by("id").values_list("id", flat=True))
    return every[:: max(1, len(every) // size)][:size]


def new(size: int, key: str = "") -> None:
    record(
        activity(n, AT + timedelta(hours=37 * (n % 40)), KINDS[n % 3], key and f"{key}{n}")
        for n in (next(NUMBERS) for _ in range(size))
    )


def do(step: Step, place: Path, clock: timedelta) -> None:
    name, size = step
    if name == "record":
        new(size)
    elif name == "take back":
        take_back(some(size))
    elif name == "correct":
        take_back(some(size // 4 + 1))
        new(size // 4 + 1, "corrected:")
    elif name == "move":
        live_in(ZONES[size])
    elif name == "write":
        lake.write(place, at=AT + clock)
    else:
        lake.rebuild(place, at=AT + clock)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, many=st.integers(1, 3), held=st.sampled_from([5, 10**6]))
def test_the_lake_is_the_stream(steps: list[Step], many: int, held: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM stream_activity")
        cursor.execute("DELETE FROM stream_retraction")
    live_in("UTC")
    folder = tempfile.TemporaryDirectory()
    with folder as name, patch.object(compaction, "MANY", many), patch.object(writer, "HELD", held):
        place, moved = Path(name), "UTC"
        for number, step in enumerate(steps):
            do(step, place, timedelta(minutes=number))
            moved = ZONES[step[1]] if step[0] == "move" else moved
        lake.write(place, at=AT + timedelta(hours=1))
        assert_same(place, moved)
        found = lake.verify(place, at=AT + timedelta(hours=1))
        assert found.is_equal, found.problems
