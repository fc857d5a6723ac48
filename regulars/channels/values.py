"""Settings as an adapter gets them: text from a form, checked against what the adapter declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from regulars.channels.contract import Setting, SettingsError

_HERE = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


def _is_number(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


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
        if setting.name == "api_url" and not text.startswith(("https://", *_HERE)):
            raise SettingsError(setting.name, _("The address has to begin with https://"))
        found[setting.name] = text
    return found


def is_on(text: str) -> bool:
    """Return whether a flag is set."""
    return text.lower() in ("1", "true", "on", "yes")
