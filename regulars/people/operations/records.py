"""Changing and erasing one person's record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base.actor import Actor
from regulars.people import kinds
from regulars.people.models import Customer, Identifier, MergeSuggestion, Suppression
from regulars.stream.operations import record

# Other rooms that keep rows of a person register here: told, inside the transaction, the digests of her identifiers and
# her records that go.
ON_ERASE: list[Callable[[Sequence[bytes], Sequence[int]], None]] = []

EDITABLE = ("name", "language", "country", "region", "city")


def change_details(customer: int, *, by: Actor, at: datetime, **values: str) -> bool:
    """Change name, language or place of a customer. False if nothing differs; ValueError for another field."""
    if unknown := set(values) - set(EDITABLE):
        raise ValueError(_("%(field)s of a customer cannot be changed.") % {"field": ", ".join(sorted(unknown))})
    with transaction.atomic():
        row = Customer.objects.get(pk=customer)
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        if not changed:
            return False
        Customer.objects.filter(pk=customer).update(**{name: values[name] for name in changed})
        body = kinds.Changed(fields=",".join(changed))
        key = f"customer.changed:{customer}:{at.isoformat()}"
        record("customer.changed", key, body, by=by, at=at, customer=customer)
    return True


def erase(customer: int, *, reason: str, by: Actor, at: datetime) -> int:
    """Erase a person: every record merged into her loses key, identifiers, name and place. Return how many records.

    Orders stay as the shop's books without a person. A suppressed address stays suppressed: only its digest is kept.
    """
    with transaction.atomic():
        root = Customer.objects.values_list("root_id", flat=True).get(pk=customer)
        family = list(Customer.objects.filter(root_id=root, erased_at=None).values_list("pk", flat=True))
        if not family:
            return 0
        # Whoever asks to be forgotten does not wish to be written to again by a later import of an old file.
        contact = Identifier.objects.filter(customer_id__in=family, kind__in=["email", "phone"])
        for kind, digest in list(contact.values_list("kind", "digest")):
            Suppression.objects.get_or_create(
                digest=bytes(digest), reason="erased", lifted_at=None, defaults={"kind": kind, "at": at, "by": str(by)}
            )
        identifiers = Identifier.objects.filter(customer_id__in=family)
        digests = [bytes(digest) for digest in identifiers.values_list("digest", flat=True)]
        for listener in ON_ERASE:
            listener(digests, family)
        identifiers.delete()
        MergeSuggestion.objects.filter(low_id__in=family).delete()
        MergeSuggestion.objects.filter(high_id__in=family).delete()
        Customer.objects.filter(pk__in=family).update(
            name="", language="", country="", region="", city="", wrapped_key=b"", erased_at=at
        )
        for pk in family:
            record("customer.erased", f"customer.erased:{pk}", kinds.Erased(reason=reason), by=by, at=at, customer=pk)
    return len(family)


def record_customer_export(*, customer: int, by: Actor, at: datetime) -> None:
    """Write down that somebody downloads all that is known about a person."""
    body = kinds.CustomerExported(customer=customer)
    key = f"customer.exported:{customer}:{at.isoformat()}"
    record("customer.exported", key, body, by=by, at=at, customer=customer)
