"""People of an audience as pages and files show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.shop.queries.customers import CustomerRow


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a sample."""

    row: CustomerRow
    title: str
    url: str

    @property
    def place(self) -> str:
        """Return town and country."""
        return ", ".join(filter(None, (self.row.city, self.row.country)))


def shown(rows: Iterable[CustomerRow]) -> list[Person]:
    """Return people with what they are called and where their pages are."""
    return [
        Person(row, row.name or _("Customer %(number)d") % {"number": row.id}, reverse("web:customer", args=[row.id]))
        for row in rows
    ]
