"""What became of a row, or of the rows of one order."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.shop.drafts import Draft
from regulars.sources.csv_upload.problems import Problem


@dataclass(slots=True)
class Parsed:
    """The rows of one record, and either its draft or the problems for which they are rejected."""

    rows: tuple[int, ...]
    draft: Draft | None
    problems: tuple[Problem, ...] = ()
    number_column: str = ""

    @property
    def row_first(self) -> int:
        """Return the first of its rows."""
        return self.rows[0]

    @property
    def row_last(self) -> int:
        """Return the last of its rows."""
        return self.rows[-1]
