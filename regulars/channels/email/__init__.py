"""E-mail: mails that are built, signed and sent here, and the mail that comes back."""

from __future__ import annotations


def declare() -> None:
    """Make the adapters of this channel known."""
    from regulars.channels.contract import register
    from regulars.channels.email.smtp import Smtp

    register(Smtp())
