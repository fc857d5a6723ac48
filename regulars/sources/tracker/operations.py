"""Write keys are made and closed by people; a closed key takes nothing more, what it brought stays."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base.actor import Actor
from regulars.shop.models import Store
from regulars.sources.tracker import kinds
from regulars.sources.tracker.models import Link, SiteKey
from regulars.stream.operations import record


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


def forget_links(digests: Sequence[bytes]) -> None:
    """Part visitors from an erased person: what they gave leads nowhere any more, also if it is given again."""
    Link.objects.filter(digest__in=digests).delete()


def close_key(key: int, *, by: Actor, at: datetime) -> bool:
    """Close a key; False if it was closed already."""
    with transaction.atomic():
        if not SiteKey.objects.filter(pk=key, closed_at=None).update(closed_at=at, closed_by=str(by)):
            return False
        record("tracker.key_closed", f"tracker.key_closed:{key}", kinds.KeyChanged(key), by=by, at=at)
    return True
