"""Two records, one person: suggestions, merge and its undo.

A merge moves nothing. It points the folded record's root at the kept one, so undoing it is pointing it back, and
every question about a person goes by root. Suppressions are kept by address and bind whoever owns the address;
a consent withdrawn on either record stays withdrawn for the person (see queries.consents).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.people import kinds
from regulars.people.models import Customer, Merge, MergeSuggestion
from regulars.stream.operations import record

# Higher rooms that keep something per person register here to be told, in the same transaction, whose roots moved.
ON_ROOTS_CHANGED: list[Callable[[Sequence[int]], None]] = []


def _tell(customers: Sequence[int]) -> None:
    for listener in ON_ROOTS_CHANGED:
        listener(customers)


class MergeRefused(ValueError):
    """These records cannot be merged or parted so; the text says why."""


def _lock(*ids: int) -> dict[int, Customer]:
    """Return the rows, locked in one order. SQLite's transactions hold the write lock already."""
    rows = Customer.objects.filter(id__in=ids).order_by("id")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update()
    return {c.pk: c for c in rows}


def merge(*, kept: int, folded: int, reason: str, by: Actor, at: datetime) -> Merge:
    """Make ``folded`` (and everybody merged into it) answer to ``kept``. Raises MergeRefused."""
    with transaction.atomic():
        rows = _lock(kept, folded)
        if len(rows) != 2:
            raise MergeRefused(_("Choose two different customers that exist."))
        if rows[kept].erased_at or rows[folded].erased_at:
            raise MergeRefused(_("An erased customer cannot be merged."))
        root, gone = rows[kept].root_id, rows[folded].root_id
        if root == gone:
            raise MergeRefused(_("These two are one person already."))
        row = Merge.objects.create(kept_id=root, folded_id=gone, reason=reason, at=at, by=str(by))
        Customer.objects.filter(root_id=gone).update(root_id=root)
        MergeSuggestion.objects.filter(low_id=min(kept, folded), high_id=max(kept, folded), state="open").update(
            state="merged", decided_at=at, decided_by=str(by)
        )
        body = kinds.Merged(kept=root, folded=gone)
        _tell([root, gone])
        record("customer.merged", f"customer.merged:{row.pk}", body, by=by, at=at, customer=root)
    return row


def unmerge(merge_id: int, *, by: Actor, at: datetime) -> None:
    """Undo a merge: who was merged into the folded record before answers to it again. Raises MergeRefused."""
    with transaction.atomic():
        # The conditional update is the claim: of two undoings one does it.
        if not Merge.objects.filter(pk=merge_id, undone_at=None).update(undone_at=at, undone_by=str(by)):
            raise MergeRefused(_("This merge was undone already."))
        row = Merge.objects.get(pk=merge_id)
        _restore_roots(row)
        MergeSuggestion.objects.filter(
            low_id=min(row.kept_id, row.folded_id), high_id=max(row.kept_id, row.folded_id), state="merged"
        ).update(state="open", decided_at=None, decided_by="")
        body = kinds.Unmerged(kept=row.kept_id, folded=row.folded_id)
        _tell([row.kept_id, row.folded_id])
        record("customer.unmerged", f"customer.unmerged:{row.pk}", body, by=by, at=at, customer=row.kept_id)


def _restore_roots(undone: Merge) -> None:
    """Give everybody of the torn family the root that the merges still standing say."""
    top = Customer.objects.values_list("root_id", flat=True).get(pk=undone.kept_id)
    family = list(Customer.objects.filter(root_id=top).values_list("pk", flat=True))
    standing = Merge.objects.filter(undone_at=None, folded_id__in=family).order_by("id")
    parent = {m.folded_id: m.kept_id for m in standing}
    for pk in family:
        root = pk
        while root in parent:
            root = parent[root]
        Customer.objects.filter(pk=pk).exclude(root_id=root).update(root_id=root)


def reject_suggestion(suggestion_id: int, *, by: Actor, at: datetime) -> bool:
    """Say that the two of a suggestion are different people; it is not made again. False if decided before."""
    return bool(
        MergeSuggestion.objects.filter(pk=suggestion_id, state="open").update(
            state="rejected", decided_at=at, decided_by=str(by)
        )
    )


def reopen_suggestion(suggestion_id: int, *, by: Actor, at: datetime) -> bool:
    """Take a rejection back: the suggestion waits again. False if it was not rejected."""
    return bool(
        MergeSuggestion.objects.filter(pk=suggestion_id, state="rejected").update(
            state="open", decided_at=None, decided_by=""
        )
    )


def suggest_merges(pairs: Iterable[tuple[int, int, str]], *, at: datetime, batch: int | None = None) -> None:
    """Propose pairs (customer, customer, reason); pairs of one person, or proposed before, are left out."""
    wanted = {(min(a, b), max(a, b)): reason for a, b, reason in pairs if a != b}
    if not wanted:
        return
    ids = {i for pair in wanted for i in pair}
    roots = dict(bulk.select_in("SELECT id, root_id FROM people_customer WHERE id IN ({})", sorted(ids)))
    rows = [
        (low, high, reason, "open", to_us(at), batch, "")
        for (low, high), reason in wanted.items()
        if roots.get(low) != roots.get(high)
    ]
    bulk.insert(
        "people_mergesuggestion",
        ["low_id", "high_id", "reason", "state", "at", "batch", "decided_by"],
        rows,
        skip_conflicts_on="low_id, high_id",
    )
