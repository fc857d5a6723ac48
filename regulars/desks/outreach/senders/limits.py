"""How often people hear from the shop, and at which hours: the guard's rules as a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from regulars.decisions.guard import Cap, Quiet, Rules
from regulars.decisions.guard.rules import HOUR
from regulars.messages.guarding import DEFAULTS

CHANNELS: dict[str, Any] = {
    "email": _("E-mail"), "sms": _("Text messages"), "wechat": _("WeChat"), "weibo": _("Weibo"),
    "webpush": _("Notices in the browser"), "webhook": _("Webhook"),
}  # fmt: skip
# Ways that reach a person, and may have caps of their own.
LIMITED = ("email", "sms", "wechat", "weibo", "webpush")
SPANS = {"a_day": "a day", "a_week": "a week", "a_month": "a month"}
GAP = "between two"
_STANDARD = {cap.name: cap for cap in DEFAULTS.caps}


def _number(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False)


def _time(label: Any, *, is_required: bool = True) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}), required=is_required)


class RulesForm(forms.Form):
    """How often, over all ways and by each, and at which hours. Empty is no limit, 0 is none."""

    a_day = _number(_("Most in a day"), 50)
    a_week = _number(_("Most in seven days"), 100)
    a_month = _number(_("Most in thirty days"), 300)
    gap = forms.IntegerField(label=_("Hours between two, at least"), min_value=0, max_value=720)
    mail_from = _time(_("No mail from"))
    mail_to = _time(_("until"))
    other_from = _time(_("Nothing on phones from"))
    other_to = _time(_("until"))
    news_from = _time(_("News of orders not on phones from"), is_required=False)
    news_to = _time(_("until"), is_required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for channel in LIMITED:
            for span, label in (("a_day", _("Most in a day")), ("a_week", _("Most in seven days")),
                                ("a_month", _("Most in thirty days"))):  # fmt: skip
                self.fields[f"{channel}_{span}"] = _number(label, 300)

    def clean(self) -> dict[str, Any]:
        """Want both ends of hours, or neither."""
        said = super().clean() or {}
        if (said.get("news_from") is None) != (said.get("news_to") is None) and not self.errors:
            self.add_error("news_to", _("Give both hours, or neither."))
        return said

    def general(self) -> list[BoundField]:
        """Return what holds over all ways."""
        return [self[name] for name in self.base_fields]

    def by_way(self) -> list[tuple[Any, list[BoundField]]]:
        """Return each way with its own caps."""
        return [(CHANNELS[channel], [self[f"{channel}_{span}"] for span in SPANS]) for channel in LIMITED]


def initial_of_rules(rules: Rules) -> dict[str, Any]:
    """Return what the form begins with."""
    caps = {cap.name: cap for cap in rules.caps}
    names = {field: name for field, (name, _channel, _span) in _fields().items()}
    found: dict[str, Any] = {field: caps[name].most if name in caps else None for field, name in names.items()}
    found["gap"] = caps[GAP].window // HOUR if GAP in caps else 0
    for field, hours in (
        ("mail", rules.quiet.get("email", Quiet(0, 0))), ("other", rules.quiet.get("sms", Quiet(0, 0))),
        ("news", rules.service_quiet.get("sms")),
    ):  # fmt: skip
        if hours is not None:
            found[f"{field}_from"], found[f"{field}_to"] = _clock(hours.start), _clock(hours.end)
    return found


def _fields() -> dict[str, tuple[str, str, str]]:
    """Return for each field of a cap: the cap's name, its channel ("" for all together) and its span."""
    every = {span: (name, "", name) for span, name in SPANS.items()}
    own = {f"{c}_{span}": (f"{c}: {name}", c, name) for c in LIMITED for span, name in SPANS.items()}
    return every | own


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def rules_of(said: dict[str, Any], before: Rules) -> Rules:
    """Return the rules with what was said; what the form does not know stays, such as holidays."""
    caps = [
        replace(_STANDARD[span], name=name, most=said[field], channels=frozenset({channel} if channel else ()))
        for field, (name, channel, span) in _fields().items()
        if said[field] is not None
    ]
    if said["gap"]:
        caps.append(Cap(GAP, 1, said["gap"] * HOUR))
    phones = sorted({*DEFAULTS.quiet, *before.quiet} - {"email"})
    mail, other, news = (_hours(said, field) for field in ("mail", "other", "news"))
    return replace(
        before,
        caps=tuple(caps),
        quiet={"email": mail or Quiet(0, 0), **dict.fromkeys(phones, other or Quiet(0, 0))},
        service_quiet=dict.fromkeys(phones, news) if news else {},
    )


def _hours(said: dict[str, Any], field: str) -> Quiet | None:
    start, end = said[f"{field}_from"], said[f"{field}_to"]
    if start is None or end is None:
        return None
    return Quiet(start.hour * 60 + start.minute, end.hour * 60 + end.minute)
