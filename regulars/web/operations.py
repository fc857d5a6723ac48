"""Every write of the pages themselves: saved views, and the record of what was downloaded."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base import jobs, keeping
from regulars.base.actor import Actor
from regulars.base.models import Job
from regulars.staff.models import Staff
from regulars.stream.operations import record
from regulars.web import kinds
from regulars.web.models import SavedView

PAGES = ("customers", "orders", "products")
NAME_LENGTH = 60
QUERY_LENGTH = 1000


class ViewRefused(ValueError):
    """This view cannot be saved or deleted; the text says why."""


def save_view(*, page: str, name: str, query: str, owner: Staff, is_shared: bool, by: Actor, at: datetime) -> SavedView:
    """Keep a list's filters under a name; the same name again replaces them. Raises ViewRefused."""
    name = " ".join(name.split())
    if page not in PAGES:
        raise ViewRefused(_("Views of this page cannot be saved."))
    if not name:
        raise ViewRefused(_("Give the view a name."))
    if len(name) > NAME_LENGTH:
        raise ViewRefused(_("The name is longer than %(length)d characters.") % {"length": NAME_LENGTH})
    if len(query) > QUERY_LENGTH:
        raise ViewRefused(_("These filters are too long to be saved. Remove some."))
    with transaction.atomic():
        view, _made = SavedView.objects.update_or_create(
            page=page,
            owner=owner,
            name=name,
            defaults={"query": query, "is_shared": is_shared, "at": at, "by": str(by)},
        )
        body = kinds.ViewSaved(view=view.pk, page=page, is_shared=is_shared)
        record("view.saved", f"view.saved:{view.pk}:{at.isoformat()}", body, by=by, at=at)
    return view


def delete_view(*, view: int, owner: Staff, by: Actor, at: datetime) -> SavedView:
    """Delete one's own view and return what it was. Raises ViewRefused if there is none such."""
    with transaction.atomic():
        found = SavedView.objects.filter(pk=view, owner=owner).first()
        if found is None:
            raise ViewRefused(_("This view is not yours, or it was deleted already."))
        SavedView.objects.filter(pk=view).delete()
        body = kinds.ViewDeleted(view=view, page=found.page)
        record("view.deleted", f"view.deleted:{view}", body, by=by, at=at)
    return found


def record_download(*, page: str, with_contacts: bool, by: Actor, at: datetime) -> None:
    """Write down that somebody downloads a list."""
    body = kinds.ListDownloaded(page=page, with_contacts=with_contacts)
    record("list.downloaded", f"list.downloaded:{page}:{by}:{at.isoformat()}", body, by=by, at=at)


def decide_on_job(*, job: int, is_tried_again: bool, by: Actor, at: datetime) -> bool:
    """Have background work that was given up tried again, or put it aside. False if somebody decided before."""
    with transaction.atomic():
        kind = Job.objects.filter(pk=job).values_list("kind", flat=True).first()
        if kind is None or not (jobs.revive(job, at=at) if is_tried_again else jobs.discard(job)):
            return False
        body = kinds.JobDecided(job=job, kind=kind, is_tried_again=is_tried_again)
        record("job.decided", f"job.decided:{job}:{at.isoformat()}", body, by=by, at=at)
    return True


def change_keeping(*, days: dict[str, int], by: Actor, at: datetime) -> None:
    """Say for how many days classes of data are kept. ValueError for an unknown class or a number out of bounds."""
    with transaction.atomic():
        keeping.save_days(days, by=by, at=at)
        said = ",".join(f"{name}={count}" for name, count in sorted(days.items()))
        record("keeping.changed", f"keeping.changed:{at.isoformat()}", kinds.KeepingChanged(said), by=by, at=at)


def let_go(*, by: Actor, at: datetime) -> dict[str, int]:
    """Remove what is older than the shop keeps it; return how many of each class went. Stopped, it goes on later."""
    gone: dict[str, int] = {}
    for name, days in keeping.days_kept().items():
        gone[name] = keeping.CLASSES[name].remove(at - timedelta(days=days), at)
        if gone[name]:
            body = kinds.LetGo(name=name, count=gone[name], days=days)
            record("keeping.let_go", f"keeping.let_go:{name}:{at.isoformat()}", body, by=by, at=at)
    return gone
