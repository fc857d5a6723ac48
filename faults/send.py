"""Workers that send are killed at every step and at any moment, while the provider lies and the clock jumps.

At the end every message is settled. What is "handed over" was taken by the provider once; what was never taken is not;
only of what the ledger calls unknown may either be true.
"""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from faults.installation import Installation, new
from faults.outcome import Outcome

POINTS = (
    "message.1.before_plan", "message.2.before_claim", "message.3.after_claim", "message.4.before_handing_over",
    "message.5.before_settled", "message.6.after_settled",
)  # fmt: skip
AT_RANDOM = "any moment"
CUSTOMERS = 10_000


def run(rounds: int = 25) -> Outcome:
    """Kill ``rounds`` times, at each point and at any moment in turn, then let a worker finish what is left."""
    outcome = Outcome("send")
    customers = min(CUSTOMERS, 400 * rounds)
    with new() as shop:
        people(shop, customers)
        for number in range(rounds):
            point = (*POINTS, AT_RANDOM)[number % (len(POINTS) + 1)]
            _kill(shop, outcome, point)
        for _ in range(20):
            if shop.start_and_wait("faults.send"):
                outcome.survived.append("the last worker failed")
            if not _open():
                break
        _compare(shop, outcome, customers)
    return outcome


def people(shop: Installation, count: int) -> None:
    """Make customers who agreed to mail, and the sender that writes to them; ids begin at 1."""
    from django.db import transaction

    from faults.sink import declare
    from regulars.base import secrets
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.messages.identity import Identity, save_identity
    from regulars.messages.operations import add_sender
    from regulars.people.models import Consent, Customer, Identifier

    declare()
    at = now()
    save_identity(Identity("Shop", "1 Mill Lane, Bath", "https://regulars.example"), by=SYSTEM, at=at)
    with transaction.atomic():
        for number in range(1, count + 1):
            key, wrapped = secrets.new_key()
            row = Customer.objects.create(
                root_id=number, pk=number, name=f"Ada {number}", created_at=at, wrapped_key=wrapped
            )
            address = f"ada{number}@example.com"
            digest = secrets.digest("email", "", address)
            Identifier.objects.create(
                customer=row, kind="email", digest=digest, sealed=secrets.seal(key, address), created_at=at
            )
            Consent.objects.create(customer=row, channel="email", state="granted", source="test", at=at, by="system")
    place = str(shop.home / "taken")
    add_sender(channel="email", adapter="sink", name="Sink", settings={"path": place}, by=SYSTEM, at=at)


def _kill(shop: Installation, outcome: Outcome, point: str) -> None:
    if point == AT_RANDOM:
        worker = shop.start("faults.send")
        time.sleep(random.uniform(0.8, 2.5))
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        ended = worker.returncode
        if ended == 0:  # it had nothing left to do, so there was nothing to kill
            return
    else:
        # People are planned in few pieces: a second pass there may never come, and all would leave in peace.
        passes = 1 if point == POINTS[0] else random.randrange(1, 3)
        ended = shop.start_and_wait("faults.send", fault=f"{point}@{passes}")
    outcome.killed(point, ended)


def _open() -> int:
    from regulars.messages.models import Touch

    return Touch.objects.filter(state__in=["ready", "held", "claimed"]).count()


def _compare(shop: Installation, outcome: Outcome, customers: int) -> None:
    from regulars.messages.models import Touch
    from regulars.messages.names import touch_name

    place = Path(shop.home / "taken")
    taken = Counter(place.read_text().split() if place.exists() else [])
    states: Counter[str] = Counter()
    for pk, state in Touch.objects.values_list("pk", "state"):
        states[state] += 1
        times = taken.pop(touch_name(pk), 0)
        outcome.doubled += max(0, times - 1) + (times > 0 and state in {"failed", "dropped"})
        outcome.lost += state == "handed_over" and times == 0
    outcome.lost += _open() + customers - sum(states.values())
    outcome.doubled += sum(taken.values())  # what the ledger knows nothing of
    outcome.acknowledged = states["handed_over"]
    outcome.detail = {"unknown": states["unknown"], **states}


def main() -> None:
    """Plan what is not planned, judge the dead, hand over what is due: what the scenario starts and kills."""
    from regulars.cli.start import start_django

    start_django()
    from faults.sink import declare
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.messages.models import Sender
    from regulars.messages.operations import NewSending, open_sending, plan
    from regulars.messages.sending import hand_over, judge_the_dead
    from regulars.people.models import Customer

    declare()
    hour = 3600
    jump = timedelta(seconds=random.choice([0, 0, hour, -hour]))
    news = NewSending(
        "campaign:1", "email", {"en": {"subject": "News", "text": "Dear {name|friend}"}}, now() + timedelta(days=2),
        is_marketing=False,
    )  # fmt: skip
    sending = open_sending(news, by=SYSTEM, at=now())
    plan(sending, Customer.objects.order_by("pk").values_list("pk", flat=True).iterator(), by=SYSTEM, at=now())
    judge_the_dead(at=now() + jump)
    # Forward only for what is due: a clock that went back merely waits.
    due = max(jump, timedelta()) + timedelta(hours=1)
    hand_over(Sender.objects.get(), until=lambda: False, clock=lambda: now() + due)


if __name__ == "__main__":
    main()
