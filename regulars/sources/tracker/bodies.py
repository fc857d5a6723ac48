"""What an event says, as the body of its kind: pages, products, baskets, anything else. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from regulars.sources.tracker import kinds
from regulars.sources.tracker.agents import device_of
from regulars.sources.tracker.cleaning import harmless, mapping, text, without_contacts
from regulars.sources.tracker.rules import Taken

MAX_PROPERTIES = 4096  # characters of a custom event's properties that are kept
PRODUCT_EVENTS = {
    "product viewed": "site.product_viewed",
    "viewed product": "site.product_viewed",
    "product added": "site.product_added",
    "added product": "site.product_added",
    "product removed": "site.product_removed",
    "removed product": "site.product_removed",
}
BASKET_EVENTS = {
    "cart viewed": "site.basket_viewed",
    "checkout started": "site.checkout_started",
    "order completed": "site.order_hinted",
    "completed order": "site.order_hinted",
}
ENGAGED = "page engaged"
_LONGEST_STAY = 6 * 3600  # seconds in front of one page that are believed
_encode = msgspec.json.Encoder().encode
_NOWHERE = urlsplit("")


def page_viewed(
    taken: Taken, properties: dict[str, Any], context: dict[str, Any], name: str, *, is_bot: bool
) -> kinds.PageViewed:
    """Return a page view. Of its address host and path are kept, of the referrer the host."""
    page = mapping(context.get("page"))
    address = _split(properties.get("url") or page.get("url"))
    path = text(properties.get("path") or page.get("path") or address.path or name, 200)
    campaign = mapping(context.get("campaign"))
    referrer = _split(properties.get("referrer") or page.get("referrer"))
    title = without_contacts(text(properties.get("title") or page.get("title") or name, 120))
    return kinds.PageViewed(
        key=taken.key.id,
        host=(address.hostname or "")[:80],
        path=without_contacts(path.partition("?")[0]),
        title=title,
        referrer=(referrer.hostname or "")[:80],
        source=_said(campaign, "source"),
        medium=_said(campaign, "medium"),
        campaign=_said(campaign, "name"),
        click=text(campaign.get("click"), 20),
        device=device_of(text(context.get("userAgent"), 400) or taken.origin.agent),
        place=taken.origin.place,
        is_bot=is_bot,
        is_staff=taken.origin.is_own or context.get("staff") is True,
    )


def tracked(taken: Taken, properties: dict[str, Any], name: str, *, is_bot: bool) -> tuple[str, Any]:
    """Return kind and body of a track call."""
    p, low, key = properties, name.lower(), taken.key.id
    if kind := PRODUCT_EVENTS.get(low):
        return kind, kinds.ProductSeen(
            key=key,
            product=text(p.get("product_id") or p.get("id") or p.get("sku"), 120),
            name=without_contacts(text(p.get("name"), 120)),
            sku=text(p.get("sku"), 120),
            quantity=_count(p.get("quantity"), 1),
            is_bot=is_bot,
        )
    if kind := BASKET_EVENTS.get(low):
        products = p.get("products")
        items = len(products) if isinstance(products, list) else 0
        return kind, kinds.BasketEvent(key, order_number(p), items, is_bot)
    if low == ENGAGED:
        seconds = min(_count(p.get("seconds"), 0), _LONGEST_STAY)
        path = without_contacts(text(p.get("path"), 200).partition("?")[0])
        return "site.engaged", kinds.Engaged(key, path, seconds, min(_count(p.get("scroll"), 0), 100), is_bot)
    if low == "products searched":
        return "site.searched", kinds.Searched(key, is_bot)
    said = _encode(harmless(p)).decode() if p else "{}"
    if len(said) > MAX_PROPERTIES:
        said = "{}"
    return "site.custom", kinds.Custom(key, without_contacts(name), said, is_bot)


def order_number(properties: dict[str, Any]) -> str:
    """Return the order an event names, without the sign that some shops write before it; "" for none."""
    return text(properties.get("order_id"), 80).lstrip("#")


def grouped(taken: Taken, group: object) -> kinds.Custom:
    """Return a group call, kept as an event of the shop's own."""
    return kinds.Custom(taken.key.id, "group", _encode({"group": text(group, 60)}).decode())


def _said(campaign: dict[str, Any], part: str) -> str:
    return without_contacts(text(campaign.get(part), 60))


def _split(address: object) -> Any:
    if not address:
        return _NOWHERE
    try:
        found = urlsplit(text(address, 2000))
        _ = found.hostname
    except ValueError:
        return _NOWHERE
    return found


def _count(value: object, default: int) -> int:
    try:
        return max(0, min(int(float(value)), 1_000_000))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return default
