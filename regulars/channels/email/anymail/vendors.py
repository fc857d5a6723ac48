"""What is each provider's own: how it is asked, how it proves that a call is its own, how hard it says a bounce is.

Read in the providers' documentation. SendGrid is not here, for django-anymail stopped supporting it: it is used as a
mail server.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from regulars.channels import http
from regulars.channels.contract import Outgoing, Setting, Severity

Proof = Literal["basic", "own", "svix"]
WEBHOOK_USER = "regulars"
_BASIC = Setting(
    "webhook_password", _("Password for reports"),
    _("Make one up. The provider names it, with the user regulars, when it calls the address for reports."),
    kind="secret",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vendor:
    """One provider.

    ``name`` and ``title`` are django-anymail's too. ``own`` are the settings that only this provider has. ``keys`` maps
    arguments of its backend to settings, ``view_keys`` and ``inbound_keys`` those of its views. ``look`` is a page that
    answers whoever has the key, and ``who`` the header that shows it. ``further`` and
    ``headers`` are what a message says beyond the common. ``proof`` is how a call shows that it is the provider's.
    """

    name: str
    title: str
    own: Sequence[Setting]
    keys: Mapping[str, str]
    look: Callable[[Mapping[str, str]], str]
    who: Callable[[Mapping[str, str]], Mapping[str, str]]
    proof: Proof
    closed_without: str = _BASIC.name  # the setting without which nobody's call is believed
    view_keys: Mapping[str, str] = field(default_factory=dict)
    inbound_keys: Mapping[str, str] = field(default_factory=dict)
    is_inbound: Callable[[Any], bool] = lambda data: False
    hardness: Callable[[Mapping[str, Any]], Severity] = lambda event: ""
    further: Callable[[Mapping[str, str], Outgoing], Mapping[str, Any]] = lambda settings, message: {}
    headers: Callable[[str], Mapping[str, str]] = lambda message_id: {}
    key_header: str = ""  # the HTTP header of its idempotency key
    remembers_seconds: int = 0
    keeps_message_id: bool = False
    takes_metadata: bool = True
    tracks_by_message: bool = True  # whether opens and clicks can be left alone message by message
    country: str = ""

    # Imported when they are needed, for they bring much along.

    def backend(self) -> Any:
        """Return django-anymail's class that writes what this provider is asked and reads what it answers."""
        return import_module(f"anymail.backends.{self.name}").EmailBackend

    def view(self, kind: Literal["Tracking", "Inbound"]) -> Any:
        """Return django-anymail's class that reads this provider's reports, or mail that came in."""
        return getattr(import_module(f"anymail.webhooks.{self.name}"), f"{self.title}{kind}WebhookView")


def _key() -> Setting:
    return Setting("api_key", _("API key"), kind="secret", is_required=True)


