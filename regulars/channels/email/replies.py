"""A person's words in a mail: decoded whatever it claims, and without what is only quoted.

Cut with care: losing a sentence of a customer is worse than showing an agent a line too much.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp
from email.header import Header, decode_header
from email.message import Message
from html import unescape
from typing import Any

LONGEST = 20_000
_MOST = 200_000

# Mails that say gb2312 often hold letters that only its successor has.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?\s]{0,1000})\?=")
_RUN = re.compile(rf"{_WORD.pattern}(?:\s?{_WORD.pattern})*")
# What stands above a quoted mail in the programs people use. The first kind is sure of itself only if the rest of the
# mail is quoted line by line; below the second kind nobody writes.
_WROTE = re.compile(
    r"\s*>?\s*(?:on\b.{4,200}\bwrote|am\b.{4,200}\bschrieb.{0,80}|le\b.{4,200}\ba écrit|.{4,200}写道)\s*[:：]\s*",
    re.IGNORECASE | re.DOTALL,
)
_RULE = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|forwarded message|original|原始邮件|原邮件|转发邮件)\s*-{2,}"
    r"|_{20,}|-{2,}\s*回复的原邮件\s*-{2,})\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*\*?(?:from|发件人)\*?\s*[:：]", re.IGNORECASE)
_FURTHER = re.compile(r"^\s*\*?(?:sent|date|to|subject|发送时间|发送日期|日期|收件人|主题)\*?\s*[:：]", re.IGNORECASE)


def header_text(value: Any) -> str:
    """Return a header's text with its encoded words decoded as far as they can be, in one line."""
    if isinstance(value, Header):  # bytes that no charset was given for
        value = "".join(_decoded(p, "utf-8") if isinstance(p, bytes) else p for p, _ in decode_header(value))
    text = " ".join(str(value or "")[:LONGEST].split())
    return _RUN.sub(_run, text) if "=?" in text else text


def _run(found: re.Match[str]) -> str:
    """Decode a run of encoded words; a character may be cut in two by the end of a word."""
    parts: list[tuple[str, bytes]] = []
    for charset, kind, coded in _WORD.findall(found[0]):
        data = coded.encode("ascii", "replace")
        try:
            data = a2b_base64(data + b"==") if kind in "bB" else a2b_qp(data, header=True)
        except ValueError:
            return found[0]
        if parts and parts[-1][0] == charset.lower():
            data = parts.pop()[1] + data
        parts.append((charset.lower(), data))
    return "".join(_decoded(data, charset.partition("*")[0]) for charset, data in parts)


def _decoded(data: bytes, charset: str) -> str:
    charset = charset.lower().strip("\"' ")
    try:
        return data.decode(_WIDER.get(charset, charset), errors="replace")
    except (LookupError, ValueError):
        return data.decode(errors="replace")


def text_of(message: Message) -> str:
    """Return a mail's text: the plain part, else the HTML part without its marks; attachments are not read."""
    html = ""
    for part in message.walk():
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes) or part.get_content_maintype() != "text":
            continue
        text = _decoded(data, str(part.get_param("charset") or "utf-8"))
        if part.get_content_subtype() == "html":
            html = html or text
        else:
            return text
    return _without_marks(html)


def own_words(text: str) -> str:
    """Return what a person wrote herself, without the mail she replies to.

    A quotation in the middle stays, for the answer to it may stand below.
    """
    lines = text[:_MOST].replace("\r\n", "\n").split("\n")
    end = next((at for at in range(len(lines)) if _ends_at(lines, at)), len(lines))
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    kept = "\n".join(lines[:end]).strip()
    return (kept or text.strip())[:LONGEST]


def _ends_at(lines: list[str], at: int) -> bool:
    """Return whether everything from this line on is the mail replied to."""
    line = lines[at]
    if _RULE.match(line):
        return not line.lstrip().startswith("_") or any(_FROM.match(below) for below in lines[at + 1 : at + 4])
    if _FROM.match(line):
        return sum(bool(_FURTHER.match(below)) for below in lines[at + 1 : at + 6]) >= 2
    # A long "On ... wrote:" may have been broken in two.
    for after in (at + 1, at + 2):
        if lines[after - 1 : after] and lines[after - 1].rstrip().endswith((":", "：")):
            if _WROTE.fullmatch("\n".join(lines[at:after])[:400]):
                if after == at + 2 and _WROTE.fullmatch(lines[at + 1][:400]):
                    return False  # it begins in the next line
                return all(below.startswith(">") for below in lines[after:] if below.strip())
            return False
    return False


_SILENT = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"})
_QUOTES = re.compile(r"\bgmail_quote\b|\btype=.?cite\b|\bclass=.?[^>\"']{0,80}quote", re.IGNORECASE)
# Read with bounds of its own: the library's parser takes a minute for a mail made to keep it busy.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]{0,2000})>")


def _without_marks(html: str) -> str:
    """Return the text of a page; what mail programs mark as quoted is left out."""
    first, *comments = html[:_MOST].split("<!--")
    pieces: list[str] = []
    # Inside of what is silent only its own tag is counted, to find its end.
    silent, depth, start = "", 0, 0
    page = first + "".join(after.partition("-->")[2] for after in comments)
    for found in _TAG.finditer(page):
        text, start = page[start : found.start()], found.end()
        closes, tag, rest = bool(found[1]), found[2].lower(), found[3]
        if silent:
            depth += (tag == silent) * (-1 if closes else 1)
            silent = silent if depth else ""
            continue
        pieces.append(" ".join(f".{text}.".split())[1:-1])
        if not closes and (tag in _SILENT or (tag in {"blockquote", "div"} and _QUOTES.search(rest))):
            silent, depth = tag, 1
        elif tag in _BREAKS:
            pieces.append("\n")
    pieces.append("" if silent else page[start:])
    lines = [line.strip() for line in unescape("".join(pieces)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
