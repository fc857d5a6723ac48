"""Requests to the receiver without a network: the ASGI application is called as a server calls it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.shop.operations import add_store
from regulars.sources.tracker.models import SiteKey
from regulars.sources.tracker.operations import add_key
from regulars.sources.tracker.receiver import Receiver

Returned = TypeVar("Returned")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


def new_key(use: str = "browser") -> SiteKey:
    """Return a write key of a store of its own."""
    store = add_store(name=f"Site {use}", currency="CNY", timezone="UTC", country="CN", by=SYSTEM, at=now())
    return add_key(name="Own site", store=store, use=use, by=SYSTEM, at=now())


def basic(key: str) -> tuple[bytes, bytes]:
    return (b"authorization", b"Basic " + base64.b64encode(f"{key}:".encode()))


async def _ask(receiver: Receiver, method: str, path: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> Answer:
    sent: list[Any] = []
    pieces = [body[i : i + 1000] for i in range(0, len(body), 1000)] or [b""]

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    address, _, query = path.partition("?")
    scope = {"type": "http", "method": method, "path": address, "query_string": query.encode(), "headers": headers,
             "client": ("203.0.113.9", 4000)}  # fmt: skip
    await receiver(scope, receive, send)
    start, whole = sent
    said = whole["body"]
    return Answer(
        start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, json.loads(said) if said else None
    )


def _run(work: Coroutine[Any, Any, Returned]) -> Returned:
    """Run ``work`` in a loop of its own, on a thread of its own: after browser tests one runs in the main thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def ask(
    path: str,
    body: Any = None,
    *,
    key: str = "",
    method: str = "POST",
    headers: list[tuple[bytes, bytes]] | None = None,
    receiver: Receiver | None = None,
) -> Answer:
    """Send one request; ``body`` is JSON unless it is bytes."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    more = [*(headers or []), *([basic(key)] if key else [])]
    receiver = receiver or Receiver()
    try:
        return _run(_ask(receiver, method, path, raw, more))
    finally:
        receiver.writer.close()


def ask_at_once(receiver: Receiver, requests: list[tuple[str, Any]], key: str) -> list[int]:
    """Send many requests at the same moment; return their statuses."""

    async def all_of_them() -> list[Answer]:
        return await asyncio.gather(
            *(_ask(receiver, "POST", path, json.dumps(body).encode(), [basic(key)]) for path, body in requests)
        )

    try:
        return [answer.status for answer in _run(all_of_them())]
    finally:
        receiver.writer.close()
