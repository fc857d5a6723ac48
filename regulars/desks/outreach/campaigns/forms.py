"""The form of a campaign: read and written as the fields of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from regulars.base.installation import ShopSettings
from regulars.base.money import to_major, to_minor
from regulars.desks.outreach.audiences.models import Audience
from regulars.desks.outreach.campaigns.models import Campaign
from regulars.desks.outreach.campaigns.rules import MOST_VARIANTS, field_name
from regulars.messages.identity import identity

CHANNELS = (
    ("email", _("E-mail")), ("sms", _("Text message")), ("wechat", _("WeChat")), ("weibo", _("Weibo")),
    ("webpush", _("Notice in the browser")), ("webhook", _("Webhook")),
)  # fmt: skip
WHEN = (("now", _("At once")), ("at", _("At a time")), ("local", _("At an hour of each reader's own zone")))
TIME = "%Y-%m-%dT%H:%M"
PARTS = ("subject", "text", "short")


class CampaignForm(forms.Form):
    """Everything of a campaign but its texts."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For yourselves; readers never see it."))
    audience = forms.ModelChoiceField(
        label=_("To whom"), queryset=Audience.objects.none(), required=False, empty_label=_("Choose an audience")
    )
    channels = forms.MultipleChoiceField(
        label=_("By which way"), choices=CHANNELS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("With several, each person is written to on the first that reaches her."),
    )  # fmt: skip
    topic = forms.ChoiceField(label=_("About"), required=False)
    is_personalised = forms.BooleanField(label=_("Chosen by what they bought or looked at"), required=False)
    holdout_percent = forms.IntegerField(
        label=_("Held out, in percent"), min_value=0, max_value=50,
        help_text=_("So many get nothing, by chance: against them you see what the campaign changed."),
    )  # fmt: skip
    window_days = forms.IntegerField(label=_("Days in which orders count"), min_value=1, max_value=90)
    margin_percent = forms.IntegerField(
        label=_("What remains of a sale, in percent"), min_value=1, max_value=100,
        help_text=_("After goods and delivery. A campaign is read by it."),
    )  # fmt: skip
    cost = forms.DecimalField(label=_("Cost of a thousand messages"), min_value=Decimal(0), max_digits=9)
    when = forms.ChoiceField(label=_("When"), choices=WHEN, widget=forms.RadioSelect)
    time = forms.DateTimeField(
        label=_("Day and hour"), required=False, input_formats=[TIME],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TIME),
    )  # fmt: skip

    def __init__(self, *args: Any, shop: ShopSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shop = shop
        field = self.fields["audience"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Audience.objects.filter(retired_at=None).order_by("name")
        field.label_from_instance = lambda audience: audience.name  # type: ignore[method-assign, assignment]
        topics = self.fields["topic"]
        assert isinstance(topics, forms.ChoiceField)
        topics.choices = [("", _("No topic of its own")), *((topic, topic) for topic in identity().topics)]
        if not identity().topics:
            del self.fields["topic"]

    def clean(self) -> dict[str, Any]:
        """Want a time where one is needed."""
        found = super().clean() or {}
        if found.get("when") in {"at", "local"} and not found.get("time") and "time" not in self.errors:
            self.add_error("time", _("Choose a day and an hour."))
        return found

    def values(self) -> dict[str, Any]:
        """Return the fields of the draft, texts left out."""
        said = self.cleaned_data
        time: datetime | None = said.get("time")
        wall = time.replace(tzinfo=None) if time else None
        return {
            "name": said["name"],
            "audience_id": said["audience"].pk if said["audience"] else None,
            "channels": said["channels"],
            "topic": said.get("topic", ""),
            "is_personalised": said["is_personalised"],
            "holdout_percent": said["holdout_percent"],
            "window_days": said["window_days"],
            "margin_percent": said["margin_percent"],
            "cost_minor": to_minor(said["cost"], self.shop.currency),
            "send_at": wall.replace(tzinfo=self.shop.zone) if wall and said["when"] == "at" else None,
            "local_at": wall.strftime(TIME) if wall and said["when"] == "local" else "",
        }


def initial(campaign: Campaign, shop: ShopSettings) -> dict[str, Any]:
    """Return what the form of a draft begins with."""
    local = datetime.fromisoformat(campaign.local_at) if campaign.local_at else None
    time = campaign.send_at.astimezone(shop.zone) if campaign.send_at else local
    return {
        "name": campaign.name,
        "audience": campaign.audience_id,
        "channels": campaign.channels,
        "topic": campaign.topic,
        "is_personalised": campaign.is_personalised,
        "holdout_percent": campaign.holdout_percent,
        "window_days": campaign.window_days,
        "margin_percent": campaign.margin_percent,
        "cost": to_major(campaign.cost_minor, shop.currency),
        "when": "local" if local else "at" if campaign.send_at else "now",
        "time": time.strftime(TIME) if time else "",
    }


def languages(shop: ShopSettings) -> list[tuple[str, Any]]:
    """Return the languages in which a campaign may be written, the shop's own first."""
    own = shop.language.lower()
    return sorted(settings.LANGUAGES, key=lambda pair: pair[0] != own)


def read_variants(said: Mapping[str, str], shop: ShopSettings) -> list[dict[str, dict[str, str]]]:
    """Return the texts of a posted form. A language in which nothing was written is left out of its variant."""
    found: list[dict[str, dict[str, str]]] = []
    for number in range(MOST_VARIANTS):
        names = {
            language: {part: field_name(number, language, part) for part in PARTS} for language, _l in languages(shop)
        }
        if not any(name in said for parts in names.values() for name in parts.values()):
            break
        variant: dict[str, dict[str, str]] = {}
        for language, parts in names.items():
            texts = {part: said.get(name, "").replace("\0", "").replace("\r\n", "\n") for part, name in parts.items()}
            texts["subject"] = " ".join(texts["subject"].split())
            if any(text.strip() for text in texts.values()):
                variant[language] = texts
        found.append(variant)
    return found or [{}]
