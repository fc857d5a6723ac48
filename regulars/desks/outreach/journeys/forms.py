"""The forms of a journey: how it begins and ends, and one for each kind of step."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.base.installation import ShopSettings
from regulars.base.money import to_major
from regulars.decisions.guard import Rank
from regulars.desks.outreach.audiences.models import Audience
from regulars.desks.outreach.campaigns.forms import CHANNELS, PARTS, languages
from regulars.desks.outreach.campaigns.rules import MOST_SHORT, MOST_SUBJECT, MOST_TEXT
from regulars.desks.outreach.journeys import asking
from regulars.desks.outreach.journeys.models import Journey
from regulars.desks.outreach.journeys.moments import DOES, MOMENTS
from regulars.desks.outreach.journeys.rules import MOST_DAYS, MOST_HOURS, Entry, Plan
from regulars.desks.outreach.journeys.steps import Chance, Message, Split, Step, Wait, WaitUntil
from regulars.messages.identity import identity

RANKS = (
    (str(int(Rank.NEWSLETTER)), _("It can wait for its turn")), (str(int(Rank.WIN_BACK)), _("Before newsletters")),
    (str(int(Rank.CART)), _("Soon: it is about something she just did")),
)  # fmt: skip


class _RuleField(forms.CharField):
    """A rule in words, checked as audiences are."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def clean(self, value: Any) -> str:
        """Want a rule that can be read."""
        text = " ".join(str(super().clean(value)).split())
        if text and (wrong := asking.check(text)):
            raise forms.ValidationError(wrong)
        return text


