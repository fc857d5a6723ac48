"""Ways out, as the shop sets them up. Their settings are sealed, for they hold passwords."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime

import msgspec
from django.db import transaction

from regulars.base import secrets
from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.models import Setting
from regulars.channels.contract import ADAPTERS
from regulars.decisions.guard import Holiday, Rules
from regulars.messages import kinds
from regulars.messages.guarding import kept_rules
from regulars.messages.models import Halt, Sender
from regulars.stream.operations import record


def add_sender(
    *, channel: str, adapter: str, name: str, settings: Mapping[str, str], by: Actor, at: datetime,
    per_second: int | None = None, per_hour: int | None = None,
) -> Sender:  # fmt: skip
    """Keep a way out. LookupError if no such adapter exists."""
    if (channel, adapter) not in ADAPTERS:
        raise LookupError(f"there is no adapter {adapter!r} for {channel}")
    key, wrapped = secrets.new_key()
    with transaction.atomic():
        row = Sender.objects.create(
            channel=channel, adapter=adapter, name=name, wrapped_key=wrapped,
            sealed=secrets.seal(key, json.dumps(dict(settings))), per_second=per_second, per_hour=per_hour,
            left_of_second=per_second or 0, left_of_hour=per_hour or 0, counted_at=at, at=at, by=str(by),
        )  # fmt: skip
        _record("added", row, by=by, at=at)
    return row


def change_sender(
    sender: int, *, name: str, settings: Mapping[str, str], per_second: int | None, per_hour: int | None, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Change a way out; what it was allowed so far begins anew."""
    with transaction.atomic():
        row = Sender.objects.get(pk=sender)
        key = secrets.unwrap(bytes(row.wrapped_key))
        Sender.objects.filter(pk=sender).update(
            name=name, sealed=secrets.seal(key, json.dumps(dict(settings))), per_second=per_second, per_hour=per_hour,
            left_of_second=per_second or 0, left_of_hour=per_hour or 0, counted_at=at, at=at, by=str(by),
        )  # fmt: skip
        _record("changed", row, by=by, at=at)


def settings_of(sender: Sender) -> dict[str, str]:
    """Return the opened settings of a sender; raise secrets.Unreadable if the installation's key is another."""
    opened: dict[str, str] = json.loads(secrets.unseal(secrets.unwrap(bytes(sender.wrapped_key)), bytes(sender.sealed)))
    return opened


def retire_sender(sender: int, *, by: Actor, at: datetime) -> bool:
    """Have nothing leave by this way any more. False if it is put away already."""
    with transaction.atomic():
        if not Sender.objects.filter(pk=sender, retired_at=None).update(retired_at=at, retired_by=str(by)):
            return False
        _record("retired", Sender.objects.get(pk=sender), by=by, at=at)
    return True


def restore_sender(sender: int, *, by: Actor, at: datetime) -> bool:
    """Bring a way back that was put away. False if it is not away."""
    with transaction.atomic():
        away = Sender.objects.filter(pk=sender, retired_at__isnull=False)
        if not away.update(retired_at=None, retired_by=""):
            return False
        _record("restored", Sender.objects.get(pk=sender), by=by, at=at)
    return True


def lift_halt(sender: int, *, by: Actor, at: datetime) -> bool:
    """Let a way that stopped itself speak again, at a person's word. False if it is not stopped."""
    with transaction.atomic():
        if not Halt.objects.filter(sender_id=sender, lifted_at=None).update(lifted_at=at, lifted_by=str(by)):
            return False
        _record("resumed", Sender.objects.get(pk=sender), by=by, at=at)
    return True


def note_sender(what: str, sender: int, *, by: Actor, at: datetime) -> None:
    """Record what somebody set up at a way's provider: ``menu``, ``code``."""
    with transaction.atomic():
        _record(what, Sender.objects.get(pk=sender), by=by, at=at)


def _record(what: str, row: Sender, *, by: Actor, at: datetime) -> None:
    body = kinds.SenderChanged(sender=row.pk, what=what)
    record("sender.changed", f"sender.{what}:{row.pk}:{at.isoformat()}", body, by=by, at=at)


def add_holidays(days: Iterable[Holiday], *, by: Actor, at: datetime) -> list[date]:
    """Have nobody written to on these days; return which are new. A day that is there already keeps its name."""
    with transaction.atomic():
        rules = _locked_rules()
        known = {holiday.day: holiday for holiday in rules.holidays}
        new = {holiday.day: holiday for holiday in days if holiday.day not in known}
        if new:
            every = sorted((known | new).values(), key=lambda holiday: holiday.day)
            save_rules(replace(rules, holidays=tuple(every)), by=by, at=at)
    return sorted(new)


def remove_holidays(days: Collection[date], *, by: Actor, at: datetime) -> list[Holiday]:
    """Have these days be as any other; return which were holidays."""
    with transaction.atomic():
        rules = _locked_rules()
        gone = [holiday for holiday in rules.holidays if holiday.day in days]
        if gone:
            left = tuple(holiday for holiday in rules.holidays if holiday.day not in days)
            save_rules(replace(rules, holidays=left), by=by, at=at)
    return gone


def _locked_rules() -> Rules:
    Setting.objects.select_for_update().filter(name="guard").first()
    return kept_rules()


def save_rules(rules: Rules, *, by: Actor, at: datetime) -> None:
    """Keep the shop's rules for the guard; they hold from the next hand-over on."""
    value = msgspec.json.decode(msgspec.json.encode(asdict(rules)))
    with transaction.atomic():
        Setting.objects.update_or_create(name="guard", defaults={"value": value, "at": to_us(at), "by": str(by)})
        body = kinds.IdentityChanged(fields="rules")
        record("identity.changed", f"guard.changed:{at.isoformat()}", body, by=by, at=at)
