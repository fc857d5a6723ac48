"""E-mail: mails that are built, signed and sent here, those that providers send, and what comes back."""

from __future__ import annotations


def declare() -> None:
    """Make the adapters of this channel known."""
    from regulars.channels.contract import register
    from regulars.channels.email.anymail.adapter import Anymail
    from regulars.channels.email.anymail.vendors import VENDORS
    from regulars.channels.email.folder import Folder
    from regulars.channels.email.smtp import Smtp

    register(Smtp())
    register(Folder())
    for vendor in VENDORS:
        register(Anymail(vendor))
