"""What happens to imports, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind("import.started", sentence=says(_("Import started by %(by)s")), help="An import was confirmed.", icon="upload")
@dataclass(frozen=True, slots=True)
class Started:
    batch: int


@kind(
    "import.finished",
    sentence=says(_("Import finished: %(new)s new, %(updated)s updated, %(unchanged)s unchanged")),
    help="An import was completed. new, updated and unchanged count records, rejected counts rows.",
    icon="upload",
)
@dataclass(frozen=True, slots=True)
class Finished:
    batch: int
    new: int
    updated: int
    unchanged: int
    rejected: int


@kind(
    "import.cancelled",
    sentence=says(_("Import cancelled by %(by)s")),
    help="An import was stopped and taken back.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class Cancelled:
    batch: int


@kind(
    "import.failed",
    sentence=says(_("Import failed")),
    help="An import met a file it could not read on; nothing of it stays.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class Failed:
    batch: int


@kind("import.undone", sentence=says(_("Import undone by %(by)s")), help="An import was taken back.", icon="undo")
@dataclass(frozen=True, slots=True)
class Undone:
    batch: int
