"""What happens to mailboxes, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "mailbox.changed",
    sentence=says(_("Mailbox for answers changed by %(by)s: %(what)s")),
    help="The mailbox of a sender was given, changed or is no longer read.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class MailboxChanged:
    sender: int
    what: str
