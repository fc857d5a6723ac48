"""Write keys, how to send with them, and what arrives."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.base.clock import now
from regulars.people.models import Customer
from regulars.shop.models import Store
from regulars.sources.tracker import operations, queries
from regulars.sources.tracker.models import Junk, SiteKey
from regulars.sources.tracker.words import REASONS
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

MANAGES = needs(Permission.MANAGE_SETTINGS)
USES = {"browser": gettext_lazy("Browser"), "server": gettext_lazy("Server")}


class KeyForm(forms.Form):
    """A new write key."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    store = forms.ModelChoiceField(Store.objects.order_by("name"), label=gettext_lazy("Store"), empty_label=None)
    use = forms.ChoiceField(
        label=gettext_lazy("Where it is used"),
        choices=list(USES.items()),
        help_text=gettext_lazy("A browser's key can be read by anybody; keep a server's key to yourself."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["store"].label_from_instance = lambda store: store.name  # type: ignore[attr-defined]


@MANAGES
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Show the write keys; make one."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = operations.add_key(**form.cleaned_data, by=actor(request), at=now())
        messages.success(request, _("The key is made."))
        return redirect("tracking:events", made.pk)
    context = {
        "nav": "settings", "form": form, "keys": queries.keys_with_counts(), "has_stores": Store.objects.exists(),
        "uses": USES, "junk": queries.junk_found(),
    }  # fmt: skip
    return render(request, "tracking/keys.html", context)


@MANAGES
@require_safe
def events(request: HttpRequest, key: int) -> HttpResponse:
    """Show a key, how to send with it, and its newest events."""
    found = get_object_or_404(SiteKey.objects.select_related("store"), pk=key)
    seen = queries.newest_events(key)
    shown = [(e, REASONS.get(e.reason, e.reason)) for e in seen]
    refused_only = request.GET.get("only") == "refused"
    if refused_only:
        shown = [(e, reason) for e, reason in shown if e.reason]
    context = {
        "nav": "settings", "key": found, "use": USES[found.use], "events": shown,
        "refused_only": refused_only,
        "address": request.build_absolute_uri("/"), "host": request.get_host(),
        "refused": sum(bool(e.reason) for e in seen),
    }  # fmt: skip
    return render(request, "tracking/events.html", context)


@needs(Permission.SEE_CUSTOMERS)
@require_safe
def customer(request: HttpRequest, customer: int) -> HttpResponse:
    """Show what a customer did on the site: a part of her page, which asks for it when it is open."""
    root = get_object_or_404(Customer, pk=customer).root_id
    records = list(Customer.objects.filter(root_id=root).values_list("pk", flat=True))
    context = {
        "customer": root, "seen": queries.seen_on_site(records), "left_at": queries.opted_out_at(records),
        "is_tracked": SiteKey.objects.exists(),
    }  # fmt: skip
    return render(request, "tracking/_customer.html", context)


@needs(Permission.EDIT_CUSTOMERS)
@require_POST
def follow(request: HttpRequest, customer: int, wish: str) -> HttpResponse:
    """Follow a customer's visits no more, or again: as she wishes."""
    root = get_object_or_404(Customer, pk=customer).root_id
    if wish == "no":
        if operations.opt_out(root, by=actor(request), at=now()):
            messages.success(request, _("Her visits are not followed any more."))
    elif operations.opt_in(root, by=actor(request), at=now()):
        messages.success(request, _("Her visits may be followed again."))
    return redirect("web:customer", root)


@MANAGES
@require_POST
def lift(request: HttpRequest, junk: int) -> HttpResponse:
    """Say that an id that was found to be nobody's is a person's."""
    if operations.lift_junk(get_object_or_404(Junk, pk=junk).pk, by=actor(request), at=now()):
        messages.success(request, _("The id is taken again."))
    return redirect("tracking:keys")


@needs(Permission.SEE_CUSTOMERS)
@require_safe
def visit(request: HttpRequest, activity: int) -> HttpResponse:
    """Show what happened in a visit: a part of a timeline, else a page of its own."""
    found = queries.visit(activity)
    if found is None:
        raise Http404(_("There is no such visit."))
    is_part = bool(request.headers.get("HX-Request"))
    template = "tracking/_visit.html" if is_part else "tracking/visit.html"
    return render(request, template, {"nav": "visits", "visit": found, "is_part": is_part})


@MANAGES
@require_POST
def close(request: HttpRequest, key: int) -> HttpResponse:
    """Close a key."""
    if operations.close_key(get_object_or_404(SiteKey, pk=key).pk, by=actor(request), at=now()):
        messages.success(request, _("The key is closed. What it brought stays."))
    return redirect("tracking:keys")
