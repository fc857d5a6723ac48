"""Finding out who a buyer is, for many at once.

Order of the match: the store's own account, then e-mail, then phone (reference: shop id > e-mail and phone > device).
Two identified people are never merged: a buyer found by e-mail or phone whose record has another account on the same
platform, or by phone whose record has another e-mail, becomes a new customer, and a merge is suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from regulars.base import bulk, secrets
from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.people.drafts import BuyerDraft
from regulars.people.models import Customer
from regulars.people.operations.consent import ConsentEntry, record_consents
from regulars.people.operations.together import suggest_merges
from regulars.stream.operations import record_rows

# Values that platforms and plug-ins write where nobody is known.
JUNK = frozenset(
    {"", "0", "-", "null", "none", "undefined", "nan", "n/a", "na", "guest", "anonymous", "匿名", "匿名用户"}
)

Key = tuple[str, str, str]  # kind, scope, value


@dataclass(slots=True)
class Known:
    """Who the buyers are. ``customers``: an id per buyer (negative while checking: not made yet; None: nobody)."""

    customers: list[int | None] = field(default_factory=list)
    new: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    before: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # what completed records were, for undo


@dataclass(slots=True)
class People:
    """The people a source meets during one check or import. While checking it remembers whom it would have made."""

    scope: str
    country: str
    batch: int | None
    by: Actor
    source: str
    is_check: bool = False
    _would_be: dict[bytes, int] = field(default_factory=dict)
    _next_unreal: int = -1

    def remember(self, buyers: Sequence[BuyerDraft | None], since_us: Sequence[int], *, at: datetime) -> Known:
        """Return who each buyer is, making or completing records (inside the caller's transaction).

        ``since_us``: when each was first seen, microseconds; the earliest becomes a new customer's beginning.
        """
        return _Round(self, buyers, since_us, at).run()

    def without_erased(self, buyers: Sequence[BuyerDraft | None]) -> list[BuyerDraft | None]:
        """Return ``buyers`` with nobody in the place of those who asked to be forgotten.

        For lists of people, in which somebody may stand from long ago. Who orders again is a customer again.
        """
        digests = [
            [secrets.digest(kind, "", value) for kind, value in (("email", b.email), ("phone", b.phone)) if value]
            if b
            else []
            for b in buyers
        ]
        sql = "SELECT digest FROM people_suppression WHERE reason = 'erased' AND lifted_at IS NULL AND digest IN ({})"
        erased = {bytes(row[0]) for row in bulk.select_in(sql, {d for of_one in digests for d in of_one})}
        return [None if erased.intersection(of_one) else buyer for buyer, of_one in zip(buyers, digests, strict=True)]


def remember_buyers(
    buyers: Sequence[BuyerDraft | None], since_us: Sequence[int], *, scope: str, source: str, by: Actor, at: datetime,
    batch: int | None = None, country: str = "",
) -> Known:  # fmt: skip
    """Return who each buyer is, making or completing records. For many calls in a row keep a ``People`` instead."""
    return People(scope=scope, country=country, batch=batch, by=by, source=source).remember(buyers, since_us, at=at)


@dataclass(slots=True)
class _New:
    id: int
    buyer: BuyerDraft
    since_us: int
    has: set[tuple[str, str]] = field(default_factory=set)


class _Round:
    """One bulk look-up and what follows from it."""

    def __init__(
        self, people: People, buyers: Sequence[BuyerDraft | None], since_us: Sequence[int], at: datetime
    ) -> None:
        self.people, self.buyers, self.since_us, self.at = people, buyers, since_us, at
        self.keys: list[list[tuple[bytes, Key]]] = [self._keys_of(b) for b in buyers]
        self.owner: dict[bytes, int] = {}
        self.has: dict[int, set[tuple[str, str]]] = {}
        self.new: dict[int, _New] = {}
        self.added: list[tuple[int, bytes, Key]] = []
        self.suggested: set[tuple[int, int, str]] = set()
        self.filled: dict[int, BuyerDraft] = {}
        self.pool: list[int] = []

    def _keys_of(self, buyer: BuyerDraft | None) -> list[tuple[bytes, Key]]:
        if buyer is None:
            return []
        found: list[tuple[bytes, Key]] = []
        if buyer.account and buyer.account.lower() not in JUNK:
            found.append(
                (
                    secrets.digest("account", self.people.scope, buyer.account),
                    ("account", self.people.scope, buyer.account),
                )
            )
        if buyer.openid:
            key = ("openid", self.people.scope, buyer.openid)
            found.append((secrets.digest(*key), key))
        if buyer.email:
            found.append((secrets.digest("email", "", buyer.email), ("email", "", buyer.email)))
        if buyer.phone:
            found.append((secrets.digest("phone", "", buyer.phone), ("phone", "", buyer.phone)))
        return found

    def run(self) -> Known:
        self._look_up()
        known = Known()
        for index, (buyer, keys) in enumerate(zip(self.buyers, self.keys, strict=True)):
            known.customers.append(None if buyer is None or not keys else self._who(buyer, keys, self.since_us[index]))
        known.new = set(self.new)
        known.changed = {c for c, _, _ in self.added if c not in self.new}
        if not self.people.is_check:
            self._write()
        self._consents(known)
        self._fill(known)
        return known

    def _look_up(self) -> None:
        wanted = {digest for keys in self.keys for digest, _ in keys}
        for digest, customer in bulk.select_in(
            "SELECT digest, customer_id FROM people_identifier WHERE digest IN ({})", wanted, size=5000
        ):
            self.owner[bytes(digest)] = customer
        if self.people.is_check:
            self.owner |= {d: self.people._would_be[d] for d in wanted if d in self.people._would_be}
        matched = {c for c in self.owner.values() if c > 0}
        # Only people matched by a contact point can conflict; a log of accounts alone needs no second look.
        if any(len(keys) > 1 or keys[0][1][0] != "account" for keys in self.keys if keys):
            for customer, kind, scope in bulk.select_in(
                "SELECT customer_id, kind, scope FROM people_identifier WHERE customer_id IN ({})", matched, size=5000
            ):
                self.has.setdefault(customer, set()).add((kind, scope))

    def _who(self, buyer: BuyerDraft, keys: list[tuple[bytes, Key]], since_us: int) -> int:
        chosen: int | None = None
        for digest, (kind, _, _) in keys:
            owner = self.owner.get(digest)
            if owner is None or not self._may_be(owner, kind, keys):
                continue
            chosen = owner
            break
        if chosen is None:
            chosen = self._make(buyer, since_us)
        elif chosen in self.new:
            self.new[chosen].since_us = min(self.new[chosen].since_us, since_us)
        has = self.has.setdefault(chosen, set())
        for digest, key in keys:
            owner = self.owner.get(digest)
            if owner is None:
                self.owner[digest] = chosen
                has.add(key[:2])
                self.added.append((chosen, digest, key))
                if self.people.is_check:
                    self.people._would_be[digest] = chosen
            elif owner != chosen:
                self.suggested.add((owner, chosen, f"shared_{key[0]}"))
        if chosen not in self.new and (buyer.name or buyer.city or buyer.country):
            self.filled.setdefault(chosen, buyer)
        return chosen

    def _may_be(self, owner: int, matched_by: str, keys: list[tuple[bytes, Key]]) -> bool:
        """Return whether the owner of a matching identifier can be this buyer without merging two identified people."""
        if matched_by in {"account", "openid"}:
            return True
        has = self.has.get(owner, set())
        for digest, (kind, scope, _) in keys:
            is_stronger = kind == "account" or (kind == "email" and matched_by == "phone")
            if is_stronger and (kind, scope) in has and self.owner.get(digest) != owner:
                return False
        return True

    def _make(self, buyer: BuyerDraft, since_us: int) -> int:
        if self.people.is_check:
            number = self.people._next_unreal
            self.people._next_unreal -= 1
        else:
            if not self.pool:
                self.pool = list(reversed(bulk.reserve_ids(Customer, len(self.buyers))))
            number = self.pool.pop()
        self.new[number] = _New(number, buyer, since_us)
        return number

    def _write(self) -> None:
        at_us, batch = to_us(self.at), self.people.batch
        opened = self._keys_of_existing()
        rows: list[tuple[Any, ...]] = []
        activities: list[tuple[Any, ...]] = []
        body = f'{{"source":"{self.people.source}"}}'
        for new in self.new.values():
            opened[new.id], wrapped = secrets.new_key()
            b = new.buyer
            rows.append((
                new.id, new.id, b.name[:120], b.language, (b.country or self.people.country)[:2], b.region[:60],
                b.city[:60],
                new.since_us, batch, wrapped,
            ))  # fmt: skip
            activities.append((
                f"customer.created:{new.id}", "customer.created", new.id, None, None, None, None, None,
                new.since_us, at_us, str(self.people.by), batch, body,
            ))  # fmt: skip
        bulk.insert(
            "people_customer",
            ["id", "root_id", "name", "language", "country", "region", "city", "created_at", "batch", "wrapped_key"],
            rows,
        )
        bulk.insert(
            "people_identifier",
            ["customer_id", "kind", "scope", "digest", "sealed", "created_at", "batch"],
            [(c, k[0], k[1], d, secrets.seal(opened[c], k[2]), at_us, batch) for c, d, k in self.added if c in opened],
        )
        record_rows(activities)
        suggest_merges(self.suggested, at=self.at, batch=batch)

    def _keys_of_existing(self) -> dict[int, bytes]:
        ids = {c for c, _, _ in self.added if c not in self.new}
        opened: dict[int, bytes] = {}
        for pk, wrapped in bulk.select_in("SELECT id, wrapped_key FROM people_customer WHERE id IN ({})", ids):
            if wrapped:  # an erased person gets nothing new
                opened[pk] = secrets.unwrap(wrapped)
        return opened

    def _fill(self, known: Known) -> None:
        """Complete empty names and places of known people; what is known is never overwritten."""
        changed: list[tuple[str, str, str, str, int]] = []
        for pk, name, country, region, city in bulk.select_in(
            "SELECT id, name, country, region, city FROM people_customer WHERE erased_at IS NULL AND id IN ({})",
            self.filled,
        ):
            b = self.filled[pk]
            after = (name or b.name[:120], country or b.country[:2], region or b.region[:60], city or b.city[:60])
            if after != (name, country, region, city):
                changed.append((*after, pk))
                known.changed.add(pk)
                known.before.append((pk, {"name": name, "country": country, "region": region, "city": city}))
        if not self.people.is_check:
            bulk.update(
                "UPDATE people_customer SET name = %s, country = %s, region = %s, city = %s WHERE id = %s", changed
            )

    def _consents(self, known: Known) -> None:
        """Take over the file's word on consent: a yes only where nobody has spoken yet, a no always."""
        said: dict[tuple[int, str], bool] = {}
        for buyer, customer in zip(self.buyers, known.customers, strict=True):
            if buyer is None or customer is None:
                continue
            for channel, accepts in (("email", buyer.accepts_email), ("sms", buyer.accepts_sms)):
                if accepts is not None:
                    said[customer, channel] = accepts
        if not said:
            return
        spoken: dict[tuple[int, str], str] = {}
        for customer, channel, state in bulk.select_in(
            "SELECT customer_id, channel, state FROM people_consent "
            "WHERE purpose = 'marketing' AND customer_id IN ({}) ORDER BY at, id",
            {c for c, _ in said},
        ):
            spoken[customer, channel] = state
        entries = [
            ConsentEntry(
                customer=customer,
                channel=channel,
                state="granted" if accepts else "withdrawn",
                source=self.people.source,
            )
            for (customer, channel), accepts in said.items()
            if (accepts and (customer, channel) not in spoken)
            or (not accepts and spoken.get((customer, channel)) == "granted")
        ]
        known.changed |= {e.customer for e in entries} - known.new
        if not self.people.is_check:
            record_consents(entries, by=self.people.by, at=self.at, batch=self.people.batch)
