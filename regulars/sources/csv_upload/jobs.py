"""The work of imports that runs behind the pages."""

from __future__ import annotations

from regulars.base.jobs import job
from regulars.sources.csv_upload import operations


@job("imports.check")
def check(batch: int) -> None:
    """Count what an import would do."""
    operations.run_check(batch)


@job("imports.run")
def run(batch: int) -> None:
    """Import, from the checkpoint on."""
    operations.run_import(batch)


@job("imports.undo")
def undo(batch: int, by: str) -> None:
    """Take an import back."""
    operations.run_undo(batch, by)
