"""Regulars' own tracking script, as the receiver serves it: read once, compressed once, fresh for a week.

``visits.js`` is what people read and change; ``python -m tools.script`` makes ``visits.min.js`` of it, which is sent.
"""

from __future__ import annotations

import gzip
import re
from hashlib import blake2b
from pathlib import Path

PATH = "/r.js"
Headers = list[tuple[bytes, bytes]]

_CODE = Path(__file__).with_name("visits.min.js").read_bytes()
_PACKED = gzip.compress(_CODE, 9, mtime=0)
_NO_GZIP = re.compile(rb"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")


def _tag(content: bytes) -> bytes:
    return b'"' + blake2b(content, digest_size=12).hexdigest().encode() + b'"'


# A strong tag names bytes: the two forms have one each.
_TAG, _PACKED_TAG = _tag(_CODE), _tag(_PACKED)


def answer(headers: dict[bytes, bytes]) -> tuple[int, Headers, bytes]:
    """Return status, headers and body for a request with these headers."""
    accepted = headers.get(b"accept-encoding", b"").lower()
    is_packed = b"gzip" in accepted and not _NO_GZIP.search(accepted)
    tag = _PACKED_TAG if is_packed else _TAG
    said: Headers = [
        (b"content-type", b"text/javascript; charset=utf-8"),
        # A shop's pages wait for nobody: a week-old script is used while a fresh one is fetched.
        (b"cache-control", b"public, max-age=604800, stale-while-revalidate=2592000"),
        (b"etag", tag),
        (b"vary", b"accept-encoding"),
        (b"access-control-allow-origin", b"*"),
        (b"cross-origin-resource-policy", b"cross-origin"),
    ]
    if _knows(headers.get(b"if-none-match", b""), tag):
        return 304, said, b""
    if is_packed:
        said.append((b"content-encoding", b"gzip"))
    return 200, said, _PACKED if is_packed else _CODE


def _knows(said: bytes, tag: bytes) -> bool:
    # Proxies on the way may have made the tag a weak one.
    return any(one.strip().removeprefix(b"W/") in {tag, b"*"} for one in said.split(b","))
