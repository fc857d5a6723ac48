"""Which visitors are programs, and what they look with: by what they say they are, and where they come from."""

from __future__ import annotations

import re
from functools import lru_cache

_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|phantomjs|lighthouse|pagespeed|facebookexternalhit|preview|monitor"
    r"|curl/|wget/|python-requests|python-urllib|go-http-client|httpclient|scrapy|bytespider|baiduspider|sogou web"
    r"|electron/|selenium|puppeteer|playwright|cypress|okhttp|java/|libwww|node-fetch|axios/|uptime|pingdom"
    r"|google-inspectiontool|mediapartners-google|yandeximages|gptbot|ccbot|chatgpt-user",
    re.IGNORECASE,
)
_TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobile)", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone|ipod|android|windows phone|micromessenger", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_bot(agent: str) -> bool:
    """Return whether a user agent names a crawler, a monitor or a headless browser. None at all is no sign."""
    return bool(agent and _BOT.search(agent))


@lru_cache(maxsize=4096)
def device_of(agent: str) -> str:
    """Return desktop, phone or tablet; "" where no user agent is given."""
    if not agent:
        return ""
    return "tablet" if _TABLET.search(agent) else "phone" if _PHONE.search(agent) else "desktop"
