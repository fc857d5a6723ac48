"""The first hundred: begun, asked, answered, finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from regulars.base.actor import Actor
from regulars.base.text import plain
from regulars.desks.voice.needs import kinds
from regulars.desks.voice.needs.models import Program, Step
from regulars.desks.voice.needs.queries.programs import members, not_asked
from regulars.messages import operations as ledger
from regulars.messages.models import Touch
from regulars.messages.writing import fields_in
from regulars.stream.operations import record

MOST = 500
WORTH = timedelta(days=3)


def begin_program(
    *, name: str, store: int | None, product: int | None, begins_at: datetime, by: Actor, at: datetime, size: int = 100
) -> Program:
    """Begin a programme for the first ``size`` customers of a store or of a product from an instant on."""
    if not 1 <= size <= MOST:
        raise ValueError(f"size is {size}; use 1 to {MOST}")
    with transaction.atomic():
        row = Program.objects.create(
            name=plain(name)[:80], store_id=store, product_id=product, begins_at=begins_at, size=size, at=at,
            by=str(by),
        )  # fmt: skip
        body = kinds.Begun(program=row.pk, size=size)
        record("program.begun", f"program.begun:{row.pk}", body, by=by, at=at, subject=row.scope)
    return row


def ask_members(
    program: int, content: Mapping[str, Mapping[str, str]], *, channels: Sequence[str], by: Actor, at: datetime
) -> int:
    """Ask those members by message who were not asked yet; return how many messages are on their way.

    ``content`` as in ``tell``; its text must hold ``{port}``, the link by which she answers. To ask somebody whether
    she is content counts as advertising with the courts (BGH VI ZR 225/17), so the guard treats it so: whoever did
    not agree is left for a person to ask.
    """
    if any("port" not in fields_in([texts.get("text", "")]) for texts in content.values()):
        raise ValueError("put {port} into the text: the link by which she answers")
    row = Program.objects.get(pk=program)
    count = 0
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program)
        left = not_asked(row)
        for channel in channels:
            if not left:
                break
            new = ledger.NewSending(
                scope=row.scope, step=f"{at:%Y-%m-%d}", channel=channel,
                content={code: dict(texts) for code, texts in content.items()}, expires_at=at + WORTH,
            )  # fmt: skip
            sending = ledger.open_sending(new, by=by, at=at)
            ledger.plan(sending, left, by=by, at=at)
            found = Touch.objects.filter(sending=sending, customer_id__in=left).exclude(state="dropped")
            reached = set(found.values_list("customer_id", flat=True))
            for root in sorted(reached):
                _record_asked(row, root, is_by_hand=False, by=by, at=at)
            count += len(reached)
            left = [root for root in left if root not in reached]
    return count


def note_step(program: int, customer: int, what: str, *, by: Actor, at: datetime) -> bool:
    """Write down that a person asked or answered one of the members herself. False if it stood there already.

    LookupError for somebody who is no member.
    """
    row = Program.objects.get(pk=program)
    if customer not in {member.root for member in members(row)}:
        raise LookupError(f"customer {customer} is no member of programme {program}")
    with transaction.atomic():
        _step, is_new = Step.objects.get_or_create(
            program=row, customer_id=customer, what=Step.What(what), defaults={"at": at, "by": str(by)}
        )
        if is_new and what == Step.What.ASKED:
            _record_asked(row, customer, is_by_hand=True, by=by, at=at)
        elif is_new:
            key = f"program.answered:{program}:{customer}:{at.isoformat()}"
            body = kinds.Answered(program=program)
            record("program.answered", key, body, by=by, at=at, customer=customer, subject=row.scope)
    return is_new


def unnote_step(program: int, customer: int, what: str, *, by: Actor, at: datetime) -> bool:
    """Take back what was written down by hand. False if it was not."""
    return bool(Step.objects.filter(program_id=program, customer_id=customer, what=what).delete()[0])


def _record_asked(row: Program, customer: int, *, is_by_hand: bool, by: Actor, at: datetime) -> None:
    key = f"program.asked:{row.pk}:{customer}:{at.isoformat()}"
    body = kinds.Asked(program=row.pk, is_by_hand=is_by_hand)
    record("program.asked", key, body, by=by, at=at, customer=customer, subject=row.scope)


def finish_program(program: int, *, by: Actor, at: datetime) -> bool:
    """Finish a programme. False if it is finished."""
    with transaction.atomic():
        open_ = Program.objects.filter(pk=program, finished_at=None)
        if not open_.update(finished_at=at, finished_by=str(by)):
            return False
        key = f"program.finished:{program}:{at.isoformat()}"
        body = kinds.Finished(program=program)
        record("program.finished", key, body, by=by, at=at, subject=f"program:{program}")
    return True


def reopen_program(program: int, *, by: Actor, at: datetime) -> bool:
    """Let a finished programme go on. False if it goes on."""
    return bool(Program.objects.filter(pk=program, finished_at__isnull=False).update(finished_at=None, finished_by=""))
