"""Requests of a provider to the shop."""

from __future__ import annotations

from collections.abc import Mapping

from regulars.channels.contract import Call

PUBLIC = "https://shop.example/hooks/1"


def call(body: bytes = b"", query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Call:
    """Return a request to the shop; a GET if it has no body."""
    asked = "&".join(f"{k}={v}" for k, v in (query or {}).items())
    url = f"{PUBLIC}?{asked}" if asked else PUBLIC
    return Call("POST" if body else "GET", url, query or {}, headers or {}, body)
