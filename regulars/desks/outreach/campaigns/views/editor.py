"""Writing a campaign: the form, how it reads, a test to oneself, and who would get it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.audiences import queries as audiences
from regulars.desks.outreach.campaigns import operations, rules
from regulars.desks.outreach.campaigns.forms import CHANNELS, CampaignForm, initial, languages, read_variants
from regulars.desks.outreach.campaigns.models import Campaign
from regulars.desks.outreach.campaigns.trying import chosen_reader, read_all, send_to_oneself
from regulars.messages.operations import NewSending, foresee
from regulars.messages.personal import words, wrong_word
from regulars.messages.why import reason_words
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

REACHES = needs(Permission.REACH_CUSTOMERS)


@dataclass(frozen=True, slots=True)
class TextField:
    """One text of the form."""

    name: str
    part: str
    label: Any
    value: str
    problems: list[rules.Problem]


@REACHES
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a campaign by its name."""
    name = request.POST.get("name", "").strip()[:80]
    if request.method == "POST" and name:
        row = operations.draft_campaign(
            name=name, channels=["email"], variants=[{}], by=actor(request), at=now()
        )  # fmt: skip
        return redirect("campaigns:edit", row.pk)
    context = {"nav": "campaigns", "is_empty": request.method == "POST"}
    return render(request, "campaigns/new.html", context, status=400 if context["is_empty"] else 200)


@REACHES
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, campaign: int) -> HttpResponse:
    """Show and save the form; a campaign that was started shows what became of it instead."""
    row, shop = get_object_or_404(Campaign, pk=campaign), shop_settings()
    if row.started_at or row.cancelled_at:
        return redirect("campaigns:campaign", row.pk)
    if request.method == "GET":
        return _page(request, row, CampaignForm(initial=initial(row, shop), shop=shop), row.variants)
    form, variants = CampaignForm(request.POST, shop=shop), read_variants(request.POST, shop)
    do = request.POST.get("do", "save")
    if do == "compare" and len(variants) < rules.MOST_VARIANTS:
        variants.append({})
    elif do == "one" and len(variants) > 1:
        variants.pop()
    if not form.is_valid():
        return _page(request, row, form, variants, status=400)
    if not operations.change_campaign(row.pk, **form.values(), variants=variants, by=actor(request), at=now()):
        return redirect("campaigns:campaign", row.pk)
    if do == "check":
        return redirect("campaigns:campaign", row.pk)
    messages.success(request, _("Saved."))
    return redirect("campaigns:edit", row.pk)


def _page(
    request: HttpRequest,
    row: Campaign,
    form: CampaignForm,
    variants: list[dict[str, dict[str, str]]],
    status: int = 200,
) -> HttpResponse:
    shop = shop_settings()
    by_field: dict[str, list[rules.Problem]] = {}
    for problem in rules.problems(variants, row.channels, wrong_word):
        by_field.setdefault(problem.field, []).append(problem)
    labels = {"subject": _("Subject"), "text": _("Text of the mail"), "short": _("Short text, for all other ways")}
    texts = [
        [
            (
                label,
                [
                    TextField(
                        name := rules.field_name(number, language, part), part, labels[part],
                        variant.get(language, {}).get(part, ""), by_field.get(name, []),
                    )
                    for part in labels
                ],
                bool(variant.get(language)) or place == 0,
            )
            for place, (language, label) in enumerate(languages(shop))
        ]
        for number, variant in enumerate(variants or [{}])
    ]  # fmt: skip
    context = {
        "nav": "campaigns", "campaign": row, "form": form, "words": words(),
        "texts": list(zip("ABCD", texts, strict=False)),
        "may_compare": len(variants) < rules.MOST_VARIANTS, "may_drop": len(variants) > 1,
    }  # fmt: skip
    return render(request, "campaigns/edit.html", context, status=status)


@REACHES
@require_GET
def preview(request: HttpRequest, campaign: int) -> HttpResponse:
    """Show how each text reads to one customer of the audience, or to the one who is asked for."""
    row = get_object_or_404(Campaign.objects.select_related("audience"), pk=campaign)
    context = {"nav": "campaigns", "campaign": row, **chosen_reader(request, _sample(row))}
    context["shown"] = read_all(_sendings(row), context["reader"]) if context["reader"] else []
    return render(request, "campaigns/preview.html", context)


def _sample(row: Campaign) -> list[int]:
    if row.audience is None:
        return []
    try:
        return list(audiences.find(audiences.read(row.audience.rule), at=now(), audience=row.audience.name).sample)
    except RuleError:
        return []


def _sendings(row: Campaign) -> list[tuple[str, NewSending]]:
    """Return each text on each channel, by its letter where there are several."""
    return [
        ("ABCD"[number] if len(row.variants) > 1 else "", operations.sending_of(row, number, channel))
        for number in range(len(row.variants))
        for channel in row.channels
    ]


@REACHES
@require_POST
def test(request: HttpRequest, campaign: int) -> HttpResponse:
    """Send every text of the mail to whoever is signed in, as its first reader would get it."""
    row = get_object_or_404(Campaign.objects.select_related("audience"), pk=campaign)
    if not send_to_oneself(request, [new for _name, new in _sendings(row)], _sample(row)):
        raise Http404
    return redirect("campaigns:campaign", row.pk)


@REACHES
@require_GET
def forecast(request: HttpRequest, campaign: int) -> HttpResponse:
    """Weigh the whole audience as if it were written to now; nothing is written down."""
    row = get_object_or_404(Campaign.objects.select_related("audience"), pk=campaign)
    context: dict[str, Any] = {"nav": "campaigns", "campaign": row, "lines": [], "problem": ""}
    if row.audience is None:
        context["problem"] = rules.NO_AUDIENCE
        return render(request, "campaigns/forecast.html", context)
    try:
        people = audiences.members(audiences.read(row.audience.rule), at=now())
    except RuleError as error:
        context["problem"] = str(error)
        return render(request, "campaigns/forecast.html", context)
    counts: Counter[tuple[str, int]] = Counter()
    for channel in row.channels[:1]:
        counts = foresee(operations.sending_of(row, 0, channel), people, at=now())
    totals: Counter[str] = Counter()
    why: Counter[tuple[str, str]] = Counter()
    for (state, reasons), number in counts.items():
        totals[state] += number
        for word in reason_words(reasons):
            why[state, word] += number
    context |= {
        "total": len(people),
        "lines": [
            (state, totals[state], [(word, n) for (s, word), n in why.most_common() if s == state])
            for state in ("ready", "held", "dropped")
        ],
        "channel": dict(CHANNELS).get(row.channels[0]) if row.channels else "",
    }
    return render(request, "campaigns/forecast.html", context)
