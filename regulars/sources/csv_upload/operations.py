"""Every write of imports: file, plan, check, confirm, cancel, undo. State moves by conditional update only."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.shop.models import Store
from regulars.shop.operations import Before, undo_batch
from regulars.sources.csv_upload import kinds, mapping, pipeline
from regulars.sources.csv_upload.files import FileProblem, Table, open_table
from regulars.sources.csv_upload.mapping import Plan, Proposal
from regulars.sources.csv_upload.models import Batch, Change, RememberedMapping
from regulars.sources.csv_upload.queries import later_import_on_same_rows
from regulars.sources.csv_upload.tally import Tally
from regulars.stream.models import Activity
from regulars.stream.operations import record

State = Batch.State


class ImportRefused(ValueError):
    """An import cannot be taken this step; the text says why and what to do."""


def _told(kind: str, body: object, batch: Batch, *, by: Actor, at: datetime) -> None:
    key = f"{kind}:{batch.pk}" if kind == "import.undone" else f"{kind}:{batch.pk}:{at.isoformat()}"
    record(kind, key, body, by=by, at=at, store=batch.store_id, subject=f"import:{batch.pk}")


def start_draft(
    *, path: Path, name: str, store: Store | None, by: Actor, at: datetime, preset: str | None = None
) -> tuple[Batch, Proposal]:
    """Take a copy of the file at ``path`` and propose how to read it. Raises FileProblem; then nothing is kept."""
    with transaction.atomic():
        batch = Batch.objects.create(
            file_name=Path(name).name[:200], at=at, by=str(by), store_id=store.pk if store else None
        )
    try:
        digest = hashlib.sha256()
        target = pipeline.original(batch)
        with path.open("rb") as source, target.open("wb") as copy:
            while block := source.read(1 << 20):
                digest.update(block)
                copy.write(block)
        proposal = propose(open_table(target), store=store, preset=preset)
    except (FileProblem, OSError):
        discard(batch.pk)
        raise
    Batch.objects.filter(pk=batch.pk).update(
        file_sha256=digest.hexdigest(), file_bytes=target.stat().st_size, plan=proposal.plan.to_json()
    )
    batch.refresh_from_db()
    return batch, proposal


def propose(table: Table, *, store: Store | None, preset: str | None = None) -> Proposal:
    """Return how this file is best read: as it was mapped before, as its preset says, else by guessing."""
    settings = shop_settings()
    remembered = RememberedMapping.objects.filter(fingerprint=table.fingerprint).values_list("plan", flat=True).first()
    defaults = {
        "timezone": store.timezone if store else settings.timezone,
        "currency": store.currency if store else settings.currency,
        "country": store.country if store else "",
        "tax_included": store.tax_included if store else True,
    }
    return mapping.propose(table, remembered=remembered, defaults=defaults, preset=preset)


def discard(batch_id: int) -> None:
    """Remove an import that was never confirmed, with its file."""
    if Batch.objects.filter(pk=batch_id, state__in=[State.DRAFT, State.CHECKED, State.CANCELLED]).delete()[0]:
        shutil.rmtree(pipeline.folder(batch_id), ignore_errors=True)


def set_plan(batch_id: int, plan: Plan, *, store: Store, by: Actor, at: datetime) -> Batch:
    """Decide how the file is read and which store it belongs to; remembered for files with the same headers.

    Raises ImportRefused if the plan does not fit the file, or the import went further already.
    """
    batch = Batch.objects.get(pk=batch_id)
    table = open_table(pipeline.original(batch), encoding=plan.encoding, delimiter=plan.delimiter, sheet=plan.sheet)
    if problems := mapping.check_plan(plan, table):
        raise ImportRefused(" ".join(problems))
    with transaction.atomic():
        early = Batch.objects.filter(pk=batch_id, state__in=[State.DRAFT, State.CHECKED, State.FAILED], parsed=0)
        if not early.update(state=State.DRAFT, plan=plan.to_json(), store_id=store.pk, checked={}, problem=""):
            raise ImportRefused(_("This import went further already; its columns cannot change any more."))
        RememberedMapping.objects.update_or_create(
            fingerprint=table.fingerprint, defaults={"plan": plan.to_json(), "at": at, "by": str(by)}
        )
    batch.refresh_from_db()
    return batch


def _move(batch_id: int, sources: list[str], target: str, **values: object) -> bool:
    return bool(Batch.objects.filter(pk=batch_id, state__in=sources).update(state=target, **values))


def request_check(batch_id: int, *, by: Actor, at: datetime) -> None:
    """Have the file read through and counted; nothing of the facts is written."""
    with transaction.atomic():
        begun = {"rows_done": 0, "started_at": at, "finished_at": None, "cancel_asked_at": None, "problem": ""}
        ready = Batch.objects.filter(pk=batch_id, store_id__isnull=False).exists()
        if not ready or not _move(batch_id, [State.DRAFT, State.CHECKED, State.FAILED], State.CHECKING, **begun):
            raise ImportRefused(_("Choose the columns and the store first."))
        jobs.enqueue("imports.check", key=f"import:{batch_id}", batch=batch_id)


def confirm(batch_id: int, *, by: Actor, at: datetime, unchecked: bool = False) -> None:
    """Import for good. ``unchecked`` is for commands that were told not to ask."""
    with transaction.atomic():
        last = Activity.objects.aggregate(last=Max("id"))["last"] or 0
        begun = {
            "rows_done": 0, "started_at": at, "finished_at": None, "cancel_asked_at": None,
            "first_activity_id": last + 1, "problem": "",
        }  # fmt: skip
        if not _move(batch_id, [State.CHECKED, *([State.DRAFT] if unchecked else [])], State.IMPORTING, **begun):
            raise ImportRefused(_("Only an import that was checked can be confirmed."))
        batch = Batch.objects.get(pk=batch_id)
        Batch.objects.filter(pk=batch_id).update(rows_total=batch.checked.get("rows", 0))
        _told("import.started", kinds.Started(batch=batch_id), batch, by=by, at=at)
        jobs.enqueue("imports.run", key=f"import:{batch_id}", batch=batch_id)


def cancel(batch_id: int, *, by: Actor, at: datetime) -> None:
    """Stop. What is running stops at its next chunk and takes back what it had imported."""
    running = [State.CHECKING, State.IMPORTING]
    if _move(batch_id, [State.DRAFT, State.CHECKED, State.FAILED], State.CANCELLED, finished_at=at):
        return
    if not Batch.objects.filter(pk=batch_id, state__in=running).update(cancel_asked_at=at):
        raise ImportRefused(_("This import has ended; it can be undone instead."))


def run_check(batch_id: int) -> None:
    """Do the check that was requested; part of the job ``imports.check``."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state != State.CHECKING:
        return
    try:
        tally = pipeline.check(batch)
    except pipeline.CancelAsked:
        _move(batch_id, [State.CHECKING], State.CANCELLED, finished_at=now())
    except FileProblem as problem:
        _move(batch_id, [State.CHECKING], State.FAILED, problem=str(problem), finished_at=now())
    else:
        values = {"checked": tally.to_json(), "rows_total": tally.rows, "finished_at": now()}
        _move(batch_id, [State.CHECKING], State.CHECKED, **values)


