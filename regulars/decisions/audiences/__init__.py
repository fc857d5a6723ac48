"""Audiences: a readable rule language over everything that is known of a customer.

Pure: rules are texts, trees and forms of each other (``parse``, ``format_rule``, ``to_form``, ``from_form``). A
register of words gives each condition its meaning as SQL, and ``select`` makes one question of a rule. Whoever knows a
new fact registers a ``Word`` with ``WORDS``.
"""

from regulars.decisions.audiences.compiling import Base, condition, meaning, select
from regulars.decisions.audiences.forms import FormErrors, from_form, to_form
from regulars.decisions.audiences.parsing import parse
from regulars.decisions.audiences.problems import MESSAGES, RuleError
from regulars.decisions.audiences.rules import (
    EVERYBODY,
    All,
    Any,
    Compare,
    Fact,
    Not,
    Rule,
    Share,
    Texts,
    When,
    facts_of,
)
from regulars.decisions.audiences.slots import AGO, COMPARISONS, WINDOW, NumberSlot, ShareSlot, TextSlot, TimeSlot
from regulars.decisions.audiences.words import WORDS, Asked, Fragment, Word, Words
from regulars.decisions.audiences.writing import format_rule

__all__ = [
    "AGO", "COMPARISONS", "EVERYBODY", "MESSAGES", "WINDOW", "WORDS", "All", "Any", "Asked", "Base", "Compare", "Fact",
    "FormErrors", "Fragment", "Not", "NumberSlot", "Rule", "RuleError", "Share", "ShareSlot", "TextSlot", "Texts",
    "TimeSlot", "When", "Word", "Words", "condition", "facts_of", "format_rule", "from_form", "meaning", "parse",
    "select", "to_form",
]  # fmt: skip
