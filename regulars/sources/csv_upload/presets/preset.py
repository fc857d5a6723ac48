"""What is known of a platform's export before it is seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise

PAID, UNPAID, CLOSED = "paid", "unpaid", "closed"


@dataclass(frozen=True)
class Preset:
    """One kind of file of one platform. ``signs``: it is such a file if all headers of one of these are there.

    ``columns`` names for each field the headers it may have, best first. ``amounts`` says whether amounts stand for the
    whole "order" (on its first or on each of its rows) or for each "line"; ``is_grouped`` whether an order has several
    rows. Empty texts mean that the file or the person must say.
    """

    name: str
    label: str | Promise
    platform: str
    entity: str
    signs: tuple[tuple[str, ...], ...]
    columns: dict[str, tuple[str, ...]]
    statuses: dict[str, str] = field(default_factory=dict)
    is_grouped: bool = False
    amounts: str = "order"
    timezone: str = ""
    currency: str = ""
    country: str = ""
    decimal: str = ""
    tax_included: bool | None = None
