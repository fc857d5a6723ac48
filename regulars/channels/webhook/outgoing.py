"""Outgoing webhooks by Standard Webhooks 1.0.0: other systems hear what happened, and can tell that we said it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.base.clock import now
from regulars.channels import http, outside
from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt, Setting, SettingsError
from regulars.channels.values import checked, is_on
from regulars.channels.webhook.standard import key_of, signature


class WebhookLine:
    """A way to any receiver's address."""

    def __init__(self, client: httpx.Client, keys: Sequence[bytes], allowed: outside.Allowance) -> None:
        self._client, self._keys, self._allowed = client, keys, allowed

    def deliver(self, message: Outgoing) -> Receipt:
        """Post ``message.data`` as JSON to the URL ``message.to``.

        The standard asks receivers to drop a repeated webhook-id and senders to repeat after every answer but 2xx, so
        any failure is ``later`` except 410, by which a receiver says that the address is gone.
        """
        body = json.dumps(dict(message.data), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = int(now().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            # While a secret is being changed, the receiver may know either.
            "webhook-signature": " ".join(signature(k, message.id, timestamp, body) for k in self._keys),
        }
        try:
            reply = outside.post(self._client, message.to, body, headers, allowed=self._allowed, is_idempotent=True)
        except outside.Forbidden as forbidden:
            return Receipt("refused", code=forbidden.code, blame="address")
        if isinstance(reply, Receipt):
            return reply
        if 200 <= reply.status < 300:
            return Receipt("accepted")
        if reply.status == 410:
            return Receipt("refused", code="410", blame="address")
        return Receipt("later", code=str(reply.status), retry_after=http.retry_after(reply.headers))


class Webhook:
    """Outgoing webhooks."""

    channel = "webhook"
    name = "standard"
    title = _("Webhook (Standard Webhooks)")
    # The standard's schedule of repetitions ends after 76 hours; receivers keep ids for as long.
    remembers_seconds = 76 * 3600
    country = ""
    settings: Sequence[Setting] = (
        Setting(
            "secret",
            _("Secret"),
            _("Begins with whsec_. The receiver checks our signature with it."),
            kind="secret",
            is_required=True,
        ),
        Setting(
            "previous_secret",
            _("Previous secret"),
            _("While you change the secret, messages are signed with both."),
            kind="secret",
        ),
        Setting(
            "allows_private",
            _("Receivers in our own network"),
            _("Lets messages go to private addresses. Leave it off unless the receiver stands beside this server."),
            kind="flag",
        ),
        Setting(
            "allows_plain", _("Receivers without encryption"), _("Lets messages go to http addresses."), kind="flag"
        ),
        http.TIMEOUT,
    )

    def _keys(self, given: Mapping[str, str]) -> list[bytes]:
        keys = []
        for name in ("secret", "previous_secret"):
            if given[name]:
                try:
                    keys.append(key_of(given[name]))
                except ValueError:
                    says = _("The secret is whsec_ and 24 to 64 bytes in base64; let us make one.")
                    raise SettingsError(name, says) from None
        return keys

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[WebhookLine]:
        """Open a line; raise SettingsError for a secret that is none."""
        given = checked(self.settings, settings)
        allowed = outside.Allowance(private=is_on(given["allows_private"]), plain=is_on(given["allows_plain"]))
        keys = self._keys(given)
        with outside.client(given["timeout_seconds"]) as client:
            yield WebhookLine(client, keys, allowed)

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer 404: receivers answer at once and report nothing later."""
        self._keys(checked(self.settings, settings))
        return Answer(404)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Look at the secret; receivers are known only when there is a message for them."""
        self._keys(checked(self.settings, settings))
        return [Finding("secret", True, _("Messages can be signed."))]
