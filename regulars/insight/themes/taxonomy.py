"""The themes that a shop's customers speak of: fixed keys, names in two languages, and words to begin with.

Each theme is a file of ``seeds/``: cues (words and phrases that hint at it) and examples, sentences as customers type
them. They are what sorting knows before anybody at the shop has confirmed anything.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

LANGUAGES = ("en", "zh")


class Kind(StrEnum):
    """What sort of thing is said."""

    COMPLAINT = "complaint"
    PRAISE = "praise"
    IDEA = "idea"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Theme:
    """A place of the taxonomy. ``names``, ``cues`` and ``examples`` are by language, ``en`` and ``zh``.

    severity: 1 (a wish) to 5 (somebody may come to harm), where nobody said otherwise.
    """

    key: str
    names: Mapping[str, str]
    kind: Kind = Kind.COMPLAINT
    severity: int = 3
    is_safety: bool = False
    is_legal: bool = False
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_first(self) -> bool:
        """Return whether it comes before all others, however few say it."""
        return self.is_safety or self.is_legal


@cache
def themes() -> Mapping[str, Theme]:
    """Return the shop taxonomy by key, in the order to show it in."""
    read = {}
    for file in files(__package__).joinpath("seeds").iterdir():
        if file.name.endswith(".toml"):
            read[file.name.removesuffix(".toml")] = tomllib.loads(file.read_text(encoding="utf-8"))
    in_order = sorted(read, key=lambda key: read[key]["order"])
    return MappingProxyType({key: _theme(key, read[key]) for key in in_order})


def _theme(key: str, said: dict[str, Any]) -> Theme:
    def of(name: str) -> Mapping[str, tuple[str, ...]]:
        return MappingProxyType({language: tuple(said[name][language]) for language in LANGUAGES})

    return Theme(
        key,
        MappingProxyType({language: said[language] for language in LANGUAGES}),
        Kind(said["kind"]),
        said["severity"],
        said.get("is_safety", False),
        said.get("is_legal", False),
        of("cues"),
        of("examples"),
    )
