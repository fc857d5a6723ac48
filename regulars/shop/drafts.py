"""What a source hands over: one order, customer or product as read from outside, checked but not yet ours.

Amounts are minor units; instants are microseconds since 1970 UTC; texts are trimmed; None or "" means "the file does
not say", which never overwrites what is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from regulars.people.drafts import BuyerDraft


@dataclass(slots=True)
class LineDraft:
    """One line of an order."""

    title: str
    quantity: int = 1
    sku: str = ""
    variant_title: str = ""
    product_id: str = ""  # the store's own id or handle, where the file has it
    unit_minor: int | None = None
    total_minor: int | None = None


@dataclass(slots=True)
class OrderDraft:
    """One order with its lines. ``state`` is unpaid, paid or closed; ``row`` the file's line it begins on."""

    row: int
    number: str
    state: str
    currency: str
    placed_us: int
    gross_minor: int
    paid_minor: int = 0
    paid_us: int | None = None
    closed_us: int | None = None
    shipped_us: int | None = None
    delivered_us: int | None = None
    discount_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    refunded_minor: int = 0
    refunded_us: int | None = None
    items: int = 0
    platform_status: str = ""
    carrier: str = ""
    tracking_number: str = ""
    buyer: BuyerDraft | None = None
    lines: tuple[LineDraft, ...] = ()


@dataclass(slots=True)
class CustomerDraft:
    """One customer of a customer file."""

    row: int
    buyer: BuyerDraft
    created_us: int | None = None


@dataclass(slots=True)
class VariantDraft:
    """One variant of a product."""

    title: str = ""
    sku: str = ""
    barcode: str = ""
    price_minor: int | None = None
    compare_at_minor: int | None = None
    stock: int | None = None


@dataclass(slots=True)
class ProductDraft:
    """One product with its variants."""

    row: int
    external_id: str
    title: str
    currency: str
    vendor: str = ""
    category: str = ""
    image_url: str = ""
    is_listed: bool = True
    variants: tuple[VariantDraft, ...] = ()


@dataclass(slots=True)
class OrderLinesDraft:
    """Lines of a separate line file (Taobao), to be joined to an order that exists."""

    row: int
    number: str
    lines: tuple[LineDraft, ...]


__all__ = [
    "BuyerDraft",
    "CustomerDraft",
    "Draft",
    "LineDraft",
    "OrderDraft",
    "OrderLinesDraft",
    "ProductDraft",
    "VariantDraft",
]

Draft = OrderDraft | CustomerDraft | ProductDraft | OrderLinesDraft
