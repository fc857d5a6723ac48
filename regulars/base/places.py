"""Where on the network somebody is, for whoever counts how much comes from one place. Kept as a digest only."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def place_of(request: HttpRequest) -> str:
    """Return where a visitor is on the network: the connection's address, or what our own proxies say it was.

    Of IPv6 the first half, for the other is the visitor's to choose.
    """
    found = str(request.META.get("REMOTE_ADDR", ""))
    if settings.PROXIES:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if len(hops) >= settings.PROXIES:
            found = hops[-settings.PROXIES].strip() or found
    try:
        known = ip_address(found)
    except ValueError:
        return found[:100]
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
