"""You asked, we did: to exactly those who asked, once, through the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from regulars.base.actor import Actor
from regulars.decisions.guard import Reason
from regulars.desks.voice.needs import kinds
from regulars.desks.voice.needs.models import Deed, Told
from regulars.desks.voice.needs.queries.deeds import to_be_told
from regulars.messages import operations as ledger
from regulars.messages.models import Sending, Touch
from regulars.messages.personal import FIELDS
from regulars.messages.writing import fields_in
from regulars.people.models import Customer
from regulars.stream.operations import record

# Past this the news is old; whoever was in her quiet hours, or had a case open, has been reached by then or never.
WORTH = timedelta(days=7)
# Who cannot be reached on a channel is tried on the next one; who said no on it is not.
NOT_REACHED = Reason.NO_ADDRESS | Reason.WINDOW_CLOSED | Reason.NO_QUOTA | Reason.CLASS_NOT_ALLOWED
AT_ONCE = 500


def tell(
    deed: int, content: Mapping[str, Mapping[str, str]], *, channels: Sequence[str], by: Actor, at: datetime
) -> int:  # fmt: skip
    """Tell those who asked for it, and were not told yet, what was done; return how many are told now.

    ``content``: {language: {"subject": …, "text": …}}; ``channels`` in order of preference. ValueError if the deed is
    not done. The guard decides of each message; whoever it leaves out counts as told, for she is not asked twice.

    These messages count as marketing. Whoever complained did not ask for a letter: by the courts' reading of the
    ePrivacy directive (article 13) and China's advertising law (article 43) a message that shows the shop in a good
    light is advertising, also without a price. So it wants consent or a customer's standing, keeps to the caps and to
    quiet hours, and waits while a case is open. What is answered in an open case is said there, by a person.
    """
    row = Deed.objects.get(pk=deed)
    if row.done_at is None:
        raise ValueError("tell of what is done, not of what is planned")
    told = 0
    roots = to_be_told(row)
    for start in range(0, len(roots), AT_ONCE):
        told += _tell_some(row, roots[start : start + AT_ONCE], content, channels, by=by, at=at)
    return told


def _tell_some(
    row: Deed, roots: Sequence[int], content: Mapping[str, Mapping[str, str]], channels: Sequence[str], *,
    by: Actor, at: datetime,
) -> int:  # fmt: skip
    with transaction.atomic():
        # Two presses at once: the second waits here, and then finds them told.
        Deed.objects.select_for_update().get(pk=row.pk)
        before = Told.objects.filter(deed=row).values_list("customer__root_id", flat=True)
        known = Customer.objects.filter(pk__in=roots, erased_at=None).exclude(pk__in=set(before))
        left = fresh = sorted(known.values_list("pk", flat=True))
        last: dict[int, Sending] = {}
        for channel in channels:
            if not left:
                break
            sending = ledger.open_sending(_sending(row, channel, content, at), by=by, at=at)
            ledger.plan(sending, left, by=by, at=at)
            last |= dict.fromkeys(left, sending)
            left = _not_reached(sending, left)
        for root in fresh if last else ():
            Told.objects.create(deed=row, customer_id=root, sending=last[root], at=at, by=str(by))
            body = kinds.WasTold(deed=row.pk, need=row.need_id)
            record(
                "deed.told", f"deed.told:{row.pk}:{root}", body, by=by, at=at, customer=root, subject=row.scope
            )  # fmt: skip
    return len(fresh) if last else 0


def _sending(
    row: Deed, channel: str, content: Mapping[str, Mapping[str, str]], at: datetime
) -> ledger.NewSending:  # fmt: skip
    words = fields_in(text for texts in content.values() for text in texts.values())
    return ledger.NewSending(
        # What was said on another day is a sending of its own: its text may be another, and it is worth as long.
        scope=row.scope, step=f"{at:%Y-%m-%d}", channel=channel,
        content={code: dict(texts) for code, texts in content.items()}, expires_at=at + WORTH, is_marketing=True,
        # It is chosen by what she said to the shop herself; that is no profile of what she did.
        is_personalised=any(FIELDS[word].is_personalised for word in words if word in FIELDS),
    )  # fmt: skip


def _not_reached(sending: Sending, roots: Sequence[int]) -> list[int]:
    dropped = Touch.objects.filter(sending=sending, state="dropped", customer_id__in=roots)
    pairs = dropped.values_list("customer_id", "reasons")
    return [root for root, reasons in pairs if reasons & NOT_REACHED and not reasons & ~NOT_REACHED]
