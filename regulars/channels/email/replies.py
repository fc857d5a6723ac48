"""A person's words in a mail: decoded whatever it claims, and without what is only quoted.

Cut with care: losing a sentence of a customer is worse than showing an agent a line too much.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from html.parser import HTMLParser
from typing import Any

LONGEST = 20_000
_MOST = 200_000

# Mails that say gb2312 often hold letters that only its successor has.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}
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
    text = " ".join(str(value or "").split())
    if "=?" not in text:
        return text
    try:
        return "".join(
            piece if isinstance(piece, str) else _decoded(piece, charset or "ascii")
            for piece, charset in decode_header(text)
        )
    except (HeaderParseError, ValueError):
        return text


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
                return all(below.startswith(">") for below in lines[after:] if below.strip())
            return False
    return False


class _Text(HTMLParser):
    """Collects text; what the programs mark as quoted is left out."""

    _SILENT = frozenset({"script", "style", "head", "title"})
    _BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"})
    _EMPTY = frozenset({"br", "img", "hr", "meta", "link", "input", "col", "wbr", "area", "base", "source"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BREAKS and not self._silent:
            self.pieces.append("\n")
        values = dict(attrs)
        is_quoted = tag == "blockquote" and (values.get("type") == "cite" or "quote" in (values.get("class") or ""))
        is_quoted = is_quoted or "gmail_quote" in (values.get("class") or "").split()
        # Inside of what is silent only its own tag is counted, to find its end.
        opens = tag == self._silent[0] if self._silent else tag in self._SILENT or is_quoted
        if opens and tag not in self._EMPTY:
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        elif tag in {"p", "div", "tr"} and not self._silent:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def _without_marks(html: str) -> str:
    reader = _Text()
    reader.feed(html[:_MOST])
    reader.close()
    lines = [line.strip() for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
