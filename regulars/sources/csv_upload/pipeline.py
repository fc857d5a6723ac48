"""From an uploaded file to rows of the facts: once to check, once to import; in chunks, restartable at each.

A chunk's rows, its activities, what is needed to undo it and the checkpoint are committed together. A killed import
goes on behind its checkpoint: it reads the file again from its beginning (numbers of rows without order numbers
depend on all rows before) and applies only what comes after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.base.faults import fault_point
from regulars.shop.models import Store
from regulars.shop.operations import Applied, Intake, apply_drafts, recount
from regulars.sources.csv_upload import parse
from regulars.sources.csv_upload.files import Table, open_table
from regulars.sources.csv_upload.mapping import Plan
from regulars.sources.csv_upload.models import Batch
from regulars.sources.csv_upload.parse import Parsed
from regulars.sources.csv_upload.tally import RejectedRows, Tally, read_rejected

CHUNK = 5000


class Superseded(Exception):
    """Another worker has gone on with this import: this one must stop."""


class CancelAsked(Exception):
    """A person asked to stop."""


def folder(batch_id: int) -> Path:
    """Return the folder of an import's files, made if need be."""
    path = Path(settings.HOME) / "imports" / str(batch_id)
    path.mkdir(parents=True, exist_ok=True)
    return path


def original(batch: Batch) -> Path:
    """Return the uploaded file; it keeps its ending, which tells what it is."""
    return folder(batch.pk) / f"file{Path(batch.file_name).suffix.lower()}"


def open_batch(batch: Batch) -> tuple[Table, Plan]:
    """Return the file as the plan reads it. Raises FileProblem."""
    plan = Plan.from_json(batch.plan)
    return open_table(original(batch), encoding=plan.encoding, delimiter=plan.delimiter, sheet=plan.sheet), plan


def _reading(batch: Batch) -> Iterator[Parsed]:
    """Yield the file's records; an order's rows that lie apart are brought together in a sorted copy first."""
    table, plan = open_batch(batch)
    if parse.is_scattered(table, plan):
        table = parse.sorted_copy(table, plan, folder(batch.pk))
    yield from parse.drafts(table, plan)


def _chunks(items: Iterable[Parsed]) -> Iterator[list[Parsed]]:
    items = iter(items)
    while chunk := list(islice(items, CHUNK)):
        yield chunk


def _intake(batch: Batch, *, is_check: bool) -> Intake:
    return Intake(
        Store.objects.get(pk=batch.store_id or 0),
        source=f"import:{batch.pk}",
        by=Actor("import", batch.pk),
        at=now(),
        batch=batch.pk,
        is_check=is_check,
    )


def check(batch: Batch) -> Tally:
    """Read the whole file and count what importing it would do; nothing of the facts is written."""
    tally, intake = Tally(), _intake(batch, is_check=True)
    rejected = RejectedRows(folder(batch.pk) / "rejected.jsonl")
    mine = Batch.objects.filter(pk=batch.pk, state=Batch.State.CHECKING)
    for chunk in _chunks(_reading(batch)):
        _apply(intake, chunk, tally, rejected)
        tally.rejected_bytes = rejected.flush()
        if not mine.filter(cancel_asked_at=None).update(rows_done=tally.rows, checked=tally.to_json()):
            raise CancelAsked
    return tally


def run(batch: Batch) -> Tally:
    """Import the file from its checkpoint on. Raises Superseded, CancelAsked or FileProblem."""
    tally, intake = Tally.from_json(batch.tally), _intake(batch, is_check=False)
    rejected = RejectedRows(folder(batch.pk) / "rejected.jsonl", keep_bytes=tally.rejected_bytes)
    seen = 0
    for chunk in _chunks(_reading(batch)):
        done = max(0, min(len(chunk), tally.parsed - seen))
        seen += len(chunk)
        recount(intake, [p.draft for p in chunk[:done] if p.draft is not None])
        chunk = chunk[done:]
        if not chunk:
            continue
        fault_point("import.1.before_chunk")
        with transaction.atomic():
            before = tally.parsed
            applied = _apply(intake, chunk, tally, rejected)
            _keep_changes(batch.pk, applied)
            tally.rejected_bytes = rejected.flush()
            fault_point("import.2.inside_chunk")
            _checkpoint(batch, tally, before)
        fault_point("import.3.after_chunk")
    fault_point("import.4.before_done")
    return tally


def _checkpoint(batch: Batch, tally: Tally, before: int) -> None:
    """Write the checkpoint, if the import is still ours and where this worker thought it to be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM stream_activity")
        last = int(cursor.fetchone()[0])
    mine = Batch.objects.filter(pk=batch.pk, state=Batch.State.IMPORTING, parsed=before)
    if not mine.update(rows_done=tally.rows, parsed=tally.parsed, tally=tally.to_json(), last_activity_id=last):
        raise Superseded
    if Batch.objects.filter(pk=batch.pk).exclude(cancel_asked_at=None).exists():
        raise CancelAsked


def _apply(intake: Intake, chunk: Sequence[Parsed], tally: Tally, rejected: RejectedRows) -> Applied:
    good = [p for p in chunk if p.draft is not None]
    applied = apply_drafts(intake, [p.draft for p in good if p.draft is not None], at=now())
    by_row = {p.draft.row: p for p in good if p.draft is not None} if applied.missing else {}
    for row, number in applied.missing:
        text = _("There is no order %(number)s in this store yet. Import the order file first, then this one.")
        _reject(by_row[row], "order_unknown", _column(by_row[row]), number, text % {"number": number}, tally, rejected)
    for parsed in chunk:
        tally.rows += len(parsed.rows)
        if parsed.draft is None:
            tally.rejected += len(parsed.rows)
            for p in parsed.problems:
                tally.trouble(p.code, row=p.row, column=p.column, value=p.value, text=p.text)
            reason = "; ".join(dict.fromkeys(p.text for p in parsed.problems))
            for row in parsed.rows:
                rejected.add(row, reason)
    tally.parsed += len(chunk)
    tally.add(applied)
    tally.customers = len(intake.customers)
    return applied


def _column(parsed: Parsed) -> str:
    return parsed.number_column


def _reject(
    parsed: Parsed, code: str, column: str, value: str, text: str, tally: Tally, rejected: RejectedRows
) -> None:
    tally.rejected += len(parsed.rows)
    tally.trouble(code, row=parsed.rows[0], column=column, value=value, text=text)
    for row in parsed.rows:
        rejected.add(row, text)


def _keep_changes(batch: int, applied: Applied) -> None:
    encode = msgspec.json.Encoder().encode
    rows = [(batch, b.table, b.row_id, encode(b.values).decode()) for b in applied.before]
    bulk.insert("csv_upload_change", ["batch_id", "table", "row_id", "before"], rows)


def write_rejected(batch: Batch) -> Path:
    """Write the rejected rows as the original file plus a reason column, and return where."""
    table, _plan = open_batch(batch)
    target = folder(batch.pk) / rejected_name(batch, table)
    parse.write_rejected(table, read_rejected(folder(batch.pk) / "rejected.jsonl"), target)
    return target


def rejected_name(batch: Batch, table: Table) -> str:
    """Return the name under which the rejected rows are offered."""
    return f"{Path(batch.file_name).stem}-rejected{Path(parse.rejected_suffix(table)).suffix}"
