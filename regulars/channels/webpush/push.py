"""Web push: a line on the screen of somebody who allowed it in her browser (RFC 8030)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.translation import gettext_lazy as _

from regulars.base.clock import now
from regulars.channels import http, outside
from regulars.channels.contract import Answer, Blame, Call, Finding, Outgoing, Receipt, Setting, SettingsError
from regulars.channels.values import checked, is_on
from regulars.channels.webpush.encryption import LONGEST, authorization, decode, encode, encrypt, private_key

_BLAME: Mapping[int, Blame] = {404: "address", 410: "address", 413: "message", 400: "sender"}


def _subscription(text: str) -> tuple[str, bytes, bytes]:
    """Return (endpoint, p256dh, auth) of a browser's PushSubscription; raise ValueError if it is none."""
    try:
        found: Any = json.loads(text)
        return str(found["endpoint"]), decode(str(found["keys"]["p256dh"])), decode(str(found["keys"]["auth"]))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a subscription") from error


def _body(message: Outgoing) -> bytes:
    # The service worker shows the message under its id, so that a repetition replaces what it repeats.
    shown = dict(message.data) or {"title": message.subject, "body": message.text, "url": message.params.get("url", "")}
    return json.dumps({"id": message.id, **shown}, ensure_ascii=False, separators=(",", ":")).encode()


class PushLine:
    """A way to the push service of any browser."""

    def __init__(
        self,
        client: httpx.Client,
        key: ec.EllipticCurvePrivateKey,
        given: Mapping[str, str],
        allowed: outside.Allowance,
    ) -> None:
        self._client, self._key, self._given, self._allowed = client, key, given, allowed

    def deliver(self, message: Outgoing) -> Receipt:
        """Send one message to the subscription in ``message.to``, its JSON as the browser gave it."""
        body = _body(message)
        if len(body) > LONGEST:
            return Receipt("refused", code="too-long", blame="message")
        try:
            endpoint, p256dh, auth = _subscription(message.to)
            encrypted = encrypt(body, p256dh, auth)
            origin = httpx.URL(endpoint)
        except (ValueError, httpx.InvalidURL):
            return Receipt("refused", code="bad-subscription", blame="address")
        audience = f"{origin.scheme}://{origin.netloc.decode('ascii', 'replace')}"
        headers = {
            "authorization": authorization(self._key, audience, self._given["subject"], now()),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(float(self._given["ttl_seconds"]))),
            "urgency": "normal" if message.is_service else "low",
            # A message not shown yet gives way to its repetition (RFC 8030, 5.4); at most 32 characters.
            "topic": encode(hashlib.sha256(message.id.encode()).digest()[:24]),
        }
        try:
            reply = outside.post(self._client, endpoint, encrypted, headers, allowed=self._allowed, is_idempotent=False)
        except outside.Forbidden as forbidden:
            return Receipt("refused", code=forbidden.code, blame="address")
        if isinstance(reply, Receipt):
            return reply
        if reply.status in (200, 201, 202, 204):
            return Receipt("accepted", reply.headers.get("location", ""))
        return http.failed(reply, blame=_BLAME.get(reply.status, "provider"))


class WebPush:
    """Messages through the push services of browsers."""

    channel = "webpush"
    name = "vapid"
    title = _("Web push")
    remembers_seconds = 0
    country = ""
    settings: Sequence[Setting] = (
        Setting("private_key", _("Private key"), _("Of the shop; let us make one."), kind="secret", is_required=True),
        Setting(
            "subject",
            _("How to reach you"),
            _("A mailto: or https: address for the people who run the push services."),
            is_required=True,
        ),
        Setting("ttl_seconds", _("Keep for a browser that is away, seconds"), kind="number", default="86400"),
        Setting("allows_private", _("Push services in our own network"), kind="flag"),
        http.TIMEOUT,
    )

    def _checked(self, settings: Mapping[str, str]) -> tuple[dict[str, str], ec.EllipticCurvePrivateKey]:
        given = checked(self.settings, settings)
        if not given["subject"].startswith(("mailto:", "https:")):
            raise SettingsError("subject", _("This has to begin with mailto: or https:"))
        try:
            return given, private_key(given["private_key"])
        except ValueError:
            raise SettingsError("private_key", _("This is not a key; let us make one.")) from None

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[PushLine]:
        """Open a line; raise SettingsError for a key that is none."""
        given, key = self._checked(settings)
        is_private = is_on(given["allows_private"])
        with outside.client(given["timeout_seconds"]) as client:
            yield PushLine(client, key, given, outside.Allowance(private=is_private, plain=is_private))

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer 404: push services report nothing later."""
        self._checked(settings)
        return Answer(404)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Look at the key; a push service is known only by a subscription."""
        self._checked(settings)
        return [Finding("key", True, _("The key is well formed. Browsers that subscribed with it can be reached."))]
