"""By what name a link belongs to one person, or an open page to one answer. Nobody can make one up."""

from __future__ import annotations

import hmac
import re
import secrets as random_source
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from regulars.base import secrets

_NAME = re.compile(r"([coth])([0-9a-f]{1,16})\.([0-9a-f]{1,16})\.([0-9a-f]{1,9})\.([0-9a-f]{24})")
# The letters of short codes: none that is mistaken for another when it is read from paper.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
# How long an open page may lie on a phone without a network before what was written on it is sent.
OPEN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Link:
    """What a name says. ``who``: of a personal link the customer, of an open one a number by chance.

    ``until``: when a personal link ends; None never does. ``issued_at``: when an open page was shown.
    """

    # c: a customer's, about an order or none; h: hers, about the help she got; o: an open page; t: a message's reader
    kind: str
    who: int
    order: int = 0  # of h the case
    until: datetime | None = None
    issued_at: datetime | None = None

    @property
    def key(self) -> str:
        """Return what makes answers by this link one answer."""
        return f"{self.kind}{self.who}.{self.order}" if self.is_own else f"{self.kind}{self.who}"

    @property
    def is_own(self) -> bool:
        """Return whether it belongs to a customer."""
        return self.kind in {"c", "h"}


def _sign(of: str, number: int, said: str) -> str:
    return secrets.digest(of, str(number), said)[:12].hex()


def personal_name(
    number: int, customer: int, *, order: int = 0, until: datetime | None = None, of: str = "port"
) -> str:  # fmt: skip
    """Return the name of a customer's own link to a port, about an order or none. ``of``: or to what else."""
    return _name(of, number, "c", customer, order, int(until.timestamp()) if until else 0)


def help_name(number: int, customer: int, *, case: int, until: datetime) -> str:
    """Return the name of a customer's own link to a port about the help she got in a case."""
    return _name("port", number, "h", customer, case, int(until.timestamp()))


def open_name(number: int, *, at: datetime, of: str = "port") -> str:
    """Return a name for one answer on an open page that is shown at ``at``."""
    return _name(of, number, "o", random_source.randbits(56), 0, int(at.timestamp()))


def _name(of: str, number: int, kind: str, who: int, order: int, second: int) -> str:
    said = f"{kind}{who:x}.{order:x}.{second:x}"
    return f"{said}.{_sign(of, number, said)}"


def read_name(number: int, name: str, *, of: str = "port") -> Link | None:
    """Return what a name of this port says; None for one that we did not make."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    kind, who, order, second, sign = found.groups()
    if not hmac.compare_digest(sign, _sign(of, number, name.rpartition(".")[0])):
        return None
    at = datetime.fromtimestamp(int(second, 16), UTC) if int(second, 16) else None
    if kind == "o":
        return Link("o", int(who, 16), issued_at=at)
    return Link(kind, int(who, 16), int(order, 16), until=at)


def new_code() -> str:
    """Return a short code, by chance."""
    return "".join(random_source.choice(ALPHABET) for _ in range(6))
