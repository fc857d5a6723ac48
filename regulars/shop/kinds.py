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


@kind("lot.added", sentence=says(_("Lot added by %(by)s")), help="A lot of a product became known.", icon="box")
@dataclass(frozen=True, slots=True)
class LotAdded:
    lot: int
    product: int


@kind("lot.changed", sentence=says(_("Lot changed by %(by)s")), help="What is known of a lot changed.", icon="pencil")
@dataclass(frozen=True, slots=True)
class LotChanged:
    lot: int
    fields: str


@kind(
    "lot.withdrawn",
    sentence=says(_("Lot taken out by %(by)s")),
    help="A lot was entered by mistake or is gone for good; it is not watched any more.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class LotWithdrawn:
    lot: int


@kind("lot.restored", sentence=says(_("Lot is back, by %(by)s")), help="A lot is watched again.", icon="undo")
@dataclass(frozen=True, slots=True)
class LotRestored:
    lot: int


@kind(
    "lot.assigned",
    sentence=says(_("Orders put to a lot by %(by)s")),
    help="It became known, or was assumed, which orders hold pieces of a lot.",
    icon="box",
)
@dataclass(frozen=True, slots=True)
class LotAssigned:
    lot: int
    orders: int
    how: str  # hand, file, assumed


@kind(
    "lot.unassigned",
    sentence=says(_("Orders taken from a lot by %(by)s")),
    help="Orders are not held to contain a lot any more.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class LotUnassigned:
    lot: int
    orders: int


@kind(
    "lot.checked",
    sentence=says(_("Lot checked by %(by)s")),
    help="A person looked at a lot, at sourcing or at dispatch, and wrote down what she saw.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class LotChecked:
    lot: int
    check: int
    stage: str
    result: str


@kind(
    "lot.check_taken_back",
    sentence=says(_("Check taken back by %(by)s")),
    help="A check of a lot was entered wrongly.",
    icon="undo",
)
@dataclass(frozen=True, slots=True)
class CheckTakenBack:
    lot: int
    check: int


@kind(
    "lot.stopped",
    sentence=says(_("Sale stopped by %(by)s")),
    help="A person decided that a lot, or a whole product, is not to be sold for now.",
    icon="stop",
)
@dataclass(frozen=True, slots=True)
class SaleStopped:
    stop: int
    product: int
    lot: int | None = None


@kind(
    "lot.released",
    sentence=says(_("Sale goes on, by %(by)s")),
    help="A stop of sale was lifted.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class SaleReleased:
    stop: int
    product: int
    lot: int | None = None
