"""Words about what a customer agreed to, and who may not be written to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import WORDS, Asked, Fragment, Texts, TextSlot, Word
from regulars.desks.outreach.audiences.words.pieces import one_of, people_of
from regulars.people.models import Consent

GROUP = _("Consent")
CHANNELS = [
    ("email", _("E-mail")), ("sms", _("Text message")), ("wechat", _("WeChat")), ("phone", _("Phone")),
    ("weibo", _("Weibo")), ("webchat", _("Web chat")),
]  # fmt: skip
# The last word of each record, and a no on any record of a person wins: as people.queries.consents reads it.
_LAST = """SELECT f.root_id FROM people_consent k JOIN people_customer f ON f.id = k.customer_id
WHERE k.channel = %s AND k.purpose = %s AND NOT EXISTS (SELECT 1 FROM people_consent m
    WHERE m.customer_id = k.customer_id AND m.channel = k.channel AND m.purpose = k.purpose
    AND (m.at > k.at OR (m.at = k.at AND m.id > k.id)))
GROUP BY f.root_id HAVING max(CASE WHEN k.state = 'granted' THEN 0 ELSE 1 END) = 0"""


def _agreed(args: tuple[Texts, Texts | None], asked: Asked) -> Fragment:
    channels, purpose = args
    use = purpose.values[0] if purpose else "marketing"
    sql = " UNION ".join([_LAST] * len(channels.values))
    return Fragment(sql, tuple(value for channel in channels.values for value in (channel, use)), is_set=True)


def _suppressed(args: tuple[Texts | None], asked: Asked) -> Fragment:
    source = (
        "people_suppression p JOIN people_identifier i ON i.digest = p.digest "
        "JOIN people_customer f ON f.id = i.customer_id"
    )
    kinds = [one_of("i.kind", args[0].values)] if args[0] else []
    return people_of(source, [Fragment("p.lifted_at IS NULL"), *kinds])


def _purposes() -> list[tuple[str, str]]:
    rows = Consent.objects.order_by("purpose").values_list("purpose", flat=True).distinct()
    return [(purpose, purpose) for purpose in rows[:50]] or [("marketing", "marketing")]


for word in (
    Word(
        "agreed to", _("Agreed to messages"), _agreed,
        (
            TextSlot(name="channel", is_closed=True, choices=lambda: CHANNELS, label=_("Channel")),
            TextSlot(
                name="purpose", ops=("for",), is_required=False, is_one=True, choices=_purposes, label=_("Purpose")
            ),
        ),
        GROUP, _("Without a purpose it is marketing."), "agreed to email",
    ),
    Word(
        "suppressed", _("An address is closed"), _suppressed,
        (
            TextSlot(
                name="kind", ops=("by",), is_required=False, is_closed=True,
                choices=lambda: [("email", _("E-mail")), ("phone", _("Phone"))], label=_("Address"),
            ),
        ),
        GROUP, _("Unsubscribed, came back, or closed by hand."), "not suppressed",
    ),
):  # fmt: skip
    WORDS.register(word)
