"""Say how the installation is, and what to do about what is not well."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

NAME = "doctor"
HELP = "Examine the installation: versions, database, keys, lake, background work, disk, clock."
NEEDS_SHOP = False


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print the findings as one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 if one of them is bad."""
    from regulars.cli.health import examine

    findings = examine()
    if args.json:
        print(json.dumps([asdict(f) for f in findings], ensure_ascii=False))
    else:
        for f in findings:
            print(f"{f.state:>5}  {f.about:<16} {f.text}")
    return int(any(f.state == "bad" for f in findings))
