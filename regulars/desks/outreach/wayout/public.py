"""The page at the foot of every message: one press to hear nothing more, and everything in between.

Whoever has the link may choose; it shows no address and no name, for links are passed on. A GET changes nothing,
since mail scanners follow links; a POST needs no cookie and no page before it (RFC 8058, section 3.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.messages.identity import identity
from regulars.messages.models import Touch, Wish
from regulars.messages.names import touch_of
from regulars.messages.operations.choosing import Choice, choose_what_to_get, close_channel
from regulars.messages.standing import standings, touches_of, wishes_in_force
from regulars.messages.writing import choose, fill
from regulars.people.models import Customer
from regulars.staff.access import public

CHANNELS = {
    "email": gettext_lazy("E-mail"), "sms": gettext_lazy("Text messages"), "wechat": gettext_lazy("WeChat"),
    "weibo": gettext_lazy("Weibo"), "webpush": gettext_lazy("Notices in the browser"),
}  # fmt: skip
LEVELS = (
    (0, gettext_lazy("As it comes")),
    (1, gettext_lazy("Every two weeks at most")),
    (2, gettext_lazy("Once a month at most")),
    (3, gettext_lazy("Every two months at most")),
)
PAUSES = ((0, gettext_lazy("No pause")), (30, gettext_lazy("For a month")), (90, gettext_lazy("For three months")))
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Came:
    """By which message somebody came here, and who that person is."""

    touch: Touch
    root: Customer

    @property
    def by(self) -> Actor:
        return Actor("customer", self.root.pk)


def came(name: str) -> Came:
    """Return who came by the link of a message; 404 for a link that we did not make or a person who was erased."""
    number = touch_of(name)
    touch = Touch.objects.select_related("sending").filter(pk=number).first() if number is not None else None
    owner = Customer.objects.filter(pk=touch.customer_id).first() if touch else None
    root = Customer.objects.filter(pk=owner.root_id, erased_at=None).first() if owner else None
    if touch is None or root is None:
        raise Http404(_("This link is not one of ours, or leads to somebody whom we have forgotten."))
    return Came(touch, root)


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, name: str) -> HttpResponse:
    """Show what she gets and let her choose."""
    who, at = came(name), now()
    done = ""
    if request.method == "POST":
        done = _change(request, who, at)
    return private(render(request, "wayout/choices.html", _page(name, who, at) | {"done": done}))


def private(response: HttpResponse) -> HttpResponse:
    """Keep a page that a link alone opens out of search engines, caches and other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _change(request: HttpRequest, who: Came, at: datetime) -> str:
    said = request.POST
    if said.get("do") == "save":
        topics = identity().topics
        pause = _number(said.get("pause"), {days for days, _label in PAUSES})
        kept = next((w.until for w in wishes_in_force(who.root.pk, at=at) if w.kind == Wish.Kind.PAUSE), None)
        choice = Choice(
            channels=frozenset(said.getlist("channel")),
            level=_number(said.get("level"), {level for level, _label in LEVELS}),
            paused_until=at + timedelta(days=pause) if pause else kept if said.get("pause") == "keep" else None,
            no_topics=frozenset(topics) - frozenset(said.getlist("topic")),
            is_personalised="personalised" in said,
        )
        source = "preference_page"
        choose_what_to_get(choice, root=who.root.pk, topics=topics, touch=who.touch, by=who.by, at=at, source=source)
        return "saved"
    # Everything else is a wish to be left alone: the one press of a mail program says no more than that.
    source = "one_click" if said.get("List-Unsubscribe") else "preference_page"
    for standing in standings(who.root.pk):
        if said.get("do") == "nothing" or standing.channel == who.touch.channel:
            close_channel(who.root.pk, standing.channel, standing.addresses, who.touch, by=who.by, at=at, source=source)
    return "nothing" if said.get("do") == "nothing" else "stopped"


def _number(text: str | None, known: set[int]) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) in known else 0


def _page(name: str, who: Came, at: datetime) -> dict[str, Any]:
    wishes = wishes_in_force(who.root.pk, at=at)
    by_kind = {wish.kind: wish for wish in wishes}
    refused = {wish.topic for wish in wishes if wish.kind == Wish.Kind.NO_TOPIC}
    found = standings(who.root.pk)
    seldom = by_kind.get(Wish.Kind.SELDOM)
    return {
        "name": name,
        "channels": [(s, CHANNELS.get(s.channel, s.channel)) for s in found],
        "gets_anything": any(s.is_open for s in found),
        "this_channel": CHANNELS.get(who.touch.channel, who.touch.channel),
        "topics": [(topic, topic not in refused) for topic in identity().topics],
        "levels": LEVELS,
        "level": seldom.level if seldom else 0,
        "pauses": PAUSES,
        "pause": by_kind.get(Wish.Kind.PAUSE),
        "is_personalised": Wish.Kind.NOT_PERSONALISED not in by_kind,
        "why": _why(who, found),
        "received": [(touch, _subject(touch, who)) for touch in touches_of(who.root.pk, most=SHOWN, left_only=True)],
        "has_mail": any(s.channel == "email" for s in found),
    }


def _why(who: Came, found: list[Any]) -> dict[str, Any]:
    standing = next((s for s in found if s.channel == who.touch.channel), None)
    return {"touch": who.touch, "subject": _subject(who.touch, who), "standing": standing}


def _subject(touch: Touch, who: Came) -> str:
    _tongue, texts = choose(touch.sending.content, who.root.language, "en")
    return fill(texts.get("subject") or texts.get("text", "")[:60], {})
