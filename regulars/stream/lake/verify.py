"""Comparing the lake with the stream it was copied from."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.base.clock import zone
from regulars.stream.follow import Cursor
from regulars.stream.lake import columns, folder, snapshot
from regulars.stream.lake.folder import LakeFile, Manifest
from regulars.stream.lake.snapshot import Snapshot
from regulars.stream.lake.writer import by_month, follow

# What each row's checksum is made of; sums of checksums do not depend on the order of rows.
_CHECKED = ("id", "customer", "store", "amount_minor", "occurred_us", "recorded_us", "batch")
_WRAP = 2**64


@dataclass(frozen=True, slots=True)
class Sums:
    """What is compared: rows, the sum of amounts in minor units, the sum of the rows' checksums modulo 2^64."""

    rows: int = 0
    amount_minor: int = 0
    checksum: int = 0

    def __add__(self, other: Sums) -> Sums:
        checksum = (self.checksum + other.checksum) % _WRAP
        return Sums(self.rows + other.rows, self.amount_minor + other.amount_minor, checksum)


@dataclass(slots=True)
class Verified:
    """The outcome: both sides by kind and month, and what differs, in words."""

    stream: dict[tuple[str, str], Sums] = field(default_factory=dict)
    lake: dict[tuple[str, str], Sums] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Return whether nothing differs."""
        return not self.problems


def verify(place: Path, *, at: datetime) -> Verified:
    """Bring the lake up to date, then count both sides and compare; nobody else writes meanwhile."""
    found = Verified()
    with folder.alone(place):
        if (place / "manifest.json").exists() and folder.load(place) is None:
            found.problems.append("the manifest cannot be read")
            return found
        try:
            follow(place, at)
        except (OSError, pa.ArrowException) as error:
            found.problems.append(f"the lake cannot be brought up to date: {error}")
        manifest = folder.load(place)
        if manifest is not None:
            _compare(place, manifest, found)
    return found


def _compare(place: Path, manifest: Manifest, found: Verified) -> None:
    lake: dict[tuple[str, str], Sums] = defaultdict(Sums)
    with snapshot.take() as taken:
        found.stream = _of_stream(taken, manifest)
        # What was taken back since the lake was written is gone from the stream already.
        pieces = taken.read_visible("stream_retraction", manifest.retractions)
        gone = np.unique(
            np.concatenate([np.array([], np.int64), *(piece["activity_id"].to_numpy() for piece in pieces)])
        )
    for file in manifest.files:
        lake[file.kind, file.month] += _of_file(place, file, gone, found.problems)
    found.lake = {part: sums for part, sums in lake.items() if sums.rows}
    for part in sorted({*found.stream, *found.lake}):
        theirs, ours = found.stream.get(part, Sums()), found.lake.get(part, Sums())
        if theirs != ours:
            found.problems.append(f"{' '.join(part)}: {_difference(theirs, ours)}")
    for name, path in manifest.dimensions.items():
        if not (place / path).exists():
            found.problems.append(f"{path}: the file of {name} is gone")


def _difference(theirs: Sums, ours: Sums) -> str:
    if theirs.rows != ours.rows:
        return f"the stream has {theirs.rows} activities, the lake {ours.rows}"
    if theirs.amount_minor != ours.amount_minor:
        return f"amounts add up to {theirs.amount_minor} in the stream, to {ours.amount_minor} in the lake"
    return "as many activities, but not the same"


def _of_stream(taken: Snapshot, manifest: Manifest) -> dict[tuple[str, str], Sums]:
    found: dict[tuple[str, str], Sums] = defaultdict(Sums)
    in_zone: ZoneInfo = zone(manifest.zone)
    for piece in taken.read("stream_activity", Cursor(), manifest.cursor):
        for kind in pc.unique(piece["kind"]).to_pylist():
            table = columns.table_of(kind, piece.filter(pc.equal(piece["kind"], kind)), in_zone)
            for month, part in by_month(table):
                found[kind, month] += sums_of(part)
    return dict(found)


def _of_file(place: Path, file: LakeFile, gone: np.ndarray[Any, Any], problems: list[str]) -> Sums:
    path = place / file.path
    try:
        with path.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != file.sha256:
                problems.append(f"{file.path}: the file is not as it was written")
        with pq.ParquetFile(path) as parquet:
            sums = Sums()
            for number in range(parquet.num_row_groups):
                group = parquet.read_row_group(number, columns=[*_CHECKED, "local_date"])
                if {month for month, _ in by_month(group)} != {file.month}:
                    problems.append(f"{file.path}: holds days of another month")
                sums += sums_of(group.filter(pa.array(~np.isin(group["id"].to_numpy(), gone))))
            return sums
    except FileNotFoundError:
        problems.append(f"{file.path}: the file is gone")
    except (OSError, KeyError, pa.ArrowException) as error:
        problems.append(f"{file.path}: {error}")
    return Sums()


def sums_of(table: pa.Table) -> Sums:
    """Return the sums over activities in the lake's columns."""
    mixed = np.zeros(len(table), dtype=np.uint64)
    for name in _CHECKED:
        values = table[name].cast(pa.int64()).fill_null(-(2**63)).to_numpy()
        mixed = _mix(mixed ^ values.view(np.uint64))
    amount = pc.sum(table["amount_minor"]).as_py() or 0
    return Sums(len(table), int(amount), int(np.add.reduce(mixed, dtype=np.uint64)))


def _mix(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return splitmix64's finaliser (Steele, Lea, Flood 2014): every bit of x changes half of the bits."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray[Any, Any] = x ^ (x >> np.uint64(31))
    return mixed
