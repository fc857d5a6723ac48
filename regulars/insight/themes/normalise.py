"""Texts made comparable: one form of each sign, nobody's data in them, in pieces that say one thing."""

from __future__ import annotations

import re
import unicodedata

from regulars.insight.themes.simplified import SIMPLIFIED

PHONE, MAIL, LINK, NUMBER = "<phone>", "<mail>", "<link>", "<number>"
# Bounded, so that a long run of letters costs no more than its length.
_MAIL = re.compile(r"[a-z0-9._%+'\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){0,6}", re.IGNORECASE)
# What else has an @ in its middle: addresses in other scripts. Rather a word too many hidden than a name shown.
_MAIL_LIKE = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_LINK = re.compile(r"(?:https?://|www\.)[^\s，。；、]+", re.IGNORECASE)
# Seven digits or more, as people write telephone and card numbers: with blanks, dots, dashes and brackets between.
_DIGITS = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,2}\d){6,}")
_CODE = re.compile(r"#?[a-z0-9][a-z0-9\-]{4,}", re.IGNORECASE)
_CODE_DIGITS = 4  # at least in an order number: "iPhone12" and "500ml" stay words
# Where an answer by mail ends and the letter it answers begins.
_QUOTED = re.compile(
    r"^[ \t]*(?:>.*|-{2,}\s*(?:original message|forwarded message|原始邮件|转发的邮件).*"
    r"|on .{5,200}wrote:|在.{4,200}写道[:：]|发件人[:：].*|from:[ \t].*)$",
    re.IGNORECASE | re.MULTILINE,
)
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[^\W\d_\u2e80-\u9fff\uf900-\ufaff]")
_SPACES = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[!?。;…\n])|(?<=[.])(?=\s|$)|~{2,}")
_TURN = re.compile(
    r"[,，、]?\s*(?:但是|不过|可是|然而|另外|但|只是)|[,，]\s*(?:就是|可|却|还有)"
    r"|[,;]?\s+(?:but|however|although|though|also|except that)\b,?"
)
_TURN_ENGLISH_AT_START = re.compile(r"^(?:but|however|although|though|also)\b,?\s*")
MOST_PIECES = 40


def normal(text: str) -> str:
    """Return a text to compare by: NFKC, simplified signs, lower case, masked, without the letter it answers."""
    text = unicodedata.normalize("NFKC", unquoted(text)).translate(SIMPLIFIED).lower()
    return _SPACES.sub(" ", masked(text)).strip()


def unquoted(text: str) -> str:
    """Return a mail without the letter it answers; a text that is nothing but quoted stays as it is."""
    if found := _QUOTED.search(text):
        own = text[: found.start()]
        if own.strip():
            return own
    return text


def masked(text: str) -> str:
    """Return a text without addresses, links, telephone, card and order numbers; ``<mail>`` and so on stand there."""
    text = _LINK.sub(LINK, text)
    if "@" in text:
        text = _MAIL_LIKE.sub(MAIL, _MAIL.sub(MAIL, text))
    return _CODE.sub(_code, _DIGITS.sub(PHONE, text))


def _code(found: re.Match[str]) -> str:
    return NUMBER if sum(map(str.isdigit, found[0])) >= _CODE_DIGITS else found[0]


def language(text: str) -> str:
    """Return ``zh`` or ``en`` by the share of the script, "" where no letter stands.

    A Chinese sign says about as much as two and a half letters, so that a brand's name in a Chinese sentence does not
    make it English.
    """
    chinese, letters = len(_CHINESE.findall(text)), len(_LETTER.findall(text))
    if not chinese and not letters:
        return ""
    return "zh" if 2.5 * chinese >= letters else "en"


def pieces(text: str) -> tuple[str, ...]:
    """Return a normal text in parts that each say one thing: cut at marks of a sentence, and where it turns."""
    found = []
    for sentence in _SENTENCE.split(text):
        for part in _TURN.split(sentence or ""):
            part = _TURN_ENGLISH_AT_START.sub("", part.strip(" ,，、;"))
            if _CHINESE.search(part) or _LETTER.search(part):
                found.append(part)
    return tuple(found[:MOST_PIECES]) or ((text,) if text else ())
