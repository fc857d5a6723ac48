"""What templates of the kit are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a page.

    ``value`` is formatted for reading, "" where there is too little data (then ``note`` says why). ``change`` is the
    share by which it differs from ``was`` (0.1: a tenth more); ``direction_is_good`` None colours nothing.
    """

    label: str | Promise
    value: str
    was: str = ""
    change: float | None = None
    direction_is_good: bool | None = None
    series: Sequence[float] = ()
    href: str = ""
    note: str | Promise = ""

    @property
    def tone(self) -> str:
        """Return good, bad or quiet: what the change means."""
        if not self.change or self.direction_is_good is None:
            return "quiet"
        return "good" if (self.change > 0) == self.direction_is_good else "bad"
