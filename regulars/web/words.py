"""Codes of customers and orders as words for people, and how much of a person each role is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from regulars.base.clock import to_us
from regulars.base.text import mask_email, mask_name, mask_phone
from regulars.people.queries import ContactPoint
from regulars.shop.rules import DAY_US, Business, CustomerState

STATES: dict[str, Promise] = {
    CustomerState.NEW: gettext_lazy("New"),
    CustomerState.ONE_TIME: gettext_lazy("One-time"),
    CustomerState.REPEAT: gettext_lazy("Repeat"),
    CustomerState.REGULAR: gettext_lazy("Regular"),
    CustomerState.LAPSING: gettext_lazy("Lapsing"),
    CustomerState.LAPSED: gettext_lazy("Lapsed"),
    CustomerState.NO_ORDERS: gettext_lazy("No orders"),
}
STATE_TONES = {
    CustomerState.NEW: "quiet",
    CustomerState.ONE_TIME: "quiet",
    CustomerState.REPEAT: "good",
    CustomerState.REGULAR: "good",
    CustomerState.LAPSING: "warn",
    CustomerState.LAPSED: "bad",
    CustomerState.NO_ORDERS: "quiet",
}
ORDER_STATES: dict[str, Promise] = {
    "paid": gettext_lazy("Paid"),
    "unpaid": gettext_lazy("Unpaid"),
    "closed": gettext_lazy("Closed"),
}
ORDER_TONES = {"paid": "good", "unpaid": "warn", "closed": "quiet"}
MERGE_REASONS: dict[str, Promise] = {
    "shared_email": gettext_lazy("Same e-mail address"),
    "shared_phone": gettext_lazy("Same phone number"),
    "shared_account": gettext_lazy("Same account"),
    "same_name_and_city": gettext_lazy("Same name and city"),
}
CHANNELS: dict[str, Promise] = {
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "sms": gettext_lazy("Text message"),
    "wechat": gettext_lazy("WeChat"),
    "account": gettext_lazy("Account"),
    "unionid": gettext_lazy("WeChat union id"),
    "openid": gettext_lazy("WeChat open id"),
}
SUPPRESSION_REASONS: dict[str, Promise] = {
    "unsubscribed": gettext_lazy("unsubscribed"),
    "bounced": gettext_lazy("messages came back"),
    "complained": gettext_lazy("complained about a message"),
    "by_hand": gettext_lazy("closed by hand"),
    "erased": gettext_lazy("asked to be forgotten"),
}


def customer_title(name: str, customer: int) -> str:
    """Return what a person is called on pages: her name, or a number where none is known."""
    return name or _("Customer %(number)d") % {"number": customer}


def shown_customer(name: str, customer: int, *, may_see_customers: bool) -> str:
    """Return what a person is called for somebody who may, or may not, see personal data."""
    return customer_title(name if may_see_customers else mask_name(name), customer)


def shown_contact(point: ContactPoint, *, may_see_contacts: bool) -> str:
    """Return a contact point as this role may read it: in clear, or with its middle hidden."""
    if may_see_contacts:
        return point.value
    if point.kind == "email":
        return mask_email(point.value)
    return mask_phone(point.value) if point.kind == "phone" else mask_name(point.value)


def main_contacts(points: Iterable[ContactPoint], *, may_see_contacts: bool) -> list[str]:
    """Return the first e-mail address and the first phone number of a person, as this role may read them."""
    found: dict[str, ContactPoint] = {}
    for point in points:
        if point.kind in {"email", "phone"}:
            found.setdefault(point.kind, point)
    return [
        shown_contact(found[kind], may_see_contacts=may_see_contacts) for kind in ("email", "phone") if kind in found
    ]


def consent_source(source: str) -> str:
    """Return where a consent or its withdrawal was heard of, in words."""
    kind, _colon, number = source.partition(":")
    if kind == "import":
        return _("import %(number)s") % {"number": number} if number else _("an import")
    return {"staff": _("written down by staff"), "checkout": _("at checkout")}.get(source, source)


def days(count: int) -> str:
    """Return a number of days in words."""
    return ngettext("%(days)d day", "%(days)d days", count) % {"days": count}


def days_ago(count: int) -> str:
    """Return how many days ago something was, in words."""
    if count == 0:
        return _("today")
    return ngettext("%(days)d day ago", "%(days)d days ago", count) % {"days": count}


def language_name(code: str) -> str:
    """Return the name of a language such as ``zh-hans`` or ``pt-BR``; the code itself if nobody knows it."""
    try:
        return str(get_language_info(code.lower().replace("_", "-"))["name_translated"])
    except KeyError:
        return code


def state_reason(state: CustomerState, business: Business, now: datetime) -> str:
    """Return in one sentence why a person is in ``state``."""
    if business.last_order_at is None:
        return _("Has not bought anything yet.")
    silent = max(0, (to_us(now) - to_us(business.last_order_at)) // DAY_US)
    gap, patience = business.usual_gap_us, business.patience_us
    if gap is None or patience is None:
        if state is CustomerState.NEW:
            return _("Bought once, %(when)s.") % {"when": days_ago(silent)}
        return _("Bought once, %(when)s, and has not come back so far.") % {"when": days_ago(silent)}
    facts = {
        "orders": ngettext("%(count)d order", "%(count)d orders", business.orders) % {"count": business.orders},
        "gap": days(max(1, round(gap / DAY_US))),
        "silent": days(silent),
        "patience": days(patience // DAY_US),
        "when": days_ago(silent),
    }
    if state is CustomerState.LAPSED:
        return _("%(orders)s, about every %(gap)s; now silent for %(silent)s, more than twice what is usual.") % facts
    if state is CustomerState.LAPSING:
        return (
            _("%(orders)s, about every %(gap)s; now silent for %(silent)s. Usually back within %(patience)s.") % facts
        )
    return _("%(orders)s, about every %(gap)s; the last %(when)s.") % facts
