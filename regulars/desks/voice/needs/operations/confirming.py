"""What an opinion names: proposed by the sorter, said by a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.desks.voice.needs import kinds
from regulars.desks.voice.needs.models import Voice
from regulars.desks.voice.needs.operations.shaping import need_of_theme
from regulars.desks.voice.opinions.models import Opinion, Pondering
from regulars.desks.voice.opinions.operations import ponder
from regulars.stream.operations import record

# Confirmations come one after the other; learning waits until there are a few.
TRAINS_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the sorter thinks an opinion may name: a theme of the taxonomy, or a need of the shop's own by its id."""

    theme: str
    need: int | None
    piece: int
    probability: float


def confirm(opinion: int, needs: Collection[int], *, by: Actor, at: datetime, is_answered: bool = False) -> int:
    """Write down that a person found an opinion to name exactly these needs; return how many are news.

    What says the same in nearly the same words names them too. ValueError if there are no needs: that is "noted".
    """
    wanted = set(needs)
    if not wanted:
        raise ValueError("an opinion names at least one need; use ponder(how='noted') for none")
    news = 0
    with transaction.atomic():
        same = Q(pk=opinion) | Q(same_as_id=opinion)
        rows = list(Opinion.objects.select_for_update(of=("self",)).filter(same, taken_back_at=None).order_by("pk"))
        for row in rows:
            kept = {voice.need_id: voice for voice in Voice.objects.filter(opinion=row)}
            gone = [v for need, v in kept.items() if v.confirmed_at is not None and need not in wanted]
            release(gone, row, by=by, at=at)
            for need in sorted(wanted):
                news += _confirm_one(row, need, kept.get(need), by=by, at=at)
        if rows:
            _ponder(opinion, is_answered, by=by, at=at)
            jobs.enqueue("needs.train", key="needs.train", run_at=at + TRAINS_AFTER)
    return news


def _ponder(opinion: int, is_answered: bool, *, by: Actor, at: datetime) -> None:
    # That somebody answered her is not forgotten because it is known by now what she asked for.
    if is_answered:
        ponder([opinion], how="answered", by=by, at=at)
    elif not Pondering.objects.filter(opinion_id=opinion, how=Pondering.How.ANSWERED).exists():
        ponder([opinion], how="need", by=by, at=at)


def _confirm_one(row: Opinion, need: int, voice: Voice | None, *, by: Actor, at: datetime) -> bool:
    if voice is None:
        Voice.objects.create(opinion=row, need_id=need, confirmed_at=at, confirmed_by=str(by))
    elif not Voice.objects.filter(pk=voice.pk, confirmed_at=None).update(confirmed_at=at, confirmed_by=str(by)):
        return False
    body = kinds.Heard(need=need, opinion=row.pk, probability=voice.probability if voice else None)
    _record("need.heard", row, need, body, by=by, at=at)
    return True


def release(voices: Sequence[Voice], row: Opinion, *, by: Actor, at: datetime) -> None:
    """Take back that an opinion names these; what the sorter proposed is a proposal again."""
    for voice in voices:
        if voice.probability is None:
            voice.delete()
        else:
            Voice.objects.filter(pk=voice.pk).update(confirmed_at=None, confirmed_by="")
        body = kinds.Unheard(need=voice.need_id, opinion=row.pk)
        _record("need.unheard", row, voice.need_id, body, by=by, at=at)


def keep_proposals(found: Mapping[int, Sequence[Proposal]], *, by: Actor, at: datetime) -> int:
    """Keep what the sorter proposes for opinions that still wait, instead of what it proposed before; return how many.

    Nothing is recorded: what a machine thinks has not happened.
    """
    with transaction.atomic():
        waiting = Opinion.objects.filter(pk__in=found, pondering=None, taken_back_at=None)
        ids = set(waiting.values_list("pk", flat=True))
        themes = {p.theme for pk in ids for p in found[pk] if p.need is None}
        needs = {theme: need_of_theme(theme, by=by, at=at).pk for theme in sorted(themes)}
        Voice.objects.filter(opinion_id__in=ids, confirmed_at=None).delete()
        best: dict[tuple[int, int], Proposal] = {}
        for pk in ids:
            for proposal in found[pk]:
                place = (pk, proposal.need if proposal.need is not None else needs[proposal.theme])
                if place not in best or best[place].probability < proposal.probability:
                    best[place] = proposal
        rows = [
            Voice(opinion_id=pk, need_id=need, piece=proposal.piece, probability=proposal.probability)
            for (pk, need), proposal in best.items()
        ]
        # A person may have confirmed one by hand in the same moment; hers stands.
        Voice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _record(kind: str, row: Opinion, need: int, body: object, *, by: Actor, at: datetime) -> None:
    record(
        kind, f"{kind}:{row.pk}:{need}:{at.isoformat()}", body, by=by, at=at, customer=row.customer_id,
        store=row.store_id, subject=f"need:{need}",
    )  # fmt: skip
