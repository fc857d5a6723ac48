"""What a push of a WeChat Official Account says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from regulars.base.clock import now
from regulars.channels.contract import Report, ReportKind, Severity
from regulars.channels.signed_callback import fields

_SCENE = "qrscene_"
_LIST = re.compile(rb"<List>.{0,2000}?</List>", re.DOTALL)
# The code of a report that somebody asked for one notice.
ASKED = "subscribe_msg"


def instant(text: str) -> datetime:
    """Return the instant of ``CreateTime``; this one if it is not readable."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return now()


def event_id(*parts: str) -> str:
    """Return an id of what a repeated push repeats; a digest, because it may be kept longer than the person's id."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def reports(push: Mapping[str, str]) -> list[Report]:
    """Return what the push reports: nothing for events that concern no person or message."""
    person, at = push.get("FromUserName", ""), instant(push.get("CreateTime", ""))
    if not person:
        return []
    if push.get("MsgType") != "event":
        # A picture or a voice opens the window as words do; ``code`` says what it was.
        text = push.get("Content") or push.get("Recognition", "")
        event = push.get("MsgId") or event_id(person, push.get("CreateTime", ""), text)
        return [Report("said", event, at, address=person, text=text, code=push.get("MsgType", ""))]
    return _event(push, person, at)


def _event(push: Mapping[str, str], person: str, at: datetime) -> list[Report]:
    name, key = push.get("Event", ""), push.get("EventKey", "")
    event = event_id(person, push.get("CreateTime", ""), name)
    kinds: Mapping[str, ReportKind] = {"subscribe": "followed", "SCAN": "followed", "CLICK": "said"}
    if name == "unsubscribe":
        return [Report("unfollowed", event, at, address=person, code=name)]
    if name in kinds:
        # A new follower's key has a prefix, that of somebody who follows already has none (SCAN).
        scene = key.removeprefix(_SCENE) if name != "subscribe" or key.startswith(_SCENE) else ""
        return [Report(kinds[name], event, at, address=person, scene=scene, code=name)]
    if name == "TEMPLATESENDJOBFINISH":
        return [_template(push, person, at)]
    return []


def asked_for(push: Mapping[str, str], body: bytes, template: str) -> list[Report]:
    """Return what a push says of notices (订阅通知): that somebody asked for one, or what became of one that was sent.

    Each yes is for one notice, of the template that the shop uses; WeChat tells nobody how many are left.
    """
    person, at, name = push.get("FromUserName", ""), instant(push.get("CreateTime", "")), push.get("Event", "")
    if not person or not template or name not in ("subscribe_msg_popup_event", "subscribe_msg_sent_event"):
        return []
    found = []
    for number, piece in enumerate(_LIST.findall(body)):
        item = fields(piece)
        if item.get("TemplateId") != template:
            continue
        event = event_id(person, push.get("CreateTime", ""), name, template, str(number))
        if name == "subscribe_msg_sent_event":
            kind: ReportKind = "delivered" if item.get("ErrorCode", "") == "0" else "bounced"
            severity: Severity = "" if kind == "delivered" else "soft"
            number_of, code = item.get("MsgID", ""), item.get("ErrorCode", "")
            found.append(Report(kind, event, at, "", number_of, person, severity, code))
        elif item.get("SubscribeStatusString") == "accept":
            found.append(Report("said", event, at, address=person, code=ASKED))
    return found


def _template(push: Mapping[str, str], person: str, at: datetime) -> Report:
    number, status = push.get("MsgID", ""), push.get("Status", "")
    event = event_id(person, number, "TEMPLATESENDJOBFINISH")
    if status == "success":
        return Report("delivered", event, at, provider_id=number, address=person)
    severity: Severity = "block" if "block" in status else "soft"
    return Report("bounced", event, at, provider_id=number, address=person, severity=severity, code=status)
