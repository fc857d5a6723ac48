"""From what a sending says to what one person reads: language, fields, plain and HTML from the same text."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Mapping

from regulars.messages.cards import Cards, as_tables, parted, place, without_places

_FIELD = re.compile(r"\{\s*([a-z_]+(?::[0-9]{1,12})?)\s*(?:\|([^{}]*))?\}")
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


def choose(content: Mapping[str, Mapping[str, str]], language: str, otherwise: str) -> tuple[str, Mapping[str, str]]:
    """Return (language, texts) nearest to ``language``: itself, its tongue, the shop's, else the first there is."""
    wanted = language.lower()
    for name in (wanted, *(n for n in content if wanted and n.split("-")[0] == wanted.split("-")[0]), otherwise):
        if name in content:
            return name, content[name]
    return next(iter(content.items()))


def fill(text: str, fields: Mapping[str, str], cards: Collection[str] = ()) -> str:
    """Put personal fields into a text: ``{first_name|friend}`` is her name, or "friend" where it is not known.

    Of ``cards`` only their place is marked: what stands there differs between plain text and HTML.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] in cards:
            return place(found[1])
        return without_places(fields.get(found[1]) or (found[2] or "").strip())

    return _FIELD.sub(value, without_places(text))


def unknown_fields(text: str, known: set[str]) -> list[str]:
    """Return the names of fields in a text that nothing fills, in order."""
    return [name for name in dict.fromkeys(found[1] for found in _FIELD.finditer(text)) if name not in known]


def fields_in(texts: Iterable[str]) -> set[str]:
    """Return the names of all fields in some texts."""
    return {found[1] for text in texts for found in _FIELD.finditer(text)}


# Set in attributes, for many mail programs drop style sheets; colours are the reader's own, so dark stays dark.
_BODY = 'style="margin:0 auto;padding:16px;max-width:36em;font:16px/1.5 system-ui,sans-serif"'
_FOOT = 'style="margin-top:2em;padding-top:1em;border-top:1px solid #8888;font-size:13px;opacity:.75"'


def as_html(text: str, language: str, foot: str = "", cards: Cards | None = None) -> str:
    """Return a filled text as a mail's HTML: paragraphs, line breaks, links and cards, in the reader's own colours."""
    body = "\n".join(
        _paragraphs(words) + as_tables((cards or {}).get(name, ()), language) for words, name in parted(text.strip())
    )
    under = f"\n<footer {_FOOT}>{_inline(foot)}</footer>" if foot else ""
    return (
        f'<!doctype html><html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"</head><body {_BODY}>{body}{under}</body></html>"
    )


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{_inline(block)}</p>" for block in re.split(r"\n\s*\n", text.strip()) if block)


def _inline(block: str) -> str:
    parts, end = [], 0
    for link in LINK.finditer(block):
        address = html.escape(link[0])
        parts += [html.escape(block[end : link.start()]), f'<a href="{address}">{address}</a>']
        end = link.end()
    parts.append(html.escape(block[end:]))
    return "".join(parts).replace("\n", "<br>\n")
