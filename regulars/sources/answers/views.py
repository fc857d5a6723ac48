"""The page of a sender's mailbox."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.base.secrets import Unreadable
from regulars.channels.contract import Finding
from regulars.channels.email import imap
from regulars.desks.outreach.senders.fields import field_of, initial_of, values_of
from regulars.messages.models import Sender
from regulars.sources.answers import operations
from regulars.sources.answers.models import Mailbox
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

MANAGES = needs(Permission.MANAGE_SETTINGS)


def _sender(pk: int) -> Sender:
    row = get_object_or_404(Sender, pk=pk)
    if row.channel != "email":
        raise Http404(_("Only mail comes to a mailbox."))
    return row


@MANAGES
@require_http_methods(["GET", "POST"])
def mailbox(request: HttpRequest, sender: int) -> HttpResponse:
    """Give a sender its mailbox, or change it."""
    owner = _sender(sender)
    row = Mailbox.objects.filter(sender=owner).first()
    try:
        kept = operations.settings_of_mailbox(row) if row else {}
    except Unreadable:
        kept = {}
        messages.error(request, _("Its settings do not open: the installation's key is another. Enter them anew."))
    fields = {setting.name: field_of(setting) for setting in imap.SETTINGS}
    defaults = {setting.name: setting.default for setting in imap.SETTINGS}
    made: type[forms.Form] = type("MailboxForm", (forms.Form,), fields)
    form = made(request.POST or None, initial=defaults | initial_of(imap.SETTINGS, kept))
    if request.method == "POST" and form.is_valid():
        settings = values_of(imap.SETTINGS, form.cleaned_data, kept)
        operations.keep_mailbox(owner.pk, settings, by=actor(request), at=now())
        messages.success(request, _("Kept. See whether it works:"))
        return redirect("answers:mailbox_check", owner.pk)
    context = {"nav": "settings", "form": form, "sender": owner, "mailbox": row}
    return render(request, "answers/mailbox.html", context, status=400 if form.errors else 200)


@MANAGES
@require_GET
def check_mailbox(request: HttpRequest, sender: int) -> HttpResponse:
    """Log in to the mailbox now, without reading a mail."""
    owner = _sender(sender)
    row = get_object_or_404(Mailbox, sender=owner)
    try:
        found = imap.check(operations.settings_of_mailbox(row))
    except Unreadable:
        says = _("Its settings do not open: the installation's key is another. Enter them anew.")
        found = [Finding("mailbox", False, says)]
    context = {"nav": "settings", "sender": owner, "findings": found, "is_well": all(f.is_ok for f in found)}
    return render(request, "answers/check.html", context)


@MANAGES
@require_POST
def retire(request: HttpRequest, sender: int) -> HttpResponse:
    """Read the mailbox no more."""
    owner = _sender(sender)
    if operations.retire_mailbox(owner.pk, by=actor(request), at=now()):
        messages.success(request, _("The mailbox is not read any more."))
    return redirect("senders:sender", owner.pk)
