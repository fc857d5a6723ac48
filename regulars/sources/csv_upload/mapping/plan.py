"""How a file is read: kept as JSON with its import, and remembered for the next file with the same headers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

ENTITIES = ("orders", "customers", "products", "order_lines")


@dataclass
class Plan:
    """``columns``: field → header. ``statuses``: a word of the file → paid, unpaid or closed, as a person said.

    ``date_order`` is "ymd", "dmy", "mdy" or "" (not known); ``decimal`` "." or ","; ``amounts`` "order" (an amount
    stands for the whole order, on each of its rows or its first) or "line"; ``timezone`` an IANA zone.
    """

    entity: str = "orders"
    columns: dict[str, str] = field(default_factory=dict)
    preset: str = ""
    platform: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    headerless: bool = False
    timezone: str = ""
    currency: str = ""
    country: str = ""
    date_order: str = "ymd"
    decimal: str = "."
    tax_included: bool = True
    amounts: str = "order"
    statuses: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Plan:
        """Return the plan that ``to_json`` gave; what an older version wrote and this one does not know is left out."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})
