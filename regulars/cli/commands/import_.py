"""``regulars import``: a file of orders, customers or products into a store."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.cli.problem import Problem

if TYPE_CHECKING:
    from regulars.shop.models import Store
    from regulars.sources.csv_upload.mapping import Proposal
    from regulars.sources.csv_upload.models import Batch

NAME = "import"
HELP = "Import a file of orders, customers or products."
SOME_REJECTED = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV, TSV, XLSX or JSON file")
    parser.add_argument("--store", required=True, metavar="NAME", help="store it belongs to; made if there is none")
    parser.add_argument("--preset", metavar="NAME", help="format of the file, where its headers do not tell")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=COLUMN", help="column of a field; may be repeated"
    )
    parser.add_argument("--timezone", metavar="ZONE", help="time zone of the file's times")
    parser.add_argument("--currency", metavar="CUR", help="currency of amounts without one")
    parser.add_argument("--country", metavar="CC", default="", help="country of phone numbers without a country code")
    parser.add_argument("--date-order", choices=["ymd", "dmy", "mdy"], help="order of day, month and year")
    parser.add_argument("--yes", action="store_true", help="import without asking")
    parser.add_argument("--json", action="store_true", help="print the outcome as one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Import, and return 0 (all rows), 3 (some rows rejected) or 1 (nothing imported, by a Problem)."""
    from regulars.sources.csv_upload import operations

    if not args.file.is_file():
        raise Problem(f"{args.file}: there is no such file")
    batch, store = _prepare(args)
    if unfinished := _unfinished(batch, store):
        operations.discard(batch.pk)
        batch = unfinished
        print(f"going on with import {batch.pk} of this file", file=sys.stderr)
    elif not args.yes and not _confirmed(args, batch):
        return 0
    else:
        _confirm(batch, unchecked=args.yes)
    _work(batch)
    return _report(args, batch)


def _prepare(args: argparse.Namespace) -> tuple[Batch, Store]:
    """Take the file in, decide how it is read, and make the store if need be."""
    from regulars.base.actor import COMMAND_LINE
    from regulars.base.clock import now, zone
    from regulars.base.money import check_currency
    from regulars.shop.models import Store
    from regulars.sources.csv_upload import operations

    if args.timezone:
        zone(args.timezone)
    if args.currency:
        args.currency = check_currency(args.currency)
    store = Store.objects.filter(name=args.store.strip()).first()
    batch, proposal = operations.start_draft(
        path=args.file, name=args.file.name, store=store, preset=args.preset, by=COMMAND_LINE, at=now()
    )
    try:
        _override(args, proposal)
        store = store or _add_store(args, proposal)
        return operations.set_plan(batch.pk, proposal.plan, store=store, by=COMMAND_LINE, at=now()), store
    except Exception:
        operations.discard(batch.pk)
        raise


def _override(args: argparse.Namespace, proposal: Proposal) -> None:
    plan = proposal.plan
    for pair in args.map:
        field, equals, column = pair.partition("=")
        if not equals:
            raise Problem(f"--map {pair}: write FIELD=COLUMN, such as --map total=Amount")
        plan.columns[field.strip()] = column.strip()
    plan.timezone = args.timezone or plan.timezone
    plan.currency = args.currency or plan.currency
    plan.country = args.country or plan.country
    plan.date_order = args.date_order or plan.date_order


def _add_store(args: argparse.Namespace, proposal: Proposal) -> Store:
    from regulars.base.actor import COMMAND_LINE
    from regulars.base.clock import now
    from regulars.shop.operations import add_store

    plan = proposal.plan
    return add_store(
        name=args.store,
        platform=plan.platform,
        currency=plan.currency,
        timezone=plan.timezone,
        country=plan.country,
        tax_included=plan.tax_included,
        by=COMMAND_LINE,
        at=now(),
    )


def _unfinished(batch: Batch, store: Store) -> Batch | None:
    """Return the import of this very file that a kill interrupted, to go on with."""
    from regulars.sources.csv_upload import queries

    return queries.unfinished(batch.file_sha256, store.pk)


def _confirmed(args: argparse.Namespace, batch: Batch) -> bool:
    """Check the file, show what importing it would do, and ask."""
    from regulars.base.actor import COMMAND_LINE
    from regulars.base.clock import now
    from regulars.sources.csv_upload import operations

    operations.request_check(batch.pk, by=COMMAND_LINE, at=now())
    operations.run_here(batch.pk)
    batch.refresh_from_db()
    if batch.state != batch.State.CHECKED:
        raise Problem(batch.problem or "the check did not finish; see regulars doctor")
    checked = batch.checked
    counts = ", ".join(f"{checked[name]} {name}" for name in ("new", "updated", "unchanged"))
    print(f"{args.file.name}: {counts}, {checked['rejected']} rows rejected", file=sys.stderr)
    for problem in checked["problems"].values():
        example = problem["examples"][0]
        print(f"  {problem['rows']} rows: {example['text']} (row {example['row']})", file=sys.stderr)
    if not sys.stdin.isatty():
        print("nothing imported; add --yes to import", file=sys.stderr)
        return False
    print("Import? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _confirm(batch: Batch, *, unchecked: bool) -> None:
    from regulars.base.actor import COMMAND_LINE
    from regulars.base.clock import now
    from regulars.sources.csv_upload import operations

    operations.confirm(batch.pk, by=COMMAND_LINE, at=now(), unchecked=unchecked)


def _work(batch: Batch) -> None:
    """Do the import here, or wait while another process does: the lease of a killed one runs out in half a minute."""
    from regulars.sources.csv_upload import operations, queries

    batch.refresh_from_db()
    while batch.state == batch.State.IMPORTING:
        if not operations.run_here(batch.pk):
            if reason := queries.stuck_because(batch.pk):
                raise Problem(f"import {batch.pk} cannot go on: {reason}")
            time.sleep(1)
        batch.refresh_from_db()
    if batch.state != batch.State.DONE:
        raise Problem(batch.problem or f"import {batch.pk} was stopped; nothing of it stays")


def outcome(batch: Batch) -> dict[str, Any]:
    """Return what an import came to, as ``--json`` prints it."""
    tally = batch.tally
    currency = max(tally["gross"], key=lambda c: tally["gross"][c], default=batch.plan.get("currency", ""))
    return {
        "batch": batch.pk,
        **{name: tally[name] for name in ("new", "updated", "unchanged", "rejected", "customers", "orders")},
        "gross_minor": tally["gross"].get(currency, 0),
        "currency": currency,
    }


def _report(args: argparse.Namespace, batch: Batch) -> int:
    from regulars.base.money import to_major
    from regulars.sources.csv_upload import pipeline

    said = outcome(batch)
    if said["rejected"]:
        said["rejected_file"] = str(pipeline.write_rejected(batch))
        print(f"{said['rejected']} rows were rejected; they are in {said['rejected_file']}", file=sys.stderr)
    if args.json:
        print(json.dumps(said, ensure_ascii=False))
    else:
        money = f"{to_major(said['gross_minor'], said['currency'])} {said['currency']}"
        print(
            f"import {batch.pk}: {said['new']} new, {said['updated']} updated, {said['unchanged']} unchanged; "
            f"{said['customers']} customers, {said['orders']} orders, {money}"
        )
    return SOME_REJECTED if said["rejected"] else 0