def _bearer(settings: Mapping[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {settings['api_key']}"}


def _basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def _domain(settings: Mapping[str, str]) -> str:
    return settings.get("sender_domain") or settings["from_address"].rpartition("@")[2]


# -- How hard a bounce is, by each provider's own word; "" where its server's words have to say


def _mailgun(event: Mapping[str, Any]) -> Severity:
    data = event.get("event-data") or {}
    # "suppress-..." are its own lists, of which the first entry was a bounce or complaint we were told of.
    return "hard" if data.get("severity") == "permanent" and data.get("reason") == "bounce" else ""


_POSTMARK: Mapping[str, Severity] = {
    "HardBounce": "hard", "BadEmailAddress": "hard", "SoftBounce": "soft", "Blocked": "block", "DMARCPolicy": "block",
    "VirusNotification": "message", "TemplateRenderingFailed": "message",
}  # fmt: skip
_BREVO: Mapping[str, Severity] = {
    "hard_bounce": "hard", "invalid_email": "hard", "soft_bounce": "soft", "blocked": "block", "error": "message"
}  # fmt: skip
# SparkPost's classes: 10 invalid recipient, 30 and 90 no such recipient; 2x and 70 pass; 5x and 25 are policy.
_SPARKPOST: Mapping[str, Severity] = {
    "10": "hard", "30": "hard", "20": "soft", "21": "soft", "22": "soft", "24": "soft", "40": "soft", "70": "soft",
    "23": "message", "53": "message", "25": "block", "50": "block", "51": "block", "52": "block", "54": "block",
}  # fmt: skip
_RESEND: Mapping[str, Severity] = {"Permanent": "hard", "Transient": "soft", "Undetermined": "soft"}
_MAILERSEND: Mapping[str, Severity] = {"hard_bounced": "hard", "soft_bounced": "soft"}
_MAILJET_POLICY = frozenset({"sender blocked", "content blocked", "policy issue", "blacklisted", "preblocked"})


def _sparkpost(event: Mapping[str, Any]) -> Severity:
    inner: Mapping[str, Any] = next(iter((event.get("msys") or {}).values()), {})
    return _SPARKPOST.get(str(inner.get("bounce_class", "")), "")


def _mailjet(event: Mapping[str, Any]) -> Severity:
    if event.get("error_related_to") == "spam" or event.get("error") in _MAILJET_POLICY:
        return "block"
    return "hard" if event.get("hard_bounce") else "soft"


def _resend(event: Mapping[str, Any]) -> Severity:
    bounce = (event.get("data") or {}).get("bounce") or {}
    # Of its own list of refused addresses only the first entry was about the address itself.
    return "block" if bounce.get("subType") == "Suppressed" else _RESEND.get(str(bounce.get("type", "")), "")


def _type(known: Mapping[str, Severity], name: str) -> Callable[[Mapping[str, Any]], Severity]:
    return lambda event: known.get(str(event.get(name, "")), "")


def _is_relayed(data: Any) -> bool:
    return isinstance(data, list) and any("relay_message" in (item.get("msys") or {}) for item in data)


VENDORS: Sequence[Vendor] = (
    Vendor(
        "mailgun", "Mailgun",
        (
            _key(),
            Setting("sender_domain", _("Domain at Mailgun"), _("Empty for the domain of the sender's address.")),
            Setting("webhook_signing_key", _("Webhook signing key"), kind="secret"),
            http.address("https://api.mailgun.net/v3", _("https://api.eu.mailgun.net/v3 for a domain in Europe.")),
        ),
        {"api_key": "api_key", "sender_domain": "sender_domain"},
        lambda s: f"domains/{_domain(s)}",
        lambda s: _basic("api", s["api_key"]),
        "own", closed_without="webhook_signing_key", view_keys={"webhook_signing_key": "webhook_signing_key"},
        inbound_keys={"webhook_signing_key": "webhook_signing_key"}, is_inbound=lambda data: data is None,
        hardness=_mailgun, keeps_message_id=True,
    ),
    Vendor(
        "postmark", "Postmark",
        (
            Setting("server_token", _("Server API token"), kind="secret", is_required=True),
            Setting("service_stream", _("Message stream for service mail"), default="outbound"),
            Setting("marketing_stream", _("Message stream for mail that sells"), default="broadcast"),
            _BASIC, http.address("https://api.postmarkapp.com"),
        ),
        {"server_token": "server_token"},
        lambda s: "server",
        lambda s: {"X-Postmark-Server-Token": s["server_token"]},
        "basic",
        is_inbound=lambda data: isinstance(data, dict) and "FromFull" in data and "RecordType" not in data,
        hardness=_type(_POSTMARK, "Type"), keeps_message_id=True, country="US",
        headers=lambda message_id: {"X-PM-KeepID": "true"},
        further=lambda s, m: {"MessageStream": s["service_stream" if m.is_service else "marketing_stream"]},
    ),
    Vendor(
        "brevo", "Brevo", (_key(), _BASIC, http.address("https://api.brevo.com/v3")), {"api_key": "api_key"},
        lambda s: "account",
        lambda s: {"api-key": s["api_key"]},
        "basic", inbound_keys={"api_key": "api_key"}, hardness=_type(_BREVO, "event"), tracks_by_message=False,
        is_inbound=lambda data: isinstance(data, dict) and "items" in data,
        # It wants a UUID. It forgets it after 15 minutes, or 30 by another of its pages: too soon to ask again.
        headers=lambda message_id: {"idempotencyKey": str(uuid.uuid5(uuid.NAMESPACE_OID, message_id))},
    ),
    Vendor(
        "mailjet", "Mailjet",
        (_key(), Setting("secret_key", _("Secret key"), kind="secret", is_required=True), _BASIC,
         http.address("https://api.mailjet.com/v3.1")),
        {"api_key": "api_key", "secret_key": "secret_key"},
        lambda s: "../v3/REST/sender?Limit=1",
        lambda s: _basic(s["api_key"], s["secret_key"]),
        "basic", hardness=_mailjet, is_inbound=lambda data: isinstance(data, dict) and "Parts" in data,
    ),
    Vendor(
        "sparkpost", "SparkPost",
        (_key(), _BASIC,
         http.address("https://api.sparkpost.com/api/v1", _("https://api.eu.sparkpost.com/api/v1 for Europe."))),
        {"api_key": "api_key"},
        lambda s: f"sending-domains/{_domain(s)}",
        lambda s: {"Authorization": s["api_key"]},
        "basic", hardness=_sparkpost, is_inbound=_is_relayed,
        further=lambda s, m: {"options": {"transactional": m.is_service}},
    ),
    Vendor(
        "resend", "Resend",
        (_key(), Setting("webhook_secret", _("Webhook signing secret"), _("It begins with whsec_."), kind="secret"),
         http.address("https://api.resend.com")),
        {"api_key": "api_key"}, lambda s: "domains", _bearer, "svix", closed_without="webhook_secret", hardness=_resend,
        key_header="Idempotency-Key", remembers_seconds=24 * 3600, tracks_by_message=False, country="US",
    ),
    Vendor(
        "mailersend", "MailerSend",
        (
            _key(),
            Setting("webhook_secret", _("Webhook signing secret"), kind="secret"),
            Setting("inbound_secret", _("Secret of the inbound route"), kind="secret"),
            http.address("https://api.mailersend.com/v1"),
        ),
        {"api_token": "api_key"}, lambda s: "domains?limit=10", _bearer, "own", closed_without="webhook_secret",
        view_keys={"signing_secret": "webhook_secret"}, inbound_keys={"inbound_secret": "inbound_secret"},
        is_inbound=lambda data: isinstance(data, dict) and data.get("type") == "inbound.message",
        hardness=lambda event: _MAILERSEND.get(str((event.get("data") or {}).get("type", "")), ""),
        takes_metadata=False,
    ),
)  # fmt: skip
