"""WeCom (企业微信): customers who add a member of the staff, and the one greeting that the shop may send them.

The greeting needs the welcome code of the push that reported the new contact, within 20 seconds and once. That report
carries it as ``code``; the greeting brings it back as ``params["welcome_code"]``. All other messages to customers are
tasks that a member of the staff has to confirm, so nothing else is sent from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.channels import http, signed_callback
from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt, Report, Setting, SettingsError
from regulars.channels.values import GREETING, checked
from regulars.channels.wechat.api import Api, Keeper, ask, receipt_of
from regulars.channels.wechat.pushes import event_id, instant

WELCOME_SECONDS = 20


class WecomLine:
    """Calls in the name of one company."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def deliver(self, message: Outgoing) -> Receipt:
        """Send the greeting for ``params["welcome_code"]``."""
        code = message.params.get("welcome_code", "")
        if not code or not message.text:
            return Receipt("refused", code="no-welcome-code", blame="message")
        asked = {"welcome_code": code, "text": {"content": message.text}}
        answer = self.api.post("/cgi-bin/externalcontact/send_welcome_msg", asked)
        return answer if isinstance(answer, Receipt) else receipt_of(answer)


def _reports(push: Mapping[str, str]) -> list[Report]:
    person, change = push.get("ExternalUserID", ""), push.get("ChangeType", "")
    if push.get("Event") != "change_external_contact" or not person:
        return []
    at = instant(push.get("CreateTime", ""))
    event = event_id(person, push.get("CreateTime", ""), change, push.get("UserID", ""))
    if change in ("add_external_contact", "add_half_external_contact"):
        code, scene = push.get("WelcomeCode", ""), push.get("State", "")
        return [Report("followed", event, at, address=person, scene=scene, code=code)]
    # del_follow_user: the customer has removed the member of the staff; the other way round says nothing about her.
    if change == "del_follow_user":
        return [Report("unfollowed", event, at, address=person)]
    return []


class Wecom:
    """Customer contact of WeCom."""

    channel = "wechat"
    name = "wecom"
    title = _("WeCom")
    remembers_seconds = 0
    country = "CN"
    only_greets = True
    greets_within = timedelta(seconds=WELCOME_SECONDS)
    settings: Sequence[Setting] = (
        Setting("corp_id", _("Company ID"), _("Begins with ww."), is_required=True),
        Setting("corp_secret", _("Secret of the app"), kind="secret", is_required=True),
        Setting("token", _("Token"), _("The same as in the app's callback settings."), kind="secret", is_required=True),
        Setting("aes_key", _("EncodingAESKey"), _("43 characters."), kind="secret", is_required=True),
        GREETING,
        http.address("https://qyapi.weixin.qq.com"),
        http.TIMEOUT,
    )

    def _checked(self, settings: Mapping[str, str]) -> tuple[dict[str, str], signed_callback.Envelope]:
        given = checked(self.settings, settings)
        try:
            return given, signed_callback.Envelope(given["aes_key"], given["corp_id"])
        except ValueError:
            raise SettingsError("aes_key", _("The key has 43 letters and digits; copy it anew.")) from None

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[WecomLine]:
        """Open a line; raise SettingsError for settings that cannot work."""
        given, _envelope = self._checked(settings)
        with http.client(given["timeout_seconds"]) as client:
            yield WecomLine(Api(client, given["api_url"], _keeper(client, given)))

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer the handshake, whose ``echostr`` is sealed here, or take a push."""
        given, envelope = self._checked(settings)
        try:
            if call.method == "GET":
                echo, query = call.query.get("echostr", ""), call.query
                parts = (given["token"], query.get("timestamp", ""), query.get("nonce", ""), echo)
                signed_callback.verify(query.get("msg_signature", ""), *parts)
                return Answer(body=envelope.open(echo))
            body = signed_callback.sealed_body(given["token"], envelope, call)
            return Answer(body=b"success", reports=_reports(signed_callback.fields(body)))
        except signed_callback.Forged:
            return Answer(403)
        except ValueError:
            return Answer(400)

    def greeting(self, settings: Mapping[str, str], report: Report) -> tuple[str, Mapping[str, str]] | None:
        """Return the greeting with the code that lets it pass; a contact who was greeted elsewhere brings none."""
        text = self._checked(settings)[0]["greeting"]
        return (text, {"welcome_code": report.code}) if text and report.code else None

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Fetch an access token."""
        with self.open(settings) as line:
            token = line.api.token()
        if not isinstance(token, Receipt):
            return [Finding("token", True, _("WeCom knows the company and the app."))]
        if token.outcome == "refused":
            remedy = _(
                "Copy the company ID and the secret anew, and add this server's address to the app's trusted IPs."
            )
            return [Finding("token", False, _("WeCom does not accept the app."), remedy)]
        return [Finding("token", False, _("WeCom does not answer."), _("Try again in some minutes."))]


def _keeper(client: httpx.Client, given: Mapping[str, str]) -> Keeper:
    base, company, secret = given["api_url"].rstrip("/"), given["corp_id"], given["corp_secret"]

    def fetch(is_forced: bool) -> dict[str, Any] | Receipt:
        # There is nothing to force: WeCom gives a new token when the old one is no longer valid.
        url = httpx.URL(f"{base}/cgi-bin/gettoken", params={"corpid": company, "corpsecret": secret})
        return ask(client, "GET", str(url))

    return Keeper(fetch, base, company, secret)
