"""Files made on the spot and read the way an import reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from regulars.shop.drafts import OrderDraft
from regulars.sources.csv_upload import mapping, parse
from regulars.sources.csv_upload.files import Table, open_table
from regulars.sources.csv_upload.mapping import Plan
from regulars.sources.csv_upload.parse import Parsed

DEFAULTS = {"timezone": "UTC", "currency": "USD", "country": "", "tax_included": True}


def written(folder: Path, content: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def planned(path: Path, **changes: Any) -> tuple[Table, Plan]:
    """Open a file and take its proposed plan, with ``changes``."""
    table = open_table(path)
    plan = mapping.propose(table, remembered=None, defaults=DEFAULTS).plan
    for name, value in changes.items():
        setattr(plan, name, value)
    return table, plan


def read(path: Path, **changes: Any) -> list[Parsed]:
    """Read a whole file, sorted first if need be."""
    table, plan = planned(path, **changes)
    assert mapping.check_plan(plan, table) == []
    if parse.is_scattered(table, plan):
        table = parse.sorted_copy(table, plan, path.parent / "sorted")
    return list(parse.drafts(table, plan))


def orders(path: Path, **changes: Any) -> list[OrderDraft]:
    """Read a file of orders none of which is rejected."""
    found = read(path, **changes)
    assert [p.problems for p in found if p.draft is None] == []
    return [p.draft for p in found if isinstance(p.draft, OrderDraft)]


def codes(found: list[Parsed]) -> list[str]:
    """Return the codes of all problems."""
    return [problem.code for p in found for problem in p.problems]
