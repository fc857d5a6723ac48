"""What the room's states and reasons are called before people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.insight.fraud import Signal

Text = str | Promise
STATES: Mapping[str, Text] = {
    "shown": pgettext_lazy("review", "shown"),
    "held": pgettext_lazy("review", "held"),
    "removed": pgettext_lazy("review", "taken down"),
    "deleted": pgettext_lazy("review", "deleted by its author"),
}
TONES = {"shown": "good", "held": "warn", "removed": "bad", "deleted": "quiet"}
REASONS: Mapping[str, Text] = {
    "private_data": _("private data of a person"),
    "abusive": _("insults or threats"),
    "discriminatory": _("discrimination"),
    "unrelated": _("not about the goods or the service"),
    "fake": _("not written by a real customer"),
    "misleading": _("clearly false"),
    "confidential": _("confidential information"),
    "links": _("links to elsewhere"),
    "changed": _("changed after it was taken down"),
    "called_spam": _("called spam where it comes from"),
}
ORIGINS: Mapping[str, Text] = {
    "own": _("written here"),
    "judgeme": "Judge.me",
    "yotpo": "Yotpo",
    "taobao": _("Taobao"),
}


def signal_text(signal: Signal) -> str:
    """Return in a sentence what a signal rests on."""
    texts = {
        "burst": _t("%(count)s reviews of this product within a day; usual are %(usual)s"),
        "same_place": _t("%(count)s reviews from the same network within 30 days"),
        "same_words": _t("%(count)s reviews say the same in the same words"),
        "own_staff": _t("Written by somebody who works here"),
        "too_early": _t("Written before the parcel arrived"),
    }
    return texts[signal.code] % {"count": signal.count, "usual": round(signal.usual, 2)}
