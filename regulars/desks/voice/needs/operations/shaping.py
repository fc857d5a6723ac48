"""What the needs are: made, named, weighed, put together, taken apart; each of it can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.base.actor import Actor
from regulars.base.text import plain
from regulars.desks.voice.needs import kinds
from regulars.desks.voice.needs.models import Need, Split, Voice
from regulars.desks.voice.needs.rules import root_of
from regulars.stream.operations import record

MOST_NAME = 80
EDITABLE = ("names", "summary", "severity", "is_safety")


def make_need(names: Mapping[str, str], *, by: Actor, at: datetime, severity: int | None = None) -> Need:
    """Make a need of the shop's own; one that is called so already is returned as it is."""
    names = _tidy(names)
    if not names:
        raise ValueError("a need has a name in at least one language")
    with transaction.atomic():
        for known in Need.objects.filter(merged_into=None).order_by("pk"):
            if {name.casefold() for name in known.names.values()} & {name.casefold() for name in names.values()}:
                return known
        row = Need.objects.create(names=names, severity=_severity(severity), at=at, by=str(by))
        _record("need.made", row.pk, kinds.Made(need=row.pk), by=by, at=at)
    return row


def need_of_theme(theme: str, *, by: Actor, at: datetime) -> Need:
    """Return the need of a theme of the taxonomy."""
    row, _is_new = Need.objects.get_or_create(theme=theme, defaults={"at": at, "by": str(by)})
    return row


def change_need(need: int, *, by: Actor, at: datetime, **values: Any) -> bool:
    """Change name, summary or weight of a need. False if nothing differs; TypeError for another field."""
    if unknown := sorted(set(values) - set(EDITABLE)):
        raise TypeError(f"a need has no {', '.join(unknown)} to change")
    if "names" in values:
        values["names"] = _tidy(values["names"])
    if "severity" in values:
        values["severity"] = _severity(values["severity"])
    if "summary" in values:
        values["summary"] = plain(values["summary"])[:500]
    with transaction.atomic():
        row = Need.objects.select_for_update().get(pk=need)
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        if not changed:
            return False
        Need.objects.filter(pk=need).update(**{name: values[name] for name in changed})
        body = kinds.Changed(need=need, fields=",".join(changed))
        _record("need.changed", need, body, by=by, at=at)
    return True


def _tidy(names: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, name in names.items() if (text := plain(name)[:MOST_NAME])}


def _severity(severity: int | None) -> int | None:
    if severity is not None and not 1 <= severity <= 5:
        raise ValueError(f"severity is {severity}; use 1 to 5")
    return severity


def merge_needs(folded: int, *, into: int, by: Actor, at: datetime) -> bool:
    """Make two needs one. False if they are one already. The voices stay where they are, and are counted together."""
    with transaction.atomic():
        parents = dict(Need.objects.select_for_update().values_list("pk", "merged_into_id"))
        source, target = root_of(parents, folded), root_of(parents, into)
        if source == target:
            return False
        Need.objects.filter(pk=source).update(merged_into=target)
        body = kinds.Merged(need=source, into=target)
        _record("need.merged", source, body, by=by, at=at)
    return True


def unmerge_need(folded: int, *, by: Actor, at: datetime) -> bool:
    """Part a need again from the one it was merged into. False if it is not merged."""
    with transaction.atomic():
        if not Need.objects.filter(pk=folded, merged_into__isnull=False).update(merged_into=None):
            return False
        _record("need.unmerged", folded, kinds.Unmerged(need=folded), by=by, at=at)
    return True


def split_need(
    need: int, opinions: Collection[int], *, names: Mapping[str, str], by: Actor, at: datetime
) -> Split | None:
    """Make a new need of some of the opinions behind one; None if none of them is behind it."""
    with transaction.atomic():
        parents = dict(Need.objects.values_list("pk", "merged_into_id"))
        family = [pk for pk in parents if root_of(parents, pk) == root_of(parents, need)]
        found = Voice.objects.select_for_update().filter(need_id__in=family, opinion_id__in=set(opinions))
        voices = list(found.exclude(confirmed_at=None).order_by("pk"))
        if not voices:
            return None
        made = Need.objects.create(names=_tidy(names), at=at, by=str(by))
        if not made.names:
            raise ValueError("a need has a name in at least one language")
        first: dict[int, int] = {}
        for voice in voices:
            first.setdefault(voice.opinion_id, voice.pk)
        # One that was behind two needs of those merged here is one voice of the new one.
        Voice.objects.filter(pk__in=[v.pk for v in voices if first[v.opinion_id] != v.pk]).delete()
        Voice.objects.filter(pk__in=first.values()).update(need=made)
        moved = [[voice.opinion_id, voice.need_id] for voice in voices]
        row = Split.objects.create(source_id=need, made=made, voices=moved, at=at, by=str(by))
        body = kinds.WasSplit(need=need, made=made.pk, voices=len(first))
        _record("need.split", need, body, by=by, at=at)
    return row


def unsplit_need(split: int, *, by: Actor, at: datetime) -> bool:
    """Put the voices of a split back where they were. False if it was taken back already.

    The need that it made goes with it, unless something has happened to it since.
    """
    with transaction.atomic():
        row = Split.objects.select_for_update().filter(pk=split, undone_at=None).first()
        if row is None:
            return False
        now_there = {voice.opinion_id: voice for voice in Voice.objects.filter(need=row.made_id)}
        for opinion, need in row.voices:
            voice = now_there.get(opinion)
            # What a person took back since stays taken back; what she put there again by hand is there once.
            if voice is not None and not Voice.objects.filter(opinion_id=opinion, need_id=need).exists():
                Voice.objects.create(
                    opinion_id=opinion, need_id=need, piece=voice.piece, probability=voice.probability,
                    confirmed_at=voice.confirmed_at, confirmed_by=voice.confirmed_by,
                )  # fmt: skip
        Voice.objects.filter(need=row.made_id, opinion_id__in=[opinion for opinion, _need in row.voices]).delete()
        body = kinds.Unsplit(need=row.source_id, made=row.made_id)
        _record("need.unsplit", row.source_id, body, by=by, at=at)
        made = Need.objects.filter(pk=row.made_id, folded=None, merged_into=None, voice=None, deed=None)
        if not Split.objects.filter(source=row.made_id).exists() and made.exists():
            Need.objects.get(pk=row.made_id).delete()
        else:
            Split.objects.filter(pk=split).update(undone_at=at, undone_by=str(by))
    return True


def _record(kind: str, need: int, body: object, *, by: Actor, at: datetime) -> None:
    record(kind, f"{kind}:{need}:{at.isoformat()}", body, by=by, at=at, subject=f"need:{need}")
