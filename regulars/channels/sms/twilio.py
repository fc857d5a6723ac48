"""Twilio: messages by its REST API, receipts and answers by signed callbacks.

Twilio takes no idempotency key for messages, so a lost answer is ``unknown``. Our id comes back in the address of the
status callback, which Twilio signs as a whole: X-Twilio-Signature is the HMAC-SHA1 of the public URL and the sorted
form fields under the auth token (https://www.twilio.com/docs/usage/security).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
from django.utils.translation import gettext_lazy as _

from regulars.base.clock import now
from regulars.channels import http
from regulars.channels.contract import Answer, Blame, Call, Finding, Outgoing, Receipt, Report, Setting, Severity
from regulars.channels.sms.stop import meaning
from regulars.channels.values import checked

NO_ANSWER = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

# https://www.twilio.com/docs/api/errors
_BLAME: Mapping[int, Blame] = {
    **dict.fromkeys((21211, 21214, 21217, 21265, 21610, 21614, 60200), "address"),
    **dict.fromkeys((21602, 21605, 21617, 21619, 21620, 63016), "message"),
    **dict.fromkeys((20003, 20005, 20404, 21212, 21408, 21603, 21606, 21612, 21659, 21660, 21701, 21703), "sender"),
}
_LATER = {20429, 21611, 14107}
_SEVERITY: Mapping[str, Severity] = {
    "30003": "soft",
    "30004": "block",
    "30005": "hard",
    "30006": "hard",
    "30007": "block",
    "30008": "soft",
    "30019": "message",
    "30032": "block",
    "30034": "block",
    "21610": "block",
}


def signature(token: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """Return what X-Twilio-Signature has to be for this public URL and these form fields."""
    # As Twilio's own libraries: a repeated value of a field counts once.
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(errors="replace"), hashlib.sha1).digest()).decode()


def _urls(url: str) -> Iterator[str]:
    """Yield the URL as it is, and with the standard port put in or left out: Twilio's servers do both."""
    yield url
    parts = urlsplit(url)
    standard = {"https": 443, "http": 80}.get(parts.scheme)
    if parts.hostname and parts.port == standard:
        yield parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()
    elif parts.hostname and parts.port is None and standard:
        yield parts._replace(netloc=f"{parts.netloc}:{standard}").geturl()


def is_signed(token: str, call: Call) -> bool:
    """Return whether Twilio made this request. A JSON body is covered by its sum in the signed URL."""
    given = call.headers.get("x-twilio-signature", "")
    sum_of_body = call.query.get("bodySHA256")
    if sum_of_body is not None:
        fields: list[tuple[str, str]] = []
        if not hmac.compare_digest(
            sum_of_body.lower().encode(errors="replace"), hashlib.sha256(call.body).hexdigest().encode()
        ):
            return False
    else:
        fields = parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    try:
        urls = list(_urls(call.url))
    except ValueError:  # a port that is no number
        return False
    # Every candidate is compared, so that the time tells nothing.
    return any(
        [hmac.compare_digest(signature(token, u, fields).encode(), given.encode(errors="replace")) for u in urls]
    )


def _status(fields: Mapping[str, str], message_id: str, at: datetime) -> list[Report]:
    status, sid, code = fields["MessageStatus"], fields.get("MessageSid", ""), fields.get("ErrorCode", "")
    event = f"{sid}:{status}"
    address = fields.get("To", "")
    if status in ("delivered", "read"):
        # Read follows delivered; both say that it arrived, and the event's name keeps them one fact.
        return [Report("delivered", f"{sid}:delivered", at, message_id, sid, address)]
    if status in ("undelivered", "failed"):
        severity = _SEVERITY.get(code, "soft")
        return [Report("bounced", event, at, message_id, sid, address, severity=severity, code=code)]
    return []


def _said(fields: Mapping[str, str], at: datetime) -> Report:
    text, sid = fields.get("Body", ""), fields.get("MessageSid") or fields.get("SmsSid", "")
    kind = meaning(text)
    # With Advanced Opt-Out Twilio has decided already, by words that the shop set there.
    by_twilio = fields.get("OptOutType", "").upper()
    if by_twilio == "STOP":
        kind = "stopped"
    elif by_twilio == "START":
        kind = "started"
    return Report(kind, sid, at, provider_id=sid, address=fields.get("From", ""), text=text)


