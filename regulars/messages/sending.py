"""A worker that hands messages over: claims some, writes each, gives it to the line, settles them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from regulars.base import bulk, secrets
from regulars.base.clock import now, to_us
from regulars.base.faults import fault_point
from regulars.base.installation import shop_settings
from regulars.base.jobs import worker_name
from regulars.channels.contract import ADAPTERS, Adapter, Line, Outgoing, Receipt, SettingsError
from regulars.messages.cards import Card
from regulars.messages.identity import identity
from regulars.messages.journal import BEGUN, Journal, forget, is_alive, is_here, notes
from regulars.messages.letters import Reader, letter
from regulars.messages.models import Sender, Touch
from regulars.messages.names import touch_name
from regulars.messages.operations import Claim, settings_of, settle, take
from regulars.messages.operations.breaking import break_off
from regulars.messages.personal import cards_for, values_of
from regulars.messages.writing import fields_in

BATCH = 200
# Rooms that read mail say here at which address they hear a wish for no more after mail by this sender; "" at none.
STOPS_AT: list[Callable[[Sender], str]] = []


def hand_over(sender: Sender, *, until: Callable[[], bool], clock: Callable[[], datetime] = now) -> int:
    """Hand over what is due until nothing is, or until ``until()`` says stop; return how many were taken by the line.

    Raise SettingsError if the sender's settings cannot work; then nothing was claimed.
    """
    adapter: Adapter = ADAPTERS[sender.channel, sender.adapter]
    worker, count = worker_name(), 0
    stop_at = next((address for asked in STOPS_AT if (address := asked(sender))), "")
    with adapter.open(settings_of(sender)) as line, Journal(worker) as journal:
        while not until():
            claims = take(worker, sender, most=BATCH, at=clock())
            if not claims:
                break
            messages = write(claims, stop_at)
            count += _deliver(worker, sender, journal, line, list(zip(claims, messages, strict=True)), clock)
    return count


def deliver_one(sender: Sender, message: Outgoing) -> Receipt:
    """Hand over one message that is of no sending: a test to somebody of the shop. Raises SettingsError, Unreadable."""
    with ADAPTERS[sender.channel, sender.adapter].open(settings_of(sender)) as line:
        return line.deliver(message)


def _deliver(
    worker: str, sender: Sender, journal: Journal, line: Line, due: Sequence[tuple[Claim, Outgoing | None]],
    clock: Callable[[], datetime],
) -> int:  # fmt: skip
    outcomes: list[tuple[Claim, Receipt]] = []
    ours = 0  # refusals that are the sender's own fault
    for claim, message in due:
        if message is None:
            receipt = Receipt("refused", code="unreadable", blame="address")
        elif ours >= SENDERS_FAULTS:
            receipt = _WAITS
        else:
            receipt = _one(journal, line, claim.id, message)
        if receipt.outcome == "refused" and receipt.blame == "sender":
            # A wrong password is no reason to give up a thousand messages; they wait until somebody mends it.
            ours, receipt = ours + 1, replace(_WAITS, code=receipt.code, detail=receipt.detail)
        outcomes.append((claim, receipt))
    settle(worker, outcomes, at=clock())
    if ours >= min(SENDERS_FAULTS, len(due)):
        break_off(sender=sender, reason="refused", at=clock())
    fault_point("message.6.after_settled")
    return sum(receipt.outcome == "accepted" for _, receipt in outcomes)


# After so many refusals of the sender itself within a batch the rest is not tried, and the sender stops.
SENDERS_FAULTS = 3
_WAITS = Receipt("later", code="sender_refused", retry_after=60.0)


def _one(journal: Journal, line: Line, touch: int, message: Outgoing) -> Receipt:
    journal.begin(touch)
    fault_point("message.4.before_handing_over")
    receipt = line.deliver(message)
    journal.end(touch, receipt.outcome)
    return receipt


_WHO = """SELECT i.id, i.sealed, o.wrapped_key, r.id, r.name, r.language, r.country FROM people_identifier i
    JOIN people_customer o ON o.id = i.customer_id JOIN people_customer r ON r.id = o.root_id WHERE i.id IN ({})"""


def write(claims: Sequence[Claim], stop_at: str = "") -> list[Outgoing | None]:
    """Return each claimed message as it leaves; None for one whose address does not open any more.

    ``stop_at`` is where wishes for no more are read, see STOPS_AT.
    """
    shop, who = shop_settings(), identity()
    rows = {row[0]: row[1:] for row in bulk.select_in(_WHO, {claim.identifier for claim in claims})}
    roots = {claim.id: rows[claim.identifier][2] for claim in claims if claim.identifier in rows}
    known, cards = _personal(claims, roots)
    written: list[Outgoing | None] = []
    for claim in claims:
        try:
            sealed, wrapped, root, name, language, country = rows[claim.identifier]
            to = secrets.unseal(secrets.unwrap(bytes(wrapped)), bytes(sealed))
        except (KeyError, secrets.Unreadable):
            written.append(None)
            continue
        fields = {field: values[root] for field, values in known.items() if root in values}
        shown = {field: found[root] for field, found in cards.items() if root in found}
        reader = Reader(root, to, name, language, country, fields, shown)
        written.append(letter(claim.sending, reader, touch_name(claim.id), who, shop, stop_at))
    return written


def _personal(
    claims: Sequence[Claim], roots: Mapping[int, int]
) -> tuple[dict[str, Mapping[int, str]], dict[str, Mapping[int, Sequence[Card]]]]:
    """Return what the words in braces of these messages say, and the cards they show, by root id."""
    contents = {claim.sending.pk: claim.sending.content for claim in claims}.values()
    names = fields_in(text for content in contents for texts in content.values() for text in texts.values())
    readers = sorted(set(roots.values()))
    return values_of(names, readers), cards_for(names, readers)


def judge_the_dead(*, at: datetime) -> tuple[int, int]:
    """Judge the claims of workers that died, by their notes; return (how many wait again, how many are unknown).

    A worker of this machine is dead when nobody holds its notes, whatever a clock that jumped says of its lease; one
    of another machine when its lease ran out.
    """
    claimed = Touch.objects.filter(state="claimed")
    expired = set(claimed.filter(lease_until__lt=to_us(at)).values_list("worker", flat=True))
    everybody = claimed.values_list("worker", flat=True).distinct()
    workers = [w for w in everybody if (is_here(w) or w in expired) and not is_alive(w)]
    again = unknown = 0
    for worker in workers:
        noted = notes(worker)
        outcomes: list[tuple[Claim, Receipt]] = []
        for touch in claimed.filter(worker=worker).select_related("sending"):
            word = BEGUN if noted is None else noted.get(touch.pk, "")
            receipt = _RECEIPTS[word] if word in _RECEIPTS else Receipt("unknown", code="worker_died")
            again, unknown = again + (receipt.outcome == "later"), unknown + (receipt.outcome == "unknown")
            claim = Claim(touch.pk, touch.sending, touch.customer_id, touch.identifier_id or 0, touch.attempts)
            outcomes.append((claim, receipt))
        settle(worker, outcomes, at=at)
        forget(worker)
    return again, unknown


# What a dead worker's last note on a message says of it. One that it began and did not end is unknown.
_RECEIPTS = {
    "": Receipt("later", code="worker_died", retry_after=0.0),
    "accepted": Receipt("accepted", code="worker_died"),
    "refused": Receipt("refused", code="worker_died"),
    "later": Receipt("later", code="worker_died"),
    "unknown": Receipt("unknown"),
}


__all__ = ["BATCH", "SettingsError", "deliver_one", "hand_over", "judge_the_dead", "write"]
