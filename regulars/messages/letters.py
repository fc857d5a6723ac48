"""A message as one person reads it: her language, her fields, who speaks and how to be left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.utils import translation
from django.utils.translation import gettext as _

from regulars.base.installation import ShopSettings
from regulars.channels.contract import Outgoing
from regulars.channels.email.bounces import stop_link
from regulars.messages.cards import Card, Cards, as_lines, parted, price_of, titles
from regulars.messages.identity import Identity
from regulars.messages.models import Sending
from regulars.messages.names import port, way_out
from regulars.messages.windows import ANSWERING
from regulars.messages.writing import LINK, as_html, choose, fill
from regulars.people import links

# Text messages are paid by length: they carry the sender and the way out in a few letters instead of a footer.
SHORT = frozenset({"sms"})
_CHINA = frozenset({"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin"})
_IS_MARKED = re.compile(r"\s*(?:AD\b|[(（【\[]?\s*广告)")


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom a message goes. ``fields``: what her personal fields say; ``cards``: which products they show her."""

    root: int
    to: str
    name: str = ""
    language: str = ""
    country: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    cards: Cards = field(default_factory=dict)


def first_name(name: str) -> str:
    """Return by what a friend would call her: the first word, or the whole name where names have no spaces."""
    return name.split(" ")[0]


@dataclass(frozen=True, slots=True)
class _Written:
    """A text with the reader's words in it; of cards, the places."""

    tongue: str
    subject: str
    text: str
    cards: Cards


def _write(sending: Sending, reader: Reader, name: str, who: Identity, shop: ShopSettings) -> _Written:
    tongue, texts = choose(sending.content, reader.language, shop.language)
    fields = {
        "name": reader.name, "first_name": first_name(reader.name), "shop": shop.name,
        "way_out": way_out(who.address, name), "port": port(who.address, name), **reader.fields,
    }  # fmt: skip
    cards = {
        one: [replace(card, url=_tracked(card.url, sending, reader, who)) for card in found]
        for one, found in reader.cards.items()
        if found
    }
    text = _tracked(fill(texts.get("text", ""), fields, cards), sending, reader, who)
    subject = titles(fill(texts.get("subject", ""), fields, cards), cards)
    if sending.is_marketing:
        subject = _marked(subject, sending, reader, who, shop, tongue)
    return _Written(tongue, subject, text, cards)


def letter(
    sending: Sending, reader: Reader, name: str, who: Identity, shop: ShopSettings, stop_at: str = ""
) -> Outgoing:
    """Return the message of ``sending`` as ``reader`` gets it; ``name`` is its touch's.

    ``stop_at`` is the address of a mailbox in which a wish for no more is read, if there is one.
    """
    said = _write(sending, reader, name, who, shop)
    tongue, out = said.tongue, way_out(who.address, name)
    text = as_lines(said.text, said.cards, tongue, with_price=sending.channel == "email")
    if sending.channel in SHORT:
        return Outgoing(name, reader.to, tongue, "", _short(text, sending, who, tongue), is_service=_serves(sending))
    # In a talk the account's name stands above every line; an address under each is a form letter's.
    is_talk = sending.channel in ANSWERING and not sending.is_marketing
    foot = "" if is_talk else _foot(tongue, sending.is_marketing, who)
    foot = foot.format(out=out, port=port(who.address, name))
    return Outgoing(
        id=name,
        to=reader.to,
        language=tongue,
        subject=said.subject,
        text=f"{text.rstrip()}\n\n-- \n{foot}" if foot else text,
        html=as_html(said.text, tongue, foot, said.cards) if sending.channel == "email" else "",
        headers=_headers(sending, name, out, who, stop_at) if sending.channel == "email" else {},
        is_service=_serves(sending),
        data={"type": f"message.{sending.scope.partition(':')[0]}", "subject": said.subject, "text": text}
        if sending.channel == "webhook"
        else {},
    )


