"""``python -m bench NAME [--json]`` runs one benchmark, ``--all`` all of them and rewrites docs/performance.md."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import bench
from bench.framework import Outcome, say

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def benches() -> dict[str, ModuleType]:
    """Return the benchmarks by name: the modules of this folder that have NAME, HELP and run."""
    found = {}
    for entry in pkgutil.iter_modules(bench.__path__):
        if entry.name != "__main__":
            module = importlib.import_module(f"bench.{entry.name}")
            if hasattr(module, "NAME") and hasattr(module, "run"):
                found[module.NAME] = module
    return dict(sorted(found.items()))


def table(outcomes: dict[str, Outcome], helps: dict[str, str], today: str) -> str:
    """Return the outcomes as the Markdown between the page's markers."""
    lines = [
        f"Measured on {today}: {platform.machine()}, {cores()} cores, Python {platform.python_version()}.",
        "",
        "| Benchmark | What is compared | Number | Value | Peak memory |",
        "|---|---|---|---:|---:|",
    ]
    for name, outcome in outcomes.items():
        for key, number in outcome.ratios.items():
            lines.append(f"| `{name}` | {helps[name]} | `{key}` | {number:.2f} | {outcome.peak_rss_mb:.0f} MB |")
    return "\n".join(lines)


def cores() -> int:
    """Return the number of processors this machine lends us."""
    return os.cpu_count() or 1


def rewrite(page: Path, text: str) -> None:
    """Put ``text`` between the page's markers; raise ValueError if the page has none."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks the lines {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Run what was asked for."""
    found = benches()
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("name", nargs="?", choices=list(found), metavar="NAME", help=", ".join(found))
    parser.add_argument("--all", action="store_true", help="run all and rewrite the table of docs/performance.md")
    parser.add_argument("--json", action="store_true", help="print nothing but the last line")
    parser.add_argument("--events", type=int, metavar="N", help="so many rows in the lake, where a benchmark makes one")
    args = parser.parse_args()
    if args.events:
        os.environ["REGULARS_BENCH_ROWS"] = str(args.events)
    if not args.all and not args.name:
        parser.error("name a benchmark, or say --all")
    outcomes = {}
    for name in found if args.all else [args.name]:
        say(f"{name}: {found[name].HELP}")
        outcomes[name] = found[name].run()
        if not args.json:
            for key, number in outcomes[name].ratios.items():
                print(f"  {key:40} {number:10.3f}")
        print(outcomes[name].line(name), flush=True)
    if args.all:
        helps = {name: module.HELP for name, module in found.items()}
        rewrite(PAGE, table(outcomes, helps, datetime.now(UTC).date().isoformat()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
