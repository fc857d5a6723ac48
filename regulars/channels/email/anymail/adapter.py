"""Mail through a provider's interface: django-anymail writes and reads what the provider says, we watch the line.

A request leaves through :mod:`regulars.channels.http`, so that a lost answer is told from a lost request as it is
everywhere else. Settings come with each line; none are Django's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import formataddr
from typing import Any
from urllib.parse import urljoin

import httpx
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext_lazy as _

from regulars.channels import http
from regulars.channels.contract import Answer, Blame, Call, Finding, Outgoing, Receipt, Setting, SettingsError
from regulars.channels.email.addresses import AddressUnusable, to_send
from regulars.channels.email.anymail.events import OURS, heard
from regulars.channels.email.anymail.vendors import Vendor
from regulars.channels.email.mime import LONGEST_ID, Unsendable, letterhead, local_part, unstructured
from regulars.channels.values import checked

_COMMON = (
    Setting("from_name", _("Sender's name"), _("Customers see it in their inbox.")),
    Setting("from_address", _("Sender's address"), is_required=True),
    Setting("reply_to", _("Address for replies"), _("Empty if replies go to the sender's address.")),
    Setting(
        "inbound_address", _("Address for replies at the provider"),
        _("If the provider hands on mail that comes in: an address of that domain, as answers@in.example.com."
          " Each mail has its own."),
    ),
)  # fmt: skip
_OF_SENDER = re.compile(r"\bfrom\b|sender|domain|signature|not verified|unverified|inactive account", re.IGNORECASE)
_OF_ADDRESS = re.compile(r"\bto\b[\"']?(?:\.\d+|\[\d+\]|\"| parameter| address)|recipient", re.IGNORECASE)
# A word or number of the vendor's own; its sentences may quote an address.
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_CODES = ("ErrorCode", "code", "name", "StatusCode")


class AnymailLine:
    """A client of one provider, used by one thread."""

    def __init__(self, vendor: Vendor, settings: Mapping[str, str]) -> None:
        self._vendor, self._settings = vendor, settings
        keys = {argument: settings[name] or None for argument, name in vendor.keys.items()}
        self._backend = vendor.backend()(api_url=settings["api_url"], ignore_recipient_status=True, **keys)
        self._client = http.client(settings["timeout_seconds"])

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def deliver(self, message: Outgoing) -> Receipt:
        """Send one message. Never raises for what the provider does."""
        from anymail.exceptions import AnymailError, AnymailInvalidAddress

        try:
            mail = self._mail(message)
            payload = self._backend.build_message_payload(mail, {})
            request = self._request(payload, message)
        except AddressUnusable:
            return Receipt("refused", code="no-address", blame="address")
        except AnymailInvalidAddress:
            return Receipt("refused", code="no-address", blame="address")
        except (AnymailError, Unsendable, UnicodeError, ValueError) as problem:
            return Receipt("refused", code="unsendable", detail=type(problem).__name__, blame="message")
        is_idempotent = bool(self._vendor.remembers_seconds)
        reply = http.ask(self._client, request, is_idempotent=is_idempotent)
        if isinstance(reply, Receipt):
            return reply
        return self._receipt(reply, request, payload, mail)

    def _mail(self, message: Outgoing) -> Any:
        settings = self._settings
        if len(message.id) > LONGEST_ID:
            raise Unsendable("message", "the id does not fit an address")
        for text in (message.subject, *message.headers.values()):
            unstructured(text)
        headers = {**message.headers, "X-Regulars-Id": message.id, **self._vendor.headers(message.id)}
        if self._vendor.keeps_message_id:
            domain = settings["from_address"].rpartition("@")[2]
            headers["Message-ID"] = f"<{message.id}@{domain}>"
        mail = EmailMultiAlternatives(
            message.subject, message.text, formataddr((settings["from_name"], settings["from_address"])),
            [to_send(message.to)], headers=headers, reply_to=_reply_to(settings, message.id),
        )  # fmt: skip
        if message.html:
            mail.attach_alternative(message.html, "text/html")
        for name, value in self._further(message).items():
            setattr(mail, name, value)
        return mail

    def _further(self, message: Outgoing) -> dict[str, Any]:
        """Return what django-anymail takes beside a mail: our name for it, no tracking, and the provider's own."""
        found: dict[str, Any] = {}
        if self._vendor.takes_metadata:
            found["metadata"] = {OURS: message.id}
        if self._vendor.tracks_by_message:
            # Links are ours and personal already; whether a mail was opened is nobody's business.
            found |= {"track_opens": False, "track_clicks": False}
        further = dict(self._vendor.further(self._settings, message))
        return found | ({"esp_extra": further} if further else {})

    def _request(self, payload: Any, message: Outgoing) -> httpx.Request:
        from requests import Request

        # The way parameters, forms and credentials are written is part of what django-anymail knows of a provider.
        ready = Request(**payload.get_request_params(self._backend.api_url)).prepare()
        headers = dict(ready.headers)
        if self._vendor.key_header:
            headers[self._vendor.key_header] = message.id
        return self._client.build_request(ready.method or "POST", ready.url or "", headers=headers, content=ready.body)

    def _receipt(self, reply: http.Reply, request: httpx.Request, payload: Any, mail: Any) -> Receipt:
        from anymail.exceptions import AnymailError

        kept = {name: reply.headers[name] for name in ("content-type", "x-message-id") if name in reply.headers}
        answer = httpx.Response(reply.status, headers=kept, content=reply.body, request=request)
        try:
            self._backend.raise_for_status(answer, payload, mail)
            states = self._backend.parse_recipient_status(answer, payload, mail)
        except (AnymailError, KeyError, TypeError, ValueError, AttributeError):
            return _failed(reply, is_idempotent=bool(self._vendor.remembers_seconds))
        # There is one recipient, however the provider spells her; what it leaves open is said of the spelling asked.
        state = min(states.values(), key=lambda found: found.status == "unknown", default=None)
        status = getattr(state, "status", "unknown")
        if status in ("sent", "queued"):
            return Receipt("accepted", provider_id=str(state.message_id or "") if state else "")
        if status in ("rejected", "invalid"):
            # Its own list of refused addresses: why somebody is on it was reported when it happened.
            return Receipt("refused", code=_code_of(reply) or status, blame="address")
        if status == "failed":
            return _failed(reply, is_idempotent=False, is_certain=bool(_code_of(reply)))
        return Receipt("unknown", code=_code_of(reply) or "unreadable")


