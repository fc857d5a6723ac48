"""What needs a person now: every room that has such work registers who to ask, and Today shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from regulars.staff.models import Staff


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One line. ``since_at``: since when the longest-waiting of ``count`` waits; ``href``: where it is done."""

    kind: str
    icon: str
    text: str
    since_at: datetime
    href: str
    count: int = 1


Provider = Callable[[Staff], Iterable[WorkItem]]
PROVIDERS: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Have ``provider(staff)`` asked for work; it returns only what this person may do."""
    if provider not in PROVIDERS:
        PROVIDERS.append(provider)
    return provider


def work_of(staff: Staff) -> list[WorkItem]:
    """Return all that waits for this person, longest waiting first."""
    return sorted((item for ask in PROVIDERS for item in ask(staff)), key=lambda item: item.since_at)
