"""An adapter's settings as fields of a form. A secret is never sent to a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from regulars.channels.contract import Setting

# Stands for a password that is kept.
KEPT = "••••••••"


def field_of(setting: Setting) -> forms.Field:
    """Return the form field of a setting."""
    about: dict[str, Any] = {"label": setting.label, "help_text": setting.help, "required": setting.is_required}
    if setting.kind == "choice":
        return forms.ChoiceField(choices=list(setting.choices), **about)
    if setting.kind == "flag":
        return forms.BooleanField(**about | {"required": False})
    if setting.kind == "number":
        return forms.IntegerField(min_value=0, max_value=65_535, **about)
    secret = setting.kind == "secret"
    widget: forms.Widget = forms.Textarea(attrs={"rows": 5}) if setting.kind == "long" else forms.TextInput()
    if secret:
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(max_length=8000, widget=widget, **about)


def initial_of(settings: Sequence[Setting], kept: Mapping[str, str]) -> dict[str, Any]:
    """Return what fields show of kept values."""
    hidden = {s.name for s in settings if s.kind in {"secret", "long"} and kept.get(s.name)}
    shown: dict[str, Any] = {name: KEPT if name in hidden else value for name, value in kept.items()}
    return shown | {s.name: bool(kept.get(s.name)) for s in settings if s.kind == "flag"}


def values_of(settings: Sequence[Setting], said: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    """Return the settings as texts; a secret that was left as it is keeps its value."""
    found: dict[str, str] = {}
    for setting in settings:
        value = said[setting.name]
        text = ("1" if value else "") if setting.kind == "flag" else "" if value is None else str(value).strip()
        found[setting.name] = before.get(setting.name, "") if text == KEPT else text
    return found
