"""Who a row says the buyer is."""

from __future__ import annotations

from regulars.base.text import email_key, phone_key
from regulars.people.drafts import BuyerDraft
from regulars.sources.csv_upload.mapping.fields import BUYER_FIELDS
from regulars.sources.csv_upload.parse.reading import Reader
from regulars.sources.csv_upload.values.cells import yes_or_no

FIELDS = BUYER_FIELDS
# What platforms write where there is no account: Woo's guests have customer 0.
_NO_ACCOUNT = frozenset({"0", "-", "null", "none", "n/a", "nan"})
_CIPHER = ("##", "$$", "~")  # Douyin's ciphertext begins so


class Buyers:
    """Makes the buyer of each record of ``reader``."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.has_account_only = all(f == "account" or not reader.headers[f] for f in FIELDS)

    def read(self, texts: list[str]) -> BuyerDraft:
        """Return the buyer of ``texts`` (in the order of FIELDS). Masked phones are none, masked names are names."""
        account = texts[0]
        if account:
            account = self._account(account)
        if self.has_account_only:
            return BuyerDraft(account)
        _account, email, phone, other_phone, name, other_name, first, last, country, region, city, address, *accepts = (
            texts
        )
        home = country if len(country) == 2 else self.reader.plan.country
        number = ""
        if phone or other_phone:
            number = self._phone("phone", phone, home) or self._phone("other_phone", other_phone, home)
        if not name:
            name = other_name or (f"{first} {last}".strip() if first or last else "")
        elif name.startswith(_CIPHER):
            name = ""
        if address and not region:
            region = address.split()[0] if " " in address else ""
        by_email, by_sms = accepts
        return BuyerDraft(
            account=account,
            email=(email_key(email) or "") if email else "",
            phone=number,
            name=name[:200],
            country=country.upper() if len(country) == 2 else "",
            region="" if "*" in region else region[:80],
            city="" if "*" in city else city[:80],
            accepts_email=yes_or_no(by_email) if by_email else None,
            accepts_sms=yes_or_no(by_sms) if by_sms else None,
        )

    def _account(self, text: str) -> str:
        if text.isdecimal() and len(text) < 16:
            return "" if text == "0" else text
        return "" if text.lower() in _NO_ACCOUNT else self.reader.identity("account", text)[:190]

    def _phone(self, field: str, text: str, home: str) -> str:
        if not text or text.startswith(_CIPHER):
            return ""
        if "E+" in text.upper():
            self.reader.identity(field, text)
        return phone_key(text, home.upper()) or ""
