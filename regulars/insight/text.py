"""Texts of the catalogue stay plain English here; whoever shows them translates them."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - the name every extractor of messages knows
    """Return ``text`` unchanged; it only marks a message for the translators."""
    return text
