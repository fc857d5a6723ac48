"""``regulars lake``: write, verify or rebuild the lake."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.stream.lake import Verified

NAME = "lake"
HELP = "Write, verify or rebuild the lake of Parquet files."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        choices=["write", "verify", "rebuild"],
        help="write: copy what is new; verify: compare with the stream; rebuild: make it anew",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Do it; ``verify`` returns 1 when the lake and the stream differ."""
    from regulars.base.clock import now
    from regulars.stream import lake
    from regulars.stream.jobs import AFTER_WRITE

    place = lake.lake_folder()
    if args.what == "verify":
        found = lake.verify(place, at=now())
        print(json.dumps(outcome(found)) if args.json else _report(found))
        return 0 if found.is_equal else 1
    done = lake.write(place, at=now()) if args.what == "write" else lake.rebuild(place, at=now())
    if done.is_changed:
        for listener in AFTER_WRITE:
            listener()
    if args.json:
        print(json.dumps(asdict(done)))
    else:
        print(f"{done.activities} activities copied, {done.retractions} taken back, {done.files} files written")
    return 0


def outcome(found: Verified) -> dict[str, Any]:
    """Return what ``verify --json`` prints: both sides by kind and, where they differ, the problems in words."""
    kinds: dict[str, dict[str, dict[str, int]]] = {}
    for side, parts in (("stream", found.stream), ("lake", found.lake)):
        for (kind, _), sums in parts.items():
            both = {name: {"rows": 0, "amount_minor": 0, "checksum": 0} for name in ("stream", "lake")}
            total = kinds.setdefault(kind, both)[side]
            total["rows"] += sums.rows
            total["amount_minor"] += sums.amount_minor
            total["checksum"] = (total["checksum"] + sums.checksum) % 2**64
    rows = sum(sums.rows for sums in found.lake.values())
    shown = {
        kind: {side: total | {"checksum": f"{total['checksum']:016x}"} for side, total in both.items()}
        for kind, both in sorted(kinds.items())
    }
    return {"equal": found.is_equal, "rows": rows, "problems": found.problems, "kinds": shown}


def _report(found: Verified) -> str:
    rows = sum(sums.rows for sums in found.lake.values())
    said = f"lake and stream agree: {rows} activities"
    return "\n".join([
        *found.problems,
        said if found.is_equal else "lake and stream differ; `regulars lake rebuild` makes the lake anew",
    ])  # fmt: skip
