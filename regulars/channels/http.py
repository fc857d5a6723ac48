"""Asking a provider over HTTP, and what may be said of a request whose answer never came.

The line between "surely not taken" and "nobody knows" is the last byte of the request: what fails before a connection
stands is ``later``; what fails after it is ``unknown``, unless the provider drops a repeated message itself.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.base.clock import now
from regulars.channels.contract import Blame, Receipt, Setting

# At INFO httpx writes every URL, and URLs of providers carry telephone numbers and tokens.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

LONGEST_ANSWER = 256 * 1024
TIMEOUT = Setting("timeout_seconds", _("Wait for an answer, seconds"), kind="number", default="20")
_LEAVE_IT = _("Leave it unless the provider told you.")


def address(default: str, help: Any = "") -> Setting:
    """Return the setting for a provider's address, which only a test or a gateway of the shop's own changes."""
    return Setting("api_url", _("Address of the provider"), help or _LEAVE_IT, default=default)


def client(timeout_seconds: str) -> httpx.Client:
    """Return a client that follows no redirects and goes through the proxy that the environment names, if any."""
    return httpx.Client(
        timeout=float(timeout_seconds),
        follow_redirects=False,
        headers={"user-agent": "Regulars"},
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer: the status, headers in lower case, and at most LONGEST_ANSWER bytes of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def data(self) -> dict[str, Any]:
        """Return the JSON object in the body; an empty one if there is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds ``Retry-After`` asks to wait (RFC 9110, 10.2.3); None if it says nothing readable."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now()).total_seconds())
    except (ValueError, TypeError):
        return None


def _unanswered(error: Exception, *, is_idempotent: bool) -> Receipt:
    outcome = Receipt("later" if is_idempotent else "unknown", code="no-answer", detail=type(error).__name__)
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)):
        return Receipt("later", code="no-connection", detail=type(error).__name__)
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        # It did not even leave: the request cannot be written down as HTTP.
        return Receipt("refused", code="bad-request", detail=type(error).__name__, blame="sender")
    return outcome


def ask(
    line: httpx.Client, request: httpx.Request, *, is_idempotent: bool = False, seconds: float = 60.0
) -> Reply | Receipt:
    """Send the request; return the answer, or the receipt if there was none within ``seconds`` altogether.

    No detail of the receipt carries the request's address, body or headers. Nothing is raised for what the line does.
    """
    until = time.monotonic() + seconds
    try:
        response = line.send(request, stream=True)
        try:
            body = b""
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LONGEST_ANSWER or time.monotonic() > until:
                    break
            return Reply(response.status_code, response.headers, body[:LONGEST_ANSWER])
        finally:
            response.close()
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        return _unanswered(error, is_idempotent=is_idempotent)


def failed(
    reply: Reply, *, is_idempotent: bool = False, blame: Blame = "provider", code: str = "", detail: str = ""
) -> Receipt:
    """Return the receipt for an answer that is not a yes, by its status.

    408, 425 and 429 were surely not taken; of 5xx only the provider knows, unless repeating is harmless.
    ``blame`` is whose fault any other is; 401 and 403 are always the sender's.
    """
    code = code or str(reply.status)
    if reply.status in (408, 425, 429):
        return Receipt("later", code=code, detail=detail, retry_after=retry_after(reply.headers))
    if reply.status >= 500:
        outcome = Receipt("later" if is_idempotent else "unknown", code=code, detail=detail)
        return outcome if outcome.outcome == "unknown" else _with_delay(outcome, reply)
    if reply.status in (401, 403):
        blame = "sender"
    return Receipt("refused", code=code, detail=detail, blame=blame)


def _with_delay(receipt: Receipt, reply: Reply) -> Receipt:
    return Receipt("later", code=receipt.code, detail=receipt.detail, retry_after=retry_after(reply.headers))
