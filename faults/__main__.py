"""``python -m faults NAME [--rounds N] [--json]``: run one, print a report, end with one line of JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from types import ModuleType

import faults


def scenarios() -> Iterator[tuple[str, ModuleType]]:
    """Yield (name, module) of the fault runs."""
    for found in pkgutil.iter_modules(faults.__path__):
        if found.name == "__main__":
            continue
        module = importlib.import_module(f"faults.{found.name}")
        if hasattr(module, "POINTS"):
            yield found.name, module


def main() -> int:
    """Return 0 if nothing was lost or doubled."""
    every = dict(scenarios())
    parser = argparse.ArgumentParser(prog="python -m faults", description=faults.__doc__)
    parser.add_argument("name", choices=sorted(every), help="which to run")
    parser.add_argument("--rounds", type=int, help="how often each point is killed")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    args = parser.parse_args()
    run = every[args.name].run
    outcome = run(args.rounds) if args.rounds else run()
    if not args.json:
        for point, times in outcome.kills.items():
            print(f"{point:24} killed {times} times")
        for text in outcome.survived:
            print(f"{text}: it should have been killed")
        print(f"{outcome.acknowledged} acknowledged, {outcome.lost} lost, {outcome.doubled} doubled")
    print(json.dumps(asdict(outcome)))
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
