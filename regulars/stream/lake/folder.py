"""The lake's folder: whole files renamed into place, and one manifest that says which of them count."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from regulars.base.faults import fault_point
from regulars.stream.follow import Cursor

log = logging.getLogger("regulars.lake")

VERSION = 1
# A query that began under the manifest before may still open its files; they stay as long as one may take.
GRACE_US = 120_000_000
ROW_GROUP = 122_880


class Busy(RuntimeError):
    """Another process writes this lake."""


@dataclass(slots=True)
class LakeFile:
    """One Parquet file: activities of one kind in one local month, sorted by customer and time."""

    path: str
    kind: str
    month: str
    rows: int
    min_id: int
    max_id: int
    sha256: str
    currencies: list[str]


@dataclass(slots=True)
class Manifest:
    """What the lake holds, and how far the stream was followed. ``replaced``: files that the manifest before named."""

    zone: str
    as_of_us: int = 0
    cursor: Cursor = field(default_factory=Cursor)
    retractions: Cursor = field(default_factory=Cursor)
    files: list[LakeFile] = field(default_factory=list)
    dimensions: dict[str, str] = field(default_factory=dict)
    currencies: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    @property
    def paths(self) -> set[str]:
        """Return the files that count."""
        return {f.path for f in self.files} | set(self.dimensions.values())

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"version": VERSION} | asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Manifest:
        """Return the manifest that ``to_json`` gave."""
        values = {k: v for k, v in values.items() if k != "version"}
        values |= {name: Cursor(**values[name]) for name in ("cursor", "retractions")}
        values["files"] = [LakeFile(**f) for f in values["files"]]
        return cls(**values)


def lake_folder() -> Path:
    """Return the folder of the lake."""
    return Path(settings.HOME) / "lake"


def load(folder: Path) -> Manifest | None:
    """Return the manifest, or None if there is none or it cannot be read: then the lake is made anew."""
    try:
        values = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if values["version"] == VERSION:
            return Manifest.from_json(values)
        log.warning("the lake is of version %s, this program writes %s", values["version"], VERSION)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("the lake's manifest cannot be read: %s", error)
    return None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Hashing:
    """A file that knows the SHA-256 of what was written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def write(self, data: Any) -> int:
        self._hash.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def put(folder: Path, name: str, schema: pa.Schema, tables: Iterable[pa.Table]) -> str:
    """Write a Parquet file whole at ``name`` and return its SHA-256."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".writing")
    with temporary.open("wb") as file:
        hashing = _Hashing(file)
        with pq.ParquetWriter(pa.PythonFile(hashing, "w"), schema, compression="zstd") as writer:
            for table in tables:
                writer.write_table(table, row_group_size=ROW_GROUP)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(target)
    return hashing.hexdigest()


def put_activities(folder: Path, kind: str, month: str, tables: Iterable[pa.Table], schema: pa.Schema) -> LakeFile:
    """Write activities of a kind and month, already sorted, as a new file of the lake."""
    made = LakeFile(f"kind={kind}/month={month}/{uuid4().hex[:16]}.parquet", kind, month, 0, 2**63 - 1, 0, "", [])

    def counted() -> Iterator[pa.Table]:
        for table in tables:
            if not len(table):
                continue
            ids = pc.min_max(table["id"]).as_py()
            made.rows += len(table)
            made.min_id, made.max_id = min(made.min_id, ids["min"]), max(made.max_id, ids["max"])
            made.currencies = sorted({*made.currencies, *filter(None, pc.unique(table["currency"]).to_pylist())})
            yield table

    made.sha256 = put(folder, made.path, schema, counted())
    return made


def read(folder: Path, file: LakeFile, columns: list[str] | None = None) -> pa.Table:
    """Return a file's activities (by its own metadata only: a folder named kind=… must not become a column)."""
    with pq.ParquetFile(folder / file.path) as opened:
        return opened.read(columns=columns)


def schema(folder: Path, file: LakeFile) -> pa.Schema:
    """Return a file's columns."""
    return pq.read_schema(folder / file.path)


def read_groups(folder: Path, file: LakeFile) -> Iterator[pa.Table]:
    """Yield a file's activities row group by row group."""
    with pq.ParquetFile(folder / file.path) as opened:
        for number in range(opened.num_row_groups):
            yield opened.read_row_group(number)


def save(folder: Path, manifest: Manifest, before: Manifest | None, extras: dict[str, str]) -> None:
    """Put a new manifest, and ``extras`` (name to text) beside it, in the old one's place; then clean."""
    was = before.paths if before else set()
    old = set(before.replaced) if before and manifest.as_of_us - before.as_of_us < GRACE_US else set()
    manifest.replaced = sorted((was | old) - manifest.paths)
    folder.mkdir(parents=True, exist_ok=True)
    for parent in {p for path in manifest.paths - was for p in (folder / path).parents if folder in (p, *p.parents)}:
        _sync(parent)
    fault_point("lake.2.after_files")
    for name, text in extras.items():
        _beside(folder / name, text).rename(folder / name)
    beside = _beside(folder / "manifest.json", json.dumps(manifest.to_json()))
    fault_point("lake.3.before_rename")
    beside.rename(folder / "manifest.json")
    _sync(folder)
    fault_point("lake.4.after_rename")
    clean(folder, manifest, at_us=manifest.as_of_us)
    fault_point("lake.5.after_cleanup")


def _beside(target: Path, text: str) -> Path:
    temporary = target.with_name(f"{target.name}.writing")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def clean(folder: Path, manifest: Manifest, *, at_us: int) -> None:
    """Remove the files that no query can need: what a killed writer left, and those replaced a while ago."""
    named = manifest.paths
    if at_us - manifest.as_of_us < GRACE_US:
        named |= set(manifest.replaced)
    for pattern in ("kind=*/month=*/*", "dimensions/*"):
        for path in folder.glob(pattern):
            if str(path.relative_to(folder)) not in named:
                path.unlink(missing_ok=True)
    for emptied in (*folder.glob("kind=*/month=*"), *folder.glob("kind=*")):
        with suppress(OSError):  # it is not empty
            emptied.rmdir()


@contextmanager
def alone(folder: Path, *, waits: bool = True) -> Iterator[None]:
    """Be the only writer; the lock goes with the process that held it. Raise Busy if one is there and not ``waits``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("another process writes the lake") from error
        yield
