"""Every write of the ledger."""

from regulars.messages.operations.choosing import choose_what_to_get
from regulars.messages.operations.hearing import hear, stop, take_opinion
from regulars.messages.operations.planning import (
    NewSending,
    SpeakerUnknown,
    cancel,
    foresee,
    halt,
    open_sending,
    plan,
    resume,
    retry_failed,
)
from regulars.messages.operations.taking import Claim, settle, take
from regulars.messages.operations.wishes import unwish, wish

__all__ = [
    "Claim", "NewSending", "SpeakerUnknown", "cancel", "choose_what_to_get", "foresee", "halt", "hear", "open_sending",
    "plan", "resume", "retry_failed", "settle", "stop", "take", "take_opinion", "unwish", "wish",
]  # fmt: skip
