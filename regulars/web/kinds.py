"""What people do with the pages themselves, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind("view.saved", sentence=says(_("View saved by %(by)s")), help="Filters of a list were saved.", icon="star")
@dataclass(frozen=True, slots=True)
class ViewSaved:
    view: int
    page: str
    is_shared: bool


@kind("view.deleted", sentence=says(_("View deleted by %(by)s")), help="A saved view was deleted.", icon="star")
@dataclass(frozen=True, slots=True)
class ViewDeleted:
    view: int
    page: str


@kind(
    "list.downloaded",
    sentence=says(_("List downloaded by %(by)s")),
    help="Somebody downloaded a list as a file: of customers, orders or products, with or without contact data.",
    icon="download",
)
@dataclass(frozen=True, slots=True)
class ListDownloaded:
    page: str
    with_contacts: bool


@kind(
    "job.decided",
    sentence=says(_("Failed background work decided on by %(by)s")),
    help="Somebody had background work that was given up tried again, or put it aside.",
    icon="clock",
)
@dataclass(frozen=True, slots=True)
class JobDecided:
    job: int
    kind: str
    is_tried_again: bool


@kind(
    "keeping.changed",
    sentence=says(_("Changed by %(by)s: how long things are kept")),
    help="The shop said anew for how many days classes of data are kept.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class KeepingChanged:
    days: str  # class=days, joined by commas


@kind(
    "keeping.let_go",
    sentence=says(_("Old data removed, as the shop says how long it is kept")),
    help="Things older than their class is kept were removed.",
    icon="clock",
)
@dataclass(frozen=True, slots=True)
class LetGo:
    name: str
    count: int
    days: int
