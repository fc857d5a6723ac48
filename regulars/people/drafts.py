"""Who a source says a person is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class BuyerDraft:
    """Who the file says the person is. ``account``: the platform's buyer id or nickname; ``openid``: a follower's."""

    account: str = ""
    email: str = ""  # base.text.email_key form, or "" if masked or unreadable
    phone: str = ""  # E.164, or "" if masked or unreadable
    name: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    language: str = ""
    accepts_email: bool | None = None
    accepts_sms: bool | None = None
    openid: str = ""

    def is_nobody(self) -> bool:
        """Return whether nothing in it tells one person from another."""
        return not (self.account or self.email or self.phone or self.openid)
