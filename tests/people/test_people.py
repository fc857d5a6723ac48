"""Who is who, what they allowed, and what is left when they wish to be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.base import secrets
from regulars.base.actor import Actor
from regulars.people import queries
from regulars.people.drafts import BuyerDraft
from regulars.people.models import Consent, Customer, Identifier, Merge, MergeSuggestion, Suppression
from regulars.people.operations import (
    ConsentEntry,
    MergeRefused,
    change_details,
    erase,
    lift_suppression,
    merge,
    record_consents,
    reject_suggestion,
    remember_buyers,
    suppress,
    unmerge,
    withdraw_consent,
)
from regulars.stream.models import Activity

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY = Actor("staff", 1)

pytestmark = pytest.mark.django_db


def meet(*buyers: BuyerDraft, scope: str = "taobao") -> list[int]:
    """Remember buyers and return their customers' ids."""
    known = remember_buyers(list(buyers), [0] * len(buyers), scope=scope, source="test", by=BY, at=AT)
    return [c for c in known.customers if c is not None]


def person(name: str) -> int:
    """Return the id of a new customer."""
    return meet(BuyerDraft(account=name, name=name))[0]


def test_one_person_is_one_record_over_stores_by_account_then_email_then_phone() -> None:
    ada = BuyerDraft(account="ada", email="ada@example.com", phone="+8613800000001", name="Ada")
    (first,) = meet(ada)
    assert meet(ada) == [first]
    assert meet(BuyerDraft(account="17", email="ada@example.com"), scope="store:2") == [first]
    assert meet(BuyerDraft(phone="+8613800000001"), scope="store:3") == [first]
    assert Customer.objects.count() == 1
    assert Identifier.objects.filter(kind="account").count() == 2


def test_a_masked_phone_is_no_phone() -> None:
    from regulars.base.text import phone_key

    assert phone_key("138****8888", "CN") is None
    assert phone_key("13800138000", "CN") == "+8613800138000"


def test_a_shared_phone_of_two_accounts_only_suggests_a_merge() -> None:
    one, two = meet(
        BuyerDraft(account="ada", phone="+8613800000001"), BuyerDraft(account="ben", phone="+8613800000001")
    )
    assert one != two
    suggestion = queries.open_suggestions()[0]
    assert (suggestion.low, suggestion.high, suggestion.reason) == (one, two, "shared_phone")
    assert queries.open_suggestion_count() == 1


def test_a_rejected_suggestion_does_not_come_again() -> None:
    shared = [BuyerDraft(account="ada", phone="+8613800000001"), BuyerDraft(account="ben", phone="+8613800000001")]
    meet(*shared)
    assert reject_suggestion(MergeSuggestion.objects.get().pk, by=BY, at=AT)
    meet(*shared)
    assert queries.open_suggestion_count() == 0


def test_a_merge_and_its_undo_are_recorded_and_leave_the_roots_as_they_were() -> None:
    ada, ben = person("ada"), person("ben")
    row = merge(kept=ada, folded=ben, reason="by hand", by=BY, at=AT)
    assert queries.family(ada) == [ada, ben]
    unmerge(row.pk, by=BY, at=AT + timedelta(minutes=1))
    assert queries.family(ada) == [ada]
    assert queries.family(ben) == [ben]
    assert set(Activity.objects.filter(kind__startswith="customer.").values_list("kind", flat=True)) == {
        "customer.created", "customer.merged", "customer.unmerged",
    }  # fmt: skip
    with pytest.raises(MergeRefused):
        unmerge(row.pk, by=BY, at=AT)


@pytest.mark.parametrize("kept_index", [0, 1])
def test_a_refused_merge_changes_and_records_nothing(kept_index: int) -> None:
    ada, ben = person("ada"), person("ben")
    merge(kept=ada, folded=ben, reason="by hand", by=BY, at=AT)
    before = Activity.objects.count()
    pair = (ada, ben)
    with pytest.raises(MergeRefused):
        merge(kept=pair[kept_index], folded=pair[1 - kept_index], reason="again", by=BY, at=AT)
    assert (Activity.objects.count(), Merge.objects.count()) == (before, 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8), order=st.randoms())
