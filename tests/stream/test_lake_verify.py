"""``regulars lake verify`` finds every way in which lake and stream can differ, and ``rebuild`` mends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from regulars.stream import lake
from regulars.stream.models import Activity
from tests.conftest import Installation
from tests.stream.lakes import AT, activity, assert_same, manifest, record

pytestmark = pytest.mark.django_db(transaction=True)

Damage = Callable[[Path, dict[str, Any]], None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    record(activity(n, kind=kind) for n in range(1, 9) for kind in ("order.paid", "order.refunded", "store.added"))
    lake.write(tmp_path / "lake", at=AT)
    return tmp_path / "lake"


def first(said: dict[str, Any]) -> str:
    return str(said["files"][0]["path"])


def remove(place: Path, said: dict[str, Any]) -> None:
    (place / first(said)).unlink()


def change_byte(place: Path, said: dict[str, Any]) -> None:
    path = place / first(said)
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)


def cut_off(place: Path, said: dict[str, Any]) -> None:
    path = place / first(said)
    path.write_bytes(path.read_bytes()[:100])


def forget(place: Path, said: dict[str, Any]) -> None:
    said["files"] = said["files"][1:]
    (place / "manifest.json").write_text(json.dumps(said))


def double(place: Path, said: dict[str, Any]) -> None:
    said["files"].append(said["files"][0])
    (place / "manifest.json").write_text(json.dumps(said))


def break_manifest(place: Path, said: dict[str, Any]) -> None:
    (place / "manifest.json").write_text("{")


def lose_dimension(place: Path, said: dict[str, Any]) -> None:
    (place / said["dimensions"]["customer_map"]).unlink()


def change_amount(place: Path, said: dict[str, Any]) -> None:
    Activity.objects.filter(key="order.paid:3").update(amount_minor=1)


def change_owner(place: Path, said: dict[str, Any]) -> None:
    Activity.objects.filter(key="order.paid:3").update(customer_id=77)


def test_an_undamaged_lake_agrees(place: Path) -> None:
    found = lake.verify(place, at=AT)
    assert (found.is_equal, found.problems) == (True, [])
    assert found.lake == found.stream
    assert found.lake["order.paid", "2026-03"].rows == 8
    assert found.lake["order.paid", "2026-03"].amount_minor == sum(range(101, 109))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (remove, "the file is gone"),
        (change_byte, "not as it was written"),
        (cut_off, "not as it was written"),
        (forget, "order.paid 2026-03: the stream has 8 activities, the lake 0"),
        (double, "order.paid 2026-03: the stream has 8 activities, the lake 16"),
        (break_manifest, "the manifest cannot be read"),
        (lose_dimension, "the file of customer_map is gone"),
        (change_amount, "amounts add up to 734 in the stream, to 836 in the lake"),
        (change_owner, "as many activities, but not the same"),
    ],
)
def test_damage_is_found_and_mended(place: Path, damage: Damage, says: str) -> None:
    damage(place, manifest(place))
    found = lake.verify(place, at=AT)
    assert any(says in problem for problem in found.problems), found.problems
    lake.rebuild(place, at=AT)
    assert lake.verify(place, at=AT).is_equal
    assert_same(place)


def test_analysts_read_it_by_the_names_of_the_activity_schema(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    with duckdb.connect() as analyst:
        analyst.execute((place / "customer_stream.sql").read_text())
        names = [row[0] for row in analyst.execute("DESCRIBE customer_stream").fetchall()]
        assert names == [
            "activity_id", "ts", "customer", "activity", "anonymous_customer_id", "feature_json", "revenue_impact",
            "link", "activity_occurrence", "activity_repeated_at",
        ]  # fmt: skip
        revenue = analyst.execute(
            "SELECT activity, round(sum(revenue_impact), 2) FROM customer_stream GROUP BY ALL"
        ).fetchall()
        assert dict(revenue) == {"order.paid": 8.36, "order.refunded": -8.36, "store.added": None}
        row = analyst.execute(
            "SELECT customer, link, feature_json->>'order', activity_occurrence FROM customer_stream "
            "WHERE activity = 'order.paid' AND feature_json->>'order' = '4'"
        ).fetchone()
        assert row == ("1", "order:4", "4", 2)


def test_the_view_of_an_empty_lake_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write(tmp_path, at=AT)
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as analyst:
        analyst.execute((tmp_path / "customer_stream.sql").read_text())
        assert analyst.execute("SELECT count(*) FROM customer_stream").fetchone() == (0,)


@pytest.mark.slow
def test_the_command(installation: Installation) -> None:
    installation.init()
    written = installation.run("lake", "write", "--json")
    assert json.loads(written.stdout)["is_rebuilt"]
    found = installation.run("lake", "verify", "--json")
    assert (found.returncode, json.loads(found.stdout)["equal"]) == (0, True)
    place = installation.home / "lake"
    (place / first(manifest(place))).unlink()
    found = installation.run("lake", "verify")
    assert found.returncode == 1
    assert "the file is gone" in found.stdout
    assert installation.run("lake", "rebuild").returncode == 0
    assert "agree" in installation.run("lake", "verify").stdout
