"""The shop's own settings: its name, reporting currency, zone, language and week."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from regulars.base.actor import Actor
from regulars.base.clock import to_us, zone
from regulars.base.models import Setting


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """What the whole installation agrees on. ``week_start``: 1 Monday … 7 Sunday (ISO 8601)."""

    name: str = "My shop"
    currency: str = "USD"
    timezone: str = "UTC"
    language: str = "en"
    week_start: int = 1
    # At least this many orders make a customer a regular, while she keeps coming (see shop.rules).
    regular_orders: int = 3

    @property
    def zone(self) -> ZoneInfo:
        """Return the shop's time zone."""
        return zone(self.timezone)


def shop_settings() -> ShopSettings:
    """Return the shop's settings as they are now, defaults where nothing was set."""
    row = Setting.objects.filter(name="shop").values_list("value", flat=True).first() or {}
    known = {f.name for f in fields(ShopSettings)}
    return ShopSettings(**{k: v for k, v in row.items() if k in known})


def save_shop_settings(settings: ShopSettings, *, by: Actor, at: datetime) -> None:
    """Write ``settings``. Called by ``shop.operations.change_settings`` only, which records the activity."""
    Setting.objects.update_or_create(name="shop", defaults={"value": asdict(settings), "at": to_us(at), "by": str(by)})
