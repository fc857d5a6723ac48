"""Shopify's exports: orders (a row a line), customers (two headers), products (two dialects)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.sources.csv_upload.presets.preset import CLOSED, PAID, UNPAID, Preset

ORDERS = Preset(
    name="shopify_orders",
    label=_("Shopify orders"),
    platform="shopify",
    entity="orders",
    signs=(("Name", "Financial Status", "Lineitem name", "Lineitem quantity", "Created at"),),
    is_grouped=True,
    decimal=".",
    tax_included=True,
    columns={
        "number": ("Name",),
        "placed_at": ("Created at",),
        "paid_at": ("Paid at",),
        "closed_at": ("Cancelled at",),
        "shipped_at": ("Fulfilled at",),
        "status": ("Financial Status",),
        "currency": ("Currency",),
        "total": ("Total",),
        "outstanding": ("Outstanding Balance",),
        "discount": ("Discount Amount",),
        "shipping": ("Shipping",),
        "tax": ("Taxes",),
        "refunded": ("Refunded Amount",),
        "email": ("Email",),
        "phone": ("Phone",),
        "other_phone": ("Billing Phone", "Shipping Phone"),
        "name": ("Billing Name",),
        "other_name": ("Shipping Name",),
        "country": ("Billing Country", "Shipping Country"),
        "region": ("Billing Province", "Shipping Province"),
        "city": ("Billing City", "Shipping City"),
        "accepts_email": ("Accepts Marketing",),
        "line_title": ("Lineitem name",),
        "line_sku": ("Lineitem sku",),
        "line_quantity": ("Lineitem quantity",),
        "line_price": ("Lineitem price",),
        "line_discount": ("Lineitem discount",),
    },
    statuses={
        "paid": PAID,
        "partially_paid": PAID,
        "partially_refunded": PAID,
        "refunded": PAID,
        "pending": UNPAID,
        "authorized": UNPAID,
        "unpaid": UNPAID,
        "expired": UNPAID,
        "": UNPAID,
        "voided": CLOSED,
    },
)

CUSTOMERS = Preset(
    name="shopify_customers",
    label=_("Shopify customers"),
    platform="shopify",
    entity="customers",
    signs=(("First Name", "Last Name", "Email", "Accepts Email Marketing"),),
    columns={
        "account": ("Customer ID",),
        "email": ("Email",),
        "phone": ("Phone",),
        "other_phone": ("Default Address Phone",),
        "first_name": ("First Name",),
        "last_name": ("Last Name",),
        "country": ("Default Address Country Code", "Country Code", "Country"),
        "region": ("Default Address Province Code", "Province", "Province Code"),
        "city": ("Default Address City", "City"),
        "accepts_email": ("Accepts Email Marketing",),
        "accepts_sms": ("Accepts SMS Marketing",),
    },
)

PRODUCTS = Preset(
    name="shopify_products",
    label=_("Shopify products"),
    platform="shopify",
    entity="products",
    signs=(("Handle", "Title", "Variant Price"), ("URL handle", "Title", "Price", "SKU")),
    is_grouped=True,
    decimal=".",
    columns={
        "external_id": ("Handle", "URL handle"),
        "title": ("Title",),
        "vendor": ("Vendor",),
        "category": ("Type", "Product category"),
        "image": ("Image Src", "Product image URL"),
        "is_listed": ("Published", "Published on online store"),
        "listing_status": ("Status",),
        "option_1": ("Option1 Value",),
        "option_2": ("Option2 Value",),
        "option_3": ("Option3 Value",),
        "sku": ("Variant SKU", "SKU"),
        "barcode": ("Variant Barcode", "Barcode"),
        "price": ("Variant Price", "Price"),
        "compare_at": ("Variant Compare At Price", "Compare-at price"),
        "stock": ("Variant Inventory Qty", "Inventory quantity"),
    },
)

PRESETS = (ORDERS, CUSTOMERS, PRODUCTS)
