"""Codes of the room as words for people."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.insight.lots import Verdict
from regulars.shop.models import Check, LotLine

VERDICTS: dict[str, Promise] = {
    Verdict.TOO_EARLY: _("too early to tell"),
    Verdict.FINE: _("fine so far"),
    Verdict.WATCH: _("worth a look"),
    Verdict.FAILING: _("failing"),
}
TONES = {Verdict.TOO_EARLY: "quiet", Verdict.FINE: "good", Verdict.WATCH: "warn", Verdict.FAILING: "bad"}
STAGES: dict[str, Promise] = {Check.Stage.SOURCING: _("At sourcing"), Check.Stage.DISPATCH: _("At dispatch")}
RESULTS: dict[str, Promise] = {
    Check.Result.PASS: pgettext_lazy("check", "passed"),
    Check.Result.FAIL: pgettext_lazy("check", "failed"),
    Check.Result.NOTE: pgettext_lazy("check", "noted"),
}
RESULT_TONES = {Check.Result.PASS: "good", Check.Result.FAIL: "bad", Check.Result.NOTE: "quiet"}
HOW: dict[str, Promise] = {
    LotLine.How.HAND: _("by hand"),
    LotLine.How.FILE: _("from a file"),
    LotLine.How.ASSUMED: _("assumed"),
}
