"""How reviews are taken."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.models import Setting
from regulars.desks.voice.reviews import kinds
from regulars.stream.operations import record


@dataclass(frozen=True, slots=True)
class Settings:
    """What a shop decides of reviews. There is nothing here, and nothing anywhere, that looks at the stars.

    ``incentive``: what every author gets, in words for the badge beside her review ("a voucher of 5 euros"); ``thanks``
    is what she reads after writing (the voucher's code). ``takes_unverified``: whoever did not buy here may write too,
    and the page says of each whether the purchase is known.
    """

    incentive: str = ""
    thanks: str = ""
    takes_unverified: bool = False


def reviewing() -> Settings:
    """Return how reviews are taken."""
    kept = Setting.objects.filter(name="reviews").values_list("value", flat=True).first() or {}
    return Settings(**{name: value for name, value in kept.items() if name in Settings.__slots__})


def save_reviewing(new: Settings, *, by: Actor, at: datetime) -> bool:
    """Keep how reviews are taken. False if nothing differs."""
    with transaction.atomic():
        before = asdict(reviewing())
        changed = sorted(name for name, value in asdict(new).items() if before[name] != value)
        if not changed:
            return False
        values = {"value": asdict(new), "at": to_us(at), "by": str(by)}
        Setting.objects.update_or_create(name="reviews", defaults=values)
        body = kinds.SettingsChanged(fields=",".join(changed))
        record("reviews.changed", f"reviews.changed:{at.isoformat()}", body, by=by, at=at)
    return True
