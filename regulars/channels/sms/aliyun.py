"""Alibaba Cloud SMS (短信服务): messages by template, receipts and answers by pushes without a signature.

SendSms is not idempotent: after a lost answer nobody may send again. Requests are signed by ACS3-HMAC-SHA256
(https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature). Pushes carry no signature, so
their address has to be unguessable: it ends in ``?key=`` and a secret of the shop's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.base.clock import now
from regulars.channels import http
from regulars.channels.contract import (
    Answer,
    Blame,
    Call,
    Finding,
    Outgoing,
    Receipt,
    Report,
    Setting,
    SettingsError,
    Severity,
)
from regulars.channels.sms.stop import meaning
from regulars.channels.values import checked

VERSION = "2017-05-25"
BEIJING = timezone(timedelta(hours=8))
TAKEN = json.dumps({"code": 0, "msg": "ok"}).encode()

# https://help.aliyun.com/zh/sms/developer-reference/api-error-codes
_BLAME: Mapping[str, Blame] = {
    **dict.fromkeys(("isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_IN_BLACK"), "address"),
    **dict.fromkeys(
        (
            "isv.SMS_TEMPLATE_ILLEGAL",
            "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL",
            "isv.TEMPLATE_MISSING_PARAMETERS",
            "isv.TEMPLATE_PARAMS_ILLEGAL",
            "isv.INVALID_PARAMETERS",
            "isv.INVALID_JSON_PARAM",
            "isv.PARAM_LENGTH_LIMIT",
            "isv.PARAM_NOT_SUPPORT_URL",
            "isv.BLACK_KEY_CONTROL_LIMIT",
            "isv.CONTENT_KEYWORD",
        ),
        "message",
    ),
    **dict.fromkeys(
        (
            "isv.SMS_SIGNATURE_ILLEGAL",
            "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
            "isv.SMS_SIGN_ILLEGAL",
            "isv.AMOUNT_NOT_ENOUGH",
            "isv.OUT_OF_SERVICE",
            "isv.ACCOUNT_NOT_EXISTS",
            "isv.ACCOUNT_ABNORMAL",
            "isv.PRODUCT_UNSUBSCRIBE",
            "isv.PRODUCT_UN_SUBSCRIPT",
            "isp.RAM_PERMISSION_DENY",
            "isv.DENY_IP_RANGE",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId.NotFound",
            "InvalidAccessKeyId.Inactive",
            "InvalidTimeStamp.Expired",
        ),
        "sender",
    ),
}
# The vendor's page says of each of these that the call was not carried out and may be made again.
_LATER = {"isp.SYSTEM_ERROR", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL", "isv.SMS_OVER_LIMIT"}
_SEVERITY: Mapping[str, Severity] = {
    "MOBILE_NOT_ON_SERVICE": "hard",
    "MOBILE_ACCOUNT_ABNORMAL": "hard",
    "PHONE_NUMBER_IS_EMPTY": "hard",
    "PORT_NOT_REGISTERED": "block",
    "SIGN_NOT_REGISTERED": "block",
    "CONTENT_KEYWORD": "block",
    "CONTENT_ERROR": "message",
    "CONTAIN_URL": "block",
    "MOBILE_IN_BLACK": "block",
    "BLACK_LIST": "block",
}


def _escaped(text: str) -> str:
    return quote(text, safe="~")


def sign(
    key_id: str,
    key_secret: str,
    action: str,
    url: str,
    query: Mapping[str, str],
    *,
    at: datetime,
    nonce: str,
    version: str,
) -> tuple[str, dict[str, str]]:
    """Return the full URL and the signed headers of a POST without a body."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": urlsplit(url).netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    canonical_query = "&".join(f"{_escaped(k)}={_escaped(v)}" for k, v in sorted(query.items()))
    names = ";".join(sorted(headers))
    lines = "".join(f"{k}:{headers[k]}\n" for k in sorted(headers))
    canonical = "\n".join(("POST", "/", canonical_query, lines, names, empty))
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"
    return f"{url.rstrip('/')}/?{canonical_query}", headers


def _national(number: str) -> str:
    """Return the number as Alibaba wants it: eleven digits inside China, all without + elsewhere."""
    return number.removeprefix("+86") if number.startswith("+86") else number.lstrip("+")


def _international(number: str) -> str:
    digits = number.lstrip("+0")
    return f"+86{digits}" if len(digits) == 11 and digits.startswith("1") else f"+{digits}"


def _at(text: Any) -> datetime:
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        return now()


