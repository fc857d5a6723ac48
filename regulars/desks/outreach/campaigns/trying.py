"""A text before it leaves: as one customer reads it, and sent to whoever writes it; of campaigns and journeys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.base.installation import shop_settings
from regulars.base.secrets import Unreadable
from regulars.channels.contract import Outgoing, SettingsError
from regulars.channels.sms.parts import Parts, split
from regulars.desks.outreach.campaigns.forms import CHANNELS
from regulars.messages.cards import Card
from regulars.messages.identity import identity
from regulars.messages.letters import Reader, letter, pieces
from regulars.messages.models import Sender, Sending
from regulars.messages.operations import NewSending
from regulars.messages.personal import cards_for, values_of
from regulars.messages.sending import deliver_one
from regulars.messages.writing import choose, fields_in
from regulars.people.models import Customer
from regulars.shop.models import Store
from regulars.shop.queries.customers import known_as
from regulars.staff.access import may, person
from regulars.staff.models import Staff

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Read:
    """A text on a channel as somebody reads it; ``parts`` are paid for, of a text message.

    ``pieces``: of a mail with products, its words and the cards behind them.
    """

    name: str
    channel: Any  # lazy translation
    mail: Outgoing
    parts: Parts | None
    pieces: list[tuple[str, list[tuple[Card, str]]]]


def read_as(new: NewSending, who: Customer, to: str = "preview", language: str = "") -> Outgoing:
    """Return what ``who`` would get, in her language unless another is given. Nothing is written down."""
    sending, reader = _as_if(new, who, to, language)
    return letter(sending, reader, "preview", identity(), shop_settings())


def _as_if(new: NewSending, who: Customer, to: str, language: str) -> tuple[Sending, Reader]:
    tongue = language or who.language
    sending = Sending(scope=new.scope, step=new.step, channel=new.channel, content=new.content, is_marketing=True)
    _tongue, texts = choose(new.content, tongue, shop_settings().language)
    words = fields_in(texts.values())
    fields = {name: found[who.pk] for name, found in values_of(words, [who.pk]).items() if who.pk in found}
    cards = {name: found[who.pk] for name, found in cards_for(words, [who.pk]).items() if who.pk in found}
    return sending, Reader(who.pk, to, who.name, tongue, who.country, fields, cards)


def read_all(sendings: Iterable[tuple[str, NewSending]], who: Customer) -> list[Read]:
    """Return each named sending that says something, as ``who`` reads it."""
    labels, found = dict(CHANNELS), []
    for name, new in sendings:
        if new.content:
            sending, reader = _as_if(new, who, "preview", "")
            mail = letter(sending, reader, "preview", identity(), shop_settings())
            parts = split(mail.text) if new.channel == "sms" else None
            has_cards = new.channel == "email" and any(reader.cards.values())
            shown = pieces(sending, reader, "preview", identity(), shop_settings()) if has_cards else []
            found.append(Read(name, labels.get(new.channel, new.channel), mail, parts, shown))
    return found


def chosen_reader(request: HttpRequest, sample: Sequence[int]) -> dict[str, Any]:
    """Return for a page: the ``reader`` asked for, else the first of ``sample``; the ``people`` to choose from.

    Whoever may see customers finds any other by ``who``: a part of the name, an address, an order's number.
    """
    text = request.GET.get("who", "").replace("\0", "").strip()[:80]
    may_find = may(request)["see_customers"]
    found = _found(text) if text and may_find else []
    wanted = request.GET.get("customer", "")
    first = [*found, *sample][:1]
    chosen = int(wanted) if wanted.isdecimal() and len(wanted) < 15 and not found else (first[0] if first else 0)
    reader = _there().filter(pk=chosen).first()
    people = _there().filter(pk__in={*sample, *found, chosen}).order_by("name", "pk")
    return {
        "reader": reader, "people": people, "who": text, "may_find": may_find, "is_nobody": bool(text) and not found,
    }  # fmt: skip


def _there() -> QuerySet[Customer]:
    return Customer.objects.filter(erased_at=None, root_id=F("pk"))


def _found(text: str) -> list[int]:
    countries = set(Store.objects.exclude(country="").values_list("country", flat=True))
    exact = Customer.objects.filter(pk__in=known_as(text, countries)).values_list("root_id", flat=True)
    named = _there().filter(name__icontains=text).order_by("name", "pk").values_list("pk", flat=True)
    return list(dict.fromkeys([*exact, *named[:MOST_FOUND]]))[:MOST_FOUND]


def send_to_oneself(request: HttpRequest, sendings: Iterable[NewSending], sample: Sequence[int]) -> bool:
    """Send every text of these mails, in every language, to who is signed in, as the first of ``sample`` reads it.

    Say on the next page what became of it. False if nobody is signed in, or no mail is among them.
    """
    staff, mails = person(request), [new for new in sendings if new.channel == "email"]
    if staff is None or not mails:
        return False
    sender = Sender.objects.filter(channel="email", retired_at=None).order_by("pk").first()
    if sender is None:
        messages.error(request, _("There is no mail server yet. Add one in the settings."))
        return True
    who = Customer.objects.filter(pk__in=sample[:1]).first() or Customer(pk=0, root_id=0, name=staff.name)
    if problem := _sent(sender, mails, who, staff):
        messages.error(request, problem)
    else:
        messages.success(request, _("Sent to %(address)s.") % {"address": staff.email})
    return True


def _sent(sender: Sender, mails: Sequence[NewSending], who: Customer, staff: Staff) -> str:
    """Return why a mail could not be sent, "" if all were."""
    if not any(new.content for new in mails):
        return _("There is no text yet.")
    for new in mails:
        for language in new.content:
            try:
                receipt = deliver_one(sender, read_as(new, who, staff.email, language))
            except (SettingsError, Unreadable) as error:
                return _("The mail server's settings do not work: %(why)s") % {"why": error}
            if receipt.outcome != "accepted":
                said = {"code": receipt.code, "why": receipt.detail}
                return _("The mail server did not take it: %(code)s %(why)s") % said
    return ""
