"""What channels, devices and reasons are called for people."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise

CHANNELS: dict[str, Text] = {
    "direct": pgettext_lazy("channel of a visit", "Direct"),
    "search": _("Search"),
    "paid_search": _("Paid search"),
    "social": _("Social networks"),
    "paid_social": _("Paid social"),
    "wechat": _("WeChat"),
    "weibo": _("Weibo"),
    "xiaohongshu": _("Xiaohongshu"),
    "douyin": _("Douyin"),
    "mail": _("E-mail"),
    "sms": _("SMS"),
    "qr": _("QR code"),
    "push": _("Push message"),
    "affiliates": _("Affiliates"),
    "display": _("Display ads"),
    "assistants": _("AI assistants"),
    "referral": _("Other sites"),
    "campaign": _("Other campaigns"),
}
DEVICES: dict[str, Text] = {
    "desktop": _("Computer"), "phone": _("Phone"), "tablet": _("Tablet"), "": _("Not known"),
}  # fmt: skip
AGENTS: dict[str, Text] = {"person": _("People"), "bot": _("Bots"), "staff": _("Own staff")}
REASONS: dict[str, Text] = {
    "event_too_large": _("larger than 32 KB"),
    "bad_json": _("not JSON"),
    "not_an_event": _("a field has the wrong type"),
    "unknown_type": _("no call of this name"),
    "no_event_name": _("a track call without an event name"),
    "no_user_anon_id": _("neither a user id nor an anonymous id, or one like “null”"),
    "opted_out": _("does not wish to be followed"),
    "junk_id": _("an id that so many gave that it is nobody’s"),
}


def channel_name(channel: str) -> str:
    """Return what a channel is called."""
    return str(CHANNELS.get(channel, channel))
