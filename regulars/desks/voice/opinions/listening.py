"""What people write back to the shop, by whatever way, is an opinion too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.base.actor import SYSTEM
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.operations.cases import with_open_case
from regulars.desks.voice.opinions.operations.hearing import NewOpinion, forget_opinions, hear
from regulars.desks.voice.opinions.sealing import Words, fingerprint, words_of
from regulars.messages import world
from regulars.messages.models import Said
from regulars.messages.operations import hearing as messages
from regulars.people.exporting import SECTIONS, instant
from regulars.people.operations.forget import STILL_NEEDED
from regulars.people.operations.records import ON_ERASE

# Rooms that take some messages as their own (the answer to a question) say so here; what they take is not heard twice.
TAKEN_BY: list[Callable[[Said], bool]] = []


def declare() -> None:
    """Listen: to what is written back, to who is forgotten, to whoever asks what is kept; and stop what sells."""
    if hear_said not in messages.ON_SAID:
        messages.ON_SAID.append(hear_said)
    if forget_opinions not in ON_ERASE:
        ON_ERASE.append(forget_opinions)
        STILL_NEEDED.append("EXISTS (SELECT 1 FROM opinions_opinion x WHERE x.customer_id = people_customer.id)")
    if with_open_case not in world.OPEN_COMPLAINTS:
        world.OPEN_COMPLAINTS.append(with_open_case)
    SECTIONS["opinions"] = kept


def hear_said(said: Said) -> None:
    """Take in what somebody wrote back. A word without a customer is heard as well."""
    words = messages.words_of(said)
    if not words["text"].strip() or any(take(said) for take in TAKEN_BY):
        return
    touch = said.touch
    said_words = Words(words["text"], words["subject"])
    if said.sender_id is None and touch is not None and _is_heard(touch.pk, said_words):
        return  # by the port on whose page she wrote it
    new = NewOpinion(
        source="reply" if said.sender_id else "page", key=f"said:{said.pk}", said_at=said.at,
        words=said_words, customer=said.customer_id,
        scope=touch.sending.scope if touch else "", touch=touch.pk if touch else None,
        place=said.sender.channel if said.sender else "",
    )  # fmt: skip
    hear(new, by=SYSTEM, at=said.at)


def _is_heard(touch: int, words: Words) -> bool:
    return Opinion.objects.filter(touch_id=touch, source="page", fingerprint=fingerprint(words)).exists()


def kept(records: list[int]) -> list[dict[str, Any]]:
    """Return what these customers said, for their data export."""
    rows = list(Opinion.objects.filter(customer_id__in=records).order_by("said_at", "pk"))
    words = words_of(rows)
    return [
        {
            "at": instant(row.said_at), "where": row.source, "mark": row.mark, "of": row.best,
            **(words[row.pk]._asdict() if row.pk in words else {}),
        }
        for row in rows
    ]  # fmt: skip
