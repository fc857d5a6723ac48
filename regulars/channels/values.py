"""Settings as an adapter gets them: text from a form, checked against what the adapter declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from regulars.channels.contract import Setting, SettingsError

# What a shop says to somebody who begins to follow it; see contract.Greets.
GREETING = Setting(
    "greeting", _("Greeting"), _("What a new follower reads first: who you are, and how to ask. Empty for none."),
)  # fmt: skip
_HERE = ("127.0.0.1", "localhost", "::1")


def _is_number(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        # A port that is none raises only when it is read.
        is_whole = parts.hostname is not None and parts.port != 0
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    return is_whole and is_safe and text.isascii() and "@" not in parts.netloc and not parts.query


def checked(declared: Sequence[Setting], given: Mapping[str, str]) -> dict[str, str]:
    """Return every declared setting, without spaces around it, or its default.

    Raise SettingsError for the first that is needed and empty, no number, or not among the choices. Secrets go over
    encrypted lines only, so a provider's address is https unless it is on this machine.
    """
    found = {}
    for setting in declared:
        text = given.get(setting.name, "").strip() or setting.default
        if setting.is_required and not text:
            raise SettingsError(setting.name, _("This field is needed."))
        if setting.kind == "choice" and text not in {value for value, _label in setting.choices}:
            raise SettingsError(setting.name, _("Choose one of the values offered."))
        if setting.kind == "number" and text and not _is_number(text):
            raise SettingsError(setting.name, _("This has to be a number above zero."))
        if setting.name == "api_url" and not _is_address(text):
            raise SettingsError(setting.name, _("The address has to begin with https:// and name a server."))
        found[setting.name] = text
    return found


def is_on(text: str) -> bool:
    """Return whether a flag is set."""
    return text.lower() in ("1", "true", "on", "yes")
