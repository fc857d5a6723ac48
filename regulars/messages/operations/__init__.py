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
    take_back,
)
from regulars.messages.operations.senders import (
    add_holidays,
    add_sender,
    change_sender,
    lift_halt,
    note_sender,
    remove_holidays,
    restore_sender,
    retire_sender,
    save_rules,
    settings_of,
)
from regulars.messages.operations.taking import Claim, settle, take
from regulars.messages.operations.wishes import unwish, wish

__all__ = [
    "Claim", "NewSending", "SpeakerUnknown", "add_holidays", "add_sender", "cancel", "change_sender",
    "choose_what_to_get", "foresee", "halt", "hear", "lift_halt", "note_sender", "open_sending", "plan",
    "remove_holidays", "restore_sender", "resume", "retire_sender", "retry_failed", "save_rules", "settings_of",
    "settle", "stop", "take", "take_back", "take_opinion", "unwish", "wish",
]  # fmt: skip
