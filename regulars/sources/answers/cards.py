"""What a sender's page says of its answers."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desks.outreach.senders.beside import Card
from regulars.messages.models import Sender
from regulars.sources.answers.door import door_of
from regulars.sources.answers.listening import listens
from regulars.sources.answers.models import Listener, Mailbox

# Of these nothing comes by the web: mail comes to a mailbox, SMPP on its own line, the others never report.
DOORLESS = frozenset({
    ("email", "smtp"), ("email", "folder"), ("sms", "smpp"), ("webpush", "vapid"), ("webhook", "standard"),
})  # fmt: skip


def door_card(sender: Sender, base: str) -> Card | None:
    """Return the address that this sender's provider calls."""
    if (sender.channel, sender.adapter) in DOORLESS or sender.retired_at is not None:
        return None
    text = _("Enter it at the provider, so that arrivals, answers and wishes to stop reach us. Keep it to yourselves.")
    return Card(_("Address for reports"), text, copy=door_of(sender.pk, base))


def line_card(sender: Sender, base: str) -> Card | None:
    """Return how the line goes over which a provider reports that does not call us."""
    if sender.retired_at is not None or not listens(sender):
        return None
    row = Listener.objects.filter(sender=sender).first()
    if row is not None and row.open_since is not None:
        text = _("It is open: arrivals, answers and wishes to stop are heard at once.")
    elif row is not None and row.problem == "refused":
        text = _("The provider does not let us listen. We ask again from time to time; check the way to see why.")
    elif row is not None and row.problem:
        text = _("It broke and is being opened again.")
    else:
        text = _("The background worker opens it within a minute.")
    return Card(_("Line for receipts and answers"), text)


def mailbox_card(sender: Sender, base: str) -> Card | None:
    """Return whether the mailbox of a mail sender is read, and the way to set that up."""
    if sender.channel != "email":
        return None
    row = Mailbox.objects.filter(sender=sender, retired_at=None).first()
    if row is None:
        text = _("Nobody reads what comes back: dead addresses, answers and wishes to stop stay unheard.")
    elif row.problem:
        text = _("It cannot be read at present.")
    else:
        text = _("Read every minute.")
    label = _("Change the mailbox") if row else _("Set up the mailbox")
    return Card(_("Mailbox for answers"), text, url=reverse("answers:mailbox", args=[sender.pk]), label=label)
