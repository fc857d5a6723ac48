"""Channels that only answer: for how long, and how often, after what a person did.

Vendors change these terms, so they are data with the day from which they are known to hold. Read in the vendors'
documentation: WeChat's customer-service messages as of 2025 (copies of 2021 say 20 in 48 hours); Weibo's wiki, newest
of 2022, names the 48 hours and no number, so WeChat's stands in for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regulars.channels.contract import Report


@dataclass(frozen=True, slots=True)
class Term:
    """From ``since`` on: after ``cause`` the shop may send ``most`` messages within ``span``.

    cause: said (words, a picture), pressed (an entry of the menu), followed (also a scan by a follower),
    asked (for one notice).
    """

    channel: str
    cause: str
    since: date
    span: timedelta
    most: int


TERMS = (
    Term("wechat", "said", date(2022, 1, 1), timedelta(hours=48), 5),
    Term("wechat", "pressed", date(2022, 1, 1), timedelta(minutes=1), 3),
    Term("wechat", "followed", date(2022, 1, 1), timedelta(minutes=1), 3),
    # One yes to a notice is for one; it has no end, and is taken for forgotten after a year.
    Term("wechat", "asked", date(2022, 1, 1), timedelta(days=365), 1),
    Term("weibo", "said", date(2022, 1, 1), timedelta(hours=48), 5),
    Term("weibo", "pressed", date(2022, 1, 1), timedelta(minutes=1), 3),
    Term("weibo", "followed", date(2022, 1, 1), timedelta(minutes=1), 3),
)
# On these a person is known by an id of her own with each account: the scope begins with the channel.
ANSWERING = frozenset(term.channel for term in TERMS)
_PRESSED = frozenset({"CLICK", "click"})
_ASKED = frozenset({"subscribe_msg"})
# These come without words.
WORDLESS = frozenset({"pressed", "asked"})


def cause_of(report: Report) -> str:
    """Return by what a report opens a window; "" if by nothing."""
    if report.kind == "said":
        return "pressed" if report.code in _PRESSED else "asked" if report.code in _ASKED else "said"
    return "followed" if report.kind == "followed" else ""


def term_of(channel: str, cause: str, at: datetime) -> Term | None:
    """Return the term that holds at ``at``: the newest that had begun."""
    begun = [t for t in TERMS if (t.channel, t.cause) == (channel, cause) and t.since <= at.date()]
    return max(begun, key=lambda t: t.since, default=None)
