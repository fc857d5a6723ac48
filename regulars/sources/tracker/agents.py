"""Which visitors are programs: by what they say they are."""

from __future__ import annotations

import re
from functools import lru_cache

_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|phantomjs|lighthouse|pagespeed|facebookexternalhit|preview|monitor"
    r"|curl/|wget/|python-requests|python-urllib|go-http-client|httpclient|scrapy|bytespider|baiduspider|sogou web",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_bot(agent: str) -> bool:
    """Return whether a user agent names a crawler, a monitor or a headless browser. None at all is no sign."""
    return bool(agent and _BOT.search(agent))
