"""What search engines read of a product's reviews: schema.org's Product with its aggregate rating. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from regulars.desks.voice.reviews.queries import Shown, Tally
from regulars.shop.models import Product


def product_markup(product: Product, tally: Tally, shown: Sequence[Shown], *, url: str) -> dict[str, Any]:
    """Return the JSON-LD of a product: every shown review counts, whatever its stars. {} while there is none."""
    if tally.mean is None:
        return {}
    found: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Product", "name": product.title, "url": url,
        "aggregateRating": {
            "@type": "AggregateRating", "ratingValue": round(tally.mean, 2), "reviewCount": tally.shown,
            "bestRating": 5, "worstRating": 1,
        },
        "review": [_review(one) for one in shown if one.review.state == "shown"],
    }  # fmt: skip
    if product.image_url:
        found["image"] = product.image_url
    if product.vendor:
        found["brand"] = {"@type": "Brand", "name": product.vendor}
    return found


def _review(shown: Shown) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "Review", "datePublished": shown.review.written_at.date().isoformat(),
        "author": {"@type": "Person", "name": shown.review.author or "–"},
        "reviewRating": {"@type": "Rating", "ratingValue": shown.review.stars, "bestRating": 5, "worstRating": 1},
    }  # fmt: skip
    if shown.words and shown.words.text:
        found["reviewBody"] = shown.words.text
    if shown.words and shown.words.title:
        found["name"] = shown.words.title
    return found


def block(markup: dict[str, Any]) -> SafeString:
    """Return the element that holds it, which nobody runs; "" of nothing.

    The JSON ends no element and begins no comment, whatever somebody wrote in a review.
    """
    if not markup:
        return SafeString()
    text = json.dumps(markup, ensure_ascii=False)
    for sign, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(sign, code)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above
