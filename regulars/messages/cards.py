"""Products in a text: a line in plain text, a card with picture in HTML; both from the same."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation

from regulars.ui.templatetags.ui import money


@dataclass(frozen=True, slots=True)
class Card:
    """A product as a reader sees it. ``url`` of its page and ``image`` are "" where there is none."""

    title: str
    url: str = ""
    image: str = ""
    price_minor: int | None = None
    currency: str = ""
    is_from: bool = False  # its variants cost differently; this is the least


Cards = Mapping[str, Sequence[Card]]
# Where cards stand in a text that is filled already: signs of the private area, which nobody writes.
OPEN, CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{OPEN}([a-z_]+(?::[0-9]+)?){CLOSE}")
_AROUND = re.compile(rf"[ \t]*\n*[ \t]*{_PLACE.pattern}[ \t]*\n*")


def place(name: str) -> str:
    """Return what marks the place of the cards of ``name``."""
    return f"{OPEN}{name}{CLOSE}"


def without_places(text: str) -> str:
    """Return a text that came from outside, in which nothing can be taken for a place of cards."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def titles(text: str, cards: Cards) -> str:
    """Return a text with the products' names only: a subject."""
    return _PLACE.sub(lambda found: ", ".join(card.title for card in cards.get(found[1], ())), text)


def as_lines(text: str, cards: Cards, tongue: str, *, with_price: bool) -> str:
    """Return a text with a line for each card: its name, its price in a mail, its address."""

    def line(card: Card) -> str:
        price = price_of(card, tongue) if with_price else ""
        said = f"{card.title}, {price}" if price else card.title
        return f"{said}{': ' if with_price and card.url else ' ' if card.url else ''}{card.url}"

    return _PLACE.sub(lambda found: "\n".join(map(line, cards.get(found[1], ()))), text)


def price_of(card: Card, tongue: str) -> str:
    """Return what it costs as readers of a language write it, "" where nobody knows."""
    if card.price_minor is None:
        return ""
    with translation.override(tongue):
        price = money(card.price_minor, card.currency)
        return translation.gettext("from %(price)s") % {"price": price} if card.is_from else price


def parted(text: str) -> list[tuple[str, str]]:
    """Return a text as pieces: (words, the name of the cards that follow them, "" behind the last)."""
    parts = _AROUND.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


# As tables and attributes, which every mail program draws; a picture that is not loaded leaves its name.
_TABLE = 'role="presentation" cellpadding="0" cellspacing="0" style="margin:12px 0;width:100%"'
_SIDE = 'style="width:112px;padding:0 16px 0 0;vertical-align:top"'
_PICTURE = 'width="112" style="display:block;width:112px;max-width:112px;border:0;border-radius:8px"'


def as_tables(cards: Sequence[Card], tongue: str) -> str:
    """Return cards as a mail's HTML."""
    return "".join(_table(card, price_of(card, tongue)) for card in cards)


def _table(card: Card, price: str) -> str:
    title, url = html.escape(card.title), html.escape(card.url)
    name = f'<a href="{url}">{title}</a>' if url else title
    side = ""
    if card.image:
        picture = f'<img src="{html.escape(card.image)}" alt="" {_PICTURE}>'
        linked = f'<a href="{url}">{picture}</a>' if url else picture
        side = f"<td {_SIDE}>{linked}</td>"
    cost = f"<br>{html.escape(price)}" if price else ""
    return f'<table {_TABLE}><tr>{side}<td style="vertical-align:top"><strong>{name}</strong>{cost}</td></tr></table>'
