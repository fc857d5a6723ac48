"""What the rule language says, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import RuleError

# As decisions.audiences.MESSAGES, which knows no translation; a test holds them together.
PROBLEMS: dict[str, Any] = {
    "unknown_word": _("“%(found)s” is not a word of rules. Choose one from the list of words."),
    "unknown_word_near": _("“%(found)s” is not a word of rules. Did you mean “%(near)s”?"),
    "condition_missing": _("A condition is missing here, such as “orders at least 2”."),
    "join_missing": _("Join conditions by “and” or “or” before “%(found)s”. A name with spaces stands in quotes."),
    "text_missing": _("“%(word)s” needs a name here; put it in quotes if it has spaces, such as \"Green tea\"."),
    "one_text": _("“%(word)s” takes one name here. Join two conditions by “or”."),
    "text_unknown": _("There is no “%(found)s” here. There is: %(choices)s."),
    "text_unknown_near": _("There is no “%(found)s” here. Did you mean “%(near)s”?"),
    "text_sign": _("A name cannot hold control characters. Remove the line break or the invisible sign."),
    "operator_missing": _("After “%(word)s” write one of: %(choices)s."),
    "number_missing": _("Write a number here, such as 2."),
    "number_whole": _("Write a whole number here: %(found)s cannot be counted."),
    "number_large": _("%(found)s is too large. Write a number below one billion."),
    "number_order": _("Write the smaller number first: %(low)s and %(high)s."),
    "number_and": _("Between two numbers stands “and”, such as “between 2 and 5”."),
    "span_unit": _("Write how long in hours, days, weeks or years, such as “60 days”."),
    "span_months": _("Months differ in length. Write days, such as “30 days”."),
    "span_large": _("That is longer than a hundred years. Write a shorter time."),
    "span_zero": _("Write at least 1 here."),
    "ago_missing": _("Write “ago” after the time, such as “over 60 days ago”."),
    "date_missing": _("Write a date here as 2026-01-31."),
    "date_to": _("Write “to” and the last day, such as “from 2026-01-01 to 2026-01-31”."),
    "date_order": _("The first day is after the last. Write the earlier day first."),
    "percent_missing": _("Write a share here, such as 10%%."),
    "percent_range": _("Write a share above 0%% and at most 100%%, with at most two decimals."),
    "quote_open": _("This quote is not closed. Write \" after the name."),
    "bracket_open": _("This bracket is not closed. Write ) where it ends."),
    "bracket_extra": _("There is a bracket ) too many. Remove it."),
    "too_long": _(
        "The rule is longer than %(most)s characters. Save a part as an audience of its own and name that."
    ),
    "too_deep": _("Brackets are nested too deeply. Save a part as an audience of its own and name that."),
    "too_many": _(
        "The rule has more than %(most)s conditions. Save a part as an audience of its own and name that."
    ),
    "audience_circle": _("An audience cannot be made of itself: %(path)s. Take one of them out."),
    "field_missing": _("Fill this in."),
}  # fmt: skip
COMPARISONS: dict[str, Any] = {
    "at least": _("at least"), "at most": _("at most"), "exactly": _("exactly"), "between": _("between"),
    "more than": _("more than"), "less than": _("less than"), "is": _("is"), "contains": _("contains"),
    "": _("is"), "containing": _("contains"),
}  # fmt: skip
TIMES: dict[str, Any] = {
    "in": _("in the last"), "over": _("longer ago than"), "within": _("in the last"), "since": _("since the day"),
    "before": _("before the day"), "from": _("from day to day"),
}  # fmt: skip
UNITS: dict[str, Any] = {"hours": _("hours"), "days": _("days"), "weeks": _("weeks"), "years": _("years")}


def problem_text(error: RuleError) -> str:
    """Return what is wrong and what to do, in the reader's language."""
    return str(PROBLEMS[error.code]) % error.facts
