"""Providers of mail as their documentation describes them: what they answer, and how they call us.

None of them can be reached from tests; the calls have the fields and the proof that each vendor's pages on webhooks
show, and nothing here shows that a vendor still does as documented.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.base.clock import now
from regulars.channels.contract import Call
from regulars.channels.webhook import standard
from tests.channels.calls import call
from tests.channels.vendors import Answers

OURS = "0f3a9c"
ADA = "ada@customer.example"
AT = 1_790_000_000
SVIX = standard.PREFIX + base64.b64encode(b"k" * 32).decode()


@dataclass(frozen=True)
class Provider:
    """``accepts`` is the answer to a mail it takes, ``says`` the body of a call about what happened to one."""

    name: str
    keys: Mapping[str, str]
    accepts: Any
    provider_id: str
    says: Callable[[str], Any]
    moods: tuple[str, ...] = ("delivered", "hard", "soft", "complained")
    inbound: Callable[[bytes], Any] | None = None

    def settings(self, url: str) -> dict[str, str]:
        return {**self.keys, "from_name": "Tea", "from_address": "olive@tea.example", "api_url": url,
                "inbound_address": "answers@in.tea.example"}  # fmt: skip

    def call(self, data: Any, secret: str | None = None) -> Call:
        """Return a call with this body, proven by this provider's means; with another secret, forged."""
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        return _PROOFS.get(self.name, _basic)(body, self.keys, secret)


def _basic(body: bytes, keys: Mapping[str, str], secret: str | None) -> Call:
    known = f"regulars:{keys['webhook_password'] if secret is None else secret}"
    return call(body, headers={"authorization": "Basic " + base64.b64encode(known.encode()).decode(),
                               "content-type": "application/json"})  # fmt: skip


def _svix(body: bytes, keys: Mapping[str, str], secret: str | None) -> Call:
    key = standard.key_of(keys["webhook_secret"] if secret is None else standard.PREFIX + "Z" * 44)
    at = int(now().timestamp())
    signed = f"v1,bm90IHRoaXM= {standard.signature(key, 'msg_1', at, body)}"
    return call(body, headers={"svix-id": "msg_1", "svix-timestamp": str(at), "svix-signature": signed})


def _mailersend(body: bytes, keys: Mapping[str, str], secret: str | None) -> Call:
    known = keys["inbound_secret" if b"inbound.message" in body else "webhook_secret"] if secret is None else secret
    signed = hmac.new(known.encode(), body, hashlib.sha256).hexdigest()
    return call(body, headers={"signature": signed, "content-type": "application/json"})


def mailgun_signature(key: str, token: str = "a8ce0edb") -> dict[str, str]:  # noqa: S107 -- a nonce of Mailgun's
    signed = hmac.new(key.encode(), f"{AT}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": str(AT), "token": token, "signature": signed}


def _mailgun(body: bytes, keys: Mapping[str, str], secret: str | None) -> Call:
    proof = mailgun_signature(keys["webhook_signing_key"] if secret is None else secret)
    if body.startswith(b"--"):
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in proof.items()
        )
        return call(parts.encode() + body, headers={"content-type": "multipart/form-data; boundary=b"})
    whole = json.dumps({"signature": proof, "event-data": json.loads(body)}).encode()
    return call(whole, headers={"content-type": "application/json"})


_PROOFS: Mapping[str, Callable[[bytes, Mapping[str, str], str | None], Call]] = {
    "resend": _svix, "mailersend": _mailersend, "mailgun": _mailgun
}  # fmt: skip


def _mailgun_says(what: str) -> Any:
    common = {"timestamp": AT + 0.5, "recipient": ADA, "user-variables": {"regulars_id": OURS},
              "message": {"headers": {"message-id": "20260101.1.ABC@tea.example"}}}  # fmt: skip
    return common | {
        "delivered": {"event": "delivered", "delivery-status": {"code": 250, "message": "OK"}},
        "hard": {"event": "failed", "severity": "permanent", "reason": "bounce",
                 "delivery-status": {"code": 550, "message": "5.1.1 The email account does not exist"}},
        "soft": {"event": "failed", "severity": "temporary", "reason": "generic",
                 "delivery-status": {"code": 452, "message": "4.2.2 over quota"}},
        "policy": {"event": "failed", "severity": "permanent", "reason": "bounce",
                   "delivery-status": {"code": 550, "message": "5.7.1 Message blocked due to spam"}},
        "complained": {"event": "complained"},
        "stopped": {"event": "unsubscribed"},
        "opened": {"event": "opened"},
    }[what]  # fmt: skip


