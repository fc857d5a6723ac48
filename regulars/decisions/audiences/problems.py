"""What can be wrong with a rule, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

# English, and the key of each translation: whoever shows a problem writes it in the reader's language.
MESSAGES: Mapping[str, str] = {
    "unknown_word": "“%(found)s” is not a word of rules. Choose one from the list of words.",
    "unknown_word_near": "“%(found)s” is not a word of rules. Did you mean “%(near)s”?",
    "condition_missing": "A condition is missing here, such as “orders at least 2”.",
    "join_missing": "Join conditions by “and” or “or” before “%(found)s”. A name with spaces stands in quotes.",
    "text_missing": "“%(word)s” needs a name here; put it in quotes if it has spaces, such as \"Green tea\".",
    "one_text": "“%(word)s” takes one name here. Join two conditions by “or”.",
    "text_unknown": "There is no “%(found)s” here. There is: %(choices)s.",
    "text_unknown_near": "There is no “%(found)s” here. Did you mean “%(near)s”?",
    "text_sign": "A name cannot hold control characters. Remove the line break or the invisible sign.",
    "operator_missing": "After “%(word)s” write one of: %(choices)s.",
    "number_missing": "Write a number here, such as 2.",
    "number_whole": "Write a whole number here: %(found)s cannot be counted.",
    "number_large": "%(found)s is too large. Write a number below one billion.",
    "number_order": "Write the smaller number first: %(low)s and %(high)s.",
    "number_and": "Between two numbers stands “and”, such as “between 2 and 5”.",
    "span_unit": "Write how long in hours, days, weeks or years, such as “60 days”.",
    "span_months": "Months differ in length. Write days, such as “30 days”.",
    "span_large": "That is longer than a hundred years. Write a shorter time.",
    "span_zero": "Write at least 1 here.",
    "ago_missing": "Write “ago” after the time, such as “over 60 days ago”.",
    "date_missing": "Write a date here as 2026-01-31.",
    "date_to": "Write “to” and the last day, such as “from 2026-01-01 to 2026-01-31”.",
    "date_order": "The first day is after the last. Write the earlier day first.",
    "percent_missing": "Write a share here, such as 10%%.",
    "percent_range": "Write a share above 0%% and at most 100%%, with at most two decimals.",
    "quote_open": "This quote is not closed. Write \" after the name.",
    "bracket_open": "This bracket is not closed. Write ) where it ends.",
    "bracket_extra": "There is a bracket ) too many. Remove it.",
    "too_long": "The rule is longer than %(most)s characters. Save a part as an audience of its own and name that.",
    "too_deep": "Brackets are nested too deeply. Save a part as an audience of its own and name that.",
    "too_many": "The rule has more than %(most)s conditions. Save a part as an audience of its own and name that.",
    "audience_circle": "An audience cannot be made of itself: %(path)s. Take one of them out.",
    "field_missing": "Fill this in.",
}  # fmt: skip


class RuleError(ValueError):
    """A rule that cannot be read. ``start`` and ``end`` (from 0) are its place in the text; ``field`` in a form."""

    def __init__(self, code: str, start: int = 0, end: int = 0, *, field: str = "", **facts: str) -> None:
        self.code, self.start, self.end, self.field = code, start, end, field
        self.facts: dict[str, str] = facts
        super().__init__(MESSAGES[code] % facts)

    def at(self, start: int, end: int) -> RuleError:
        """Return the same problem at a place of the text."""
        return RuleError(self.code, start, end, field=self.field, **self.facts)

    def named(self, field: str) -> RuleError:
        """Return the same problem in a field of a form."""
        return RuleError(self.code, self.start, self.end, field=field, **self.facts)
