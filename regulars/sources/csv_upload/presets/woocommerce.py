"""WooCommerce: its own product CSV, orders as its REST API gives them (JSON), and the order CSVs of common plugins."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.sources.csv_upload.presets.preset import CLOSED, PAID, UNPAID, Preset

ORDERS = Preset(
    name="woocommerce_orders",
    label=_("WooCommerce orders"),
    platform="woocommerce",
    entity="orders",
    signs=(
        ("number", "status", "date_created", "line_items"),
        ("id", "status", "date_created_gmt", "line_items"),
        ("order_number", "status", "order_date", "order_total", "billing_email"),
        ("order_number", "order_status", "order_date", "billing_email"),
        ("Order Number", "Order Status", "Order Date", "Order Total Amount"),
        ("Order ID", "Order Status", "Order Date", "Billing Email Address"),
    ),
    is_grouped=True,
    decimal=".",
    tax_included=True,
    columns={
        "number": ("number", "order_number", "Order Number", "Order ID", "id", "order_id"),
        # The twins without _gmt have no offset and follow whatever zone the site was set to.
        "placed_at": ("date_created_gmt", "date_created", "order_date", "Order Date"),
        "paid_at": ("date_paid_gmt", "date_paid", "paid_date", "Paid Date"),
        "shipped_at": ("date_completed_gmt", "date_completed", "completed_date", "Completed Date"),
        "status": ("status", "order_status", "Order Status"),
        "currency": ("currency", "order_currency", "Order Currency", "Currency"),
        "total": ("total", "order_total", "Order Total Amount", "Order Total"),
        "discount": ("discount_total", "Cart Discount Amount", "cart_discount"),
        "shipping": ("shipping_total", "order_shipping", "Order Shipping Amount"),
        "tax": ("total_tax", "tax_total", "Order Total Tax Amount"),
        "refunded": ("total_refunded", "order_refund", "Order Refund Amount", "refunded_total"),
        "refunds": ("refunds",),
        "account": ("customer_id", "customer_user", "Customer User ID"),
        "email": ("billing.email", "billing_email", "Email (Billing)", "Billing Email Address"),
        "phone": ("billing.phone", "billing_phone", "Phone (Billing)", "Billing Phone"),
        "first_name": ("billing.first_name", "billing_first_name", "First Name (Billing)", "Billing First Name"),
        "last_name": ("billing.last_name", "billing_last_name", "Last Name (Billing)", "Billing Last Name"),
        "country": ("billing.country", "billing_country", "Country Code (Billing)", "Billing Country"),
        "region": ("billing.state", "billing_state", "State Code (Billing)", "Billing State"),
        "city": ("billing.city", "billing_city", "City (Billing)", "Billing City"),
        "line_items": ("line_items",),
        "line_title": ("Item Name", "item_name"),
        "line_sku": ("SKU", "item_sku"),
        "line_quantity": ("Quantity (- Refund)", "Quantity", "item_quantity"),
        "line_price": ("Item Cost", "item_price"),
    },
    statuses={
        "processing": PAID,
        "completed": PAID,
        "refunded": PAID,
        "pending": UNPAID,
        "pending payment": UNPAID,
        "on-hold": UNPAID,
        "on hold": UNPAID,
        "checkout-draft": UNPAID,
        "cancelled": CLOSED,
        "failed": CLOSED,
        "trash": CLOSED,
    },
)

PRODUCTS = Preset(
    name="woocommerce_products",
    label=_("WooCommerce products"),
    platform="woocommerce",
    entity="products",
    signs=(
        ("ID", "Type", "SKU", "Name", "Regular price"),
        ("ID", "Tipo", "REF", "Nome", "Preço"),
        ("ID", "Tipo", "SKU", "Nome", "Preço"),
    ),
    is_grouped=True,
    decimal=".",
    columns={
        "product_id": ("ID",),
        "type": ("Type", "Tipo"),
        "sku": ("SKU", "REF"),
        "barcode": ("GTIN, UPC, EAN, or ISBN",),
        "title": ("Name", "Nome"),
        "is_listed": ("Published", "Publicado"),
        "stock": ("Stock", "Estoque"),
        "sale_price": ("Sale price", "Preço promocional"),
        "price": ("Regular price", "Preço"),
        "category": ("Categories", "Categorias"),
        "image": ("Images", "Imagens"),
        "parent": ("Parent", "Produto ascendente"),
        "vendor": ("Brands", "Marcas"),
        "option_1": ("Attribute 1 value(s)", "Valores do atributo 1"),
        "option_2": ("Attribute 2 value(s)", "Valores do atributo 2"),
        "option_3": ("Attribute 3 value(s)", "Valores do atributo 3"),
    },
)

PRESETS = (ORDERS, PRODUCTS)
