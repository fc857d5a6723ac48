"""What a platform's word for an order's status means: paid, unpaid or closed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.base.text import plain
from regulars.sources.csv_upload import presets
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.presets import CLOSED, PAID, UNPAID
from regulars.sources.csv_upload.values.cells import CellProblem

# Words of files without preset.
PLAIN: dict[str, str] = {
    **dict.fromkeys(
        (
            "paid",
            "complete",
            "completed",
            "fulfilled",
            "shipped",
            "delivered",
            "processing",
            "refunded",
            "partially refunded",
            "partially_refunded",
            "success",
            "successful",
            "closed won",
            "done",
            "bezahlt",
            "abgeschlossen",
            "versendet",
            "payé",
            "payée",
            "pago",
            "pagado",
            "concluído",
            "enviado",
            "entregue",
            "invoiced",
            "approved",
        ),
        PAID,
    ),
    **dict.fromkeys(
        (
            "unpaid",
            "pending",
            "pending payment",
            "open",
            "on hold",
            "on-hold",
            "awaiting payment",
            "authorized",
            "draft",
            "created",
            "offen",
            "ausstehend",
            "pendente",
            "pendiente",
            "en attente",
        ),
        UNPAID,
    ),
    **dict.fromkeys(
        (
            "cancelled",
            "canceled",
            "failed",
            "voided",
            "void",
            "closed",
            "expired",
            "abandoned",
            "declined",
            "rejected",
            "trash",
            "unavailable",
            "storniert",
            "abgebrochen",
            "cancelado",
            "annulé",
            "annulée",
        ),
        CLOSED,
    ),
}


def key(word: str) -> str:
    """Return a status word in the form it is looked up by."""
    return plain(word).casefold()


class Statuses:
    """Looks up words: what a person said first, then what the preset knows."""

    def __init__(self, plan: Plan) -> None:
        preset = presets.ALL.get(plan.preset)
        known = dict(preset.statuses) if preset and preset.statuses else dict(PLAIN) | _chinese()
        self._known = {key(w): s for w, s in known.items()} | {key(w): s for w, s in plan.statuses.items()}
        self._is_open = "status" not in plan.columns
        self.seen: dict[str, str] = {}  # words met before, whose state is known

    def state(self, word: str) -> str:
        """Return paid, unpaid or closed; raise CellProblem for a word that nobody has explained."""
        if self._is_open:
            return PAID
        if state := self._find(key(word)):
            self.seen[word] = state
            return state
        text = _("Nobody has said yet what the status “%(value)s” means.") % {"value": word[:40]}
        raise CellProblem("status_unknown", text)

    def _find(self, word: str) -> str:
        """Return the state of ``word``, else of what stands before its comma or behind its brackets, else ""."""
        if (state := self._known.get(word)) is not None:
            return state
        if "退款成功" in word:
            return CLOSED
        if word.startswith("(") and (state := self._known.get(word.partition(")")[2].strip())) is not None:
            return state
        return self._known.get(word.partition(",")[0].strip(), "")


def _chinese() -> dict[str, str]:
    return dict(presets.ALL["taobao_orders"].statuses)


def unknown_words(words: list[str], plan: Plan) -> list[str]:
    """Return those of ``words`` whose meaning a person must say, in their order."""
    statuses = Statuses(plan)
    found: dict[str, None] = {}
    for word in words:
        try:
            statuses.state(word)
        except CellProblem:
            found.setdefault(word)
    return list(found)
