"""A small shop whose messages go to a provider that remembers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from regulars.base import secrets
from regulars.base.actor import SYSTEM
from regulars.base.clock import from_us
from regulars.channels import contract
from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt
from regulars.messages.identity import Identity, save_identity
from regulars.messages.models import Sender, Sending, Touch
from regulars.messages.operations import NewSending, add_sender, open_sending
from regulars.messages.sending import hand_over
from regulars.people.models import Consent, Customer, Identifier
from tests.decisions.worlds import instant

NOON = from_us(instant("2026-06-15T12:00"))
TEXT = {"en": {"subject": "News for {first_name|you}", "text": "Dear {first_name|friend},\n\nthe tea is in."}}


class Provider:
    """Takes everything unless told otherwise; ``taken`` is what it took."""

    channel, name, title = "email", "kept", "Kept"
    settings: Sequence[contract.Setting] = ()
    remembers_seconds = 0
    country = ""

    def __init__(self) -> None:
        self.taken: list[Outgoing] = []
        self.answer: Callable[[Outgoing], Receipt] = lambda message: Receipt("accepted", provider_id=f"p{message.id}")

    def deliver(self, message: Outgoing) -> Receipt:
        receipt = self.answer(message)
        if receipt.outcome == "accepted":
            self.taken.append(message)
        return receipt

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[Provider]:
        yield self

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        return Answer(404)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        return ()

    def to(self) -> list[str]:
        """Return the addresses it took messages for."""
        return [message.to for message in self.taken]


IDENTITY = Identity(
    company="Tea & Co",
    postal_address="1 Mill Lane, Bath",
    address="https://regulars.example",
    site="https://tea.example",
)


def provider() -> tuple[Provider, Sender]:
    """Return a fresh provider and the sender that uses it."""
    kept: Any = Provider()
    contract.register(kept)
    save_identity(IDENTITY, by=SYSTEM, at=NOON)
    return kept, add_sender(channel="email", adapter="kept", name="Kept", settings={}, by=SYSTEM, at=NOON)


def customer(name: str, *, says: str = "granted", email: str | None = None, **about: Any) -> Customer:
    """Return a customer with an e-mail address and her word on e-mail ("" for none)."""
    key, wrapped = secrets.new_key()
    row = Customer.objects.create(root_id=0, name=name, created_at=NOON, wrapped_key=wrapped, **about)
    Customer.objects.filter(pk=row.pk).update(root_id=row.pk)
    address = email or f"{name.split(' ')[0].lower()}@example.com"
    # An address belongs to one customer; another who gave the same has it in another spelling of the mailbox.
    digest = secrets.digest("email", "", address)
    Identifier.objects.create(
        customer=row, kind="email", digest=digest, sealed=secrets.seal(key, address), created_at=NOON
    )
    if says:
        Consent.objects.create(customer=row, channel="email", state=says, source="form", at=NOON, by="system")
    return row


def sending(scope: str = "campaign:1", **about: Any) -> Sending:
    """Return a newsletter, worth sending for two days."""
    values: dict[str, Any] = {"content": TEXT, "expires_at": NOON + timedelta(days=2)} | about
    return open_sending(NewSending(scope=scope, channel="email", **values), by=SYSTEM, at=NOON)


def leave(sender: Sender, at: datetime) -> int:
    """Hand over what is due at ``at``."""
    return hand_over(sender, until=lambda: False, clock=lambda: at)


def states() -> dict[int, str]:
    """Return the state of each customer's message."""
    return dict(Touch.objects.values_list("customer_id", "state"))
