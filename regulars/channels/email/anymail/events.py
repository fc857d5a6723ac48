"""What a provider tells us later: arrivals, bounces, complaints, wishes to stop, and mail that people wrote.

A call is believed only when it proves to be the provider's: by a signature, or by the password that was given to it.
django-anymail then reads it. What it calls deferred is on its way and reports nothing; opens and clicks are not heard.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

from regulars.base.clock import now
from regulars.channels.contract import Answer, Call, Report, Severity
from regulars.channels.email.anymail.vendors import WEBHOOK_USER, Vendor
from regulars.channels.email.bounces import read
from regulars.channels.email.statuses import severity_of
from regulars.channels.webhook import standard

# Under this name a provider keeps ours for a message and gives it back.
OURS = "regulars_id"
# Seconds by which a signed call may be older or younger than our clock says (as Standard Webhooks advises).
LEEWAY = 300
_NONE = Answer(403)


def heard(vendor: Vendor, settings: Mapping[str, str], call: Call) -> Answer:
    """Return what a call reports; 403 if it is not the provider's, 400 if it cannot be read."""
    if call.method == "HEAD" or (call.method == "GET" and not call.body):
        return Answer(405)
    data = _json(call.body)
    is_inbound = _is_inbound(vendor, data)
    if not _is_proven(vendor, settings, call, is_inbound):
        return _NONE
    try:
        view = _view(vendor, settings, is_inbound)
        events = view.parse_events(_request(call, _lighter(vendor, data)))
        reports = [report for event in events for report in _reports(vendor, settings, event, is_inbound)]
    except Exception:  # it is a stranger's text, read by another's code; nothing of it may be lost here
        return Answer(400)
    return Answer(reports=reports)


def _json(body: bytes) -> Any:
    """Return what the JSON of a call says; None for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _is_inbound(vendor: Vendor, data: Any) -> bool:
    try:
        return vendor.is_inbound(data)
    except (AttributeError, TypeError):
        return False


# -- Whose call it is


def _is_proven(vendor: Vendor, settings: Mapping[str, str], call: Call, is_inbound: bool) -> bool:
    keys = vendor.inbound_keys if is_inbound and vendor.proof == "own" else vendor.view_keys
    if not settings[vendor.closed_without] or not all(settings[name] for name in keys.values()):
        return False  # who has no key cannot tell, and believes nobody
    if vendor.proof == "basic":
        given = call.headers.get("authorization", "")
        known = f"{WEBHOOK_USER}:{settings[vendor.closed_without]}".encode()
        wanted = b"Basic " + base64.b64encode(known)
        return hmac.compare_digest(given.encode(errors="replace"), wanted)
    if vendor.proof == "svix":
        return _is_signed(settings[vendor.closed_without], call)
    try:
        _view(vendor, settings, is_inbound).run_validators(_request(call, None))
    except Exception:  # whatever is odd about a forged call, it is forged
        return False
    return True


def _is_signed(secret: str, call: Call) -> bool:
    """Return whether a call is signed as Svix and Standard Webhooks do, and not an old one played again."""
    names = [call.headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")]
    message, timestamp, signatures = names
    if not (message and timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    if abs(now().timestamp() - int(timestamp)) > LEEWAY:
        return False
    try:
        wanted = standard.signature(standard.key_of(secret), message, int(timestamp), call.body).encode()
    except ValueError:
        return False
    return any(hmac.compare_digest(one.encode(errors="replace"), wanted) for one in signatures.split(" "))


# -- Through django-anymail's eyes


def _view(vendor: Vendor, settings: Mapping[str, str], is_inbound: bool) -> Any:
    keys = vendor.inbound_keys if is_inbound else vendor.view_keys
    given = {argument: settings[name] for argument, name in keys.items()}
    kind = vendor.view("Inbound" if is_inbound else "Tracking")
    if vendor.proof == "own":
        return kind(**given)
    # Named so that it does not warn of calls that nobody looked at; we have.
    view = kind(webhook_secret=[f"{WEBHOOK_USER}:{settings[vendor.closed_without]}"], **given)
    view.basic_auth = None
    return view


def _request(call: Call, data: Any) -> WSGIRequest:
    """Return a call as Django has it; with ``data``, if any, in place of its body."""
    body = call.body if data is None else json.dumps(data).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "SERVER_NAME": "localhost", "SERVER_PORT": "443",
        "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "https", "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": call.headers.get("content-type", "application/json"),
    }  # fmt: skip
    for name, value in call.headers.items():
        if name not in ("content-type", "content-length"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return WSGIRequest(environ)


def _lighter(vendor: Vendor, data: Any) -> Any:
    """Return Brevo's mails without what is attached: django-anymail would fetch that, and nobody reads it."""
    if vendor.name != "brevo" or not isinstance(data, dict) or "items" not in data:
        return None
    return data | {"items": [item | {"Attachments": []} for item in data["items"]]}


# -- What it says


def _reports(vendor: Vendor, settings: Mapping[str, str], event: Any, is_inbound: bool) -> list[Report]:
    if is_inbound:
        return _words(settings, event)
    kind, severity = _meaning(vendor, event)
    if not kind:
        return []
    code = severity_of("", f"{event.mta_response or ''}")[1] if kind == "bounced" else ""
    return [
        Report(
            kind, _event_id(event), _at(event), str((event.metadata or {}).get(OURS, "")),
            str(event.message_id or ""), event.recipient or "", severity, code or str(event.reject_reason or ""),
        )
    ]  # fmt: skip


def _meaning(vendor: Vendor, event: Any) -> tuple[Any, Severity]:
    """Return the kind of report an event is, "" for what changes nothing, and how hard a bounce it was."""
    what, why = event.event_type, event.reject_reason
    if what in ("delivered", "complained"):
        return what, ""
    if what == "unsubscribed" or (what == "rejected" and why == "unsubscribed"):
        return "stopped", ""
    if what not in ("bounced", "rejected", "failed"):
        return "", ""
    return "bounced", _severity(vendor, event)


def _severity(vendor: Vendor, event: Any) -> Severity:
    said = severity_of("", str(event.mta_response or ""))[0] if event.mta_response else ""
    typed = vendor.hardness(event.esp_event)
    if typed == "hard" and said in ("block", "message"):
        # Some call hard whatever the other server refused for good; policy is never the person's fault.
        return said
    if typed or said:
        return typed or said
    if event.event_type == "failed":
        return "message"
    return "hard" if event.reject_reason == "invalid" else "block" if event.event_type == "rejected" else "soft"


def _event_id(event: Any) -> str:
    if event.event_id:
        return str(event.event_id)[:200]
    return hashlib.sha256(json.dumps(event.esp_event, sort_keys=True, default=str).encode()).hexdigest()[:40]


def _at(event: Any) -> datetime:
    at = event.timestamp
    return at if isinstance(at, datetime) and at.tzinfo is not None else now()


def _words(settings: Mapping[str, str], event: Any) -> list[Report]:
    """Read a mail that the provider took in, as one that came to a mailbox."""
    mail = event.message
    if mail is None:
        return []
    own = settings["inbound_address"].rpartition("@")[0]
    came_to = str(mail.envelope_recipient or "").partition("@")[0]
    tag = came_to.partition("+")[2] if own and came_to.partition("+")[0] == own else ""
    # The address that it came to says which message is answered; without it, what the mail itself says.
    reports = read(mail.as_bytes(), _at(event), (lambda candidate: candidate == tag) if tag else lambda candidate: True)
    return [report if report.message_id else replace(report, message_id=tag) for report in reports]