class BeginForm(forms.Form):
    """Name, beginning, end, and how it is measured."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For yourselves; readers never see it."))
    moment = forms.ChoiceField(label=_("It begins when"), required=False)
    audience = forms.ModelChoiceField(
        label=_("Audience"), queryset=Audience.objects.none(), required=False, empty_label=_("No audience"),
        help_text=_("Only if it begins when somebody comes into one."),
    )  # fmt: skip
    rule = _RuleField(
        label=_("Only for"),
        help_text=_("A rule in words, as in audiences: “orders exactly 1”. Empty is for everybody."),
    )
    exit_kind = forms.ChoiceField(label=_("It ends early as soon as she"), required=False)
    exit_rule = _RuleField(
        label=_("Or as soon as this rule holds"), help_text=_("Looked at again before every message.")
    )
    reentry_days = forms.IntegerField(
        label=_("May begin again after so many days"), required=False, min_value=1, max_value=MOST_DAYS,
        help_text=_("Empty: once in a life."),
    )  # fmt: skip
    holdout_percent = forms.IntegerField(
        label=_("Held out, in percent"), min_value=0, max_value=50,
        help_text=_("So many hear nothing, by chance: against them you see what the journey changes."),
    )  # fmt: skip
    margin_percent = forms.IntegerField(
        label=_("What remains of a sale, in percent"), min_value=1, max_value=100,
        help_text=_("After goods and delivery. A journey is read by it."),
    )  # fmt: skip
    cost = forms.DecimalField(label=_("Cost of a thousand messages"), min_value=Decimal(0), max_digits=9)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences = self.fields["audience"]
        assert isinstance(audiences, forms.ModelChoiceField)
        audiences.queryset = Audience.objects.filter(retired_at=None).order_by("name")
        audiences.label_from_instance = lambda row: row.name  # type: ignore[method-assign, assignment]
        moments, exits = self.fields["moment"], self.fields["exit_kind"]
        assert isinstance(moments, forms.ChoiceField)
        assert isinstance(exits, forms.ChoiceField)
        moments.choices = [
            ("", _("Somebody comes into an audience, or under a rule")),
            *((moment.name, moment.label) for moment in MOMENTS.values()),
        ]
        exits.choices = [("", _("Nothing she does")), *DOES.items()]

    def clean(self) -> dict[str, Any]:
        """Want something that begins it, and one thing only."""
        found = super().clean() or {}
        if found.get("moment") and found.get("audience"):
            self.add_error("audience", _("It begins when something happens; write an audience as a rule instead."))
        if not found.get("moment") and not found.get("audience") and not found.get("rule") and not self.errors:
            self.add_error("moment", _("Choose what begins it: something that happens, an audience or a rule."))
        return found

    def plan(self, before: Plan) -> Plan:
        """Return the plan with what was said."""
        said = self.cleaned_data
        audience = said["audience"].pk if said["audience"] else None
        return replace(
            before,
            entry=Entry(said["moment"], audience, said["rule"]),
            exit_kind=said["exit_kind"],
            exit_rule=said["exit_rule"],
            reentry_days=said["reentry_days"],
            holdout_percent=said["holdout_percent"],
        )


def begin_initial(row: Journey, shop: ShopSettings) -> dict[str, Any]:
    """Return what the form of a journey begins with."""
    plan = row.plan
    return {
        "name": row.name, "margin_percent": row.margin_percent, "cost": to_major(row.cost_minor, shop.currency),
        "moment": plan.entry.moment, "audience": plan.entry.audience, "rule": plan.entry.rule,
        "exit_kind": plan.exit_kind, "exit_rule": plan.exit_rule, "reentry_days": plan.reentry_days,
        "holdout_percent": plan.holdout_percent,
    }  # fmt: skip


class StepForm(forms.Form):
    """One step: the fields that its kind has."""

    def __init__(self, data: Any, *, step: Step, shop: ShopSettings) -> None:
        super().__init__(data, initial=_initial(step, shop))
        self.step, self.shop = step, shop
        if isinstance(step, Message):
            self._message(shop)
        if isinstance(step, WaitUntil):
            self.fields["kind"] = forms.ChoiceField(
                label=_("Until she"), required=False, choices=[("", _("Nothing she does: a rule holds")), *DOES.items()]
            )
        if isinstance(step, WaitUntil | Split):
            about = _("Until this rule holds") if isinstance(step, WaitUntil) else _("The rule by which they part")
            self.fields["rule"] = _RuleField(
                label=about, help_text=_("A rule in words, as in audiences: “orders at least 2”.")
            )
        if isinstance(step, Wait | WaitUntil):
            at_most = isinstance(step, WaitUntil)
            self.fields["days"] = forms.IntegerField(
                label=_("At most, days") if at_most else _("Days"), min_value=0, max_value=MOST_DAYS
            )
            self.fields["hours"] = forms.IntegerField(label=_("and hours"), min_value=0, max_value=23)
        if isinstance(step, Chance):
            self.fields["percent"] = forms.IntegerField(
                label=_("So many of a hundred go the first way"), min_value=1, max_value=99
            )

    def _message(self, shop: ShopSettings) -> None:
        labels = {"subject": _("Subject"), "text": _("Text of the mail"), "short": _("Short text, for all other ways")}
        most = {"subject": MOST_SUBJECT, "text": MOST_TEXT, "short": MOST_SHORT}
        for language, name in languages(shop):
            for part in PARTS:
                rows = {"text": 9, "short": 3}.get(part)
                widget = forms.Textarea(attrs={"rows": rows, "lang": language}) if rows else forms.TextInput()
                self.fields[f"{language}-{part}"] = forms.CharField(
                    label=f"{labels[part]} · {name}", required=False, max_length=most[part], widget=widget
                )
        self.fields["channels"] = forms.MultipleChoiceField(
            label=_("By which way"), choices=CHANNELS, required=False, widget=forms.CheckboxSelectMultiple,
            help_text=_("With several, each person is written to on the first that reaches her."),
        )  # fmt: skip
        self.fields["rank"] = forms.ChoiceField(label=_("How urgent"), choices=RANKS)
        self.fields["worth_hours"] = forms.IntegerField(
            label=_("Worth nothing after so many hours"), min_value=1, max_value=MOST_HOURS,
            help_text=_("What could not leave by then, because of quiet hours or too many messages, does not leave."),
        )  # fmt: skip
        if identity().topics:
            topics = [("", _("No topic of its own")), *((topic, topic) for topic in identity().topics)]
            self.fields["topic"] = forms.ChoiceField(label=_("About"), required=False, choices=topics)
        self.fields["is_personalised"] = forms.BooleanField(
            label=_("Chosen by what they bought or looked at"), required=False
        )

    def made(self) -> Step:
        """Return the step with what was said."""
        said, step = self.cleaned_data, self.step
        if isinstance(step, Message):
            return replace(
                step, texts=self._texts(), channels=tuple(said["channels"]), rank=int(said["rank"]),
                worth_hours=said["worth_hours"], topic=said.get("topic", step.topic),
                is_personalised=said["is_personalised"],
            )  # fmt: skip
        if isinstance(step, WaitUntil):
            return replace(step, kind=said["kind"], rule=said["rule"], days=said["days"], hours=said["hours"])
        if isinstance(step, Wait):
            return replace(step, days=said["days"], hours=said["hours"])
        if isinstance(step, Split):
            return replace(step, rule=said["rule"])
        return replace(step, percent=said["percent"]) if isinstance(step, Chance) else step

    def _texts(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for language, _name in languages(self.shop):
            texts = {part: self.cleaned_data[f"{language}-{part}"].replace("\r\n", "\n") for part in PARTS}
            texts["subject"] = " ".join(texts["subject"].split())
            if any(text.strip() for text in texts.values()):
                found[language] = texts
        return found


def _initial(step: Step, shop: ShopSettings) -> dict[str, Any]:
    names = ("channels", "rank", "worth_hours", "topic", "is_personalised", "kind", "rule", "days", "hours", "percent")
    found = {name: getattr(step, name) for name in names if hasattr(step, name)}
    if isinstance(step, Message):
        found["channels"] = list(step.channels)
        for language, _name in languages(shop):
            for part in PARTS:
                found[f"{language}-{part}"] = step.texts.get(language, {}).get(part, "")
    return found
