"""Every write of the room."""

from regulars.desks.voice.opinions.operations.cases import close_case, open_case, reopen_case, take_case
from regulars.desks.voice.opinions.operations.hearing import NewOpinion, hear, revise, take_back
from regulars.desks.voice.opinions.operations.pondering import ponder, put_beside, unponder

__all__ = [
    "NewOpinion",
    "close_case",
    "hear",
    "open_case",
    "ponder",
    "put_beside",
    "reopen_case",
    "revise",
    "take_back",
    "take_case",
    "unponder",
]
