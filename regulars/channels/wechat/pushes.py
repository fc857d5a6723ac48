"""What a push of a WeChat Official Account says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from regulars.base.clock import now
from regulars.channels.contract import Report, ReportKind, Severity

_SCENE = "qrscene_"


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


def _template(push: Mapping[str, str], person: str, at: datetime) -> Report:
    number, status = push.get("MsgID", ""), push.get("Status", "")
    event = event_id(person, number, "TEMPLATESENDJOBFINISH")
    if status == "success":
        return Report("delivered", event, at, provider_id=number, address=person)
    severity: Severity = "block" if "block" in status else "soft"
    return Report("bounced", event, at, provider_id=number, address=person, severity=severity, code=status)