def _reply_to(settings: Mapping[str, str], message_id: str) -> list[str] | None:
    if settings["inbound_address"]:
        local, _at, domain = settings["inbound_address"].rpartition("@")
        return [f"{local}+{message_id}@{domain}"]
    return [settings["reply_to"]] if settings["reply_to"] else None


def _code_of(reply: http.Reply) -> str:
    """Return the provider's own code of a problem; "" for none, and for what is a sentence."""
    data = reply.data()
    for name in ("errors", "Messages", "Errors"):  # one inside of the other, as far as there are any
        inner = data.get(name)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            data = inner[0]
    found = next((str(data[name]) for name in _CODES if data.get(name)), "")
    return found if _CODE.fullmatch(found) else ""


def _failed(reply: http.Reply, *, is_idempotent: bool, is_certain: bool = False) -> Receipt:
    """Return the receipt for an answer that is no yes. ``is_certain``: it says itself that nothing was taken."""
    code = _code_of(reply) or str(reply.status)
    if reply.status == 420:  # SparkPost's word for too many
        return Receipt("later", code=code, retry_after=http.retry_after(reply.headers))
    if reply.status < 300 and not is_certain:
        if b"Mailgun Magnificent API" in reply.body:  # what Mailgun's server says to a wrong address of itself
            return Receipt("refused", code="no-such-address", blame="sender")
        return Receipt("unknown", code="unreadable")
    if reply.status in (301, 302, 303, 307, 308, 402, 404, 405):
        return Receipt("refused", code=code, blame="sender")
    if reply.status == 413:
        return Receipt("refused", code=code, blame="message")
    if reply.status == 409 and is_idempotent:  # it is still busy with our first request for the same message
        return Receipt("later", code=code)
    if reply.status < 300 or reply.status in (400, 406, 409, 422):
        return Receipt("refused", code=code, blame=_blame(reply))
    return http.failed(reply, is_idempotent=is_idempotent, code=code)


