"""Following the stream: new activities become files, those taken back leave theirs, many small files become one."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.base.clock import from_us, now, to_us, zone
from regulars.base.faults import fault_point
from regulars.base.installation import shop_settings
from regulars.stream.dimensions import DIMENSIONS, Dimension
from regulars.stream.follow import Cursor
from regulars.stream.lake import activity_schema, columns, compaction, folder, snapshot
from regulars.stream.lake.folder import LakeFile, Manifest
from regulars.stream.lake.snapshot import Snapshot

log = logging.getLogger("regulars.lake")

HELD = 400_000  # activities kept in memory as columns; beyond it the largest months are written
_TYPES = {int: pa.int64(), str: pa.string(), float: pa.float64(), bool: pa.bool_(), date: pa.date32()}


@dataclass(slots=True)
class Written:
    """What a run did. ``is_changed``: readers see another lake than before."""

    activities: int = 0
    retractions: int = 0
    files: int = 0
    is_changed: bool = False
    is_rebuilt: bool = False


@dataclass(slots=True)
class _Run:
    folder: Path
    at: datetime
    before: Manifest | None
    manifest: Manifest
    written: Written = field(default_factory=Written)
    held: dict[tuple[str, str], list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    rows_held: int = 0


def write_now(*, waits: bool = True) -> Written:
    """Bring the installation's lake up to date and return what that took."""
    return write(folder.lake_folder(), at=now(), waits=waits)


def write(place: Path, *, at: datetime, waits: bool = True) -> Written:
    """Bring the lake at ``place`` up to date with the stream.

    A lake in another zone than the shop's, of another version, or ahead of the stream (which was restored from a
    backup) is made anew. Raise folder.Busy if another process writes it and not ``waits``.
    """
    with folder.alone(place, waits=waits):
        return follow(place, at)


def rebuild(place: Path, *, at: datetime) -> Written:
    """Make the lake anew from the stream; readers see the old one until the new one is whole."""
    with folder.alone(place):
        return follow(place, at, is_anew=True)


def follow(place: Path, at: datetime, *, is_anew: bool = False) -> Written:
    """Do what ``write`` (or ``rebuild``) says, for a caller who holds the folder alone already."""
    before = folder.load(place)
    # First of all, so that a writer that fails again and again (a full disk) does not fill it with its leftovers.
    folder.clean(place, before or Manifest(zone=""), at_us=to_us(at))
    with snapshot.take() as taken:
        if not taken.is_of_another_server():
            return _follow(place, at, before, taken, is_anew=is_anew)
    log.warning("this database was moved here from another server: the lake is made anew")
    snapshot.forget_transactions()
    with snapshot.take() as taken:
        return _follow(place, at, before, taken, is_anew=True)


def _follow(place: Path, at: datetime, before: Manifest | None, taken: Snapshot, *, is_anew: bool) -> Written:
    in_zone = shop_settings().timezone
    if reason := _why_anew(before, in_zone, taken):
        log.info("the lake is made anew: %s", reason)
    if is_anew or reason or before is None:
        run = _Run(place, at, before, Manifest(zone=in_zone, retractions=_last_retraction(taken)))
        run.written.is_rebuilt = True
    else:
        run = _Run(place, at, before, folder.load(place) or Manifest(zone=in_zone))
        if not _has_news(run, taken):
            return run.written
        _take_back(run, taken)
    _add(run, taken)
    run.written.files += compaction.compact(place, run.manifest)
    _dimensions(run)
    _save(run)
    return run.written


def _why_anew(before: Manifest | None, in_zone: str, taken: Snapshot) -> str:
    if before is None:
        return "there is none"
    if before.zone != in_zone:
        return f"the shop's zone is {in_zone} now, it was {before.zone}"
    highest = max((before.cursor.id, *(f.max_id for f in before.files)))
    return "it is ahead of the stream" if highest > taken.highest_id() else ""


def _has_news(run: _Run, taken: Snapshot) -> bool:
    """Return whether anything changed. Every change of a dimension is an activity too; a new day ages the numbers."""
    manifest = run.manifest
    in_zone = zone(manifest.zone)
    return (
        taken.has_rows("stream_activity", manifest.cursor)
        or taken.has_rows("stream_retraction", manifest.retractions)
        or manifest.dimensions.keys() != DIMENSIONS.keys()
        or from_us(manifest.as_of_us).astimezone(in_zone).date() != run.at.astimezone(in_zone).date()
    )


def _last(table: pa.Table) -> Cursor:
    """Return the place behind the last of these rows: by transaction, then id."""
    tx = pc.max(table["tx"]).as_py()
    return Cursor(tx, pc.max(table.filter(pc.equal(table["tx"], tx))["id"]).as_py())


