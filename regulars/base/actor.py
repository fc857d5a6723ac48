"""Who did it. Every operation takes ``by=`` an Actor; rows and activities keep its short text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """One doer: ``staff:3`` (a person who works here), ``import:12`` (a batch), ``customer:9``, ``system``."""

    kind: str
    id: int | None = None

    def __str__(self) -> str:
        return self.kind if self.id is None else f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Actor:
        """Return the Actor whose text is ``text``."""
        kind, _, number = text.partition(":")
        return cls(kind, int(number) if number else None)


SYSTEM = Actor("system")
COMMAND_LINE = Actor("command_line")