def _postmark_says(what: str) -> Any:
    common = {
        "MessageID": "883953f4",
        "Metadata": {"regulars_id": OURS},
        "Email": ADA,
        "BouncedAt": "2026-09-21T01:00:00Z",
    }
    return common | {
        "delivered": {"RecordType": "Delivery", "Recipient": ADA, "DeliveredAt": "2026-09-21T01:00:00Z"},
        "hard": {"RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "Details": "smtp;550 5.1.1 No such user"},
        "soft": {"RecordType": "Bounce", "ID": 43, "Type": "SoftBounce", "Details": "smtp;452 4.2.2 over quota"},
        "policy": {"RecordType": "Bounce", "ID": 44, "Type": "Blocked", "Details": "smtp;550 5.7.1 blocked"},
        "complained": {"RecordType": "SpamComplaint", "ID": 45, "Type": "SpamComplaint"},
        "stopped": {"RecordType": "SubscriptionChange", "Recipient": ADA, "SuppressSending": True,
                    "SuppressionReason": "ManualSuppression", "ChangedAt": "2026-09-21T01:00:00Z"},
        "opened": {"RecordType": "Open", "Recipient": ADA},
    }[what]  # fmt: skip


def _brevo_says(what: str) -> Any:
    event = {"delivered": "delivered", "hard": "hard_bounce", "soft": "soft_bounce", "policy": "blocked",
             "complained": "spam", "stopped": "unsubscribe", "opened": "unique_opened"}[what]  # fmt: skip
    reason = {"reason": "550 5.1.1 no such user"} if what == "hard" else {}
    return {"event": event, "email": ADA, "id": 1, "ts_epoch": AT * 1000, "message-id": "<2026.1@smtp-relay.example>",
            "X-Mailin-custom": json.dumps({"regulars_id": OURS})} | reason  # fmt: skip


def _mailjet_says(what: str) -> Any:
    common = {"time": AT, "email": ADA, "MessageID": 13792286917004336, "Payload": json.dumps({"regulars_id": OURS})}
    return [common | {
        "delivered": {"event": "sent", "smtp_reply": "250 OK"},
        "hard": {"event": "bounce", "hard_bounce": True, "blocked": False, "error_related_to": "recipient",
                 "error": "user unknown"},
        "soft": {"event": "bounce", "hard_bounce": False, "error_related_to": "recipient", "error": "quota exceeded"},
        "policy": {"event": "blocked", "error_related_to": "spam", "error": "content blocked"},
        "complained": {"event": "spam", "source": "JMRPP"},
        "stopped": {"event": "unsub", "mj_list_id": 1},
        "opened": {"event": "open"},
    }[what]]  # fmt: skip


def _sparkpost_says(what: str) -> Any:
    common = {"timestamp": str(AT), "event_id": "92356927", "transmission_id": "11668787", "raw_rcpt_to": ADA,
              "rcpt_meta": {"regulars_id": OURS}}  # fmt: skip
    return [{"msys": {"message_event": common | {
        "delivered": {"type": "delivery"},
        "hard": {"type": "bounce", "bounce_class": "10", "raw_reason": "550 5.1.1 no such user"},
        "soft": {"type": "bounce", "bounce_class": "22", "raw_reason": "452 mailbox full"},
        "policy": {"type": "bounce", "bounce_class": "51", "raw_reason": "554 5.7.1 listed"},
        "complained": {"type": "spam_complaint"},
        "stopped": {"type": "list_unsubscribe"},
        "opened": {"type": "open"},
    }[what]}}]  # fmt: skip


def _resend_says(what: str) -> Any:
    names = {"delivered": "delivered", "complained": "complained", "opened": "opened"}
    bounce = {
        "hard": {"type": "Permanent", "subType": "General", "message": "sent a hard bounce message"},
        "soft": {"type": "Transient", "subType": "MailboxFull", "message": "the recipient's inbox was full"},
        "policy": {"type": "Permanent", "subType": "Suppressed", "message": "has suppressed sending to this address"},
    }.get(what)
    headers = [{"name": "X-Metadata", "value": json.dumps({"regulars_id": OURS})}]
    data = {"email_id": "56761188", "to": [ADA], "headers": headers} | ({"bounce": bounce} if bounce else {})
    return {"type": f"email.{names.get(what, 'bounced')}", "created_at": "2026-09-21T01:00:00.126Z", "data": data}


def _mailersend_says(what: str) -> Any:
    kind = {"delivered": "delivered", "hard": "hard_bounced", "soft": "soft_bounced", "complained": "spam_complaint",
            "stopped": "unsubscribed", "opened": "opened"}[what]  # fmt: skip
    morph = {"object": "recipient_bounce", "reason": "host said no"} if what in ("hard", "soft") else None
    data = {"id": "62f114f8", "type": kind, "created_at": "2026-09-21T01:00:00.000000Z", "morph": morph,
            "email": {"message": {"id": "62fb66bef54a112e920b5493"}, "recipient": {"email": ADA}}}  # fmt: skip
    return {"type": f"activity.{kind}", "data": data}


def _postmark_mail(raw: bytes) -> Any:
    return {"FromFull": {"Email": ADA}, "RawEmail": raw.decode(), "MessageID": "m1", "Headers": [],
            "OriginalRecipient": f"answers+{OURS}@in.tea.example"}  # fmt: skip


def _mailgun_mail(raw: bytes) -> bytes:
    fields = {"recipient": f"answers+{OURS}@in.tea.example", "sender": ADA, "body-mime": raw.decode()}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    return ("".join(parts) + "--b--\r\n").encode()


def _brevo_mail(raw: bytes) -> Any:
    text = raw.decode().partition("\r\n\r\n")[2]
    headers = {"From": ADA, "Subject": "Re: Tea", "Message-ID": "<a1@customer.example>",
               "Delivered-To": f"<answers+{OURS}@in.tea.example>"}  # fmt: skip
    return {"items": [{"Uuid": ["u1"], "Headers": headers, "RawTextBody": text,
                       "Attachments": [{"Name": "cat.png", "DownloadToken": "t"}]}]}  # fmt: skip


def _mailjet_mail(raw: bytes) -> Any:
    text = raw.decode().partition("\r\n\r\n")[2]
    return {"Sender": ADA, "Recipient": f"answers+{OURS}@in.tea.example", "Parts": [], "Text-part": text,
            "Headers": {"From": ADA, "Subject": "Re: Tea", "Message-ID": "<a1@customer.example>"}}  # fmt: skip


def _sparkpost_mail(raw: bytes) -> Any:
    content = {"email_rfc822": raw.decode(), "email_rfc822_is_base64": False}
    return [{"msys": {"relay_message": {"content": content, "protocol": "smtp", "msg_from": ADA,
                                        "rcpt_to": f"answers+{OURS}@in.tea.example"}}}]  # fmt: skip


def _mailersend_mail(raw: bytes) -> Any:
    data = {"id": "i1", "created_at": "2026-09-21T01:00:00Z", "raw": raw.decode(),
            "recipients": {"rcptTo": [{"email": f"answers+{OURS}@in.tea.example"}]}}  # fmt: skip
    return {"type": "inbound.message", "data": data}


ALL = ("delivered", "hard", "soft", "policy", "complained", "stopped", "opened")
PROVIDERS = (
    Provider("mailgun", {"api_key": "key-1", "sender_domain": "mg.tea.example", "webhook_signing_key": "sign"},
             (200, {"id": "<20260101.1.ABC@tea.example>", "message": "Queued. Thank you."}),
             "<20260101.1.ABC@tea.example>", _mailgun_says, ALL, _mailgun_mail),
    Provider("postmark", {"server_token": "tok-1", "webhook_password": "hush"},
             (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "883953f4", "To": ADA}),
             "883953f4", _postmark_says, ALL, _postmark_mail),
    Provider("brevo", {"api_key": "xkeysib-1", "webhook_password": "hush"},
             (201, {"messageId": "<2026.1@smtp-relay.example>"}), "<2026.1@smtp-relay.example>", _brevo_says, ALL,
             _brevo_mail),
    Provider("mailjet", {"api_key": "pub", "secret_key": "priv", "webhook_password": "hush"},
             (200, {"Messages": [{"Status": "success", "To": [{"Email": ADA, "MessageID": 13792286917004336}]}]}),
             "13792286917004336", _mailjet_says, ALL, _mailjet_mail),
    Provider("sparkpost", {"api_key": "sp-1", "webhook_password": "hush"},
             (200, {"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": "11668787"}}),
             "11668787", _sparkpost_says, ALL, _sparkpost_mail),
    Provider("resend", {"api_key": "re_1", "webhook_secret": SVIX}, (200, {"id": "56761188"}), "56761188",
             _resend_says, ("delivered", "hard", "soft", "policy", "complained", "opened")),
    Provider("mailersend", {"api_key": "mlsn.1", "webhook_secret": "whs", "inbound_secret": "in"},
             (202, b"", {"X-Message-Id": "62fb66bef54a112e920b5493"}), "62fb66bef54a112e920b5493", _mailersend_says,
             ("delivered", "hard", "soft", "complained", "stopped", "opened"), _mailersend_mail),
)  # fmt: skip


def answers(provider: Provider) -> Answers:
    """Return what a provider answers to a mail, and to a look at what the key opens."""
    return lambda asked: provider.accepts if asked.method == "POST" else (200, {})
