"""Making one file of many small ones, sorted by customer and time."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyarrow as pa

from regulars.stream.lake import columns, folder
from regulars.stream.lake.folder import LakeFile, Manifest

MANY = 4  # files of one kind and month; more are merged
LARGEST = 1_500_000  # activities in one file: what is merged in memory at once
# A file takes part if what is smaller than it adds up to a good part of it: rewritten again and again for every
# handful of new activities, a month would cost more the larger it grows; so each row is rewritten a few times only.
SHARE = 3

_ORDER = [("customer", "ascending"), ("occurred_us", "ascending"), ("id", "ascending")]


def in_order(table: pa.Table) -> pa.Table:
    """Return the activities sorted by customer and time; those of nobody known come last."""
    return table.sort_by(_ORDER)


def compact(place: Path, manifest: Manifest) -> int:
    """Merge small files where a kind has many in a month; return how many files were made."""
    parts: dict[tuple[str, str], list[LakeFile]] = defaultdict(list)
    for file in manifest.files:
        parts[file.kind, file.month].append(file)
    made = 0
    for (kind, month), files in parts.items():
        chosen = choose(files)
        if chosen:
            merged = _merge(place, kind, month, chosen)
            parts[kind, month] = [f for f in files if f not in chosen] + [merged]
            made += 1
    manifest.files = sorted((f for files in parts.values() for f in files), key=lambda f: (f.kind, f.month, f.min_id))
    return made


def choose(files: list[LakeFile]) -> list[LakeFile]:
    """Return which files of one kind and month to merge: the small ones, once there are many; else none."""
    if len(files) <= MANY:
        return []
    chosen: list[LakeFile] = []
    rows = 0
    for file in sorted(files, key=lambda f: f.rows):
        if rows + file.rows > LARGEST or (len(chosen) > 1 and file.rows > SHARE * rows):
            break
        chosen.append(file)
        rows += file.rows
    return chosen if len(chosen) > 1 else []


def _merge(place: Path, kind: str, month: str, files: list[LakeFile]) -> LakeFile:
    schema = columns.schema_of(kind)
    whole = pa.concat_tables([_as(schema, folder.read(place, file)) for file in files])
    return folder.put_activities(place, kind, month, [in_order(whole)], schema)


def _as(schema: pa.Schema, table: pa.Table) -> pa.Table:
    """Return the table with these columns; files written before a kind got another field lack its column."""
    if table.schema.equals(schema):
        return table
    found = [
        table[f.name].cast(f.type) if f.name in table.column_names else pa.nulls(len(table), f.type) for f in schema
    ]
    return pa.table(found, schema=schema)
