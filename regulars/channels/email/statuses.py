"""What a refusal means: whose fault it was while sending, how hard a bounce is afterwards.

The order of evidence is: enhanced status (RFC 3463 and IANA's list), basic code, words, and unknown, which is soft.
What speaks of policy, content or reputation is never the person's fault and never costs her address.
"""

from __future__ import annotations

import re
from typing import Literal

from regulars.channels.contract import Blame, Severity

Stage = Literal["mail", "rcpt", "data"]

HARD = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
OF_MESSAGE = frozenset({"5.2.3", "5.3.4"})
# These say that the sender's own address is bad, not the recipient's.
OF_SENDER = frozenset({"5.1.7", "5.1.8", "5.7.8", "5.7.9", "5.7.515"})
# SPF, DKIM, DMARC and the reverse name (IANA 5.7.20 to 5.7.27 and Gmail's use of them).
_UNPROVEN = re.compile(r"5\.7\.(?:2\d|3\d)")
# Says nothing by itself: many servers put it where they have no code of their own.
_EMPTY = re.compile(r"[245]\.0\.0")

# Not part of an address of a host: 5.1.1 in "host 10.5.1.1" is none.
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_BASIC = re.compile(r"(?<![\d.#])([45][0-5]\d)(?=[ -]|$)")
_NOBODY = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|person|address)|user (?:not found|doesn't exist)"
    r"|(?:mailbox|account|recipient|address|user)[^.\n]{0,40} (?:not found|does not exist|not exist|unavailable)"
    r"|invalid (?:recipient|mailbox|address)|unknown (?:recipient|address|mailbox)|recipient (?:unknown|not found)"
    r"|account (?:has been )?(?:deleted|closed)|no mailbox (?:here )?by that name|用户不存在|收件人不存在|邮箱不存在",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|block(?:ed|list)|blacklist|reputation|policy|denied|dnsbl|rbl|spamhaus|barracuda|dmarc|\bspf\b|dkim"
    r"|unsolicited|content reject|relay|not authori[sz]ed|greylist|too many|rate limit|垃圾邮件|频率|被拒绝",
    re.IGNORECASE,
)
_TOO_BIG = re.compile(
    r"too (?:big|large)|size (?:limit|exceed)|exceeds? (?:the )?(?:maximum )?size|malformed", re.IGNORECASE
)
_FULL = re.compile(r"mailbox (?:is )?full|over ?quota|quota exceeded|insufficient storage|邮箱已满", re.IGNORECASE)


def enhanced(text: str) -> str:
    """Return the first enhanced status code in a text, or an empty string."""
    found = _STATUS.search(text)
    return found[1] if found else ""


def blame_of(basic: int, text: str, stage: Stage) -> Blame:
    """Return whose fault a refusal (5xx) was. ``stage`` is the command that was answered."""
    status = enhanced(text)
    if status and not _EMPTY.match(status):
        if status in OF_SENDER or _UNPROVEN.fullmatch(status) or (stage == "mail" and status.startswith("5.1.")):
            return "sender"
        if status in OF_MESSAGE or status.startswith("5.6."):
            return "message"
        if status.startswith("5.7."):
            return "sender" if basic in {530, 534, 535, 538} else "provider"
        if status.startswith(("5.1.", "5.2.")):
            return "address"
        # 5.3, 5.4 and 5.5 speak of systems, routes and the protocol, unless the words know better.
        return _by_words(text) or "provider"
    if basic in {530, 534, 535, 538}:
        return "sender"
    if stage == "mail":
        return "message" if basic == 552 else "sender"
    if words := _by_words(text):
        return words
    if stage == "rcpt":
        return "address" if basic in {550, 551, 552, 553} else "provider"
    return "message" if basic == 552 else "provider"


def _by_words(text: str) -> Blame:
    if _NOBODY.search(text) or _FULL.search(text):
        return "address"
    if _POLICY.search(text):
        return "provider"
    return "message" if _TOO_BIG.search(text) else ""


def severity_of(status: str, diagnostic: str = "") -> tuple[Severity, str]:
    """Return how hard a bounce is and the code it was judged by.

    ``status`` is the report's own field, ``diagnostic`` what the other server said, which may know more.
    """
    said = enhanced(diagnostic)
    code = status if status and not _EMPTY.match(status) else said or status
    if code and not _EMPTY.match(code):
        return _by_status(code), code
    basic = _BASIC.search(diagnostic)
    if basic and basic[1].startswith("4"):
        return "soft", code or basic[1]
    code = (basic[1] if basic else "") or code
    if _FULL.search(diagnostic):
        return "soft", code
    if _POLICY.search(diagnostic):
        return "block", code
    if _NOBODY.search(diagnostic):
        # Only a refusal for good costs an address; a report about a delay may use the same words.
        return ("soft" if status.startswith("4") else "hard"), code
    return ("message" if _TOO_BIG.search(diagnostic) else "soft"), code


def _by_status(code: str) -> Severity:
    if code in HARD:
        return "hard"
    if code.startswith(("5.7.", "4.7.")):
        return "block"
    if code in OF_MESSAGE or code.startswith("5.6."):
        return "message"
    return "soft"
