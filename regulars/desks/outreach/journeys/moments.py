"""What may begin a journey: something that happens, by name, and which of its activities are meant. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """Activities of ``kind`` whose body is as ``takes`` says. ``name`` is what versions keep."""

    name: str
    kind: str
    label: Any  # lazy translation
    takes: Callable[[Body], bool] = lambda body: True


def _is_first_word(body: Body) -> bool:
    """A corrected order is recorded anew: no news to its buyer."""
    return not body.get("revision", 0)


def _left_basket(body: Body) -> bool:
    return body.get("agent") == "person" and body.get("added", 0) > 0 and not body.get("orders", 0)


MOMENTS: dict[str, Moment] = {
    moment.name: moment
    for moment in (
        Moment("ordered", "order.paid", _("An order is paid"), _is_first_word),
        Moment("shipped", "parcel.shipped", _("A parcel leaves")),
        Moment("delivered", "parcel.delivered", _("A parcel arrives")),
        Moment("refunded", "order.refunded", _("Money is given back")),
        Moment("basket_left", "site.visited", _("A visit ends with a full basket and no order"), _left_basket),
        Moment(
            "visited", "site.visited", _("A visit to the site ends"), lambda body: body.get("agent") == "person"
        ),
        Moment("recognised", "site.identified", _("The site recognises somebody")),
    )
}  # fmt: skip
# What a person may do that a wait or an exit listens to; of their own accord, so that a message of ours is none.
DOES = {
    "order.paid": _("orders"), "parcel.shipped": _("has a parcel sent"), "parcel.delivered": _("has a parcel arrive"),
    "order.refunded": _("gets money back"), "site.visited": _("visits the site"),
    "site.product_added": _("puts something into the basket"), "site.checkout_started": _("goes to the till"),
}  # fmt: skip
