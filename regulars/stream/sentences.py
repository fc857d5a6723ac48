"""Small helpers to write an activity as a sentence for people; the facts arrive already formatted for reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise


def says(text: str | Promise) -> Callable[[Any, dict[str, str]], str]:
    """Return a sentence maker for a translated ``text`` with ``%(name)s`` places for facts and body fields."""

    def sentence(body: Any, facts: dict[str, str]) -> str:
        values = {name: getattr(body, name) for name in body.__dataclass_fields__} | facts
        return str(text) % values

    return sentence