class TwilioLine:
    """An open connection to Twilio's API."""

    def __init__(self, client: httpx.Client, messages_url: str, sender: str, callback: str) -> None:
        self._client, self._url, self._sender, self._callback = client, messages_url, sender, callback

    def deliver(self, message: Outgoing) -> Receipt:
        """Send one message. Addresses are E.164; the body is at most 1600 characters."""
        if len(message.text) > 1600:
            return Receipt("refused", code="21617", detail="more than 1600 characters", blame="message")
        form = {"To": message.to, "Body": message.text}
        form["MessagingServiceSid" if self._sender.startswith("MG") else "From"] = self._sender
        if self._callback:
            joint = "&" if "?" in self._callback else "?"
            form["StatusCallback"] = self._callback + joint + urlencode({"id": message.id})
        reply = http.ask(self._client, self._client.build_request("POST", self._url, data=form))
        if isinstance(reply, Receipt):
            return reply
        data = reply.data()
        if reply.status in (200, 201):
            sid = str(data.get("sid", ""))
            return Receipt("accepted", sid) if sid else Receipt("unknown", code="no-sid")
        return _refused(reply, data.get("code"))


def _refused(reply: http.Reply, code: object) -> Receipt:
    number = code if isinstance(code, int) else 0
    text = str(number or reply.status)
    if number in _LATER:
        return Receipt("later", code=text, retry_after=http.retry_after(reply.headers))
    return http.failed(reply, blame=_BLAME.get(number, "provider"), code=text)


def _account_url(given: Mapping[str, str]) -> str:
    return f"{given['api_url'].rstrip('/')}/2010-04-01/Accounts/{quote(given['account_sid'], safe='')}"


def _client(given: Mapping[str, str]) -> httpx.Client:
    client = http.client(given["timeout_seconds"])
    client.auth = httpx.BasicAuth(given["account_sid"], given["auth_token"])
    return client


class Twilio:
    """Text messages through Twilio."""

    channel = "sms"
    name = "twilio"
    title = _("Twilio")
    remembers_seconds = 0
    country = "US"
    settings: Sequence[Setting] = (
        Setting(
            "account_sid", _("Account SID"), _("Begins with AC; on the first page of the console."), is_required=True
        ),
        Setting("auth_token", _("Auth token"), kind="secret", is_required=True),
        Setting(
            "sender", _("Sender"), _("A number of yours such as +15017122661, or a service: MG…"), is_required=True
        ),
        Setting(
            "callback_url", _("Address for receipts"), _("Where Twilio reports to; leave it empty for no receipts.")
        ),
        http.address("https://api.twilio.com"),
        http.TIMEOUT,
    )

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[TwilioLine]:
        """Open a line; raise SettingsError if a required setting is missing."""
        given = checked(self.settings, settings)
        with _client(given) as client:
            yield TwilioLine(client, f"{_account_url(given)}/Messages.json", given["sender"], given["callback_url"])

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Take a status callback or a message from a person."""
        if not is_signed(checked(self.settings, settings)["auth_token"], call):
            return Answer(403)
        fields = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        if "MessageStatus" in fields:
            return Answer(204, reports=_status(fields, call.query.get("id", ""), now()))
        # An empty <Response/> says that we do not answer at once.
        reports = [_said(fields, now())] if fields.get("From") else []
        return Answer(body=NO_ANSWER, content_type="text/xml; charset=utf-8", reports=reports)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Ask Twilio for the account."""
        given = checked(self.settings, settings)
        with _client(given) as client:
            reply = http.ask(client, client.build_request("GET", f"{_account_url(given)}.json"), is_idempotent=True)
        if isinstance(reply, Receipt):
            return [Finding("account", False, _("Twilio does not answer."), _("Try again in some minutes."))]
        is_active = reply.status == 200 and reply.data().get("status") == "active"
        if is_active:
            return [Finding("account", True, _("Twilio knows the account and it is active."))]
        remedy = _("Copy the account SID and the auth token from the console anew.")
        return [Finding("account", False, _("Twilio does not accept the account."), remedy)]
