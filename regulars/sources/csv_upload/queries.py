"""Reading imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from regulars.base.models import Job
from regulars.sources.csv_upload.models import Batch

ACTIVE = (Batch.State.IMPORTING, Batch.State.DONE, Batch.State.UNDOING)
RUNNING = (Batch.State.CHECKING, Batch.State.IMPORTING, Batch.State.UNDOING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running import is. ``total`` 0: not known; ``rows_per_second`` and ``seconds_left`` None: too early."""

    done: int
    total: int
    rows_per_second: float | None
    seconds_left: float | None


def progress(batch: Batch, *, at: datetime) -> Progress:
    """Return how far the import is at ``at``."""
    if batch.started_at is None:
        return Progress(batch.rows_done, batch.rows_total, None, None)
    seconds = (at - batch.started_at).total_seconds()
    rate = batch.rows_done / seconds if seconds > 0 and batch.rows_done else None
    left = max(0, batch.rows_total - batch.rows_done) / rate if rate and batch.rows_total else None
    return Progress(batch.rows_done, batch.rows_total, rate, left)


def latest(limit: int = 100) -> list[Batch]:
    """Return the imports, latest first."""
    return list(Batch.objects.order_by("-id")[:limit])


def waiting() -> list[Batch]:
    """Return the imports that wait for a person: to be mapped, confirmed or looked into; longest waiting first."""
    states = [Batch.State.DRAFT, Batch.State.CHECKED, Batch.State.FAILED]
    return list(Batch.objects.filter(state__in=states).order_by("at"))


def unfinished(file_sha256: str, store_id: int) -> Batch | None:
    """Return the import of this very file into this store that was begun and has not ended, if there is one."""
    begun = Batch.objects.filter(file_sha256=file_sha256, store_id=store_id, state=Batch.State.IMPORTING)
    return begun.order_by("id").first()


def later_import_on_same_rows(batch_id: int) -> int | None:
    """Return a later import, not undone, that changed rows this one made or changed; None if there is none."""
    marks = ", ".join(["%s"] * len(ACTIVE))
    sql = f"""
        SELECT min(c.batch_id) FROM csv_upload_change c JOIN csv_upload_batch b ON b.id = c.batch_id
        WHERE b.state IN ({marks}) AND c.batch_id > %s AND (
            (c."table" = 'order' AND c.row_id IN (SELECT id FROM shop_order WHERE batch = %s))
            OR (c."table" = 'product' AND c.row_id IN (SELECT id FROM shop_product WHERE batch = %s))
            OR (c."table" = 'customer' AND c.row_id IN (SELECT id FROM people_customer WHERE batch = %s))
            OR EXISTS (SELECT 1 FROM csv_upload_change m
                       WHERE m.batch_id = %s AND m."table" = c."table" AND m.row_id = c.row_id))"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*ACTIVE, *[batch_id] * 5])
        row = cursor.fetchone()
    return row[0] if row else None


def stuck_because(batch_id: int) -> str | None:
    """Return why the running import's job has given up, in its last error's words; None while it may go on."""
    job = Job.objects.filter(kind__startswith="imports.", args__batch=batch_id).order_by("-id").first()
    if job is None:
        return _("its job is gone")
    return (job.error.strip().splitlines() or [""])[-1] if job.state == Job.State.DEAD else None
