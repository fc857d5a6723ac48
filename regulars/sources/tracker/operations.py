"""Write keys are made and closed by people; a closed key takes nothing more, what it brought stays."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import now
from regulars.people.models import Customer
from regulars.shop.models import Order, Store
from regulars.sources.tracker import kinds
from regulars.sources.tracker.models import Junk, Link, OptOut, OrderLink, PersonalLink, SiteKey, Visit
from regulars.sources.tracker.whose import visitors_of
from regulars.stream.models import Activity
from regulars.stream.operations import record, retract


class KeyRefused(ValueError):
    """A key cannot be made; the text says why."""


def add_key(*, name: str, store: Store, use: str, by: Actor, at: datetime) -> SiteKey:
    """Make a write key for a store's site. Raises KeyRefused without a name."""
    name = name.strip()
    if not name:
        raise KeyRefused(_("A key needs a name, such as the site it is for."))
    with transaction.atomic():
        key = SiteKey.objects.create(
            key=randomness.token_urlsafe(18), store=store, use=use, name=name[:80], created_at=at, by=str(by)
        )
        record("tracker.key_added", f"tracker.key_added:{key.pk}", kinds.KeyChanged(key.pk), by=by, at=at)
    return key


def forget_links(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Erase a person's visits, and part her browsers from her: what she gave leads nowhere, also if given again.

    A browser that is known to be hers is as good as her name, so its events go with her. What happened in a browser
    that others used too is nobody's already and stays.
    """
    _erase_visits(visitors_of(customers))
    Link.objects.filter(digest__in=digests).delete()
    PersonalLink.objects.filter(customer_id__in=customers).delete()
    OptOut.objects.filter(customer_id__in=customers).delete()
    for store, number in Order.objects.filter(customer_id__in=customers).values_list("store_id", "number"):
        OrderLink.objects.filter(store_id=store, number=number.lstrip("#")).delete()


def _erase_visits(visitors: Sequence[str]) -> None:
    ids = list(Activity.objects.filter(visitor__in=visitors).values_list("pk", flat=True))
    retract(ids, reason="erased", by=SYSTEM, at=now())
    Visit.objects.filter(visitor__in=visitors).delete()


def opt_out(customer: int, *, by: Actor, at: datetime) -> bool:
    """Follow a customer no more, in any of her browsers; False if she is not followed already."""
    with transaction.atomic():
        _row, is_new = OptOut.objects.get_or_create(
            customer_id=customer, visitor=None, lifted_at=None, defaults={"at": at, "by": str(by)}
        )
        if is_new:
            key = f"tracker.opted_out:{customer}:{at.isoformat()}"
            record("tracker.opted_out", key, kinds.OptedOut(), by=by, at=at, customer=customer)
    return is_new


def opt_in(customer: int, *, by: Actor, at: datetime) -> bool:
    """Follow a customer again, who wishes it; False if she is followed."""
    with transaction.atomic():
        family = Customer.objects.filter(root_id=Customer.objects.values_list("root_id", flat=True).get(pk=customer))
        open_ones = OptOut.objects.filter(customer__in=family, lifted_at=None)
        if not open_ones.update(lifted_at=at, lifted_by=str(by)):
            return False
        key = f"tracker.opted_in:{customer}:{at.isoformat()}"
        record("tracker.opted_in", key, kinds.OptedOut(), by=by, at=at, customer=customer)
    return True


def lift_junk(junk: int, *, by: Actor, at: datetime) -> bool:
    """Say that an id is a person's after all; False if it was said already."""
    with transaction.atomic():
        if not Junk.objects.filter(pk=junk, lifted_at=None).update(lifted_at=at, lifted_by=str(by)):
            return False
        record("tracker.junk_lifted", f"tracker.junk_lifted:{junk}", kinds.JunkChanged(junk), by=by, at=at)
    return True


def close_key(key: int, *, by: Actor, at: datetime) -> bool:
    """Close a key; False if it was closed already."""
    with transaction.atomic():
        if not SiteKey.objects.filter(pk=key, closed_at=None).update(closed_at=at, closed_by=str(by)):
            return False
        record("tracker.key_closed", f"tracker.key_closed:{key}", kinds.KeyChanged(key), by=by, at=at)
    return True
