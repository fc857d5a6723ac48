"""The address that tracking clients send to: Segment's HTTP API as a bare ASGI application.

Django is not on this path: a request is read, checked and handed to the writer, and answered when it is on the disk.
Client libraries repeat what is answered with 429 or 5xx and drop other errors for ever, so a storage that is down
says 503, and an event that cannot be used says 200 and is shown in the debugger (``X-Strict-Mode: 1``: 400).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import re
import time
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
from django.db import Error, connection

from regulars.base.clock import now, to_us
from regulars.sources.tracker import messages, script
from regulars.sources.tracker.known import read_rules
from regulars.sources.tracker.networks import Places
from regulars.sources.tracker.rules import NO_RULES, NOWHERE, Key, Origin, Rules, Taken, daily_id
from regulars.sources.tracker.writer import Busy, Writer

log = logging.getLogger("regulars.tracker")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 512 * 1024
MAX_EVENTS = 2500
KEYS_FRESH_SECONDS = 2.0
UNKNOWN_FRESH_SECONDS = 0.2
RETRY_AFTER_SECONDS = 2

_LETTERS = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}
SINGLE = {f"/v1/{path}": kind for letter, kind in _LETTERS.items() for path in (letter, kind)}
OWN_SCRIPT = "/r/e"
# The last but one is what RudderStack sends from a page that is being left.
BATCH = frozenset({"/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch", OWN_SCRIPT})
_JSON = (b"content-type", b"application/json")
_PREFLIGHT = [
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (b"access-control-max-age", b"86400"),
]


class Envelope(msgspec.Struct, rename="camel"):
    """What is around the events of a request; of a single event the same fields inside it."""

    write_key: str | None = None
    sent_at: str | None = None
    batch: list[msgspec.Raw] | None = None
    context: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(Envelope).decode
_HALF_SIGN = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def whole_signs(body: bytes) -> bytes:
    """Return JSON with halves of signs replaced: a browser that cuts a text inside an emoji sends one half of it."""
    return _HALF_SIGN.sub(lambda found: found[0] if found[2] else found[1] + rb"\ufffd", body)


class Refused(Exception):
    """A request that is answered with an error for good."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Receiver:
    """The ASGI application. ``is_mine`` says which paths are its.

    proxies: how many stand before the server, so that a visitor's address is that many from the right in
    X-Forwarded-For; 0: nobody's word is believed. networks: the folder of ``networks``.
    """

    def __init__(self, *, proxies: int = 0, networks: Path | None = None) -> None:
        self.writer = Writer()
        self._proxies, self._places = proxies, Places(networks) if networks else None
        self._rules = NO_RULES
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    @staticmethod
    def is_mine(path: str) -> bool:
        """Return whether a request for ``path`` is for the receiver."""
        return path.startswith(("/v1/", "/beacon/", "/sourceConfig")) or path in {script.PATH, OWN_SCRIPT}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        if scope["path"] == script.PATH and scope["method"] in {"GET", "HEAD"}:
            await _send_script(send, headers, is_head=scope["method"] == "HEAD")
            return
        cors = _cors(headers)
        try:
            status, extra, body = await self._answer(scope, headers, receive)
        except Refused as refusal:
            status, extra = refusal.status, []
            body = msgspec.json.encode({"code": refusal.code, "message": refusal.message})
        except (Busy, Error) as error:
            if isinstance(error, Error):
                log.warning("the site keys could not be read: %s", error)
            status, extra = 503, [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())]
            body = b'{"code":"busy","message":"Not stored; send it again later."}'
        length = (b"content-length", str(len(body)).encode())
        answer = [_JSON, length, (b"cache-control", b"no-store"), *cors, *extra]
        await send({"type": "http.response.start", "status": status, "headers": answer})
        await send({"type": "http.response.body", "body": body})

    async def _answer(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        path, method = scope["path"], scope["method"]
        if method == "OPTIONS":
            # Each release of a client has other headers, and one that is not allowed loses every event.
            asked = headers.get(b"access-control-request-headers", b"authorization, content-type")
            return 204, [*_PREFLIGHT, (b"access-control-allow-headers", asked)], b""
        if method == "GET":
            return 200, [], await self._settings(path, scope)
        if path == "/v1/ping":
            await _body(receive, headers)
            return 200, [], b'{"success":true}'
        kind = SINGLE.get(path, "")
        if method != "POST" or not (kind or path in BATCH):
            raise Refused(404, "no_such_address", "Send events to /v1/track, /v1/batch and their like.")
        body = await _body(receive, headers)
        taken, is_strict = await self._take(kind, body, headers, scope), headers.get(b"x-strict-mode") == b"1"
        if taken is None:
            if is_strict:
                raise Refused(401, "unknown_key", "This write key is not known here, or it was closed.")
        elif is_strict and taken.refused:
            reasons = ", ".join(sorted({reason for reason, _, _ in taken.refused}))
            raise Refused(400, taken.refused[0][0], f"{len(taken.refused)} refused, nothing taken: {reasons}")
        elif taken.rows or taken.refused or taken.leaving:
            await self.writer.write(taken)
        return 200, [], b'{"success":true}'

    async def _take(self, kind: str, body: bytes, headers: dict[bytes, bytes], scope: Scope) -> Taken | None:
        """Return what the request came to; None if its key is unknown."""
        said = _key_of(headers, scope)
        if kind and said in self._rules.keys:
            # One event with its key beside it needs no look at the envelope: half of the reading is spared.
            taken = await self._taken(said, [body], {}, None, kind, headers, scope)
            if taken is None or not taken.refused or taken.refused[0][0] != "bad_json":
                return taken
        try:
            try:
                envelope = _decode(body)
            except msgspec.DecodeError:
                body = whole_signs(body)
                envelope = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Refused(400, "bad_json", f"The body is not the JSON of an event: {error}") from error
        batch = [body] if kind else [bytes(raw) for raw in envelope.batch or []]
        if len(batch) > MAX_EVENTS:
            raise Refused(400, "too_many_events", f"A batch holds at most {MAX_EVENTS} events.")
        context = {} if kind else envelope.context or {}
        sent_us = messages.instant(envelope.sent_at)
        return await self._taken(said or envelope.write_key or "", batch, context, sent_us, kind, headers, scope)

    async def _taken(
        self, said: str, batch: list[bytes], context: dict[str, Any], sent_us: int | None, kind: str,
        headers: dict[bytes, bytes], scope: Scope,
    ) -> Taken | None:  # fmt: skip
        """Return what became of these events; None if the key that is said is unknown."""
        key = await self._key(said)
        if key is None:
            return None
        origin = self._origin(key, headers, scope, is_own_script=scope["path"] == OWN_SCRIPT)
        taken, received_us = Taken(key, self._rules, origin), to_us(now())
        for raw in batch:
            messages.take(taken, raw, context=context, sent_us=sent_us, received_us=received_us, kind=kind)
        return taken

    async def _key(self, text: str) -> Key | None:
        if not text:
            return None
        # A key that was just made is looked for at once, though not again for each request that makes one up.
        fresh = KEYS_FRESH_SECONDS if text in self._rules.keys else UNKNOWN_FRESH_SECONDS
        if time.monotonic() - self._read_at > fresh:
            async with self._reading:
                if time.monotonic() - self._read_at > fresh:
                    self._rules = await asyncio.to_thread(self._read)
                    self._read_at = time.monotonic()
        return self._rules.keys.get(text)

    def _read(self) -> Rules:
        # On any thread of asyncio's pool: each would keep a connection of its own.
        try:
            if self._places:
                self._places.refresh()
            return read_rules()
        finally:
            connection.close()

    def _origin(self, key: Key, headers: dict[bytes, bytes], scope: Scope, *, is_own_script: bool) -> Origin:
        """Return where a browser's request came from; of a server's nothing is known but the server."""
        if not key.is_browser:
            return NOWHERE
        address = _address(scope, headers, self._proxies)
        agent = headers.get(b"user-agent", b"").decode("latin-1")[:400]
        is_datacentre, is_own, place = self._places.look_up(address) if self._places else (False, False, "")
        return Origin(
            daily=daily_id(self._rules.salt, key.id, address, agent),
            # Other clients say in the event what browser they are in; only ours leaves it to the request.
            agent=agent if is_own_script else "",
            place=place,
            is_datacentre=is_datacentre,
            is_own=is_own,
        )

    async def _settings(self, path: str, scope: Scope) -> bytes:
        """Answer what browser clients ask before they send: where to, and that nothing else is switched on."""
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        parts = path.strip("/").split("/")
        if path == "/v1/ping":
            return b'{"success":true}'
        if len(parts) == 4 and parts[1] == "projects" and parts[3] == "settings":
            # Without a rate analytics.js reports on itself to Segment's own host.
            own: dict[str, Any] = {"Segment.io": {"apiKey": parts[2], "apiHost": f"{host}/v1"}}
            return msgspec.json.encode({"integrations": own, "plan": {}, "metrics": {"sampleRate": 0}})
        if parts[0] == "sourceConfig":
            said = parse_qs(scope["query_string"].decode("latin-1")).get("writeKey", [""])[0]
            said = said or _key_of(dict(scope["headers"]), scope)
            source: dict[str, Any] = {
                "id": "regulars", "name": "Regulars", "writeKey": said, "enabled": True, "config": {},
                "destinations": [], "workspaceId": "regulars", "connections": [], "dataplanes": {},
            }  # fmt: skip
            return msgspec.json.encode({"source": source})
        raise Refused(404, "no_such_address", "There is nothing here.")


async def _send_script(send: Send, headers: dict[bytes, bytes], *, is_head: bool) -> None:
    status, said, body = script.answer(headers)
    if status != 304:
        said.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": said})
    await send({"type": "http.response.body", "body": b"" if is_head else body})


def _cors(headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return the headers that let any page read the answer; there are no cookies here that it could misuse."""
    origin = headers.get(b"origin")
    return [(b"access-control-allow-origin", origin), (b"vary", b"origin")] if origin else []


def _address(scope: Scope, headers: dict[bytes, bytes], proxies: int) -> str:
    """Return the visitor's address: the connection's, or what our own proxies say it was."""
    if proxies:
        hops = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        if len(hops) >= proxies and (said := hops[-proxies].strip()):
            return said
    client = scope.get("client")
    return str(client[0]) if client else ""


def _key_of(headers: dict[bytes, bytes], scope: Scope) -> str:
    """Return the write key of the Basic credentials or the query (beacons cannot send headers), else ""."""
    method, _, value = headers.get(b"authorization", b"").partition(b" ")
    if method.lower() == b"basic":
        try:
            return base64.b64decode(value, validate=False).decode("latin-1").partition(":")[0]
        except binascii.Error:
            return ""
    if scope["query_string"]:
        return str(parse_qs(scope["query_string"].decode("latin-1")).get("writeKey", [""])[0])
    return ""


async def _body(receive: Receive, headers: dict[bytes, bytes]) -> bytes:
    """Return the request's body, unpacked. Raise Refused for one that is too large or damaged."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "disconnected", "The client left before its body was whole.")
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise Refused(400, "body_too_large", f"A request holds at most {MAX_BODY_BYTES // 1024} KB.")
        parts.append(part)
        if not message.get("more_body"):
            break
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    if headers.get(b"content-encoding", b"").lower() != b"gzip":
        return body
    unpacking = zlib.decompressobj(31)
    try:
        unpacked = unpacking.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise Refused(400, "bad_gzip", "The body says that it is gzip and is not.") from error
    if len(unpacked) > MAX_BODY_BYTES:
        raise Refused(400, "body_too_large", f"A request holds at most {MAX_BODY_BYTES // 1024} KB unpacked.")
    return unpacked