def _blame(reply: http.Reply) -> Blame:
    """Return whose fault a refusal is, by the provider's words: they are looked at and not kept."""
    words = json.dumps(reply.data())
    if _OF_SENDER.search(words):
        return "sender"
    return "address" if _OF_ADDRESS.search(words) else "message"


class Anymail:
    """Mail through one provider."""

    channel = "email"

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.name = vendor.name
        self.title = vendor.title
        self.remembers_seconds = vendor.remembers_seconds
        self.country = vendor.country
        *own, address = vendor.own
        self.settings: Sequence[Setting] = (*own[:1], *_COMMON, *own[1:], address, http.TIMEOUT)

    def _checked(self, settings: Mapping[str, str]) -> dict[str, str]:
        found = checked(self.settings, settings)
        for name in ("from_address", "reply_to", "inbound_address"):
            try:
                if found[name]:
                    letterhead(found[name], bounce_address=found[name] if name == "inbound_address" else "")
            except AddressUnusable as problem:
                raise SettingsError(name, _("Enter an e-mail address.")) from problem
        if len(local_part(found["from_address"])) > 64:
            raise SettingsError("from_address", _("Enter an e-mail address."))
        try:
            unstructured(found["from_name"])
        except Unsendable as problem:
            raise SettingsError("from_name", _("The name must be one line of text.")) from problem
        return found

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[AnymailLine]:
        """Yield a line; it connects with the first message. Raise SettingsError for settings that cannot work."""
        line = AnymailLine(self.vendor, self._checked(settings))
        try:
            yield line
        finally:
            line.close()

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Return what a call of the provider reports; a call that does not prove to be the provider's is refused."""
        return heard(self.vendor, self._checked(settings), call)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Ask the provider something harmless with the key, and see whether its calls could be believed."""
        try:
            found = self._checked(settings)
        except SettingsError as problem:
            return [Finding(problem.field, False, problem.says, _("Mend it and save."))]
        url = urljoin(found["api_url"].rstrip("/") + "/", self.vendor.look(found))
        with http.client(found["timeout_seconds"]) as client:
            reply = http.ask(client, client.build_request("GET", url, headers=self.vendor.who(found)))
        return [_looked(reply), _reports(bool(found[self.vendor.closed_without]))]


def _looked(reply: http.Reply | Receipt) -> Finding:
    if isinstance(reply, Receipt) or reply.status >= 500:
        return Finding("provider", False, _("The provider does not answer."), _("Check the address, or try later."))
    # A key that may only send is refused here in these words, and is as good.
    if reply.status == 403 or reply.data().get("name") == "restricted_api_key":
        return Finding("key", True, _("The provider knows the key; it may send and nothing else."))
    if reply.status == 401:
        remedy = _("Copy the key anew from the provider's settings; see that the address is that of its region.")
        return Finding("key", False, _("The provider does not know the key."), remedy)
    if reply.status == 404:
        remedy = _("Add the domain at the provider and prove that it is yours.")
        return Finding("domain", False, _("The provider does not know the domain."), remedy)
    if not 200 <= reply.status < 300:
        return Finding("provider", False, _("The provider answers something else."), _("Check the address."))
    return Finding("key", True, _("The provider knows the key."))


def _reports(is_proven: bool) -> Finding:
    if is_proven:
        return Finding("reports", True, _("Reports of the provider can be told from forged ones."))
    remedy = _("Enter the key or password for reports, and the address for reports at the provider.")
    return Finding("reports", False, _("Arrivals, bounces and complaints are not heard yet."), remedy)
