"""Why a message left, waits or was not written: in words, for the shop and for the customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.decisions.guard import Reason

# For the shop.
SAYS = {
    Reason.NO_ADDRESS: _("no address on this channel"),
    Reason.SUPPRESSED: _("the address is closed"),
    Reason.NO_CONSENT: _("never agreed"),
    Reason.WITHDRAWN: _("said no"),
    Reason.UNDER_AGE: _("under age"),
    Reason.COMPLAINT_OPEN: _("has an open complaint"),
    Reason.NOT_PERSONALISED: _("wants nothing chosen by what she did"),
    Reason.CLASS_NOT_ALLOWED: _("the channel carries no advertising"),
    Reason.NO_QUOTA: _("the channel's quota is used up"),
    Reason.NONE_ALLOWED: _("the shop allows none"),
    Reason.GLOBAL_HOLDOUT: _("in the holdout of all messages"),
    Reason.HOLDOUT: _("in the holdout"),
    Reason.PAUSED: _("asked for a pause"),
    Reason.QUIET_HOURS: _("quiet hours"),
    Reason.HOLIDAY: _("a day on which nobody is written to"),
    Reason.CAP: _("heard from the shop often enough"),
    Reason.FATIGUE: _("tired of messages"),
    Reason.WINDOW_CLOSED: _("did not write first"),
    Reason.TOO_LATE: _("too late to be of use"),
}
# What the ledger itself says of a row, beside the guard.
CODES = {"same_address": _("another record has the same address"), "same_person": _("the same person has one already")}


def reason_names(reasons: int) -> list[str]:
    """Return the names of the guard's reasons, as they stand in files and exports."""
    return [reason.name.lower() for reason in Reason if reasons & reason and reason.name]


def reason_words(reasons: int, code: str = "") -> list[str]:
    """Return the reasons in words of the language in force."""
    words = [str(says) for reason, says in SAYS.items() if reasons & reason]
    return words + ([str(CODES[code])] if code in CODES else [])
