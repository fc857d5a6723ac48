"""What a campaign needs before it may start. Pure: texts in, problems out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions import claims
from regulars.messages.writing import fields_in

Texts = Mapping[str, str]
Variant = Mapping[str, Texts]
# The parts of a text, and which channels use them.
MAIL_PARTS, SHORT_PARTS = ("subject", "text"), ("short",)
MOST_VARIANTS = 4
MOST_SUBJECT, MOST_TEXT, MOST_SHORT = 150, 50_000, 500


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a campaign. ``field``: the form field it is about; ``blocks``: it cannot start so."""

    field: str
    says: Any  # lazy translation
    blocks: bool = True


_CLAIMS = {
    "superlative": _("“%(word)s” claims a rank that must be proven; say what can be seen or measured."),
    "cure": _("“%(word)s” promises healing, which only medicine may."),
    "loss": _("“%(word)s” says that you sell at a loss; nobody believes it, and it is forbidden where it is not true."),
    "green": _("“%(word)s” needs a proof that stands beside it."),
    "urgency": _("“%(word)s” presses; a friend would name the day and leave it there."),
    "shouting": _("“%(word)s” shouts."),
}


def parts_of(channel: str) -> tuple[str, ...]:
    """Return which parts of a text a channel carries."""
    return MAIL_PARTS if channel == "email" else SHORT_PARTS


def content_for(variant: Variant, channel: str) -> dict[str, dict[str, str]]:
    """Return what a sending on ``channel`` says, by language; languages without a text are left out."""
    found: dict[str, dict[str, str]] = {}
    for language, texts in variant.items():
        if channel == "email" and texts.get("text"):
            found[language] = {"subject": texts.get("subject", ""), "text": texts["text"]}
        elif channel != "email" and texts.get("short"):
            found[language] = {"text": texts["short"]}
    return found


def field_name(variant: int, language: str, part: str) -> str:
    """Return the name of a text's field in the form."""
    return f"{variant}-{language}-{part}"


# Returns what is wrong with a word in braces, in words; "" if nothing.
Wrong = Callable[[str], str]


def problems(variants: Sequence[Variant], channels: Collection[str], wrong: Wrong) -> list[Problem]:
    """Return what is wrong with the texts, most serious first. ``wrong``: with a word in braces."""
    found = list(_problems(variants, channels, wrong))
    return sorted(found, key=lambda problem: not problem.blocks)


def _problems(variants: Sequence[Variant], channels: Collection[str], wrong: Wrong) -> Iterator[Problem]:
    if not channels:
        yield Problem("channels", _("Choose by which way to write."))
    for index, variant in enumerate(variants):
        for channel in channels:
            if not content_for(variant, channel):
                part = parts_of(channel)[-1]
                yield Problem(field_name(index, next(iter(variant), "en"), part), _("Write the text."))
        for language, texts in variant.items():
            yield from _of_texts(index, language, texts, channels, wrong)


def _of_texts(index: int, language: str, texts: Texts, channels: Collection[str], wrong: Wrong) -> Iterator[Problem]:
    if "email" in channels and texts.get("text") and not texts.get("subject", "").strip():
        yield Problem(field_name(index, language, "subject"), _("Write a subject."))
    for part, most in (("subject", MOST_SUBJECT), ("text", MOST_TEXT), ("short", MOST_SHORT)):
        text, name = texts.get(part, ""), field_name(index, language, part)
        if len(text) > most:
            yield Problem(name, _("At most %(most)d letters.") % {"most": most})
        for word in sorted(fields_in([text])):
            if says := wrong(word):
                yield Problem(name, says)
        for claim in claims.check(text):
            yield Problem(name, _CLAIMS[claim.kind] % {"word": claim.word}, claim.blocks)


NO_AUDIENCE = _("Choose to whom.")
NO_IDENTITY = _("Say first who speaks: company, postal address and the address of this system.")
NO_SENDER = _("There is no sender for this way yet.")
