"""The shop's settings, its stores and its exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.base.clock import zone
from regulars.base.installation import ShopSettings, save_shop_settings, shop_settings
from regulars.base.money import check_currency
from regulars.shop import kinds
from regulars.shop.models import ExchangeRate, Store
from regulars.shop.product_pages import is_product_page
from regulars.stream.operations import record


class StoreError(ValueError):
    """A store cannot be added or changed so; the text says why and what to do."""


def change_settings(settings: ShopSettings, *, by: Actor, at: datetime) -> bool:
    """Save the shop's settings. Return False if nothing differs. Raises ValueError for an unknown zone or currency."""
    zone(settings.timezone)
    check_currency(settings.currency)
    if not 1 <= settings.week_start <= 7:
        raise ValueError(_("The week starts on a day from 1 (Monday) to 7 (Sunday)."))
    with transaction.atomic():
        before = asdict(shop_settings())
        changed = [name for name, value in asdict(settings).items() if before[name] != value]
        if not changed:
            return False
        save_shop_settings(settings, by=by, at=at)
        body = kinds.SettingsChanged(fields=",".join(changed))
        record("settings.changed", f"settings.changed:{at.isoformat()}", body, by=by, at=at)
        if "currency" in changed:
            jobs.enqueue("shop.convert_orders", key="shop.convert_orders")
    return True


def add_store(
    *,
    name: str,
    platform: str = "",
    currency: str,
    timezone: str,
    country: str = "",
    tax_included: bool = True,
    product_page: str = "",
    by: Actor,
    at: datetime,
    batch: int | None = None,
) -> Store:
    """Add a place of sale. Raises StoreError if the name is taken or empty, ValueError for its zone or currency."""
    name = name.strip()
    if not name:
        raise StoreError(_("A store needs a name."))
    zone(timezone)
    try:
        with transaction.atomic():
            store = Store.objects.create(
                name=name, platform=platform, currency=check_currency(currency), timezone=timezone,
                country=country, tax_included=tax_included, product_page=_page(product_page), created_at=at,
                batch=batch,
            )  # fmt: skip
            body = kinds.StoreAdded(store=store.pk)
            record(
                "store.added",
                f"store.added:{store.pk}",
                body,
                by=by,
                at=at,
                store=store.pk,
                subject=f"store:{store.pk}",
            )
    except IntegrityError as error:
        raise StoreError(_("There is a store named “%(name)s” already.") % {"name": name}) from error
    return store


def _page(address: str) -> str:
    if address and not is_product_page(address):
        raise StoreError(_("Write the page of a product as an address with {id} in it: https://shop.example/p/{id}."))
    return address


def change_store(store: Store, *, by: Actor, at: datetime, **values: Any) -> bool:
    """Change a store's name, zone, country or tax habit. Its currency stays: its orders are written in it."""
    allowed = {"name", "platform", "timezone", "country", "tax_included", "product_page"}
    if unknown := set(values) - allowed:
        raise StoreError(_("%(field)s of a store cannot be changed.") % {"field": ", ".join(sorted(unknown))})
    if "product_page" in values:
        _page(values["product_page"])
    changed = {k: v for k, v in values.items() if getattr(store, k) != v}
    if not changed:
        return False
    if "timezone" in changed:
        zone(changed["timezone"])
    try:
        with transaction.atomic():
            Store.objects.filter(pk=store.pk).update(**changed)
            body = kinds.StoreChanged(store=store.pk, fields=",".join(sorted(changed)))
            key = f"store.changed:{store.pk}:{at.isoformat()}"
            record("store.changed", key, body, by=by, at=at, store=store.pk, subject=f"store:{store.pk}")
    except IntegrityError as error:
        raise StoreError(_("There is a store named “%(name)s” already.") % {"name": values.get("name")}) from error
    return True


@dataclass(frozen=True, slots=True)
class RateEntry:
    """From ``date`` on, one unit of ``source`` is worth ``rate`` units of ``target``."""

    source: str
    target: str
    date: date
    rate: Decimal


def enter_rates(entries: Sequence[RateEntry], *, by: Actor, at: datetime) -> int:
    """Write dated rates (a day's second rate replaces its first) and value the orders anew. Return how many changed."""
    count = 0
    with transaction.atomic():
        for entry in entries:
            if entry.rate <= 0:
                raise ValueError(_("A rate is above zero: %(rate)s is not.") % {"rate": entry.rate})
            known: dict[str, Any] = {
                "source": check_currency(entry.source),
                "target": check_currency(entry.target),
                "date": entry.date,
            }
            if known["source"] == known["target"]:
                raise ValueError(_("A rate is between two different currencies."))
            if ExchangeRate.objects.filter(**known, rate=entry.rate).exists():
                continue
            ExchangeRate.objects.update_or_create(**known, defaults={"rate": entry.rate, "at": at, "by": str(by)})
            body = kinds.RateEntered(source=entry.source, target=entry.target, date=entry.date.isoformat())
            key = f"rate.entered:{entry.source}:{entry.target}:{entry.date}:{at.isoformat()}"
            record("rate.entered", key, body, by=by, at=at)
            count += 1
        if count:
            jobs.enqueue("shop.convert_orders", key="shop.convert_orders")
    return count
