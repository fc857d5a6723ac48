"""Where a person stands with the shop's messages: what is open to her, why, and what she got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from regulars.messages.identity import identity
from regulars.messages.models import Touch, Wish
from regulars.messages.windows import ANSWERING
from regulars.messages.world import REACHED_BY
from regulars.people.models import Identifier, Suppression
from regulars.people.queries import consents, family
from regulars.shop.models import CustomerSummary

# By which she can be written to, in the order in which they are shown.
ORDER = ("email", "sms", "wechat", "weibo", "webpush")
# What she said herself, and may say otherwise; a complaint stays, for her mail provider remembers it too.
HER_OWN = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Standing:
    """One channel. ``basis``: agreed, customer or none; ``addresses``: digests by which it reaches her."""

    channel: str
    is_open: bool
    basis: str
    since: datetime | None
    source: str
    addresses: tuple[bytes, ...]
    is_final: bool  # closed by a complaint or a dead address: not for a tick on a page to open


def standings(root: int) -> list[Standing]:
    """Return every channel on which the person can be reached at all."""
    points = [
        (kind, scope.partition(":")[0], bytes(digest))
        for kind, scope, digest in Identifier.objects.filter(customer__root_id=root).values_list(
            "kind", "scope", "digest"
        )
    ]
    every = [digest for _kind, _account, digest in points]
    closed: dict[bytes, set[str]] = {}
    for digest, reason in Suppression.objects.filter(digest__in=every, lifted_at=None).values_list("digest", "reason"):
        closed.setdefault(bytes(digest), set()).add(reason)
    words = {line.channel: line for line in consents(root) if line.purpose == "marketing"}
    summary = CustomerSummary.objects.filter(customer_id=root, orders__gt=0).first()
    may_write_to_customers = identity().customers_may_be_written_to
    found: list[Standing] = []
    for channel in ORDER:
        wanted = REACHED_BY.get(channel, channel)
        addresses = [d for kind, of, d in points if kind == wanted and (channel not in ANSWERING or of == channel)]
        if not addresses:
            continue
        reasons = set[str]().union(*(closed.get(digest, set()) for digest in addresses))
        word = words.get(channel)
        agreed = word is not None and word.state == "granted"
        basis = "agreed" if agreed else "customer" if word is None and summary and may_write_to_customers else "none"
        found.append(
            Standing(
                channel, basis != "none" and not reasons, basis, word.at if word else None,
                word.source if word else "", tuple(addresses), bool(reasons - {HER_OWN}),
            )
        )  # fmt: skip
    return found


def wishes_in_force(root: int, *, at: datetime) -> list[Wish]:
    """Return what she wishes now; a pause that is over is none."""
    rows = Wish.objects.filter(customer__root_id=root, lifted_at=None).order_by("at")
    return [row for row in rows if row.until is None or row.until > at]


def touches_of(root: int, *, most: int, left_only: bool = False) -> Sequence[Touch]:
    """Return the last messages meant for a person, latest first."""
    rows = Touch.objects.filter(customer_id__in=family(root)).select_related("sending").order_by("-planned_at", "-pk")
    return list((rows.filter(left_at__isnull=False) if left_only else rows)[:most])
