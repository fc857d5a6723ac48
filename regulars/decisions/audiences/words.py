"""The register of words: whatever is known of a customer becomes a word of rules by registering itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from regulars.decisions.audiences.problems import RuleError
from regulars.decisions.audiences.rules import Rule
from regulars.decisions.audiences.slots import Slot


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL with its parameters (``%s`` each; a percent sign of its own is written ``%%``).

    A condition on the row of the base (see ``compiling.Base``), or with ``is_set`` a SELECT of root customers' ids,
    which must hold no NULL.
    """

    sql: str
    params: tuple[Any, ...] = ()
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """When and where a rule is asked. ``minor``: an amount as minor units of the reporting currency.

    ``inside``: the audiences whose rules are being read, outermost first.
    """

    now: datetime
    zone: ZoneInfo
    minor: Callable[[Decimal], int]
    words: Words
    inside: tuple[str, ...] = ()

    def into(self, audience: str) -> Asked:
        """Return the question inside an audience’s rule; raise RuleError if it is inside it already, or too deep."""
        if audience in self.inside:
            path = [*self.inside[self.inside.index(audience) :], audience]
            raise RuleError("audience_circle", path=" → ".join(path))
        if len(self.inside) > MOST_INSIDE:
            raise RuleError("too_deep")
        return replace(self, inside=(*self.inside, audience))


Compiled = Callable[[tuple[Any, ...], Asked], Fragment]
# Each audience in another may double the question.
MOST_INSIDE = 8
MadeOf = Callable[[tuple[Any, ...], Asked], list[tuple[Rule, Asked]]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of rules.

    name: as it is written, in English, of one to four words. label, group, help: for people, translated. slots: what
    it is told, in the order in which it is written. example: a condition with it. What it means is either ``sql`` or,
    of a word that stands for other rules, ``made_of``: at least one of these, each with the question inside it. Both
    are given the arguments as ``Fact.args`` and the question.
    """

    name: str
    label: Any
    sql: Compiled | None
    slots: tuple[Slot, ...] = ()
    group: Any = ""
    help: Any = ""
    example: str = ""
    made_of: MadeOf | None = None


@dataclass(slots=True)
class Words:
    """A register of words, in the order in which they came."""

    by_name: dict[str, Word] = field(default_factory=dict)

    def register(self, word: Word) -> Word:
        """Add a word; one of the same name replaces it, so that registering twice is harmless."""
        self.by_name[word.name] = word
        return word

    def __iter__(self) -> Iterator[Word]:
        return iter(self.by_name.values())

    def get(self, name: str) -> Word:
        """Return the word ``name``; raise RuleError if nobody registered it."""
        if name not in self.by_name:
            raise RuleError("unknown_word", found=name)
        return self.by_name[name]


WORDS = Words()
