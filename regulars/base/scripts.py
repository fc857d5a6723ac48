"""A script that other people's pages load, as it is sent: read once, compressed once, fresh for a week."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from django.http import HttpRequest, HttpResponse

Headers = list[tuple[bytes, bytes]]
_NO_GZIP = re.compile(rb"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")


def _tag(content: bytes) -> bytes:
    return b'"' + blake2b(content, digest_size=12).hexdigest().encode() + b'"'


class Script:
    """One script. Its file is made by ``python -m tools.script`` from the one beside it that people read."""

    def __init__(self, path: Path) -> None:
        self.code = path.read_bytes()
        self.packed = gzip.compress(self.code, 9, mtime=0)
        # A strong tag names bytes: the two forms have one each.
        self.tags = _tag(self.code), _tag(self.packed)

    def answer(self, headers: dict[bytes, bytes]) -> tuple[int, Headers, bytes]:
        """Return status, headers and body for a request with these headers (names in small letters)."""
        accepted = headers.get(b"accept-encoding", b"").lower()
        is_packed = b"gzip" in accepted and not _NO_GZIP.search(accepted)
        tag = self.tags[is_packed]
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
        return 200, said, self.packed if is_packed else self.code


def as_response(
    answer: Callable[[dict[bytes, bytes]], tuple[int, Headers, bytes]], request: HttpRequest
) -> HttpResponse:  # fmt: skip
    """Return the answer of a `Script` as Django sends it."""
    headers = {key.lower().encode(): value.encode("latin-1", "replace") for key, value in request.headers.items()}
    status, said, body = answer(headers)
    response = HttpResponse(body if request.method == "GET" else b"", status=status)
    for name, value in said:
        response[name.decode()] = value.decode()
    return response


def _knows(said: bytes, tag: bytes) -> bool:
    # Proxies on the way may have made the tag a weak one.
    return any(one.strip().removeprefix(b"W/") in {tag, b"*"} for one in said.split(b","))
