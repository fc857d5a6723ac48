"""The people behind a number, as rows for pages and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.urls import reverse

from regulars.base.clock import now
from regulars.base.installation import ShopSettings
from regulars.base.money import to_major
from regulars.shop.queries import customers as queries
from regulars.shop.queries.keyset import window
from regulars.web import words
from regulars.web.numbers.words import day_of, days

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A person behind a number. ``usual`` and ``since``, in words, are there for numbers of a person's rhythm."""

    row: queries.CustomerRow
    title: str
    url: str
    last: str = ""
    usual: str = ""
    since: str = ""


def rows_of(roots: Sequence[int]) -> dict[int, queries.CustomerRow]:
    """Return the rows of these persons by id; who was merged or erased since is not among them."""
    if not roots:
        return {}
    asked = queries.listing(queries.CustomerFilter(ids=tuple(roots)), now=now(), regular_orders=1)
    part = window(asked, queries.SORTS["orders"], descending=True, size=len(roots))
    return {row.id: row for row in part.rows}


def listed(found: Sequence[dict[str, Any]], *, may_see_customers: bool) -> list[Listed]:
    """Return the rows of a board's people in its order; without personal data they are numbers without a page."""
    rows = rows_of([each["root"] for each in found])
    return [_listed(rows[each["root"]], each, may_see_customers) for each in found if each["root"] in rows]


def _listed(row: queries.CustomerRow, facts: dict[str, Any], may_see_customers: bool) -> Listed:
    url = reverse("web:customer", args=[row.id]) if may_see_customers else ""
    title = words.customer_title(row.name if may_see_customers else "", row.id)
    if "usual" not in facts:
        return Listed(row, title, url)
    return Listed(row, title, url, day_of(facts["last"]), days(facts["usual"]), days(facts["since"]))


def file_rows(roots: Iterable[int], shop: ShopSettings) -> Iterator[list[Any]]:
    """Yield the cells of each person for a file, read in parts."""
    waiting = iter(roots)
    while part := list(islice(waiting, AT_ONCE)):
        rows = rows_of(part)
        for root in part:
            if root in rows:
                yield _cells(rows[root], shop)


def _cells(row: queries.CustomerRow, shop: ShopSettings) -> list[Any]:
    first, last = (at.astimezone(shop.zone).date().isoformat() if at else "" for at in (
        row.first_order_at, row.last_order_at,
    ))  # fmt: skip
    return [
        row.id, row.name, row.city, row.region, row.country, row.orders, to_major(row.revenue_minor, shop.currency),
        first, last,
    ]  # fmt: skip
