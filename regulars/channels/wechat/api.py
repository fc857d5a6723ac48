"""Calls of the APIs of WeChat and WeCom: an access token in the address, an ``errcode`` in the answer."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from django.core.cache import cache

from regulars.channels import http
from regulars.channels.contract import Blame, Receipt

# The token is not, or no longer, the one WeChat knows.
STALE = {40001, 40014, 41001, 42001}
# One for each app in use, so that a slow vendor keeps nobody waiting but those who want that app's token.
_LOCKS: dict[str, threading.Lock] = {}

# https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
_BLAME: Mapping[int, Blame] = {
    # 43019: she is on the account's black list; 48002: she takes no messages from it; 43101: she said no to the notice.
    **dict.fromkeys((40003, 40031, 43004, 43019, 43101, 48002, 84061), "address"),
    # 45015: the window has closed; 45047: all answers that it allowed were used. It opens again when she writes.
    **dict.fromkeys((40008, 40033, 40037, 44004, 45002, 45015, 45047, 47001, 47003, 87014, 41050, 41051), "message"),
    **dict.fromkeys(
        (40001, 40013, 40014, 40125, 40164, 40243, 41002, 41004, 42001, 48001, 48004, 48006, 50002, 60011, 60020),
        "sender",
    ),
}
_LATER = {-1: 5.0, 45009: 3600.0, 45011: 60.0, 41096: 1.0}

Fetch = Callable[[bool], dict[str, Any] | Receipt]


def receipt_of(data: Mapping[str, Any]) -> Receipt:
    """Return the receipt for an answer's ``errcode``."""
    number = data.get("errcode", 0)
    if number == 0:
        return Receipt("accepted", str(data.get("msgid", "")))
    if number in _LATER:
        return Receipt("later", code=str(number), retry_after=_LATER[number])
    return Receipt("refused", code=str(number), blame=_BLAME.get(number, "provider"))


class Keeper:
    """Keeps one access token for an app, for all threads and, by Django's cache, for all processes that share it.

    Both vendors give the same token to everybody who asks while it is valid (WeChat by ``stable_token``), so processes
    that do not share a cache do not disturb each other.
    """

    def __init__(self, fetch: Fetch, *identity: str) -> None:
        """``fetch(forced)`` asks the vendor; ``identity`` is what makes the app, its secret included."""
        self._fetch = fetch
        self._name = "wechat-token-" + hashlib.sha256("\x1f".join(identity).encode()).hexdigest()
        self._lock = _LOCKS.setdefault(self._name, threading.Lock())

    def token(self, bad: str = "") -> str | Receipt:
        """Return a token other than ``bad``, or the receipt for a message that got none: it surely was not sent."""
        with self._lock:
            kept = cache.get(self._name)
            if isinstance(kept, str) and kept != bad:
                return kept
            found = self._asked(is_forced=False)
            # WeChat forces at most 20 times a day, so one refusal must not use them up.
            if found == bad and cache.add(f"{self._name}-forced", "1", 60):
                found = self._asked(is_forced=True)
            return found

    def _asked(self, *, is_forced: bool) -> str | Receipt:
        answer = self._fetch(is_forced)
        if isinstance(answer, Receipt):
            if answer.outcome == "unknown":
                return Receipt("later", code=answer.code, detail="no access token")
            return answer
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            refused = receipt_of(answer)
            return refused if refused.outcome != "accepted" else Receipt("later", code="no-token")
        seconds = answer.get("expires_in")
        # Five minutes early, so that no message leaves with a token that dies on the way.
        cache.set(self._name, token, max(60, (seconds if isinstance(seconds, int) else 7200) - 300))
        return token


def ask(client: httpx.Client, method: str, url: str, data: Mapping[str, Any] | None = None) -> dict[str, Any] | Receipt:
    """Make one call; return the answer's JSON, or the receipt if there is none."""
    content = None
    if data is not None:
        # Not \\u-escaped: WeChat answers 40033 to that, or shows it as it is.
        content = json.dumps(data, ensure_ascii=False).encode()
    headers = {"content-type": "application/json; charset=utf-8"} if content else {}
    reply = http.ask(client, client.build_request(method, url, content=content, headers=headers))
    if isinstance(reply, Receipt):
        return reply
    if reply.status != 200:
        return http.failed(reply)
    answer = reply.data()
    if not answer or not isinstance(answer.get("errcode", 0), int):
        return Receipt("unknown", code="no-answer", detail="the answer is not as documented")
    return answer


class Api:
    """Calls with the token of an app; once more with a fresh one if the vendor does not know it."""

    def __init__(self, client: httpx.Client, base: str, keeper: Keeper) -> None:
        self._client, self._base, self._keeper = client, base.rstrip("/"), keeper

    def get(self, path: str) -> dict[str, Any] | Receipt:
        """Ask for something: as :meth:`post`."""
        return self._called("GET", path, None)

    def post(self, path: str, data: Mapping[str, Any]) -> dict[str, Any] | Receipt:
        """Return the answer's JSON, whatever its errcode, or the receipt if there is none."""
        return self._called("POST", path, data)

    def _called(self, method: str, path: str, data: Mapping[str, Any] | None) -> dict[str, Any] | Receipt:
        bad = ""
        while True:
            token = self._keeper.token(bad)
            if isinstance(token, Receipt):
                return token
            url = httpx.URL(self._base + path, params={"access_token": token})
            answer = ask(self._client, method, str(url), data)
            if isinstance(answer, Receipt) or answer.get("errcode") not in STALE:
                return answer
            if bad:
                return Receipt("later", code=str(answer["errcode"]), detail="the token is not known", retry_after=60)
            bad = token

    def token(self) -> str | Receipt:
        """Return a valid token, or the receipt that says why there is none."""
        return self._keeper.token()
