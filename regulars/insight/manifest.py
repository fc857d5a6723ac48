"""The lake's table of contents, as the lake writer leaves it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

VERSION = 1


class LakeError(RuntimeError):
    """The lake's manifest cannot be read; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One Parquet file: activities of one kind in one local month (``YYYY-MM``)."""

    path: str
    kind: str
    month: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the lake holds. ``as_of_us``: the stream was copied up to this instant."""

    as_of_us: int
    zone: str
    files: tuple[LakeFile, ...] = ()
    dimensions: tuple[tuple[str, str], ...] = ()
    currencies: tuple[str, ...] = ()

    @property
    def as_of_date(self) -> date:
        """Return the shop's local day of ``as_of_us``."""
        instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.as_of_us)
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def files_of(self, kind: str, first: date | None, last: date | None) -> list[LakeFile]:
        """Return the files of ``kind`` whose month touches the days ``first`` to ``last``; None leaves an end open."""
        low = first.strftime("%Y-%m") if first else ""
        high = last.strftime("%Y-%m") if last else "9999-12"
        return [f for f in self.files if f.kind == kind and low <= f.month <= high]

    def dimension(self, name: str) -> str | None:
        """Return the path of a dimension's file, None where the lake has none."""
        return dict(self.dimensions).get(name)


EMPTY = Manifest(as_of_us=0, zone="UTC")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest in ``folder``, an empty one where there is none yet; raise LakeError for a broken one."""
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return EMPTY
    try:
        raw = json.loads(text)
        if raw["version"] != VERSION:
            raise LakeError(f"the lake is of version {raw['version']}, this program reads {VERSION}: rebuild the lake")
        files = tuple(LakeFile(f["path"], f["kind"], f["month"], f["rows"], f.get("sha256", "")) for f in raw["files"])
        dimensions = tuple(sorted(raw.get("dimensions", {}).items()))
        return Manifest(raw["as_of_us"], raw["zone"], files, dimensions, tuple(raw.get("currencies", ())))
    except (ValueError, KeyError, TypeError) as error:
        raise LakeError(f"the lake's manifest cannot be read ({error}): rebuild the lake") from error
