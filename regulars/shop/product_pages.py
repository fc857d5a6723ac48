"""Where a product's page is: as its store says, or as its platform has it."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

# Where the products of a platform are found. On an own site the shop's address begins it.
PRODUCT_PAGES = {
    "taobao": "https://item.taobao.com/item.htm?id={id}", "jd": "https://item.jd.com/{id}.html",
    "shopify": "{site}/products/{id}", "woocommerce": "{site}/?p={id}",
}  # fmt: skip


def product_address(page: str, platform: str, external_id: str, site: str) -> str:
    """Return the address of a product's page; "" where nobody knows it. ``page``: what the store says of it."""
    known = page or PRODUCT_PAGES.get(platform, "")
    if not known or ("{site}" in known and not site):
        return ""
    return known.replace("{site}", site.rstrip("/")).replace("{id}", quote(external_id, safe=""))


def is_product_page(page: str) -> bool:
    """Return whether a store may say so: an address of the web with {id} in it."""
    parts = urlsplit(page)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "{id}" in page