def _last_retraction(taken: Snapshot) -> Cursor:
    pieces = taken.read("stream_retraction", Cursor())
    return max((_last(piece) for piece in pieces), default=Cursor())


def _add(run: _Run, taken: Snapshot) -> None:
    """Write what is new as files, one for each kind and month if memory allows."""
    in_zone = zone(run.manifest.zone)
    last = run.manifest.cursor
    for piece in taken.read("stream_activity", last):
        run.manifest.cursor = max(run.manifest.cursor, _last(piece))
        run.written.activities += len(piece)
        for kind in pc.unique(piece["kind"]).to_pylist():
            of_kind = piece.filter(pc.equal(piece["kind"], kind))
            for month, part in by_month(columns.table_of(kind, of_kind, in_zone)):
                run.held[kind, month].append(part)
        run.rows_held += len(piece)
        if run.rows_held > HELD:
            _put_held(run, leave=HELD // 2)
    _put_held(run, leave=0)


def by_month(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield (month of the local day as ``2026-01``, its activities)."""
    months = table["local_date"].cast(pa.int32()).to_numpy().astype("datetime64[D]").astype("datetime64[M]")
    found = np.unique(months)
    for month in found:
        yield str(month), table if len(found) == 1 else table.filter(pa.array(months == month))


def _put_held(run: _Run, *, leave: int) -> None:
    """Write the largest months that are held until only so many activities are left."""
    fault_point("lake.1.before_files")
    sizes = {part: sum(map(len, tables)) for part, tables in run.held.items()}
    for (kind, month), size in sorted(sizes.items(), key=lambda item: -item[1]):
        if run.rows_held <= leave:
            break
        whole = compaction.in_order(pa.concat_tables(run.held.pop((kind, month))))
        run.manifest.files.append(folder.put_activities(run.folder, kind, month, [whole], whole.schema))
        run.written.files += 1
        run.rows_held -= size


def _take_back(run: _Run, taken: Snapshot) -> None:
    """Write the files anew that hold activities taken back since."""
    gone: dict[str, list[np.ndarray[Any, Any]]] = defaultdict(list)
    for piece in taken.read("stream_retraction", run.manifest.retractions):
        run.manifest.retractions = max(run.manifest.retractions, _last(piece))
        run.written.retractions += len(piece)
        for kind in pc.unique(piece["kind"]).to_pylist():
            gone[kind].append(piece.filter(pc.equal(piece["kind"], kind))["activity_id"].to_numpy())
    ids = {kind: np.unique(np.concatenate(found)) for kind, found in gone.items()}
    fault_point("lake.1.before_files")
    run.manifest.files = [
        kept
        for file in run.manifest.files
        for kept in (_without(run, file, ids[file.kind]) if file.kind in ids else [file])
    ]


def _without(run: _Run, file: LakeFile, gone: np.ndarray[Any, Any]) -> list[LakeFile]:
    """Return the file, or a new one without the activities ``gone`` (ascending); none if nothing is left."""
    first, end = np.searchsorted(gone, [file.min_id, file.max_id + 1])
    if first == end:
        return [file]
    stays = ~np.isin(folder.read(run.folder, file, ["id"])["id"].to_numpy(), gone[first:end])
    if stays.all():
        return [file]
    if not stays.any():
        return []
    groups = folder.read_groups(run.folder, file)
    kept = (group.filter(pa.array(~np.isin(group["id"].to_numpy(), gone[first:end]))) for group in groups)
    run.written.files += 1
    return [folder.put_activities(run.folder, file.kind, file.month, kept, folder.schema(run.folder, file))]


def _dimensions(run: _Run) -> None:
    """Write the dimensions that changed; a file's name says what is in it."""
    run.manifest.dimensions = {name: _dimension(run, dimension) for name, dimension in sorted(DIMENSIONS.items())}


def _dimension(run: _Run, dimension: Dimension) -> str:
    rows = list(dimension.rows())
    path = f"dimensions/{dimension.name}-{hashlib.sha256(repr(rows).encode()).hexdigest()[:16]}.parquet"
    if not (run.folder / path).exists():
        schema = pa.schema([(name, _TYPES[python]) for name, python in dimension.columns])
        values = list(zip(*rows, strict=True)) or [()] * len(schema)
        table = pa.table([pa.array(v, type=f.type) for v, f in zip(values, schema, strict=True)], schema=schema)
        folder.put(run.folder, path, schema, [table])
    return path


def _save(run: _Run) -> None:
    manifest = run.manifest
    manifest.as_of_us = to_us(run.at)
    manifest.currencies = sorted({currency for file in manifest.files for currency in file.currencies})
    folder.save(run.folder, manifest, run.before, {"customer_stream.sql": activity_schema.view(manifest)})
    run.written.is_changed = True
