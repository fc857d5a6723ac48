"""Activities as typed columns: the common ones, the shop's local day and hour, and the fields of the kind's body."""

from __future__ import annotations

import dataclasses
import logging
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.stream.kinds import KINDS

log = logging.getLogger("regulars.lake")

COMMON: dict[str, pa.DataType] = {
    "id": pa.int64(),
    "customer": pa.int64(),
    "visitor": pa.string(),
    "store": pa.int32(),
    "subject": pa.string(),
    "amount_minor": pa.int64(),
    "currency": pa.string(),
    "occurred_us": pa.int64(),
    "recorded_us": pa.int64(),
    "ts": pa.timestamp("us", "UTC"),
    "local_date": pa.date32(),
    "local_hour": pa.int8(),
    "by": pa.string(),
    "batch": pa.int64(),
}
_IN_DATABASE = {
    "customer": "customer_id",
    "store": "store_id",
    "occurred_us": "occurred_at",
    "recorded_us": "recorded_at",
    "ts": "occurred_at",
}
_ARROW = {int: pa.int64(), str: pa.string(), bool: pa.bool_(), float: pa.float64()}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND, _HOUR, _DAY = 1_000_000, 3_600_000_000, 86_400_000_000
# Offsets are asked for within the years 1 to 9999 less two days, where no local time leaves Python's calendar.
_FIRST_DAY, _LAST_DAY = -719_160, 2_932_894


def column_of(field: str) -> str:
    """Return the column of a body's field; one named like a common column is told apart."""
    return f"body_{field}" if field in COMMON else field


def schema_of(kind: str) -> pa.Schema:
    """Return the columns of a kind's files; of a kind that nobody declares any more, the common ones."""
    declared = KINDS.get(kind)
    body = [(column_of(name), _ARROW[python]) for name, python in declared.columns] if declared else []
    return pa.schema([*COMMON.items(), *body])


def table_of(kind: str, rows: pa.Table, zone: ZoneInfo) -> pa.Table:
    """Return database rows (columns of ``snapshot.ACTIVITY``) of one kind as its typed table."""
    schema = schema_of(kind)
    bodies = _bodies(kind, rows["body"])
    days, hours = local_days(dated_us(kind, rows, bodies), zone)
    made = {"local_date": pa.array(days).cast(pa.date32()), "local_hour": pa.array(hours)} | bodies
    columns = [made.get(f.name, None) for f in schema]
    return pa.table(
        [
            rows[_IN_DATABASE.get(f.name, f.name)].cast(f.type) if column is None else column
            for f, column in zip(schema, columns, strict=True)
        ],
        schema=schema,
    )


def dated_us(kind: str, rows: pa.Table, bodies: dict[str, pa.Array]) -> np.ndarray[Any, Any]:
    """Return the instants by which activities are filed: the body's field that the kind names, else occurred_at."""
    occurred = rows["occurred_at"]
    declared = KINDS.get(kind)
    if declared is not None and declared.dated_by:
        occurred = pc.coalesce(bodies[column_of(declared.dated_by)], occurred.combine_chunks())
    found: np.ndarray[Any, Any] = occurred.to_numpy()
    return found


def local_days(us: np.ndarray[Any, Any], zone: ZoneInfo) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return (days since 1970 as int32, hour 0–23 as int8) in ``zone`` of instants in microseconds.

    By Python's zoneinfo, as pages render instants, not by Arrow's own zones: those need the system's tz database, which
    small images lack. A UTC day whose offset is the same at both ends is looked up once; in the two a year on which
    the clocks change each second is looked up by itself.
    """
    days, places = np.unique(us // _DAY, return_inverse=True)
    starts = np.array([_offset_us(int(day) * 86_400, zone) for day in days], dtype=np.int64)
    ends = np.array([_offset_us(int(day) * 86_400 + 86_399, zone) for day in days], dtype=np.int64)
    offsets = starts[places]
    changing = np.flatnonzero((starts != ends)[places])
    if changing.size:
        seconds, where = np.unique(us[changing] // _SECOND, return_inverse=True)
        offsets[changing] = np.array([_offset_us(int(s), zone) for s in seconds], dtype=np.int64)[where]
    there = us + offsets
    return (there // _DAY).astype(np.int32), (there % _DAY // _HOUR).astype(np.int8)


@lru_cache(maxsize=100_000)
def _offset_us(second: int, zone: ZoneInfo) -> int:
    day = min(max(second // 86_400, _FIRST_DAY), _LAST_DAY)
    at = _EPOCH + timedelta(days=day, seconds=second % 86_400)
    return (at.astimezone(zone).utcoffset() or timedelta()) // timedelta(microseconds=1)


@cache
def _decoder(body: type) -> msgspec.json.Decoder[Any]:
    """Return a decoder of a list of bodies; a Struct of the same fields decodes several times faster than they do."""
    hints = get_type_hints(body)
    fields: list[Any] = []
    for field in dataclasses.fields(body):
        default = [] if field.default is dataclasses.MISSING else [field.default]
        fields.append((field.name, hints[field.name], *default))
    struct = msgspec.defstruct(body.__name__, fields, kw_only=True, gc=False)
    return msgspec.json.Decoder(list[struct])  # type: ignore[valid-type]


def _bodies(kind: str, texts: pa.ChunkedArray) -> dict[str, pa.Array]:
    """Return the columns of the bodies' fields. Bodies that are not of their kind have nulls, and are logged."""
    declared = KINDS.get(kind)
    if declared is None or not declared.columns:
        return {}
    decode = _decoder(declared.body).decode
    try:
        found = decode(b"[" + b",".join(texts.cast(pa.binary()).to_pylist()) + b"]")
    except msgspec.DecodeError:
        read = [_readable(decode, text) for text in texts.to_pylist()]
        log.warning("%s: %s bodies cannot be read", kind, read.count(None))
        nothing = SimpleNamespace(**{name: None for name, _ in declared.columns})
        found = [nothing if body is None else body for body in read]
    return {
        column_of(name): pa.array(list(map(attrgetter(name), found)), type=_ARROW[python])
        for name, python in declared.columns
    }


def _readable(decode: Any, text: str) -> Any:
    try:
        return decode(f"[{text}]")[0]
    except (msgspec.DecodeError, IndexError):
        return None
