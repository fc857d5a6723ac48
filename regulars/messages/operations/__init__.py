"""Every write of the ledger."""

from regulars.messages.operations.planning import NewSending, cancel, halt, open_sending, plan, resume
from regulars.messages.operations.taking import Claim, settle, take

__all__ = [
    "Claim", "NewSending", "cancel", "halt", "open_sending", "plan", "resume", "settle", "take",
]  # fmt: skip