def _event(*parts: Any) -> str:
    """Return an id made of what a push repeats word for word; a digest, because a number is in it."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:40]


def _report(item: Mapping[str, Any]) -> Report | None:
    number = str(item.get("phone_number", ""))
    if not number:
        return None
    address = _international(number)
    if "success" in item:
        biz, code = str(item.get("biz_id", "")), str(item.get("err_code", ""))
        event = _event("report", biz, number, item["success"], code)
        message_id, at = str(item.get("out_id") or ""), _at(item.get("report_time"))
        if item["success"] in (True, "true"):
            return Report("delivered", event, at, message_id, biz, address)
        severity = _SEVERITY.get(code, "soft")
        return Report("bounced", event, at, message_id, biz, address, severity=severity, code=code)
    if "content" in item:
        text = str(item["content"])
        event = _event("up", item.get("sequence_id", ""), number, item.get("send_time", ""), text)
        return Report(meaning(text), event, _at(item.get("send_time")), address=address, text=text)
    return None


class AliyunLine:
    """Calls of the SMS API with the shop's key."""

    def __init__(self, client: httpx.Client, url: str, key: tuple[str, str], sign_name: str) -> None:
        self._client, self._url, self._key, self._sign_name = client, url, key, sign_name

    def call(self, action: str, query: Mapping[str, str]) -> http.Reply | Receipt:
        """Make one signed call."""
        url, headers = sign(
            *self._key, action, self._url, query, at=now(), nonce=secrets.token_hex(16), version=VERSION
        )
        return http.ask(self._client, self._client.build_request("POST", url, headers=headers))

    def deliver(self, message: Outgoing) -> Receipt:
        """Send one message by its template; a message without one is refused, for the law asks for approval."""
        if not message.template:
            return Receipt("refused", code="no-template", detail="only approved templates may be sent", blame="message")
        query = {
            "PhoneNumbers": _national(message.to),
            "SignName": self._sign_name,
            "TemplateCode": message.template,
            "OutId": message.id,
        }
        if message.params:
            query["TemplateParam"] = json.dumps(dict(message.params), ensure_ascii=False, separators=(",", ":"))
        reply = self.call("SendSms", query)
        if isinstance(reply, Receipt):
            return reply
        data = reply.data()
        code = str(data.get("Code", ""))
        if reply.status == 200 and code == "OK":
            return Receipt("accepted", str(data.get("BizId", "")))
        if reply.status == 200 and not code:
            return Receipt("unknown", code="no-code")
        return _refused(reply, code, str(data.get("Message", "")))


def _refused(reply: http.Reply, code: str, says: str) -> Receipt:
    if code == "isv.BUSINESS_LIMIT_CONTROL":
        # Its text names the limit: 触发分钟级流控 / 小时级 / 天级 (minute, hour, day).
        wait = 60.0 if "分钟" in says else 3600.0 if "小时" in says else 86_400.0
        return Receipt("later", code=code, retry_after=wait)
    if code in _LATER or code.startswith("Throttling"):
        return Receipt("later", code=code, retry_after=http.retry_after(reply.headers))
    if reply.status == 200:
        return Receipt("refused", code=code, blame=_BLAME.get(code, "provider"))
    return http.failed(reply, code=code, blame=_BLAME.get(code, "provider"))


class Aliyun:
    """Text messages through Alibaba Cloud, inside China by approved templates."""

    channel = "sms"
    name = "aliyun"
    title = _("Alibaba Cloud SMS")
    remembers_seconds = 0
    country = "CN"
    settings: Sequence[Setting] = (
        Setting("access_key_id", _("Access key ID"), _("Of a RAM user who may do nothing but send."), is_required=True),
        Setting("access_key_secret", _("Access key secret"), kind="secret", is_required=True),
        Setting("sign_name", _("Signature"), _("The approved name in front of each message."), is_required=True),
        Setting(
            "callback_key",
            _("Secret of the callback address"),
            _("At least 20 characters. Alibaba signs nothing, so the address itself is the secret."),
            kind="secret",
            is_required=True,
        ),
        http.address("https://dysmsapi.aliyuncs.com"),
        http.TIMEOUT,
    )

    def _checked(self, settings: Mapping[str, str]) -> dict[str, str]:
        given = checked(self.settings, settings)
        if len(given["callback_key"]) < 20:
            raise SettingsError("callback_key", _("Take at least 20 characters, so that nobody guesses it."))
        if not (given["access_key_id"].isascii() and given["access_key_id"].isprintable()):
            raise SettingsError("access_key_id", _("The access key ID has only Latin letters and digits."))
        return given

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[AliyunLine]:
        """Open a line; raise SettingsError for settings that cannot work."""
        given = self._checked(settings)
        key = (given["access_key_id"], given["access_key_secret"])
        with http.client(given["timeout_seconds"]) as client:
            yield AliyunLine(client, given["api_url"], key, given["sign_name"])

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Take pushes of SmsReport and SmsUp: a JSON array of either."""
        key = self._checked(settings)["callback_key"]
        if not hmac.compare_digest(call.query.get("key", "").encode(errors="replace"), key.encode()):
            return Answer(403)
        try:
            items = json.loads(call.body)
        except (ValueError, RecursionError):
            return Answer(400)
        if not isinstance(items, list):
            return Answer(400)
        reports = [r for r in (_report(i) for i in items if isinstance(i, dict)) if r is not None]
        return Answer(body=TAKEN, content_type="application/json", reports=reports)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Ask whether the signature is approved."""
        with self.open(settings) as line:
            reply = line.call("QuerySmsSign", {"SignName": settings["sign_name"].strip()})
        if isinstance(reply, Receipt):
            return [Finding("signature", False, _("Alibaba Cloud does not answer."), _("Try again in some minutes."))]
        data = reply.data()
        if data.get("Code") == "OK" and data.get("SignStatus") == 1:
            return [Finding("signature", True, _("The signature is approved."))]
        remedy = _("Look at the signature in the console, and at what the access key may do.")
        return [Finding("signature", False, _("The signature cannot be used."), remedy)]
