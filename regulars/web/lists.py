"""What the pages of lists share: filters read from the URL, sorting, links that keep the rest, saved views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from regulars.base.clock import local_midnight
from regulars.base.installation import ShopSettings
from regulars.base.money import MoneyError, parse
from regulars.shop.queries.keyset import Listing, SortKey, Window, count_up_to, window
from regulars.web.models import SavedView

SIZE = 50
TEXT_LENGTH = 200


@dataclass(slots=True)
class Asked:
    """The parameters of a list's URL, read leniently: what cannot be read is left out and named in ``problems``."""

    params: QueryDict
    problems: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return the text of a parameter, trimmed, without signs no database takes."""
        return self.params.get(name, "").replace("\0", "").strip()[:TEXT_LENGTH]

    def number(self, name: str) -> int | None:
        """Return a whole number from 0, or None."""
        text = self.text(name)
        if not text:
            return None
        if text.isdecimal() and len(text) < 15:
            return int(text)
        self.problems.append(_("“%(text)s” is not a whole number.") % {"text": text})
        return None

    def day(self, name: str) -> date | None:
        """Return a date written as 2026-01-31, or None."""
        text = self.text(name)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or not 1900 <= day.year <= 2200:
            self.problems.append(_("“%(text)s” is not a date. Write it like 2026-01-31.") % {"text": text})
            return None
        return day

    def money(self, name: str, currency: str) -> int | None:
        """Return an amount as minor units of ``currency``, or None."""
        text = self.text(name)
        if not text:
            return None
        try:
            amount = parse(text, currency)
        except MoneyError:
            amount = None
        if amount is None or abs(amount) > 10**15:
            self.problems.append(_("“%(text)s” is not an amount. Write it like 12.50.") % {"text": text})
            return None
        return amount

    def since(self, name: str, shop: ShopSettings) -> datetime | None:
        """Return the first instant of a local day."""
        day = self.day(name)
        return None if day is None else local_midnight(day, shop.zone)

    def until(self, name: str, shop: ShopSettings) -> datetime | None:
        """Return the first instant after a local day."""
        day = self.day(name)
        return None if day is None else local_midnight(day + timedelta(days=1), shop.zone)

    def choices(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Return the values of a parameter that may come several times, those that are allowed."""
        return tuple(value for value in dict.fromkeys(self.params.getlist(name)) if value in allowed)


@dataclass(slots=True)
class ListPage:
    """One page of a list as templates show it. ``sort`` is ``-last`` or ``last``: a minus means falling."""

    name: str
    path: str
    params: QueryDict
    sort: str
    rows: Sequence[Any] = ()
    after: str = ""
    count: int = 0
    is_whole_count: bool = True
    filters: Sequence[str] = ()
    problems: Sequence[str] = ()

    def link(self, **changes: str | None) -> str:
        """Return the page's URL with some parameters changed (None: left out), from its beginning."""
        params = self.params.copy()
        params.pop("after", None)
        for name, value in changes.items():
            if value is None:
                params.pop(name, None)
            else:
                params[name] = value
        text = params.urlencode()
        return f"{self.path}?{text}" if text else self.path

    @property
    def next_url(self) -> str:
        """Return where the next rows are; empty at the end."""
        return self.link(after=self.after) if self.after else ""

    @property
    def first_url(self) -> str:
        """Return where the list begins; empty if it does here."""
        return self.link() if self.params.get("after") else ""

    @property
    def query(self) -> str:
        """Return the filters and the sort as a view keeps them."""
        params = self.params.copy()
        params.pop("after", None)
        return params.urlencode()

    @property
    def is_filtered(self) -> bool:
        """Return whether anything is filtered."""
        return any(value for name in self.filters for value in self.params.getlist(name))

    @property
    def is_narrowed(self) -> bool:
        """Return whether anything but the search box is filled."""
        return any(value for name in self.filters if name != "q" for value in self.params.getlist(name))

    @property
    def count_text(self) -> str:
        """Return how many there are for reading, ``10,000+`` where counting stopped."""
        text = number_format(self.count, force_grouping=True)
        return text if self.is_whole_count else f"{text}+"


def read_sort(params: QueryDict, sorts: Mapping[str, Any], default: str) -> tuple[str, bool]:
    """Return (column, is falling) of the URL's ``sort``, the default where it names no column."""
    text = params.get("sort", default)
    column = text.removeprefix("-")
    if column not in sorts:
        text, column = default, default.removeprefix("-")
    return column, text.startswith("-")


def make_page(
    request: HttpRequest,
    listing: Listing[Any],
    *,
    name: str,
    path: str,
    sorts: Mapping[str, SortKey],
    default_sort: str,
    filters: Sequence[str],
    present: Callable[[Window[Any]], Sequence[Any]],
    problems: Sequence[str] = (),
) -> ListPage:
    """Return the page of ``listing`` that the request's URL asks for. ``present`` makes rows for the template."""
    column, falling = read_sort(request.GET, sorts, default_sort)
    part = window(listing, sorts[column], descending=falling, after=request.GET.get("after", ""), size=SIZE)
    count, is_whole = (
        (len(part.rows), True) if not part.after and not request.GET.get("after") else count_up_to(listing)
    )
    return ListPage(
        name=name,
        path=path,
        params=request.GET.copy(),
        sort=f"-{column}" if falling else column,
        rows=present(part),
        after=part.after,
        count=count,
        is_whole_count=is_whole,
        filters=filters,
        problems=problems,
    )


def views_of(page: str, request: HttpRequest) -> list[SavedView]:
    """Return the saved views of a page that this person may use: her own and the shared ones, by name."""
    mine_or_shared = Q(is_shared=True) | Q(owner=request.user.pk)
    return list(SavedView.objects.filter(mine_or_shared, page=page).select_related("owner").order_by("name", "id"))
