"""Take everything of the shop out, as plain files."""

from __future__ import annotations

import argparse
import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from regulars.cli.problem import Problem

NAME = "export"
HELP = "Write everything of the shop as CSV files, into a folder or a zip."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--out", required=True, metavar="PATH", type=Path, help="new folder, or a name ending in .zip")
    parser.add_argument("--json", action="store_true", help="print the counts of rows as one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Export, and print how many rows each file has."""
    out: Path = args.out
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise Problem(f"{out} is there already; name a new folder or file")
    counts = export(out)
    if args.json:
        print(json.dumps({"out": str(out), "rows": counts}))
    else:
        print("\n".join(f"{count:>12,}  {name}" for name, count in counts.items()))
        print(f"Everything is in {out}. It holds contact data in clear: keep it as you keep your keys.")
    return 0


def export(out: Path) -> dict[str, int]:
    """Write the export to ``out`` and return the number of rows by file. A crash leaves nothing under that name."""
    from dataclasses import asdict

    from regulars import __version__
    from regulars.base.clock import now
    from regulars.base.installation import shop_settings
    from regulars.cli.exported import EXPORTED, as_text

    unfinished = out.with_name(f"{out.name}.unfinished")
    _remove(unfinished)
    counts: dict[str, int] = {}
    with _folder(unfinished, is_zip=out.suffix == ".zip") as folder, _one_moment():
        for file in EXPORTED:
            with folder.text(f"{file.name}.csv") as text:
                write = csv.writer(text, lineterminator="\n")
                write.writerow(file.columns)
                count = 0
                for row in file.rows():
                    write.writerow([as_text(value) for value in row])
                    count += 1
            counts[file.name] = count
        about = {
            "regulars": __version__,
            "exported_at": now().isoformat(),
            "shop": asdict(shop_settings()),
            "rows": counts,
        }
        with folder.text("export.json") as text:
            json.dump(about, text, ensure_ascii=False, indent=1)
    if out.is_dir():
        out.rmdir()
    unfinished.rename(out)
    return counts


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as it is at one moment, without keeping anybody from writing."""
    from django.db import connection

    begin = "BEGIN DEFERRED"  # Django's own transactions begin IMMEDIATE, which would lock writers out
    if connection.vendor == "postgresql":
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, mode=0o700)

    @contextmanager
    def text(self, name: str) -> Iterator[IO[str]]:
        with (self.path / name).open("w", encoding="utf-8", newline="") as file:
            yield file


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    @contextmanager
    def text(self, name: str) -> Iterator[IO[str]]:
        with (
            self.archive.open(name, "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, encoding="utf-8", newline="") as file,
        ):
            yield file


@contextmanager
def _folder(path: Path, *, is_zip: bool) -> Iterator[_Folder | _Zip]:
    try:
        if is_zip:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                yield _Zip(archive)
        else:
            yield _Folder(path)
    except BaseException:
        _remove(path)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