def pieces(
    sending: Sending, reader: Reader, name: str, who: Identity, shop: ShopSettings
) -> list[tuple[str, list[tuple[Card, str]]]]:
    """Return a mail as it is read, in pieces: words, and the cards behind them with their prices. For a look ahead."""
    said = _write(sending, reader, name, who, shop)
    foot = _foot(said.tongue, sending.is_marketing, who)
    foot = foot.format(out=way_out(who.address, name), port=port(who.address, name))
    found = [
        (words, [(card, price_of(card, said.tongue)) for card in said.cards.get(cards, ())])
        for words, cards in parted(said.text)
    ]
    return [*found, (f"-- \n{foot}", [])]


def _serves(sending: Sending) -> bool:
    return not sending.is_marketing


def _headers(sending: Sending, name: str, out: str, who: Identity, stop_at: str) -> dict[str, str]:
    if not sending.is_marketing:
        return {"Auto-Submitted": "auto-generated"}
    host = urlsplit(who.address).hostname or "localhost"
    scope = sending.scope.replace(":", "-")
    return {
        # RFC 8058: mail programs post to this without a page, cookies or a question. Those that cannot write a mail.
        "List-Unsubscribe": f"<{out}>, <{stop_link(stop_at, name)}>" if stop_at else f"<{out}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<news.{host}>",
        "Feedback-ID": f"{scope}:{sending.step or 'all'}:{sending.channel}:regulars",
        "Precedence": "bulk",
    }


@lru_cache(maxsize=64)
def _foot(tongue: str, is_marketing: bool, who: Identity) -> str:
    """Return what stands under a text, with places for ``out`` and ``port``."""
    with translation.override(tongue):
        lines = [", ".join(part for part in (who.company, " ".join(who.postal_address.split())) if part)]
        if is_marketing:
            lines += [
                _("You get this because you agreed to hear from us or bought from us."),
                _("Tell us what you think: %(port)s") % {"port": "\0port\0"},
                _("Choose what you get from us, or nothing more: %(out)s") % {"out": "\0out\0"},
            ]
    text = "\n".join(line for line in lines if line).replace("{", "{{").replace("}", "}}")
    return text.replace("\0port\0", "{port}").replace("\0out\0", "{out}")


def _marked(
    subject: str, sending: Sending, reader: Reader, who: Identity, shop: ShopSettings, tongue: str
) -> str:  # fmt: skip
    """Put AD or 广告 before an advertisement that goes to China (Order 38 of 2006, article 13)."""
    is_china = reader.country == "CN" or (not reader.country and shop.timezone in _CHINA)
    if not (who.marks_for_china and is_china and sending.channel == "email") or _IS_MARKED.match(subject):
        return subject
    return ("（广告）" if tongue.startswith("zh") else "AD: ") + subject


@lru_cache(maxsize=64)
def _stop_word(tongue: str) -> str:
    return "拒收请回复R" if tongue.startswith("zh") else "Reply STOP to end"


def _short(text: str, sending: Sending, who: Identity, tongue: str) -> str:
    signed = f"【{who.company}】{text}" if tongue.startswith("zh") else f"{who.company}: {text}"
    body = signed if who.company else text
    return f"{body} {_stop_word(tongue)}" if sending.is_marketing else body


def _tracked(text: str, sending: Sending, reader: Reader, who: Identity) -> str:
    """Make links to the shop's own site personal, so that a visit by them is known to be hers. No other link."""
    host = urlsplit(who.site).hostname if who.site else None
    if not host or "://" not in text:
        return text
    more = {
        "utm_source": "regulars", "utm_medium": sending.channel, "utm_campaign": sending.scope.replace(":", "-"),
        links.PARAMETER: links.token_of(reader.root),
    }  # fmt: skip

    def personal(found: re.Match[str]) -> str:
        parts = urlsplit(found[0])
        if parts.hostname != host:
            return found[0]
        query = f"{parts.query}&{urlencode(more)}" if parts.query else urlencode(more)
        return urlunsplit(parts._replace(query=query))

    return LINK.sub(personal, text)
