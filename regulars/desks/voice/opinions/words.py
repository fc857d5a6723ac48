"""What the room's states are called before people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SOURCES: Mapping[str, str | Promise] = {
    "answer": _("answer to a question"),
    "reply": _("reply to a message"),
    "page": _("page of a message"),
    "review": pgettext_lazy("opinion", "review"),
    "chat": pgettext_lazy("opinion", "chat"),
    "complaint": pgettext_lazy("opinion", "complaint"),
    "noted": _("written down by the shop"),
    "imported": pgettext_lazy("opinion", "imported"),
}
HOW: Mapping[str, str | Promise] = {
    "need": _("names a need"),
    "answered": pgettext_lazy("opinion", "answered"),
    "noted": pgettext_lazy("opinion", "noted"),
}
REASONS: Mapping[str, str | Promise] = {
    "low_mark": _("low mark"),
    "not_in_time": _("not in time"),
    "safety": _("safety"),
    "by_hand": _("opened by hand"),
}
OUTCOMES: Mapping[str, str | Promise] = {
    "made_good": _("made good"),
    "explained": _("explained"),
    "no_answer": _("she did not answer"),
    "not_ours": _("not ours to solve"),
}
