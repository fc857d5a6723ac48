"""What a review may be held for, and how long. Pure; the stars are no argument of anything here."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

DECIDE_WITHIN = timedelta(days=3)
MOST_PHOTOS = 5
MOST_TEXT, MOST_TITLE, MOST_NAME = 5_000, 120, 60

# The only reasons for which a review may be taken down, whatever its stars (16 CFR 465.7 names what is no suppression).
REASONS = (
    "private_data", "abusive", "discriminatory", "unrelated", "fake", "misleading", "confidential",
)  # fmt: skip
# Besides these, it may be held because its author changed what was taken down, or another shop's tool called it spam.
HELD_ONLY = ("links", "changed", "called_spam")

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# Nine digits and more are a telephone, an account or an identity; a date has eight.
_DIGITS = re.compile(r"(?<![\d.,])\+?\d(?:[ ().\-/]{0,2}\d){8,18}(?![\d.,])")
_CONTACT = re.compile(
    r"(?:微信号?|薇信|wechat|qq|whatsapp|telegram)\s*(?:id)?\s*[:：号是]?\s*[a-z0-9_\-]{5,20}", re.IGNORECASE
)
_LINK = re.compile(
    r"https?://|\bwww\.|\b[a-z0-9-]{2,63}\.(?:com|net|org|info|biz|shop|store|top|xyz|io|cn|ru|de|uk|eu|me|ly|link)\b",
    re.IGNORECASE,
)
# Insults to people and threats, never hard words about goods: "rubbish" and "a fraud" are opinions.
_ABUSE_WORDS = (
    "asshole", "arsehole", "bastard", "bitch", "cunt", "dickhead", "fag", "faggot", "fuck", "fucker", "fucking", "kike",
    "motherfucker", "nigger", "retard", "slut", "twat", "wanker", "whore",
)  # fmt: skip
_ABUSE = re.compile(
    rf"\b(?:{'|'.join(_ABUSE_WORDS)})s?\b|\b(?:i'?ll|i will|gonna) (?:kill|hurt|find) (?:you|u)\b|"
    "傻[逼比屄叉]|煞笔|沙雕玩意|[操草肏艹]你|你妈(?:逼|的逼|死)|妈[了的]?个?逼|贱[人货]|婊子|狗娘养|狗东西|杂种|"
    "死全家|全家死|去死|弄死你|打死你|砍死|畜生|脑残|智障|人渣",
    re.IGNORECASE,
)


def held_for(title: str, text: str, author: str) -> list[str]:
    """Return for which of these reasons a person must look at a review before it is shown; none: it is shown at once.

    ``private_data``: mail, telephone, account numbers, contacts; ``abusive``: insults and threats; ``links``.
    """
    # Wide digits and letters of Chinese keyboards hide nothing.
    said = unicodedata.normalize("NFKC", f"{author}\n{title}\n{text}")
    found = []
    if _MAIL.search(said) or _DIGITS.search(said) or _CONTACT.search(said):
        found.append("private_data")
    if _ABUSE.search(said):
        found.append("abusive")
    if _LINK.search(_MAIL.sub(" ", said)):
        found.append("links")
    return found
