"""The shop's rules for the guard: what was set, else what a decent shop would set."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import msgspec

from regulars.base.models import Setting
from regulars.decisions.guard import Cap, Quiet, Rules
from regulars.decisions.guard.rules import DAY, HOUR, MINUTE, Window
from regulars.messages.windows import ANSWERING

DEFAULTS = Rules(
    caps=(
        Cap("a day", 1, form="day"),
        Cap("between two", 1, 16 * HOUR),
        Cap("a week", 3, 7 * DAY, tolerance=70 * MINUTE),
        Cap("a month", 8, 30 * DAY, tolerance=5 * HOUR),
    ),
    quiet={
        "email": Quiet(21 * 60, 8 * 60),
        **{channel: Quiet(20 * 60, 9 * 60) for channel in ("sms", "wechat", "weibo", "webpush", "webchat")},
    },
    windows={channel: Window(carries_marketing=True) for channel in sorted(ANSWERING)},
)


def rules() -> Rules:
    """Return the rules in force."""
    found = kept_rules()
    kept = Setting.objects.filter(name="identity").values_list("value", flat=True).first() or {}
    # Windows are the vendors' terms, not the shop's choice: rules kept before they were known have none.
    windows = {**DEFAULTS.windows, **found.windows}
    may = bool(kept.get("customers_may_be_written_to")) or found.customers_may_be_written_to
    return replace(found, windows=windows, customers_may_be_written_to=may)


def kept_rules() -> Rules:
    """Return the rules as the shop set them, to be changed and kept again; what is said elsewhere is not in them."""
    kept = Setting.objects.filter(name="guard").values_list("value", flat=True).first()
    return _read(msgspec.json.encode(kept)) if kept else DEFAULTS


@lru_cache(maxsize=4)
def _read(text: bytes) -> Rules:
    return msgspec.json.decode(text, type=Rules)
