"""Settings of speaking: who we are, by which ways we write, and when we hold back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.base.secrets import Unreadable
from regulars.channels.contract import ADAPTERS, Adapter, Finding, SettingsError
from regulars.channels.email import doctor
from regulars.desks.outreach.senders.beside import BESIDE
from regulars.desks.outreach.senders.fields import field_of, initial_of, values_of
from regulars.desks.outreach.senders.limits import CHANNELS, RulesForm, initial_of_rules, rules_of
from regulars.messages import guarding, operations
from regulars.messages.identity import Identity, IdentityError, identity, save_identity
from regulars.messages.models import Halt, Sender, Touch
from regulars.shop.models import Store
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

MANAGES = needs(Permission.MANAGE_SETTINGS)


class IdentityForm(forms.Form):
    """Who speaks."""

    company = forms.CharField(label=gettext_lazy("Company"), max_length=120, required=False)
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stands under everything that sells; the law of most countries asks for it."),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Address of this system on the web"), max_length=200, required=False,
        help_text=gettext_lazy("Links to say no, or what one thinks, begin with it: https://regulars.example"),
    )  # fmt: skip
    site = forms.CharField(
        label=gettext_lazy("The shop's own site"), max_length=200, required=False,
        help_text=gettext_lazy("Links to it are made personal, so that you see who came by a message."),
    )  # fmt: skip
    topics = forms.CharField(
        label=gettext_lazy("Topics, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Readers may refuse one and keep the others."),
    )  # fmt: skip
    marks_for_china = forms.BooleanField(
        label=gettext_lazy("Mark advertising mail to China with AD or 广告, as its law asks"), required=False
    )
    held_out_of_all_percent = forms.IntegerField(
        label=gettext_lazy("Held out of everything that sells, in percent"), min_value=0, max_value=20,
        help_text=gettext_lazy("Against them you see what all messages together change. 0 is nobody."),
    )  # fmt: skip
    customers_may_be_written_to = forms.BooleanField(
        label=gettext_lazy("Write also to customers who were never asked (only where the law allows it)"),
        required=False,
    )


def _page(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    who = identity()
    values = {name: getattr(who, name) for name in IdentityForm.base_fields} | {"topics": "\n".join(who.topics)}
    at_home = set(Store.objects.exclude(country="").values_list("country", flat=True))
    halts = dict(Halt.objects.filter(sender__isnull=False, lifted_at=None).values_list("sender_id", "reason"))
    context = {
        "nav": "settings",
        "identity_form": IdentityForm(initial=values),
        "rules_form": RulesForm(initial=initial_of_rules(guarding.kept_rules())),
        "senders": [
            (row, CHANNELS.get(row.channel, row.channel), halts.get(row.pk, ""), _abroad(row, at_home))
            for row in Sender.objects.order_by("retired_at", "channel", "name")
        ],
        "adapters": [
            (CHANNELS.get(a.channel, a.channel), a) for a in ADAPTERS.values() if a.channel in CHANNELS and a.title
        ],
        "missing": who.missing,
        "holidays": len(guarding.kept_rules().holidays),
    } | given
    return render(request, "senders/speaking.html", context, status=status)


def _abroad(row: Sender, at_home: set[str]) -> tuple[str, int] | None:
    """Return the country to which people's data leaves by a way, and of how many; None if it stays where stores are.

    Some laws count these people (PIPL 38 and the rules of 2024-03-22: below 100,000 a year nothing need be filed).
    """
    adapter = ADAPTERS.get((row.channel, row.adapter))
    country = adapter.country if adapter else ""
    if not country or not at_home or country in at_home:
        return None
    touched = Touch.objects.filter(sender_id=row.pk, left_at__gt=now() - timedelta(days=365))
    return country, touched.values("customer_id").distinct().count()


@MANAGES
@require_GET
def speaking(request: HttpRequest) -> HttpResponse:
    """Show everything about speaking."""
    return _page(request)


@MANAGES
@require_POST
def identify(request: HttpRequest) -> HttpResponse:
    """Save who speaks."""
    form = IdentityForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        topics = tuple(dict.fromkeys(line.strip() for line in said["topics"].splitlines() if line.strip()))
        try:
            save_identity(Identity(**said | {"topics": topics}), by=actor(request), at=now())
        except IdentityError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("senders:speaking")
    return _page(request, 400, identity_form=form)


@MANAGES
@require_POST
def rules(request: HttpRequest) -> HttpResponse:
    """Save how often and at which hours."""
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _page(request, 400, rules_form=form)
    operations.save_rules(rules_of(form.cleaned_data, guarding.kept_rules()), by=actor(request), at=now())
    messages.success(request, _("Saved. It holds from the next message on, also for what waits."))
    return redirect("senders:speaking")


def _form(adapter: Adapter, said: Any = None, initial: dict[str, Any] | None = None) -> forms.Form:
    fields: dict[str, Any] = {
        "sender_name": forms.CharField(label=_("Name of this way"), max_length=80),
        **{setting.name: field_of(setting) for setting in adapter.settings},
        "per_second": forms.IntegerField(label=_("Most in a second"), min_value=1, required=False),
        "per_hour": forms.IntegerField(label=_("Most in an hour"), min_value=1, required=False),
    }
    defaults = {s.name: s.default == "1" if s.kind == "flag" else s.default for s in adapter.settings}
    return type("SenderForm", (forms.Form,), fields)(said, initial=defaults | (initial or {}))  # type: ignore[no-any-return]


@MANAGES
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, channel: str, adapter: str) -> HttpResponse:
    """Add a way out."""
    found = ADAPTERS.get((channel, adapter))
    if found is None:
        raise Http404
    form = _form(found, request.POST or None, {"sender_name": str(found.title)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        row = operations.add_sender(
            channel=channel, adapter=adapter, name=said["sender_name"], settings=values_of(found.settings, said, {}),
            per_second=said["per_second"], per_hour=said["per_hour"], by=actor(request), at=now(),
        )  # fmt: skip
        return redirect("senders:check", row.pk)
    context = {"nav": "settings", "form": form, "adapter": found, "sender": None}
    return render(request, "senders/sender.html", context, status=400 if form.errors else 200)


@MANAGES
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, sender: int) -> HttpResponse:
    """Change a way out. Secrets are never shown; what stands for them keeps them."""
    row = get_object_or_404(Sender, pk=sender)
    adapter = _adapter(row)
    try:
        kept = operations.settings_of(row)
    except Unreadable:
        kept = {}
        messages.error(request, _("Its settings do not open: the installation's key is another. Enter them anew."))
    names = {"sender_name": row.name, "per_second": row.per_second, "per_hour": row.per_hour}
    form = _form(adapter, request.POST or None, initial_of(adapter.settings, kept) | names)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        operations.change_sender(
            row.pk, name=said["sender_name"], settings=values_of(adapter.settings, said, kept),
            per_second=said["per_second"], per_hour=said["per_hour"], by=actor(request), at=now(),
        )  # fmt: skip
        return redirect("senders:check", row.pk)
    base = (identity().address or request.build_absolute_uri("/")).rstrip("/")
    beside = [card for ask in BESIDE if (card := ask(row, base)) is not None]
    context = {"nav": "settings", "form": form, "adapter": adapter, "sender": row, "beside": beside}
    return render(request, "senders/sender.html", context, status=400 if form.errors else 200)


def _adapter(row: Sender) -> Adapter:
    found = ADAPTERS.get((row.channel, row.adapter))
    if found is None:
        raise Http404(_("The part that spoke by this way is not installed."))
    return found


@dataclass(frozen=True, slots=True)
class Checked:
    """What a live check found, or why it could not be made."""

    findings: list[Finding]
    problem: str = ""

    @property
    def is_well(self) -> bool:
        return not self.problem and all(finding.is_ok for finding in self.findings)


@MANAGES
@require_GET
def check(request: HttpRequest, sender: int) -> HttpResponse:
    """Try a way out now, without sending anything."""
    row = get_object_or_404(Sender, pk=sender)
    try:
        given = operations.settings_of(row)
        found = Checked([*_adapter(row).check(given), *_names(row, given)])
    except SettingsError as error:
        found = Checked([], str(error.says))
    except Unreadable:
        found = Checked([], _("Its settings do not open: the installation's key is another. Enter them anew."))
    return render(request, "senders/check.html", {"nav": "settings", "sender": row, "found": found})


def _names(row: Sender, given: dict[str, str]) -> list[Finding]:
    """Return what the name servers say of a mail sender's domain."""
    if (row.channel, row.adapter) != ("email", "smtp"):
        return []
    try:
        return doctor.findings(given, doctor.SystemResolver())
    except doctor.LookupFailed:
        return [Finding("dns", False, _("SPF, DKIM and DMARC were not looked up: this machine knows no name servers."))]


@MANAGES
@require_POST
def decide(request: HttpRequest, sender: int) -> HttpResponse:
    """Put a way away, bring it back, or let one that stopped itself go on."""
    row, by, at, do = get_object_or_404(Sender, pk=sender), actor(request), now(), request.POST.get("do", "")
    if do == "retire" and operations.retire_sender(row.pk, by=by, at=at):
        messages.success(request, _("Nothing leaves by this way any more."))
    elif do == "restore" and operations.restore_sender(row.pk, by=by, at=at):
        messages.success(request, _("It is back."))
    elif do == "resume" and operations.lift_halt(row.pk, by=by, at=at):
        messages.success(request, _("It goes on."))
    return redirect("senders:speaking")
