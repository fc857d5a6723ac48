"""What is done about a need: planned with an owner and a day, done, shown, judged by what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from regulars.base.actor import Actor
from regulars.base.text import plain
from regulars.desks.voice.needs import kinds
from regulars.desks.voice.needs.models import Deed
from regulars.desks.voice.needs.rules import Effect
from regulars.stream.operations import record

MOST = 300
MOST_PUBLIC = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeed:
    """What is to be done, by whom (staff) and until when."""

    need: int
    action: str
    owner: int
    due: date
    cause: str = ""
    follows: int | None = None  # the deed that did not help


def plan_deed(new: NewDeed, *, by: Actor, at: datetime) -> Deed:
    """Plan a deed. What follows a deed that did not help is planned once: the second time it is returned as it is."""
    action = plain(new.action)[:MOST]
    if not action:
        raise ValueError("say what is to be done")
    with transaction.atomic():
        if new.follows is not None:
            Deed.objects.select_for_update().get(pk=new.follows)
            if known := Deed.objects.filter(follows=new.follows).first():
                return known
        row = Deed.objects.create(
            need_id=new.need, action=action, cause=plain(new.cause)[:MOST], owner_id=new.owner, due_date=new.due,
            planned_at=at, planned_by=str(by), follows_id=new.follows,
        )  # fmt: skip
        body = kinds.Planned(deed=row.pk, need=row.need_id, owner=new.owner, due=str(new.due), follows=new.follows)
        _record("deed.planned", row, body, by=by, at=at)
    return row


def change_deed(
    deed: int, *, action: str, cause: str, owner: int, due: date, by: Actor, at: datetime
) -> bool:  # fmt: skip
    """Change a deed that is not done. False if it is, or if nothing differs."""
    wanted: dict[str, Any] = {
        "action": plain(action)[:MOST], "cause": plain(cause)[:MOST], "owner_id": owner, "due_date": due,
    }  # fmt: skip
    if not wanted["action"]:
        raise ValueError("say what is to be done")
    with transaction.atomic():
        row = Deed.objects.select_for_update().get(pk=deed)
        is_open = row.done_at is None and row.dropped_at is None
        if not is_open or all(getattr(row, name) == value for name, value in wanted.items()):
            return False
        Deed.objects.filter(pk=deed).update(**wanted)
        _record("deed.changed", row, kinds.DeedChanged(deed=deed, need=row.need_id), by=by, at=at)
    return True


def do_deed(deed: int, *, by: Actor, at: datetime) -> bool:
    """Write down that a deed is done. False if it is done or given up already."""
    return _move(deed, "deed.done", kinds.Done, {"done_at": at, "done_by": str(by)}, by=by, at=at, done_at=None)


def undo_deed(deed: int, *, by: Actor, at: datetime) -> bool:
    """Take back that a deed is done, or given up: it is planned again, and not shown. False if it is planned."""
    back: dict[str, Any] = {
        "done_at": None, "done_by": "", "dropped_at": None, "dropped_by": "", "verdict": "", "judged_at": None,
        "shown_at": None, "shown_by": "",
    }  # fmt: skip
    with transaction.atomic():
        row = Deed.objects.select_for_update().get(pk=deed)
        if row.done_at is None and row.dropped_at is None:
            return False
        Deed.objects.filter(pk=deed).update(**back)
        _record("deed.undone", row, kinds.Undone(deed=deed, need=row.need_id), by=by, at=at)
    return True


def drop_deed(deed: int, *, by: Actor, at: datetime) -> bool:
    """Give a planned deed up. False if it is done or given up already."""
    values = {"dropped_at": at, "dropped_by": str(by)}
    return _move(deed, "deed.dropped", kinds.Dropped, values, by=by, at=at, done_at=None)


def show_deed(deed: int, texts: Mapping[str, str], *, by: Actor, at: datetime) -> bool:
    """Put a deed that is done on the public page, in these words by language. False if it is not done."""
    public = {code: text for code, words in texts.items() if (text := words.strip()[:MOST_PUBLIC])}
    if not public:
        raise ValueError("say in at least one language what was done")
    values = {"public": public, "shown_at": at, "shown_by": str(by)}
    return _move(deed, "deed.shown", kinds.Shown, values, by=by, at=at, done_at__isnull=False)


def hide_deed(deed: int, *, by: Actor, at: datetime) -> bool:
    """Take a deed from the public page. False if it is not there."""
    values = {"shown_at": None, "shown_by": ""}
    return _move(deed, "deed.hidden", kinds.Hidden, values, by=by, at=at, shown_at__isnull=False)


def judge_deed(deed: int, effect: Effect, *, by: Actor, at: datetime) -> bool:
    """Write down what the test of a deed's effect came to. False if it says what it said before, or nothing yet."""
    if not effect.verdict:
        return False
    with transaction.atomic():
        found = Deed.objects.filter(pk=deed, done_at__isnull=False).exclude(verdict=effect.verdict)
        if not found.update(verdict=effect.verdict, judged_at=at):
            return False
        row = Deed.objects.get(pk=deed)
        body = kinds.Judged(
            deed=deed, need=row.need_id, verdict=effect.verdict, days=effect.days, ratio=effect.comparison.ratio
        )
        _record("deed.judged", row, body, by=by, at=at)
    return True


def _move(
    deed: int, kind: str, body: type, values: Mapping[str, Any], *, by: Actor, at: datetime, **only: Any
) -> bool:  # fmt: skip
    with transaction.atomic():
        if not Deed.objects.filter(pk=deed, dropped_at=None, **only).update(**values):
            return False
        row = Deed.objects.get(pk=deed)
        _record(kind, row, body(deed=deed, need=row.need_id), by=by, at=at)
    return True


def _record(kind: str, row: Deed, body: object, *, by: Actor, at: datetime) -> None:
    record(kind, f"{kind}:{row.pk}:{at.isoformat()}", body, by=by, at=at, subject=row.scope)
