"""Reading what the receiver weighs events against: keys, opt-outs, junk ids and the day's salt."""

from __future__ import annotations

import os

from django.db import connection

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.shop.accounts import account_scope
from regulars.sources.tracker.models import Junk, OptOut, Salt, SiteKey
from regulars.sources.tracker.rules import Key, Rules

# Visitors and digests of customers who asked not to be followed, whoever they were merged with.
_OUT = """WITH family AS (
    SELECT c.id FROM people_customer c WHERE c.root_id IN (
        SELECT gone.root_id FROM tracker_optout o JOIN people_customer gone ON gone.id = o.customer_id
        WHERE o.lifted_at IS NULL))
SELECT DISTINCT l.visitor, i.digest FROM people_identifier i JOIN family f ON f.id = i.customer_id
LEFT JOIN tracker_link l ON l.digest = i.digest"""


def read_rules() -> Rules:
    """Return the rules as they are now."""
    keys = SiteKey.objects.filter(closed_at=None).select_related("store")
    visitors = set(OptOut.objects.filter(lifted_at=None, customer=None).values_list("visitor", flat=True))
    digests: set[bytes] = set()
    if OptOut.objects.filter(lifted_at=None, visitor=None).exists():
        with connection.cursor() as cursor:
            cursor.execute(_OUT)
            for visitor, digest in cursor.fetchall():
                visitors.add(visitor)
                digests.add(bytes(digest))
    junk = list(Junk.objects.filter(lifted_at=None).values_list("visitor", "digest"))
    return Rules(
        keys={
            k.key: Key(
                k.pk, k.store_id, account_scope(k.store.platform, k.store_id), k.store.country,
                k.use == SiteKey.Use.BROWSER,
            )
            for k in keys
        },
        salt=todays_salt(),
        out_visitors=frozenset(v for v in visitors if v),
        out_digests=frozenset(digests),
        junk_visitors=frozenset(visitor for visitor, _ in junk if visitor),
        junk_digests=frozenset(bytes(digest) for _, digest in junk if digest),
    )  # fmt: skip


def todays_salt() -> bytes:
    """Return the salt of the shop's day, made by whoever needs it first; older ones go."""
    today = now().astimezone(shop_settings().zone).date()
    found = Salt.objects.filter(date=today).values_list("salt", flat=True).first()
    if found is None:
        Salt.objects.filter(date__lt=today).delete()
        Salt.objects.bulk_create([Salt(date=today, salt=os.urandom(32))], ignore_conflicts=True)
        found = Salt.objects.values_list("salt", flat=True).get(date=today)
    return bytes(found)
