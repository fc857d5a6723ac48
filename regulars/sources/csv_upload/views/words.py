"""How the states and manners of imports are called on pages."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.sources.csv_upload.models import Batch

State = Batch.State
STATES: dict[str, tuple[str | Promise, str]] = {
    State.DRAFT: (_("Waits for you"), "warn"),
    State.CHECKING: (_("Being checked"), "quiet"),
    State.CHECKED: (_("Waits for you"), "warn"),
    State.IMPORTING: (_("Importing"), "quiet"),
    State.DONE: (_("Imported"), "good"),
    State.CANCELLED: (_("Cancelled"), "quiet"),
    State.FAILED: (_("Failed"), "bad"),
    State.UNDOING: (_("Being undone"), "quiet"),
    State.UNDONE: (_("Undone"), "quiet"),
}
ENTITIES: dict[str, str | Promise] = {
    "orders": _("Orders"),
    "customers": _("Customers"),
    "products": _("Products"),
    "order_lines": _("Lines of orders"),
}
ENCODINGS: tuple[tuple[str, str | Promise], ...] = (
    ("utf-8", "UTF-8"),
    ("utf-8-sig", _("UTF-8 with mark")),
    ("gb18030", _("GB18030 (Chinese, also GBK)")),
    ("utf-16", "UTF-16"),
    ("cp1252", _("Windows-1252 (Western Europe)")),
    ("big5", _("Big5 (Taiwan, Hong Kong)")),
    ("shift_jis", _("Shift JIS (Japan)")),
    ("cp949", _("CP949 (Korea)")),
    ("cp1251", _("Windows-1251 (Cyrillic)")),
)
DELIMITERS: tuple[tuple[str, str | Promise], ...] = (
    (",", _("Comma")),
    (";", _("Semicolon")),
    ("\t", _("Tab")),
    ("|", _("Vertical bar")),
    (" ", _("Spaces")),
)
DATE_ORDERS: tuple[tuple[str, str | Promise], ...] = (
    ("ymd", _("Year first: 2026-01-31")),
    ("dmy", _("Day first: 31.01.2026")),
    ("mdy", _("Month first: 01/31/2026")),
)
DECIMALS: tuple[tuple[str, str | Promise], ...] = (
    (".", _("Point: 1,234.56")),
    (",", _("Comma: 1.234,56")),
)
ORDER_STATES: tuple[tuple[str, str | Promise], ...] = (
    ("paid", _("Paid: counts as business")),
    ("unpaid", _("Not paid yet")),
    ("closed", _("Closed or cancelled")),
)
AMOUNTS: tuple[tuple[str, str | Promise], ...] = (
    ("order", _("For the whole order, on its first row or on each")),
    ("line", _("For its own row; the rows of an order are added up")),
)


# Names of platforms are names: they are not translated.
PLATFORMS = {
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "taobao": "Taobao",
    "jd": "JD",
    "youzan": "Youzan",
    "douyin": "Douyin",
    "pinduoduo": "Pinduoduo",
}


def state(batch: Batch) -> dict[str, Any]:
    """Return the label and tone of an import's state."""
    label, tone = STATES[batch.state]
    return {"label": label, "tone": tone}


def sureness(confidence: float) -> dict[str, Any]:
    """Return how sure a guessed column is, in a word and a tone."""
    if confidence >= 1:
        return {"label": _("Known"), "tone": "good"}
    if confidence >= 0.9:
        return {"label": _("Sure"), "tone": "good"}
    if confidence >= 0.6:
        return {"label": _("Likely"), "tone": "quiet"}
    return {"label": _("Please look"), "tone": "warn"}
