"""A WeChat Official Account (公众号, 服务号): answers within the window, template messages for service.

WeChat takes no idempotency key for answers, so a lost answer is ``unknown``. Template messages carry our id as
``client_msg_id``, which WeChat remembers for ten minutes only, too short to lean on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.channels import http, signed_callback
from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt, Setting, SettingsError
from regulars.channels.values import checked
from regulars.channels.wechat import pushes
from regulars.channels.wechat.api import Api, Keeper, ask, receipt_of

# What WeChat wants to read within five seconds; everything else happens later.
TAKEN = b"success"


class OfficialLine:
    """Calls in the name of one account."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def deliver(self, message: Outgoing) -> Receipt:
        """Send an answer (``text``) or a template message (``template``, ``params``) to the openid ``to``."""
        if message.template and not message.is_service:
            # 模板消息 may not sell; accounts that do lose the right to send.
            return Receipt("refused", code="template-is-service-only", blame="message")
        if not message.template and not message.text:
            return Receipt("refused", code="44004", detail="no text", blame="message")
        data: dict[str, Any] = {"touser": message.to}
        if message.template:
            path = "/cgi-bin/message/template/send"
            data |= {
                "template_id": message.template,
                "client_msg_id": message.id,
                "data": {name: {"value": value} for name, value in message.params.items()},
            }
            if message.data.get("url"):
                data["url"] = str(message.data["url"])
        else:
            path = "/cgi-bin/message/custom/send"
            data |= {"msgtype": "text", "text": {"content": message.text}}
        answer = self.api.post(path, data)
        return answer if isinstance(answer, Receipt) else receipt_of(answer)


class Official:
    """A WeChat Official Account."""

    channel = "wechat"
    name = "official"
    title = _("WeChat Official Account")
    remembers_seconds = 0
    country = "CN"
    settings: Sequence[Setting] = (
        Setting("app_id", _("AppID"), _("Begins with wx."), is_required=True),
        Setting("app_secret", _("AppSecret"), kind="secret", is_required=True),
        Setting(
            "token", _("Token"), _("The same as in the account's server settings."), kind="secret", is_required=True
        ),
        Setting(
            "aes_key",
            _("EncodingAESKey"),
            _("43 characters, for the safe mode. Without it nobody can tell whether a push was changed on its way."),
            kind="secret",
        ),
        http.address("https://api.weixin.qq.com"),
        http.TIMEOUT,
    )

    def _checked(self, settings: Mapping[str, str]) -> tuple[dict[str, str], signed_callback.Envelope | None]:
        given = checked(self.settings, settings)
        if not given["aes_key"]:
            return given, None
        try:
            return given, signed_callback.Envelope(given["aes_key"], given["app_id"])
        except ValueError:
            raise SettingsError("aes_key", _("The key has 43 letters and digits; copy it anew.")) from None

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[OfficialLine]:
        """Open a line; raise SettingsError for settings that cannot work."""
        given, _envelope = self._checked(settings)
        with http.client(given["timeout_seconds"]) as client:
            yield OfficialLine(Api(client, given["api_url"], _keeper(client, given)))

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer the handshake, or take a push. The answer to the person comes later, by ``deliver``."""
        given, envelope = self._checked(settings)
        if call.method == "GET":
            return signed_callback.greeting(given["token"], call)
        try:
            if envelope is None:
                signed_callback.verify_query(given["token"], call.query)
                body = call.body
            else:
                body = signed_callback.sealed_body(given["token"], envelope, call)
            return Answer(body=TAKEN, reports=pushes.reports(signed_callback.fields(body)))
        except signed_callback.Forged:
            return Answer(403)
        except ValueError:
            return Answer(400)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Fetch an access token, and look whether pushes come sealed."""
        _given, envelope = self._checked(settings)
        with self.open(settings) as line:
            token = line.api.token()
        safe = Finding(
            "mode",
            envelope is not None,
            _("Pushes are sealed.") if envelope else _("Pushes are not sealed."),
            "" if envelope else _("Choose the safe mode in the account's server settings and copy its key."),
        )
        return [_token_finding(token), safe]


def _token_finding(token: str | Receipt) -> Finding:
    if not isinstance(token, Receipt):
        return Finding("token", True, _("WeChat knows the account."))
    if token.code == "40164":
        remedy = _("Add this server's public address to the IP whitelist of the account.")
        return Finding("token", False, _("WeChat does not know this server."), remedy)
    if token.outcome == "refused":
        remedy = _("Copy the AppID and the AppSecret anew.")
        return Finding("token", False, _("WeChat does not accept the account."), remedy)
    return Finding("token", False, _("WeChat does not answer."), _("Try again in some minutes."))


def _keeper(client: httpx.Client, given: Mapping[str, str]) -> Keeper:
    base, app, secret = given["api_url"].rstrip("/"), given["app_id"], given["app_secret"]

    def fetch(is_forced: bool) -> dict[str, Any] | Receipt:
        asked = {"grant_type": "client_credential", "appid": app, "secret": secret, "force_refresh": is_forced}
        return ask(client, "POST", f"{base}/cgi-bin/stable_token", asked)

    return Keeper(fetch, base, app, secret)
