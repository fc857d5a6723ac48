"""The newest refusals of each key are kept for who looks for a mistake; older ones go."""

from __future__ import annotations

from regulars.sources.tracker.models import Refusal

KEPT = 1000
SLACK = 200  # refusals of a key after which the oldest are looked for


def keep_newest(key: int) -> None:
    """Delete all but the newest thousand refusals of ``key``."""
    last = Refusal.objects.filter(key_id=key).order_by("-id").values_list("id", flat=True)[KEPT : KEPT + 1].first()
    if last is not None:
        Refusal.objects.filter(key_id=key, id__lte=last).delete()
