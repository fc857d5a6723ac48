"""A WeChat Official Account (公众号, 服务号): answers within the window, templates for service, notices asked for.

Only WeChat knows for certain whether a window is open. So a message is an answer first; where WeChat says that the
window is closed, it surely was not sent, and it leaves as the shop's template (service only) or as the notice that the
reader asked for once (订阅通知).

WeChat takes no idempotency key for answers, so a lost answer is ``unknown``. Template messages carry our id as
``client_msg_id``, which WeChat remembers for ten minutes only, too short to lean on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.channels import http, signed_callback
from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt, Report, Setting, SettingsError
from regulars.channels.values import GREETING, checked
from regulars.channels.wechat import pushes
from regulars.channels.wechat.api import Api, Keeper, ask, receipt_of

# The window has closed, or all answers that it allowed were used: this answer was not sent.
_CLOSED = frozenset({45015, 45047})
_LINK = re.compile(r"https://[^\s<>\"']+")
_FIELD = re.compile(r"\s*([a-z_]{1,30}\d{1,3})\s*=\s*(subject|text)\s*")
# A field of the kind "thing" holds so many characters; WeChat refuses the whole message for one more (47003).
_LONGEST_THING = 20

# What WeChat wants to read within five seconds; everything else happens later.
TAKEN = b"success"


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of a template by what goes into each: ``thing1 = subject, thing2 = text``. Raise ValueError."""
    found = [_FIELD.fullmatch(part) for part in text.replace("\n", ",").split(",") if part.strip()]
    if not all(found):
        raise ValueError("not a list of fields")
    return {match[1]: match[2] for match in found if match}


def _filled(fields: Mapping[str, str], message: Outgoing) -> dict[str, dict[str, str]]:
    """Return the values of a template's fields, in one line each; what stands under a text is left out."""
    own = " ".join(message.text.partition("\n\n-- \n")[0].split())
    values = {"subject": message.subject.strip() or own, "text": own}
    filled = {}
    for name, source in fields.items():
        value = values[source]
        if name.startswith("thing") and len(value) > _LONGEST_THING:
            value = value[: _LONGEST_THING - 1] + "…"
        filled[name] = {"value": value}
    return filled


class OfficialLine:
    """Calls in the name of one account."""

    def __init__(self, api: Api, settings: Mapping[str, str]) -> None:
        self.api = api
        self._settings = settings

    def deliver(self, message: Outgoing) -> Receipt:
        """Send an answer (``text``) or a template message (``template``, ``params``) to the openid ``to``."""
        answer = self._answer(message)
        if isinstance(answer, Receipt):
            return answer
        if not message.template and answer.get("errcode") in _CLOSED:
            later = self._outside(message)
            answer = answer if later is None else later
        return answer if isinstance(answer, Receipt) else receipt_of(answer)

    def _outside(self, message: Outgoing) -> dict[str, Any] | Receipt | None:
        """Send a message though the window is closed; None if nothing was set up for that."""
        settings = self._settings
        link = _LINK.search(message.text.partition("\n\n-- \n")[0])
        if message.is_service and settings["template_id"]:
            path, kind, page = "/cgi-bin/message/template/send", "template", "url"
        elif settings["notice_id"]:
            path, kind, page = "/cgi-bin/message/subscribe/bizsend", "notice", "page"
        else:
            return None
        data: dict[str, Any] = {
            "touser": message.to,
            "template_id": settings[f"{kind}_id"],
            "data": _filled(fields_of(settings[f"{kind}_fields"]), message),
        }
        if kind == "template":
            data["client_msg_id"] = message.id
        if link:
            data[page] = link[0]
        return self.api.post(path, data)

    def _answer(self, message: Outgoing) -> dict[str, Any] | Receipt:
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
        return self.api.post(path, data)


class Official:
    """A WeChat Official Account."""

    channel = "wechat"
    name = "official"
    title = _("WeChat Official Account")
    remembers_seconds = 0
    country = "CN"
    only_greets = False
    greets_within = timedelta(minutes=1)
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
        Setting(
            "template_id",
            _("Template for service messages"),
            _("Its id. It leaves where the 48 hours are over, and never for what sells. Empty for none."),
        ),
        Setting("template_fields", _("Its fields"), _("As: thing1 = subject, thing2 = text")),
        Setting(
            "notice_id",
            _("Template for notices that people asked for"),
            _("Its id. Each time somebody agrees to it on your page, one notice may leave. Empty for none."),
        ),
        Setting("notice_fields", _("Its fields"), _("As: thing1 = subject, thing2 = text")),
        GREETING,
        http.address("https://api.weixin.qq.com"),
        http.TIMEOUT,
    )

    def _checked(self, settings: Mapping[str, str]) -> tuple[dict[str, str], signed_callback.Envelope | None]:
        given = checked(self.settings, settings)
        for kind in ("template", "notice"):
            try:
                is_whole = bool(fields_of(given[f"{kind}_fields"])) or not given[f"{kind}_id"]
            except ValueError:
                is_whole = False
            if not is_whole:
                raise SettingsError(f"{kind}_fields", _("Write each field and what goes into it: thing1 = subject."))
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
            yield OfficialLine(Api(client, given["api_url"], _keeper(client, given)), given)

    def speaks_anytime(self, settings: Mapping[str, str]) -> bool:
        """Return whether service messages may leave outside of a window: by a template."""
        return bool(self._checked(settings)[0]["template_id"])

    def greeting(self, settings: Mapping[str, str], report: Report) -> tuple[str, Mapping[str, str]] | None:
        """Return the greeting for a new follower; whoever scans a code and follows already is not greeted again."""
        text = self._checked(settings)[0]["greeting"]
        return (text, {}) if text and report.code == "subscribe" else None

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
            push = signed_callback.fields(body)
            asked = pushes.asked_for(push, body, given["notice_id"])
            return Answer(body=TAKEN, reports=[*pushes.reports(push), *asked])
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