def run_import(batch_id: int) -> None:
    """Do the import that was confirmed, from its checkpoint on; part of the job ``imports.run``."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state != State.IMPORTING:
        return
    by = Actor("import", batch_id)
    try:
        tally = pipeline.run(batch)
    except pipeline.Superseded:
        return
    except pipeline.CancelAsked:
        body = kinds.Cancelled(batch=batch_id)
        _take_back(batch_id, State.IMPORTING, State.CANCELLED, "import.cancelled", body, by=by, at=now())
    except FileProblem as problem:
        body_failed = kinds.Failed(batch=batch_id)
        _take_back(batch_id, State.IMPORTING, State.FAILED, "import.failed", body_failed, by=by, at=now())
        Batch.objects.filter(pk=batch_id).update(problem=str(problem))
    else:
        _finish(batch, tally, by=by, at=now())


def _finish(batch: Batch, tally: Tally, *, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        values = {"tally": tally.to_json(), "rows_done": tally.rows, "rows_total": tally.rows, "finished_at": at}
        if not _move(batch.pk, [State.IMPORTING], State.DONE, **values):
            return
        body = kinds.Finished(
            batch=batch.pk, new=tally.new, updated=tally.updated, unchanged=tally.unchanged, rejected=tally.rejected
        )
        _told("import.finished", body, batch, by=by, at=at)


def request_undo(batch_id: int, *, by: Actor, at: datetime) -> None:
    """Have an import taken back. Raises ImportRefused, naming the later import that must be undone first."""
    with transaction.atomic():
        if later := later_import_on_same_rows(batch_id):
            text = _("Import %(later)s changed the same records later. Undo that one first.")
            raise ImportRefused(text % {"later": later})
        if not _move(batch_id, [State.DONE], State.UNDOING, started_at=at):
            raise ImportRefused(_("Only a finished import can be undone, and only once."))
        jobs.enqueue("imports.undo", key=f"import:{batch_id}", batch=batch_id, by=str(by))


def run_undo(batch_id: int, by: str) -> None:
    """Do the undo that was requested; part of the job ``imports.undo``."""
    if Batch.objects.filter(pk=batch_id, state=State.UNDOING).exists():
        body = kinds.Undone(batch=batch_id)
        _take_back(batch_id, State.UNDOING, State.UNDONE, "import.undone", body, by=Actor.parse(by), at=now())


def _take_back(batch_id: int, source: str, target: str, kind: str, body: object, *, by: Actor, at: datetime) -> None:
    """Take back what the import did, in one transaction with its new state."""
    with transaction.atomic():
        if not _move(batch_id, [source], target, finished_at=at):
            return
        batch = Batch.objects.get(pk=batch_id)
        changes = Change.objects.filter(batch_id=batch_id).order_by("id")
        undo_batch(
            batch=batch_id,
            store=batch.store_id or 0,
            changes=[Before(c.table, c.row_id, c.before) for c in changes.iterator()],
            first_activity_id=batch.first_activity_id or 0,
            by=by,
            at=at,
        )
        changes.delete()
        if target != State.UNDONE:
            Batch.objects.filter(pk=batch_id).update(parsed=0, rows_done=0, tally={})
        _told(kind, body, batch, by=by, at=at)


def run_here(batch_id: int) -> bool:
    """Do an import's waiting job in this process, under its lease; False while another process does it."""
    claimed = jobs.claim_key(f"import:{batch_id}", jobs.worker_name(), at=now())
    return claimed is not None and jobs.run(claimed)
