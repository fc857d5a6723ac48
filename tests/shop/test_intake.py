"""Drafts become rows and activities; applying them again changes nothing; undoing an import leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.people import queries
from regulars.people.models import Customer, MergeSuggestion
from regulars.people.operations import erase, withdraw_consent
from regulars.shop.drafts import BuyerDraft, CustomerDraft, LineDraft, OrderDraft, OrderLinesDraft
from regulars.shop.models import CustomerSummary, Order, Product, Store
from regulars.shop.operations import Applied, Intake, add_store, apply_drafts, undo_batch
from regulars.stream.models import Activity, Retraction
from tests import snapshots

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY = Actor("staff", 1)
DAY = 86_400_000_000


@pytest.fixture
def shop(db: None) -> Store:
    """Return a store that sells in yuan."""
    from regulars.base.installation import ShopSettings, save_shop_settings

    save_shop_settings(ShopSettings(currency="CNY", timezone="Asia/Shanghai"), by=BY, at=AT)
    return add_store(
        name="Tmall", platform="tmall", currency="CNY", timezone="Asia/Shanghai", country="CN", by=BY, at=AT
    )


def order(
    number: str, *, buyer: BuyerDraft | None = None, state: str = "paid", minor: int = 10_00, **more: Any
) -> OrderDraft:
    """Return an order placed on the first of March."""
    paid = {"paid_minor": minor, "paid_us": to_us(AT)} if state == "paid" else {}
    return OrderDraft(
        row=2, number=number, state=state, currency="CNY", placed_us=to_us(AT), gross_minor=minor,
        buyer=buyer or BuyerDraft(account=f"buyer of {number}"), **(paid | more),
    )  # fmt: skip


def take(shop: Store, *drafts: Any, batch: int = 1) -> Applied:
    """Apply drafts as the import ``batch``."""
    intake = Intake(shop, source=f"import:{batch}", by=Actor("import", batch), at=AT, batch=batch)
    return apply_drafts(intake, drafts, at=AT)


def kinds_of(number: str) -> list[str]:
    """Return the kinds the stream has for an order."""
    subject = f"order:{Order.objects.get(number=number).pk}"
    return sorted(Activity.objects.filter(subject=subject).values_list("kind", flat=True))


def test_only_a_paid_order_is_business(shop: Store) -> None:
    take(shop, order("1"), order("2", state="unpaid"), order("3", state="closed"))
    assert [kinds_of(n) for n in "123"] == [["order.paid"], ["order.placed"], ["order.closed"]]
    assert CustomerSummary.objects.get(orders=1).revenue_minor == 10_00
    assert CustomerSummary.objects.filter(orders=0).count() == 2


def test_the_same_drafts_again_change_nothing(shop: Store) -> None:
    drafts = [order("1", lines=(LineDraft("Espresso", 2, "E1"),)), order("2"), order("3", refunded_minor=3_00)]
    first = take(shop, *drafts)
    before, said = snapshots.facts(), snapshots.stream()
    again = take(shop, *drafts, batch=2)
    assert (first.new, again.new, again.updated, again.unchanged) == (3, 0, 0, 3)
    assert snapshots.facts() == before
    assert snapshots.stream() == said
    assert not Retraction.objects.exists()


def test_an_unpaid_order_that_is_paid_later_becomes_business_once(shop: Store) -> None:
    take(shop, order("1", state="unpaid"))
    applied = take(shop, order("1"), batch=2)
    assert applied.updated == 1
    assert kinds_of("1") == ["order.corrected", "order.paid"]
    assert Retraction.objects.get().kind == "order.placed"


def test_an_older_export_does_not_turn_a_paid_order_back(shop: Store) -> None:
    take(shop, order("1"))
    applied = take(shop, order("1", state="unpaid"), batch=2)
    assert applied.unchanged == 1
    assert Order.objects.get().state == "paid"


def test_what_a_newer_file_does_not_say_stays(shop: Store) -> None:
    take(shop, order("1", tracking_number="SF1", shipped_us=to_us(AT), lines=(LineDraft("Espresso", 2),)))
    take(shop, order("1", minor=12_00), batch=2)
    row = Order.objects.get()
    assert (row.paid_minor, row.parcel_set.get().tracking_number, row.line_set.get().title) == (
        12_00,
        "SF1",
        "Espresso",
    )
    assert "parcel.shipped" in kinds_of("1")


def test_a_number_that_comes_twice_in_a_file_is_a_change_of_the_first(shop: Store) -> None:
    applied = take(shop, order("1", minor=10_00), order("2"), order("1", minor=11_00))
    assert (applied.new, applied.updated) == (2, 1)
    assert Order.objects.get(number="1").paid_minor == 11_00


def test_an_order_without_a_buyer_counts_as_business_of_nobody(shop: Store) -> None:
    take(shop, order("1", buyer=BuyerDraft(name="王**")))
    assert Order.objects.get().customer_id is None
    assert Activity.objects.get(kind="order.paid").customer_id is None
    assert not Customer.objects.exists()


def test_lines_of_another_file_join_their_orders(shop: Store) -> None:
    take(shop, order("1", items=2))
    lines = (LineDraft("Espresso 1 kg", 2, "E1", total_minor=10_00), LineDraft("Filter", 1, "F1", total_minor=0))
    applied = take(shop, OrderLinesDraft(2, "1", lines), OrderLinesDraft(4, "9", lines), batch=2)
    assert (applied.updated, applied.missing) == (1, [(4, "9")])
    assert Order.objects.get().items == 3
    again = take(shop, OrderLinesDraft(2, "1", lines), batch=3)
    assert (again.updated, again.unchanged) == (0, 1)
    assert set(Product.objects.values_list("external_id", flat=True)) == {"sku:E1", "sku:F1"}


def test_checking_writes_nothing_and_counts_the_same(shop: Store) -> None:
    take(shop, order("1"))
    before = snapshots.facts()
    drafts = [order("1"), order("2"), order("3", buyer=BuyerDraft(account="buyer of 2"))]
    intake = Intake(shop, source="x", by=BY, at=AT, is_check=True)
    checked = apply_drafts(intake, drafts, at=AT)
    assert snapshots.facts() == before
    done = Intake(shop, source="x", by=BY, at=AT, batch=2)
    applied = apply_drafts(done, drafts, at=AT)
    assert (checked.new, checked.updated, checked.unchanged) == (applied.new, applied.updated, applied.unchanged)
    assert len(intake.customers) == len(done.customers) == 2


def test_a_customer_file_takes_consent_but_never_over_a_no(shop: Store) -> None:
    ada = BuyerDraft(email="ada@example.com", name="Ada", accepts_email=True)
    applied = take(shop, CustomerDraft(2, ada))
    assert applied.new == 1
    customer = Customer.objects.get()
    assert Activity.objects.filter(kind="consent.granted", customer_id=customer.pk).count() == 1
    withdraw_consent(customer=customer.pk, channel="email", source="link", by=BY, at=AT + timedelta(days=1))
    again = take(shop, CustomerDraft(2, ada), batch=2)
    assert (again.updated, again.unchanged) == (0, 1)
    assert customer.consent_set.order_by("-at", "-id")[0].state == "withdrawn"


def test_an_import_undone_leaves_what_was_before(shop: Store) -> None:
    take(shop, order("1", minor=10_00, lines=(LineDraft("Espresso", 1, "E1"),)))
    before, said = snapshots.facts(), snapshots.stream()
    first = (Activity.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    changed = order("1", minor=9_00, refunded_minor=2_00, buyer=BuyerDraft(account="buyer of 1", city="Leipzig"))
    applied = take(shop, changed, order("2", lines=(LineDraft("Filter", 1, "F1"),)), batch=2)
    assert snapshots.facts() != before
    undo_batch(batch=2, store=shop.pk, changes=applied.before, first_activity_id=first, by=BY, at=AT)
    assert snapshots.facts() == before
    assert snapshots.stream() == said


def test_undoing_the_last_import_first_and_then_the_first_leaves_nothing(shop: Store) -> None:
    one = take(shop, order("1"), order("2"))
    two = take(shop, order("1", minor=5_00), batch=2)
    for batch, applied in ((2, two), (1, one)):
        undo_batch(batch=batch, store=shop.pk, changes=applied.before, first_activity_id=1, by=BY, at=AT)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    assert set(Activity.objects.values_list("kind", flat=True)) <= {"store.added"}


def test_undo_keeps_a_customer_whom_another_import_has_met(shop: Store) -> None:
    buyer = BuyerDraft(account="ada", name="Ada")
    one = take(shop, order("1", buyer=buyer))
    take(shop, order("2", buyer=buyer), batch=2)
    undo_batch(batch=1, store=shop.pk, changes=one.before, first_activity_id=1, by=BY, at=AT)
    assert Customer.objects.get().name == "Ada"
    assert CustomerSummary.objects.get().orders == 1
    assert Activity.objects.filter(kind="customer.created").count() == 1


def test_two_identified_people_are_never_merged_but_suggested(shop: Store) -> None:
    take(
        shop,
        order("1", buyer=BuyerDraft(account="ada", phone="+8613800000001")),
        order("2", buyer=BuyerDraft(account="ben", phone="+8613800000001")),
    )
    assert Customer.objects.count() == 2
    assert MergeSuggestion.objects.get().reason == "shared_phone"


numbers = st.sampled_from("123456")
buyers = st.builds(
    BuyerDraft,
    account=st.sampled_from(["", "ada", "ben", "cleo"]),
    email=st.sampled_from(["", "ada@example.com", "ben@example.com"]),
    phone=st.sampled_from(["", "+8613800000001", "+8613800000002"]),
    name=st.sampled_from(["", "Ada", "王芳"]),
    city=st.sampled_from(["", "上海"]),
)
lines = st.lists(
    st.builds(LineDraft, title=st.sampled_from(["Espresso", "Filter"]), sku=st.sampled_from(["", "E1"])), max_size=2
)


@st.composite
def orders(draw: st.DrawFn) -> OrderDraft:
    """Draw an order of a small world, so that numbers, buyers and products meet again."""
    state = draw(st.sampled_from(["paid", "unpaid", "closed"]))
    minor = draw(st.integers(0, 50_00))
    made = order(draw(numbers), state=state, minor=minor, buyer=draw(buyers), lines=tuple(draw(lines)))
    refunded = draw(st.integers(0, minor)) if state == "paid" else 0
    shipped = draw(st.sampled_from([None, to_us(AT) + DAY]))
    return replace(made, refunded_minor=refunded, shipped_us=shipped)


batches = st.lists(orders(), max_size=8)


def test_an_order_changed_there_and_back_by_one_import_is_told_of_again_when_it_is_undone(shop: Store) -> None:
    one = take(shop, order("1", state="closed"))
    said = snapshots.stream()
    two = take(shop, order("1"), order("1", state="closed"), batch=2)
    undo_batch(batch=2, store=shop.pk, changes=two.before, first_activity_id=1, by=BY, at=AT)
    assert snapshots.stream() == said
    assert one.new == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=batches, second=batches)
def test_laws_of_import(shop: Store, first: list[OrderDraft], second: list[OrderDraft]) -> None:
    """An import twice is once; undone, everything is as before it, also over records that it changed."""
    from django.db import transaction

    with transaction.atomic():
        one = take(shop, *[replace(d) for d in first])
        before, said = snapshots.facts(), snapshots.stream()
        start = (Activity.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
        two = take(shop, *[replace(d) for d in second], batch=2)
        undo_batch(batch=2, store=shop.pk, changes=two.before, first_activity_id=start, by=BY, at=AT)
        assert snapshots.facts() == before
        assert snapshots.stream() == said
        undo_batch(batch=1, store=shop.pk, changes=one.before, first_activity_id=1, by=BY, at=AT)
        assert not Order.objects.exists()
        assert not Customer.objects.exists()
        assert not Product.objects.exists()
        transaction.set_rollback(True)


def test_a_list_of_customers_does_not_bring_back_who_was_erased(shop: Store) -> None:
    ada, ben = BuyerDraft(email="ada@example.com", name="Ada"), BuyerDraft(email="ben@example.com", name="Ben")
    take(shop, CustomerDraft(2, ada), CustomerDraft(3, ben))
    erase(Customer.objects.get(name="Ada").pk, reason="asked", by=BY, at=AT)
    again = take(shop, CustomerDraft(2, ada), CustomerDraft(3, ben), batch=2)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 2)
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["", "Ben"]
    # Who buys again is a customer again, to whom nobody writes.
    take(shop, order("1", buyer=ada), batch=3)
    (back,) = Customer.objects.filter(name="Ada")
    assert queries.contact_points([back.pk])[back.pk][0].is_suppressed
    # A list says nothing of her until the shop lifts the suppression by hand.
    assert take(shop, CustomerDraft(2, ada), batch=4).unchanged == 1
