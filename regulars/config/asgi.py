"""The server's root: events go to the receiver, everything else to Django through WSGI, on threads that stay.

Django's own ASGI path is ten times slower than its WSGI path, and ingest needs no Django (docs/adr/0013).
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware

from regulars.config import environment
from regulars.config.wsgi import application as django
from regulars.sources.tracker.receiver import Receiver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

pages: Any = WSGIMiddleware(django, workers=int(environment.read("REGULARS_THREADS")))  # type: ignore[arg-type]
receiver = Receiver(proxies=int(environment.read("REGULARS_PROXIES")), networks=environment.home() / "networks")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    if scope["type"] == "http" and receiver.is_mine(scope["path"]):
        await receiver(scope, receive, send)
    else:

        async def reading() -> MutableMapping[str, Any]:
            # Granian's own is awaitable but no coroutine, and the bridge asks for one.
            return await receive()

        await pages(scope, reading, send)
        if scope["type"] == "lifespan":
            receiver.writer.close()
