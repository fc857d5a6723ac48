"""What happens with goods and orders, as activities. ``amount`` is the activity's own, formatted for reading."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "order.placed",
    sentence=says(_("Ordered for %(amount)s, not paid yet")),
    help="An order waits for its payment. An order that arrives already paid is recorded as order.paid alone.",
    icon="bag",
)
@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order: int
    items: int


@kind(
    "order.paid",
    sentence=says(_("Bought for %(amount)s")),
    help="An order became business. Its amount is what the buyer paid, with tax and shipping; it counts on the local "
    "day it was placed.",
    icon="bag",
    dated_by="placed_us",
)
@dataclass(frozen=True, slots=True)
class OrderPaid:
    order: int
    placed_us: int  # when it was placed, microseconds since 1970 UTC
    items: int
    discount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    revision: int = 0  # above 0: the order was corrected and this record replaces an earlier one


@kind(
    "order.closed",
    sentence=says(_("Order closed without business")),
    help="An order was cancelled, expired or voided.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class OrderClosed:
    order: int


@kind(
    "order.refunded",
    sentence=says(_("Got %(amount)s back")),
    help="Money was given back, in part or whole. Its amount is positive.",
    icon="return",
)
@dataclass(frozen=True, slots=True)
class OrderRefunded:
    order: int
    is_date_known: bool = True


@kind(
    "order.corrected",
    sentence=says(_("Order corrected by a newer file")),
    help="An order's imported values changed.",
    icon="pencil",
)
@dataclass(frozen=True, slots=True)
class OrderCorrected:
    order: int
    revision: int


@kind("parcel.shipped", sentence=says(_("Parcel sent")), help="A parcel left the shop.", icon="parcel")
@dataclass(frozen=True, slots=True)
class ParcelShipped:
    order: int


@kind("parcel.delivered", sentence=says(_("Parcel arrived")), help="A parcel reached its receiver.", icon="parcel")
@dataclass(frozen=True, slots=True)
class ParcelDelivered:
    order: int


@kind("product.added", sentence=says(_("Product added")), help="A product became known.", icon="tag")
@dataclass(frozen=True, slots=True)
class ProductAdded:
    product: int


@kind(
    "product.price_changed",
    sentence=says(_("Price is now %(amount)s")),
    help="A variant was seen at another price.",
    icon="tag",
)
@dataclass(frozen=True, slots=True)
class PriceChanged:
    product: int
    variant: int
    was_minor: int | None


@kind("store.added", sentence=says(_("Store added by %(by)s")), help="A place of sale was added.", icon="store")
@dataclass(frozen=True, slots=True)
class StoreAdded:
    store: int


@kind(
    "settings.changed",
    sentence=says(_("Shop settings changed by %(by)s")),
    help="The shop's settings were changed.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class SettingsChanged:
    fields: str


@kind(
    "rate.entered",
    sentence=says(_("Exchange rate entered by %(by)s")),
    help="An exchange rate was entered.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class RateEntered:
    source: str
    target: str
    date: str


@kind("store.changed", sentence=says(_("Store changed by %(by)s")), help="A place of sale was changed.", icon="store")
@dataclass(frozen=True, slots=True)
class StoreChanged:
    store: int
    fields: str


@kind(
    "orders.revalued",
    sentence=says(_("Orders valued anew in %(target)s")),
    help="Orders were converted again after a rate or the reporting currency changed.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class OrdersRevalued:
    target: str
    orders: int
    missing: int
