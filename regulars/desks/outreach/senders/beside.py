"""What other rooms say on a sender's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from regulars.messages.models import Sender


@dataclass(frozen=True, slots=True)
class Card:
    """A few words beside a sender's settings; ``copy`` is to be given to somebody, ``url`` leads to a page."""

    title: str
    text: str
    copy: str = ""
    url: str = ""
    label: str = ""


# Given a sender and where the world finds this installation; None where there is nothing to say.
BESIDE: list[Callable[[Sender, str], Card | None]] = []
