"""Customers: one a row."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.shop.drafts import CustomerDraft
from regulars.sources.csv_upload.files import Table, Unreadable
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.parse import buyers
from regulars.sources.csv_upload.parse.parsed import Parsed
from regulars.sources.csv_upload.parse.reading import Reader


class Customers:
    """Makes a customer of each row."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.reader = Reader(table, plan, (*buyers.FIELDS, "created_at"))
        self.buyers = buyers.Buyers(self.reader)

    def read(self, row: int, cells: list[str]) -> Parsed | None:
        """Return the row's customer; None for a row in which nothing stands."""
        reader = self.reader
        reader.start(row)
        if isinstance(cells, Unreadable):
            reader.unreadable(row, cells)
            return Parsed((row,), None, tuple(reader.problems))
        texts = reader.values(cells)
        if not any(cells):
            return None
        buyer = self.buyers.read(texts[:-1])
        created = reader.instant("created_at", texts[-1])
        if buyer.is_nobody() and not reader.problems:
            field = next((f for f in ("email", "phone", "account") if reader.headers[f]), "account")
            value = texts[buyers.FIELDS.index(field)]
            reader.add(field, value, "nobody", _("Nothing in the row tells this customer from another."))
        if reader.problems:
            return Parsed((row,), None, tuple(reader.problems))
        return Parsed((row,), CustomerDraft(row, buyer, created))
