"""``regulars undo``: take an import back."""

from __future__ import annotations

import argparse
import json
import time

from regulars.cli.problem import Problem

NAME = "undo"
HELP = "Take an import back."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("batch", metavar="BATCH", type=int, help="number of the import")
    parser.add_argument("--json", action="store_true", help="print the outcome as one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Undo the import; a Problem says why it cannot be undone."""
    from regulars.base.actor import COMMAND_LINE
    from regulars.base.clock import now
    from regulars.sources.csv_upload import operations, queries
    from regulars.sources.csv_upload.models import Batch

    if not Batch.objects.filter(pk=args.batch).exists():
        raise Problem(f"there is no import {args.batch}")
    state = Batch.objects.values_list("state", flat=True).get(pk=args.batch)
    if state != Batch.State.UNDOING:
        operations.request_undo(args.batch, by=COMMAND_LINE, at=now())
    while Batch.objects.filter(pk=args.batch, state=Batch.State.UNDOING).exists():
        if not operations.run_here(args.batch):
            if reason := queries.stuck_because(args.batch):
                raise Problem(f"import {args.batch} cannot be undone: {reason}")
            time.sleep(1)
    print(json.dumps({"batch": args.batch, "state": "undone"}) if args.json else f"import {args.batch} undone")
    return 0
