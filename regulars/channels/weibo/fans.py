"""Weibo's fans service (粉丝服务): answers to whoever wrote, followed or clicked, within 48 hours.

The handshake is WeChat's with the AppSecret in place of the token; pushes are JSON, and nothing seals them. Written
from open.weibo.com's wiki of 2014 to 2022, the newest there is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.base.clock import now
from regulars.channels import http, signed_callback
from regulars.channels.contract import Answer, Blame, Call, Finding, Outgoing, Receipt, Report, ReportKind, Setting
from regulars.channels.values import GREETING, checked

LONGEST = 300  # Chinese characters

# https://open.weibo.com/wiki/Error_code
_BLAME: Mapping[int, Blame] = {
    **dict.fromkeys((20003, 20506, 20020), "address"),
    **dict.fromkeys((10008, 10016, 10017, 20008, 20012, 20015, 20016, 20018, 20019, 20021), "message"),
    **dict.fromkeys((10005, 10006, 10007, 10013, 10014, 10015, *range(21301, 21340)), "sender"),
}
# 10002 service unavailable, 10010 job expired, 10009 too many tasks, 10022 to 10024 the limits of calls.
_LATER = {10002: 60.0, 10009: 60.0, 10022: 3600.0, 10023: 3600.0, 10024: 3600.0}

_KINDS: Mapping[str, ReportKind] = {
    "follow": "followed",
    "scan_follow": "followed",
    "scan": "followed",
    "unfollow": "unfollowed",
    "subscribe": "started",
    "unsubscribe": "stopped",
    "click": "said",
}

# The key of a QR code is its action's name and its scene.
_PREFIX = re.compile(r"(?:qr_(?:limit_)?(?:str_)?scene|qrscene)_", re.IGNORECASE)


def _instant(text: Any) -> datetime:
    try:
        return datetime.strptime(str(text), "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        return now()


def _reports(push: Mapping[str, Any]) -> list[Report]:
    person, kind = str(push.get("sender_id") or ""), str(push.get("type", ""))
    data = push.get("data")
    data = data if isinstance(data, dict) else {}
    subtype = str(data.get("subtype", ""))
    if not person:
        return []
    # Weibo says to know a push by sender and time, which has seconds only; type and words tell the rest apart.
    text = str(push.get("text") or "")
    known = (person, str(push.get("created_at", "")), kind, subtype, text)
    event = hashlib.sha256("\x1f".join(known).encode()).hexdigest()[:40]
    at = _instant(push.get("created_at"))
    if kind == "event":
        if subtype not in _KINDS:
            return []
        scene = _PREFIX.sub("", str(data.get("key") or ""))
        return [Report(_KINDS[subtype], event, at, address=person, scene=scene, code=subtype)]
    if kind in ("text", "position", "voice", "image"):
        return [Report("said", event, at, address=person, text=text if kind == "text" else "", code=kind)]
    return []


class WeiboLine:
    """Calls in the name of one verified account."""

    def __init__(self, client: httpx.Client, base: str, token: str) -> None:
        self._client, self._base, self._token = client, base.rstrip("/"), token

    def deliver(self, message: Outgoing) -> Receipt:
        """Answer the person whose uid is ``to``, in at most 300 characters."""
        if not 1 <= len(message.text) <= LONGEST:
            return Receipt("refused", code="length", blame="message")
        form = {
            "access_token": self._token,
            "type": "text",
            "data": json.dumps({"text": message.text}, ensure_ascii=False),
            "receiver_id": message.to,
        }
        url = f"{self._base}/2/messages/reply.json"
        reply = http.ask(self._client, self._client.build_request("POST", url, data=form))
        if isinstance(reply, Receipt):
            return reply
        answer = reply.data()
        number = answer.get("error_code")
        if isinstance(number, int) and number:
            return _refused(number)
        if reply.status == 200:
            # Whatever is in it, an answer without an error is a yes; one without JSON may be anybody's.
            return Receipt("accepted") if answer else Receipt("unknown", code="no-answer")
        return http.failed(reply)


def _refused(number: int) -> Receipt:
    if number == 10001:
        # A system error of theirs, of which nothing says how far it came.
        return Receipt("unknown", code=str(number))
    if number in _LATER:
        return Receipt("later", code=str(number), retry_after=_LATER[number])
    return Receipt("refused", code=str(number), blame=_BLAME.get(number, "provider"))


class Weibo:
    """Weibo's fans service."""

    channel = "weibo"
    name = "fans"
    title = _("Weibo fans service")
    remembers_seconds = 0
    country = "CN"
    only_greets = False
    greets_within = timedelta(minutes=1)
    settings: Sequence[Setting] = (
        Setting("app_secret", _("AppSecret"), _("It signs the pushes."), kind="secret", is_required=True),
        Setting(
            "access_token",
            _("Access token"),
            _("From the fans service's developer page; it lasts a year at most."),
            kind="secret",
            is_required=True,
        ),
        GREETING,
        http.address("https://m.api.weibo.com"),
        http.TIMEOUT,
    )

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[WeiboLine]:
        """Open a line; raise SettingsError if a required setting is missing."""
        given = checked(self.settings, settings)
        with http.client(given["timeout_seconds"]) as client:
            yield WeiboLine(client, given["api_url"], given["access_token"])

    def greeting(self, settings: Mapping[str, str], report: Report) -> tuple[str, Mapping[str, str]] | None:
        """Return the greeting for a new follower; whoever scans a code and follows already is not greeted again."""
        text = checked(self.settings, settings)["greeting"]
        return (text, {}) if text and report.code != "scan" else None

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer the handshake, or take a push; an empty answer says that we reply later."""
        secret = checked(self.settings, settings)["app_secret"]
        if call.method == "GET":
            return signed_callback.greeting(secret, call)
        try:
            signed_callback.verify_query(secret, call.query)
            push = json.loads(call.body)
        except signed_callback.Forged:
            return Answer(403)
        except (ValueError, RecursionError):
            return Answer(400)
        return Answer(reports=_reports(push)) if isinstance(push, dict) else Answer(400)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Ask how long the access token lasts."""
        given = checked(self.settings, settings)
        with http.client(given["timeout_seconds"]) as client:
            url = given["api_url"].rstrip("/") + "/oauth2/get_token_info"
            reply = http.ask(client, client.build_request("POST", url, data={"access_token": given["access_token"]}))
        if isinstance(reply, Receipt):
            return [Finding("token", False, _("Weibo does not answer."), _("Try again in some minutes."))]
        left = reply.data().get("expire_in")
        if isinstance(left, int) and left > 0:
            return [Finding("token", True, _("Weibo knows the access token."))]
        remedy = _("Copy a new one from the fans service's developer page.")
        return [Finding("token", False, _("The access token is not, or no longer, valid."), remedy)]
