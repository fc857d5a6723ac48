"""Reading people: the only way to contact data, consent, suppression and who is who.

Every question about a person goes by root: ``root`` is the id that stands for her after merges, ``customer`` any of
her records' ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from regulars.base import bulk, secrets
from regulars.base.clock import from_us
from regulars.base.text import email_key, phone_key
from regulars.people.models import Consent, Customer, Identifier, Merge, MergeSuggestion, Suppression

# Who keeps stores names the scopes that accounts may have (``taobao``, ``store:3``), to look an account up by its text.
ACCOUNT_SCOPES: list[Callable[[], Iterable[str]]] = []


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """One identifier in clear. ``kind``: email, phone, account, unionid, openid; ``value`` in its matching form."""

    kind: str
    scope: str
    value: str
    customer: int
    identifier_id: int
    is_suppressed: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """The last word on a channel and purpose, over all records of a person."""

    channel: str
    purpose: str
    state: str
    at: datetime
    source: str
    wording: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two records (ids ``low`` < ``high``) that may be one person, and why."""

    id: int
    low: int
    high: int
    low_name: str
    high_name: str
    reason: str
    at: datetime


def family(root: int) -> list[int]:
    """Return the ids of all records that answer to ``root``, itself included, ascending."""
    return list(Customer.objects.filter(root_id=root).order_by("id").values_list("id", flat=True))


def root_of(customer: int) -> int | None:
    """Return the root of a record, or None if there is no such record."""
    return Customer.objects.filter(pk=customer).values_list("root_id", flat=True).first()


_POINTS = """
    SELECT c.root_id, c.id, c.wrapped_key, i.id, i.kind, i.scope, i.sealed,
           EXISTS (SELECT 1 FROM people_suppression s WHERE s.digest = i.digest AND s.lifted_at IS NULL)
    FROM people_customer c JOIN people_identifier i ON i.customer_id = c.id
    WHERE c.root_id IN ({}) ORDER BY i.id"""


def contact_points(customers: Iterable[int]) -> dict[int, list[ContactPoint]]:
    """Return the identifiers of these persons (root ids), decrypted, in the order in which they became known.

    Whoever calls it must hold the right to see contacts. An identifier that does not open is left out.
    """
    found: dict[int, list[ContactPoint]] = {}
    keys: dict[int, bytes] = {}
    for root, customer, wrapped, pk, kind, scope, sealed, closed in bulk.select_in(_POINTS, set(customers)):
        try:
            if customer not in keys:
                keys[customer] = secrets.unwrap(wrapped)
            value = secrets.unseal(keys[customer], sealed)
        except secrets.Unreadable:
            continue
        found.setdefault(root, []).append(ContactPoint(kind, scope, value, customer, pk, bool(closed)))
    return found


def find_by_identifier(text: str, *, country: str = "") -> list[int]:
    """Return the root ids of who is known by exactly ``text``: an e-mail address, a phone number or an account.

    ``country`` (ISO 3166) is assumed for phone numbers written without a country code.
    """
    text = text.strip()
    if not text:
        return []
    digests = [secrets.digest("account", scope, text) for provider in ACCOUNT_SCOPES for scope in provider()]
    if address := email_key(text):
        digests.append(secrets.digest("email", "", address))
    if number := phone_key(text, country):
        digests.append(secrets.digest("phone", "", number))
    owners = Identifier.objects.filter(digest__in=digests, customer__erased_at=None)
    return sorted(set(owners.values_list("customer__root_id", flat=True)))


def consents(root: int) -> list[ConsentLine]:
    """Return the present word per channel and purpose: the last of each record, and a no on any record wins."""
    last: dict[tuple[int, str, str], Consent] = {}
    for row in Consent.objects.filter(customer__root_id=root).order_by("at", "id"):
        last[row.customer_id, row.channel, row.purpose] = row
    chosen: dict[tuple[str, str], Consent] = {}
    for (_customer, channel, purpose), row in last.items():
        best = chosen.get((channel, purpose))
        if best is None or (row.state == "withdrawn", row.at) > (best.state == "withdrawn", best.at):
            chosen[channel, purpose] = row
    return [
        ConsentLine(channel, purpose, row.state, row.at, row.source, row.wording)
        for (channel, purpose), row in sorted(chosen.items())
    ]


def suppressions_of(root: int) -> list[Suppression]:
    """Return the suppressions in force on the addresses of a person, latest first."""
    digests = Identifier.objects.filter(customer__root_id=root).values("digest")
    return list(Suppression.objects.filter(digest__in=digests, lifted_at=None).order_by("-at"))


def merges_of(root: int) -> list[Merge]:
    """Return the merges in force within a person's records, latest first."""
    return list(Merge.objects.filter(undone_at=None, folded__root_id=root).order_by("-id"))


# A suggestion whose two have meanwhile become one person, or of whom one was erased, waits for nobody.
_OPEN = """
    FROM people_mergesuggestion s JOIN people_customer l ON l.id = s.low_id JOIN people_customer h ON h.id = s.high_id
    WHERE s.state = 'open' AND l.root_id <> h.root_id AND l.erased_at IS NULL AND h.erased_at IS NULL"""


def open_suggestions(limit: int = 50, *, of: Sequence[int] = ()) -> list[Suggestion]:
    """Return the suggestions that wait for a decision, longest waiting first; with ``of`` those of these records."""
    where, values = _OPEN, list[int]()
    if of:
        marks = ", ".join(["%s"] * len(of))
        where += f" AND (s.low_id IN ({marks}) OR s.high_id IN ({marks}))"
        values = [*of, *of]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.id, s.low_id, s.high_id, l.name, h.name, s.reason, s.at {where} ORDER BY s.at, s.id LIMIT %s",  # noqa: S608
            [*values, limit],
        )
        return [
            Suggestion(pk, low, high, low_name, high_name, reason, from_us(since))
            for pk, low, high, low_name, high_name, reason, since in cursor.fetchall()
        ]


def open_suggestion_count() -> int:
    """Return how many suggestions wait for a decision."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_OPEN}")  # noqa: S608 - constant text
        return int(cursor.fetchone()[0])


def oldest_suggestion_at() -> datetime | None:
    """Return since when the longest-waiting open suggestion waits; None if none does."""
    return MergeSuggestion.objects.filter(state="open").order_by("at").values_list("at", flat=True).first()


def customer_map() -> Iterable[tuple[int, int]]:
    """Yield (customer, root) of every record that was merged into another; the lake's dimension of the same name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, root_id FROM people_customer WHERE root_id <> id ORDER BY id")
        yield from cursor.fetchall()
