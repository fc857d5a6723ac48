"""What a need is called and how much it weighs: as a person said, else as the taxonomy has it."""

from __future__ import annotations

from django.utils.translation import get_language

from regulars.desks.voice.needs.models import Need
from regulars.insight.themes.taxonomy import themes

USUAL_SEVERITY = 3


def name_of(need: Need, language: str = "") -> str:
    """Return the name of a need in a language, the page's by default; in another where it has none."""
    language = (language or get_language() or "en").lower()
    theme = themes().get(need.theme)
    for names in (need.names, dict(theme.names) if theme else {}):
        if found := names.get(language) or names.get(language.split("-")[0]):
            return str(found)
    return str(next(iter(need.names.values()), need.theme or f"#{need.pk}"))


def severity_of(need: Need) -> int:
    """Return 1 (a wish) to 5 (somebody is harmed)."""
    if need.severity is not None:
        return need.severity
    theme = themes().get(need.theme)
    return theme.severity if theme else USUAL_SEVERITY


def is_safety(need: Need) -> bool:
    """Return whether it comes first however few say it: safety, or the law."""
    theme = themes().get(need.theme)
    return need.is_safety or (theme is not None and theme.is_first)
