"""Work that waits in the demo, and the background work a running shop would have done by now."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.base.clock import now as present
from regulars.cli.demo.build import waiting_file
from regulars.shop.models import Store
from regulars.sources.csv_upload import operations as imports
from regulars.staff.models import Staff


def leave_an_import_waiting(home: Path, now: datetime) -> None:
    """Let Mia have uploaded and checked a file that nobody confirmed yet."""
    by = Actor("staff", Staff.objects.get(name="Mia").pk)
    store = Store.objects.get(platform="")
    path = waiting_file(home / "market-stall.csv", now)
    try:
        batch, proposal = imports.start_draft(path=path, name="market-stall.csv", store=store, by=by, at=now)
    finally:
        path.unlink()
    imports.set_plan(batch.pk, proposal.plan, store=store, by=by, at=now)
    imports.request_check(batch.pk, by=by, at=now)
    imports.run_here(batch.pk)


def catch_up() -> None:
    """Do what the schedule would have done: value orders, write the lake, count the numbers of Today."""
    jobs.schedule(at=present())
    jobs.run_due()
