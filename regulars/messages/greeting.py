"""The first word to somebody who has just begun to follow: at once, through the guard and the ledger as every other."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from regulars.base.actor import SYSTEM
from regulars.base.clock import to_us
from regulars.base.installation import shop_settings
from regulars.base.jobs import worker_name
from regulars.base.secrets import Unreadable
from regulars.channels.contract import ADAPTERS, Greets, Receipt, Report, SettingsError
from regulars.decisions.guard import Rank
from regulars.messages.journal import Journal
from regulars.messages.models import Sender, Sending, Touch
from regulars.messages.operations import NewSending, open_sending, plan, settings_of, settle, take
from regulars.messages.operations.following import follower
from regulars.messages.sending import write
from regulars.messages.world import GREETING
from regulars.people.models import Customer

log = logging.getLogger("regulars.messages")


def greet(sender: Sender, reports: Iterable[Report], *, at: datetime) -> int:
    """Greet those who have just begun to follow, as ``reports`` that were heard tell; return how many were greeted.

    A report that comes again greets nobody twice, one that comes late nobody at all.
    """
    adapter = ADAPTERS.get((sender.channel, sender.adapter))
    new = [report for report in reports if report.kind == "followed"]
    if not new or not isinstance(adapter, Greets):
        return 0
    count = 0
    for report in new:
        try:
            said = adapter.greeting(settings_of(sender), report)
            if said is not None and at - report.at < adapter.greets_within:
                count += _greet(sender, report, *said, at=at)
        except (SettingsError, Unreadable) as error:
            # Her following was heard; a call that is answered with an error would only be brought again.
            log.warning("sender %s cannot greet: %s", sender.pk, type(error).__name__)
    return count


def _greet(sender: Sender, report: Report, text: str, params: Mapping[str, str], *, at: datetime) -> bool:
    customer = follower(sender, report.address)
    if customer is None:
        return False
    root = Customer.objects.values_list("root_id", flat=True).get(pk=customer)
    sending = _sending(sender, text, at)
    run = to_us(report.at) // 1_000_000  # whoever leaves and comes back is greeted again
    worker = f"{worker_name()}:{root}"[:60]
    with transaction.atomic():
        if not plan(sending, [root], run=run, by=SYSTEM, at=at):
            return False
        mine = Touch.objects.filter(sending=sending, run=run, customer_id=root)
        claims = take(worker, sender, most=1, at=at, only=mine.values_list("pk", flat=True).get())
        if not claims:
            # Held, or more were to be greeted than the sender may: later it would be no greeting.
            waiting = mine.filter(state__in=(Touch.State.HELD, Touch.State.READY))
            waiting.update(state=Touch.State.DROPPED, code="too_late", settled_at=at)
            return False
    (message,) = write(claims)
    with Journal(worker) as journal, ADAPTERS[sender.channel, sender.adapter].open(settings_of(sender)) as line:
        receipt = Receipt("refused", code="unreadable", blame="address")
        if message is not None:
            journal.begin(claims[0].id)
            receipt = line.deliver(replace(message, params={**message.params, **params}))
            journal.end(claims[0].id, receipt.outcome)
        if receipt.outcome == "later":
            receipt = replace(receipt, outcome="refused", code="too_late")
        settle(worker, [(claims[0], receipt)], at=at)
    return receipt.outcome == "accepted"


def _sending(sender: Sender, text: str, at: datetime) -> Sending:
    """Return the day's sending of this greeting: a sending keeps its words, and the shop may find better ones."""
    step = f"{at:%Y-%m-%d}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    new = NewSending(
        scope=f"{GREETING}{sender.pk}", step=step, channel=sender.channel, rank=Rank.REPLY, is_marketing=False,
        content={shop_settings().language: {"text": text}}, expires_at=at + timedelta(days=2),
    )  # fmt: skip
    return open_sending(new, by=SYSTEM, at=at)
