"""What other rooms tell this one: an opinion says something else now, waits again, or its author is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regulars.base import jobs
from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import now
from regulars.desks.voice.needs.models import Need, Sorter, Step, Told, Voice
from regulars.desks.voice.needs.names import is_safety, name_of
from regulars.desks.voice.needs.operations.confirming import release
from regulars.desks.voice.needs.rules import root_of
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.operations import hearing, pondering
from regulars.desks.voice.opinions.queries import NOTES, ROOMS, Note
from regulars.people.operations.forget import STILL_NEEDED
from regulars.people.operations.records import ON_ERASE

# What the page of opinions leads to.
PAGES = [(_("Sort opinions"), "needs:sort"), (_("Needs"), "needs:list"), (_("First hundred"), "needs:programs")]


def declare() -> None:
    """Listen."""
    if heard not in hearing.ON_HEARD:
        hearing.ON_HEARD.append(heard)
        pondering.ON_UNPONDERED.append(unpondered)
        # Before the opinions forget whose they are.
        ON_ERASE.insert(0, forget)
        NOTES.append(notes)
        ROOMS.extend(PAGES)
        STILL_NEEDED.extend(
            f"EXISTS (SELECT 1 FROM {table} x WHERE x.customer_id = people_customer.id)"  # noqa: S608 - our own tables
            for table in ("needs_told", "needs_step")
        )


def heard(opinion: Opinion) -> None:
    """Forget what an opinion named before its author changed it. A new one names nothing yet."""
    voices = list(Voice.objects.filter(opinion=opinion))
    if voices:
        release([v for v in voices if v.confirmed_at is not None], opinion, by=SYSTEM, at=now())
        Voice.objects.filter(opinion=opinion).delete()


def unpondered(opinions: Sequence[int], by: Actor, at: datetime) -> None:
    """Let what waits again name nothing."""
    voices = Voice.objects.filter(opinion_id__in=opinions, confirmed_at__isnull=False).select_related("opinion")
    for voice in voices.order_by("pk"):
        release([voice], voice.opinion, by=by, at=at)


def forget(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Forget who was told and asked; and learn anew, so that no word of hers is in what was learned."""
    Told.objects.filter(customer_id__in=customers).delete()
    Step.objects.filter(customer_id__in=customers).delete()
    # Also from what only waited something was learned.
    if Opinion.objects.filter(customer_id__in=customers).exclude(sealed=b"").exists():
        Sorter.objects.all().delete()
        jobs.enqueue("needs.train", key="needs.train")


def notes(opinions: Sequence[int]) -> Mapping[int, Sequence[Note]]:
    """Say beside an opinion what it names."""
    needs = Need.objects.in_bulk()
    parents = {pk: need.merged_into_id for pk, need in needs.items()}
    found: dict[int, list[Note]] = {}
    voices = Voice.objects.filter(opinion_id__in=opinions, confirmed_at__isnull=False, opinion__taken_back_at=None)
    for opinion, need in dict.fromkeys((v.opinion_id, root_of(parents, v.need_id)) for v in voices.order_by("pk")):
        row = needs[need]
        note = Note(name_of(row), reverse("needs:need", args=[need]), "warn" if is_safety(row) else "")
        found.setdefault(opinion, []).append(note)
    return found
