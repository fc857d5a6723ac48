"""The guard: one door for every word that leaves.

Pure: facts, rules and the question go in, a verdict with its reasons comes out. ``weigh`` reads them for one person,
``weigh_all`` for a million as arithmetic over arrays; both give the same verdicts.
"""

from regulars.decisions.guard.many import Crowd, Verdicts, weigh_all
from regulars.decisions.guard.one import weigh
from regulars.decisions.guard.rules import (
    Ask,
    Cap,
    Consent,
    Holiday,
    Past,
    Person,
    Quiet,
    Rank,
    Reason,
    Rules,
    Verdict,
    Window,
)

__all__ = [
    "Ask", "Cap", "Consent", "Crowd", "Holiday", "Past", "Person", "Quiet", "Rank", "Reason", "Rules", "Verdict",
    "Verdicts", "Window", "weigh", "weigh_all",
]  # fmt: skip
