"""From what a sending says to what one person reads: language, fields, plain and HTML from the same text."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{\s*([a-z_]+)\s*(?:\|([^{}]*))?\}")
_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


def choose(content: Mapping[str, Mapping[str, str]], language: str, otherwise: str) -> tuple[str, Mapping[str, str]]:
    """Return (language, texts) nearest to ``language``: itself, its tongue, the shop's, else the first there is."""
    wanted = language.lower()
    for name in (wanted, *(n for n in content if wanted and n.split("-")[0] == wanted.split("-")[0]), otherwise):
        if name in content:
            return name, content[name]
    return next(iter(content.items()))


def fill(text: str, fields: Mapping[str, str]) -> str:
    """Put personal fields into a text: ``{first_name|friend}`` is her name, or "friend" where it is not known."""
    return _FIELD.sub(lambda found: fields.get(found[1]) or (found[2] or "").strip(), text)


def unknown_fields(text: str, known: set[str]) -> list[str]:
    """Return the names of fields in a text that nothing fills, in order."""
    return [name for name in dict.fromkeys(found[1] for found in _FIELD.finditer(text)) if name not in known]


def as_html(text: str, language: str) -> str:
    """Return a plain text as a mail's HTML: paragraphs, line breaks and links, in the reader's own colours."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", text.strip()):
        parts, end = [], 0
        for link in _LINK.finditer(block):
            address = html.escape(link[0])
            parts += [html.escape(block[end : link.start()]), f'<a href="{address}">{address}</a>']
            end = link.end()
        parts.append(html.escape(block[end:]))
        paragraphs.append(f"<p>{''.join(parts)}</p>".replace("\n", "<br>\n"))
    return (
        f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        "</head><body>" + "\n".join(paragraphs) + "</body></html>"
    )