def test_merging_then_undoing_in_any_order_is_as_before(steps: list[tuple[int, int]], order: object) -> None:
    from django.db import transaction

    with transaction.atomic():
        people = [person(f"p{i}") for i in range(6)]
        done: list[int] = []
        for kept, folded in steps:
            try:
                done.append(merge(kept=people[kept], folded=people[folded], reason="x", by=BY, at=AT).pk)
            except MergeRefused:
                continue
        order.shuffle(done)  # type: ignore[attr-defined]
        for pk in done:
            unmerge(pk, by=BY, at=AT)
        assert all(root == pk for pk, root in Customer.objects.values_list("id", "root_id"))
        transaction.set_rollback(True)


def consent(customer: int, state: str, *, minutes: int = 0) -> None:
    """Write down a word on e-mail."""
    entry = ConsentEntry(customer=customer, channel="email", state=state, source="form")
    record_consents([entry], by=BY, at=AT + timedelta(minutes=minutes))


def test_consent_only_shrinks_by_a_merge() -> None:
    ada, ben = person("ada"), person("ben")
    consent(ada, "granted", minutes=5)
    consent(ben, "granted")
    withdraw_consent(customer=ben, channel="email", source="link", by=BY, at=AT + timedelta(minutes=1))
    merge(kept=ada, folded=ben, reason="by hand", by=BY, at=AT)
    assert [c.state for c in queries.consents(ada)] == ["withdrawn"]


def test_no_from_somebody_who_never_said_yes_is_not_a_withdrawal() -> None:
    ada = person("ada")
    assert not withdraw_consent(customer=ada, channel="email", source="file", by=BY, at=AT)
    assert not Consent.objects.exists()


def test_a_suppression_outlives_erasure_and_reimport() -> None:
    (dan,) = meet(BuyerDraft(email="dan@example.com"))
    assert suppress(kind="email", value="dan@example.com", reason="unsubscribed", by=BY, at=AT, customer=dan)
    assert not suppress(kind="email", value="dan@example.com", reason="unsubscribed", by=BY, at=AT)
    erase(dan, reason="asked", by=BY, at=AT)
    (again,) = meet(BuyerDraft(email="dan@example.com"))
    assert again != dan
    assert queries.contact_points([again])[again][0].is_suppressed


def test_every_reason_must_be_lifted_before_an_address_is_open() -> None:
    (dan,) = meet(BuyerDraft(email="dan@example.com"))
    for reason in ("bounced", "complained"):
        suppress(kind="email", value="dan@example.com", reason=reason, by=BY, at=AT)
    first, second = Suppression.objects.order_by("id")
    assert lift_suppression(first.pk, by=BY, at=AT)
    assert queries.contact_points([dan])[dan][0].is_suppressed
    assert lift_suppression(second.pk, by=BY, at=AT)
    assert not lift_suppression(second.pk, by=BY, at=AT)
    assert not queries.contact_points([dan])[dan][0].is_suppressed


def test_erasing_forgets_the_key_and_with_it_every_copy_of_the_address() -> None:
    (ada,) = meet(BuyerDraft(account="ada", email="ada@example.com", name="Ada", city="Leipzig"))
    copy = Identifier.objects.get(kind="email")
    assert erase(ada, reason="asked", by=BY, at=AT) == 1
    row = Customer.objects.get()
    assert (row.name, row.city, bytes(row.wrapped_key)) == ("", "", b"")
    assert not Identifier.objects.exists()
    with pytest.raises(secrets.Unreadable):
        secrets.unseal(secrets.unwrap(row.wrapped_key), copy.sealed)
    assert queries.find_by_identifier("ada@example.com") == []
    assert erase(ada, reason="asked", by=BY, at=AT) == 0


def test_contact_data_is_not_readable_in_the_database() -> None:
    meet(BuyerDraft(account="ada", email="ada@example.com", phone="+8613800000001"))
    for row in Identifier.objects.all():
        stored = bytes(row.sealed) + bytes(row.digest)
        assert b"ada" not in stored
        assert b"138000" not in stored


def test_a_person_is_found_by_any_spelling_of_her_address() -> None:
    (ada,) = meet(BuyerDraft(email="ada@example.com", phone="+8613800138000"))
    assert queries.find_by_identifier(" Ada@Example.com ") == [ada]
    assert queries.find_by_identifier("138 0013 8000") == [ada]
    assert queries.find_by_identifier("nobody@example.com") == []


def test_details_changed_are_recorded_by_field_name_only() -> None:
    ada = person("ada")
    assert change_details(ada, by=BY, at=AT, name="Ada Lovelace")
    assert not change_details(ada, by=BY, at=AT, name="Ada Lovelace")
    body = Activity.objects.get(kind="customer.changed").body
    assert "name" in body
    assert "Lovelace" not in body
