"""The lines of the work list that are known from the start; other rooms add theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.base.clock import from_us, local_midnight
from regulars.base.installation import shop_settings
from regulars.base.models import Job
from regulars.desks.voice.opinions import queries as opinions
from regulars.desks.voice.quality import queries as quality
from regulars.messages.models import Halt
from regulars.people import queries as people
from regulars.sources.csv_upload import queries as imports
from regulars.sources.csv_upload.models import Batch
from regulars.staff.models import Staff
from regulars.staff.rules import Permission, allowed
from regulars.ui.templatetags.ui import number
from regulars.web.numbers import shelf
from regulars.web.worklist import WorkItem, register


@register
def imports_waiting(staff: Staff) -> Iterator[WorkItem]:
    """Yield every import that waits to be confirmed, mapped or looked into."""
    if not allowed(staff.role, Permission.IMPORT_DATA):
        return
    texts = {
        Batch.State.DRAFT: _("“%(file)s” waits to be mapped"),
        Batch.State.CHECKED: _("“%(file)s” is checked and waits for your yes"),
        Batch.State.FAILED: _("“%(file)s” could not be imported"),
    }
    for batch in imports.waiting():
        is_failed = batch.state == Batch.State.FAILED
        yield WorkItem(
            "import_failed" if is_failed else "import_waiting",
            "alert" if is_failed else "upload",
            texts[Batch.State(batch.state)] % {"file": batch.file_name},
            batch.at,
            reverse("imports:batch", args=[batch.pk]),
        )


@register
def merge_suggestions(staff: Staff) -> Iterator[WorkItem]:
    """Yield one line for all pairs of records that may be one person."""
    if not allowed(staff.role, Permission.EDIT_CUSTOMERS):
        return
    waiting = people.open_suggestions(1)
    if waiting:
        count = people.open_suggestion_count()
        text = ngettext(
            "%(count)s pair of customers may be one person", "%(count)s pairs of customers may be one person", count
        )
        yield WorkItem(
            "merge_suggestions",
            "merge",
            text % {"count": number(count)},
            waiting[0].at,
            reverse("web:suggestions"),
            count,
        )


@register
def worked_out(staff: Staff) -> Iterator[WorkItem]:
    """Yield what was found while the numbers were worked out: lapsing regulars, orders without an exchange rate."""
    where = shelf.place("work")
    kept = shelf.read(where).get(where)
    if kept is None:
        return
    lapsing, missing = kept.data["lapsing"], kept.data["without_rate"]
    if lapsing["count"] and allowed(staff.role, Permission.SEE_NUMBERS):
        count = lapsing["count"]
        text = ngettext("%(count)s regular is slipping away", "%(count)s regulars are slipping away", count)
        since = local_midnight(date.fromisoformat(lapsing["since"]), shop_settings().zone)
        href = reverse("web:number", args=["lapsing"])
        yield WorkItem("lapsing", "clock", text % {"count": number(count)}, since, href, count)
    if "needs" in kept.data and allowed(staff.role, Permission.HEAR_CUSTOMERS):
        yield from _needs_waiting(kept.data["needs"])
    if missing["count"] and allowed(staff.role, Permission.MANAGE_SETTINGS):
        count = missing["count"]
        text = ngettext(
            "%(count)s order in %(currencies)s has no exchange rate",
            "%(count)s orders in %(currencies)s have no exchange rate",
            count,
        ) % {"count": number(count), "currencies": ", ".join(missing["currencies"])}
        yield WorkItem(
            "without_rate", "globe", text, from_us(missing["since_us"]), f"{reverse('web:settings')}#rates", count
        )


@register
def dead_jobs(staff: Staff) -> Iterator[WorkItem]:
    """Yield one line for the background work that was given up."""
    if not allowed(staff.role, Permission.MANAGE_SETTINGS):
        return
    found = Job.objects.filter(state=Job.State.DEAD).aggregate(count=Count("id"), since=Min("finished_at"))
    if found["count"]:
        text = ngettext(
            "%(count)s piece of background work failed for good", "%(count)s pieces of background work failed for good",
            found["count"],
        ) % {"count": number(found["count"])}  # fmt: skip
        yield WorkItem("dead_jobs", "alert", text, found["since"], reverse("web:dead_jobs"), found["count"])


@register
def speaking_stopped(staff: Staff) -> Iterator[WorkItem]:
    """Yield what stopped itself before a provider or a customer had enough."""
    if not allowed(staff.role, Permission.REACH_CUSTOMERS):
        return
    halts = Halt.objects.filter(lifted_at=None).exclude(reason="by_hand").select_related("sender", "sending")
    for halt in halts.order_by("at")[:20]:
        if halt.sender is not None:
            text = _("“%(name)s” stopped itself: nothing leaves by it") % {"name": halt.sender.name}
            href = reverse("senders:speaking")
        else:
            text, href = _("A campaign stopped itself: too many addresses were dead"), reverse("campaigns:list")
        yield WorkItem("speaking_stopped", "alert", text, halt.at, href)


@register
def opinions_waiting(staff: Staff) -> Iterator[WorkItem]:
    """Yield the cases that are open, and what nobody has read yet."""
    if not allowed(staff.role, Permission.HEAR_CUSTOMERS):
        return
    found = opinions.work()
    if "cases" in found:
        count, since = found["cases"]
        text = ngettext("%(count)s case is open", "%(count)s cases are open", count)
        href = reverse("opinions:list") + "?pile=cases"
        yield WorkItem("cases", "alert", text % {"count": number(count)}, since, href, count)
    if "waiting" in found:
        count, since = found["waiting"]
        text = ngettext("%(count)s opinion waits to be read", "%(count)s opinions wait to be read", count)
        href = reverse("opinions:list")
        yield WorkItem("opinions", "heart", text % {"count": number(count)}, since, href, count)


@register
def lots_in_doubt(staff: Staff) -> Iterator[WorkItem]:
    """Yield every lot that goes wrong too often, or failed a check, until a person decides."""
    if not allowed(staff.role, Permission.KEEP_GOODS):
        return
    for row in quality.under_suspicion()[:20]:
        if row.suspicion is None:
            continue
        if row.suspicion.is_failing:
            text = _("Lot %(code)s of %(product)s goes wrong too often: stop it?")
        else:
            text = _("Lot %(code)s of %(product)s failed a check: stop it?")
        text = text % {"code": row.lot.code, "product": row.lot.product.title}
        yield WorkItem("lot_in_doubt", "box", text, row.suspicion.since, reverse("quality:lot", args=[row.lot.pk]))


def _needs_waiting(found: Mapping[str, Any]) -> Iterator[WorkItem]:
    """Yield the needs that nobody does anything about, the deeds that are late, and those that did not help."""
    href = reverse("needs:list")
    if count := found["idle"]:
        text = ngettext("%(count)s need has no deed", "%(count)s needs have no deed", count)
        yield WorkItem("needs", "heart", text % {"count": number(count)}, from_us(found["idle_since_us"]), href, count)
    if count := found["late"]:
        text = ngettext("%(count)s deed is overdue", "%(count)s deeds are overdue", count)
        yield WorkItem("deeds", "clock", text % {"count": number(count)}, from_us(found["late_since_us"]), href, count)
    for deed, judged_us in found["failed"]:
        text = _("A deed did not help: plan something else")
        yield WorkItem("deed_failed", "alert", text, from_us(judged_us), reverse("needs:deed", args=[deed]))
