"""What a column can be, for each kind of file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Field:
    """One thing a column can be. ``looks``: what its cells hold; headers it goes by are in mapping.headers."""

    label: str | Promise
    help: str | Promise = ""
    is_required: bool = False
    looks: str = ""  # "", amount, date, email, phone, whole
    is_hidden: bool = False  # only presets set it


NUMBER = Field(
    _("Order number"),
    _("Without it, a row is known by its content."),
)
_BUYER: dict[str, Field] = {
    "account": Field(
        _("Customer number or nickname"),
        _("The shop's own name for the customer: the surest way to know a buyer again."),
    ),
    "email": Field(_("E-mail"), looks="email"),
    "phone": Field(_("Phone"), _("Masked numbers are left out."), looks="phone"),
    "other_phone": Field(_("Second phone"), _("Used where the first is empty or masked."), looks="phone"),
    "name": Field(_("Name")),
    "other_name": Field(_("Second name"), _("Used where the first is empty.")),
    "first_name": Field(_("First name")),
    "last_name": Field(_("Last name")),
    "country": Field(_("Country")),
    "region": Field(_("Province or state")),
    "city": Field(_("City")),
    "address": Field(
        _("Address"), _("Only its first word is used, as the province, where no other column tells it."), is_hidden=True
    ),
    "accepts_email": Field(_("Agreed to e-mail")),
    "accepts_sms": Field(_("Agreed to text messages")),
}
_LINE: dict[str, Field] = {
    "line_title": Field(_("Product title")),
    "line_variant": Field(_("Variant")),
    "line_sku": Field(_("Stock number (SKU)")),
    "line_product_id": Field(_("Product number")),
    "line_quantity": Field(_("Quantity of the line"), looks="whole"),
    "line_price": Field(_("Price of one piece"), looks="amount"),
    "line_total": Field(_("Total of the line"), looks="amount"),
    "line_discount": Field(_("Discount of the line"), looks="amount", is_hidden=True),
    "line_items": Field(_("Lines as JSON"), is_hidden=True),
}

FIELDS: dict[str, dict[str, Field]] = {
    "orders": {
        "number": NUMBER,
        "placed_at": Field(
            _("Ordered on"),
            _("Date, or date and time, of the order."),
            is_required=True,
            looks="date",
        ),
        "total": Field(
            _("Total"),
            _("What the order came to, with shipping."),
            looks="amount",
        ),
        "paid_amount": Field(_("Paid"), _("What the buyer really paid, if it differs."), looks="amount"),
        **_BUYER,
        "status": Field(_("Status"), _("Tells paid orders from unpaid and closed ones.")),
        "currency": Field(_("Currency")),
        "paid_at": Field(_("Paid on"), looks="date"),
        "closed_at": Field(_("Cancelled on"), looks="date"),
        "shipped_at": Field(_("Shipped on"), looks="date"),
        "delivered_at": Field(_("Delivered on"), looks="date"),
        "other_placed_at": Field(_("Second date"), _("Used where the first is empty."), looks="date", is_hidden=True),
        "discount": Field(_("Discount"), looks="amount"),
        "shipping": Field(_("Shipping"), looks="amount"),
        "tax": Field(_("Tax"), looks="amount"),
        "refunded": Field(_("Refunded"), looks="amount"),
        "refunds": Field(_("Refunds as JSON"), is_hidden=True),
        "outstanding": Field(_("Still to pay"), looks="amount", is_hidden=True),
        "items": Field(_("Number of pieces"), looks="whole"),
        "kinds": Field(_("Number of products"), looks="whole", is_hidden=True),
        "carrier": Field(_("Carrier")),
        "tracking": Field(_("Tracking number")),
        **_LINE,
    },
    "customers": {
        **{name: f for name, f in _BUYER.items() if name != "address"},
        "created_at": Field(_("Customer since"), looks="date"),
    },
    "products": {
        "external_id": Field(_("Product number or handle"), _("Rows with the same one are variants of one product.")),
        "title": Field(_("Title"), is_required=True),
        "sku": Field(_("Stock number (SKU)")),
        "barcode": Field(_("Barcode")),
        "price": Field(_("Price"), looks="amount"),
        "sale_price": Field(_("Sale price"), looks="amount"),
        "compare_at": Field(_("Price before reduction"), looks="amount"),
        "stock": Field(_("Stock"), looks="whole"),
        "vendor": Field(_("Vendor")),
        "category": Field(_("Category")),
        "image": Field(_("Picture address")),
        "is_listed": Field(_("Listed")),
        "listing_status": Field(_("Listing status"), is_hidden=True),
        "option_1": Field(_("Option 1")),
        "option_2": Field(_("Option 2")),
        "option_3": Field(_("Option 3")),
        "product_id": Field(_("Number in the store"), is_hidden=True),
        "parent": Field(_("Belongs to"), is_hidden=True),
        "type": Field(_("Product or variant"), is_hidden=True),
    },
    "order_lines": {
        "number": Field(NUMBER.label, is_required=True),
        **{name: f for name, f in _LINE.items() if name not in ("line_items", "line_discount")},
    },
}

# One of these must be mapped, beside the required ones.
ONE_OF: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("total", "paid_amount", "line_total", "line_price", "line_items"),),
    "customers": (("account", "email", "phone", "other_phone"),),
    "products": (),
    "order_lines": (("line_title", "line_sku"),),
}
BUYER_FIELDS = tuple(_BUYER)
