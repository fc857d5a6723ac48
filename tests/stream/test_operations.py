"""What happened is recorded once, in the transaction of the change, and only as a declared kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from regulars.base.actor import SYSTEM, Actor
from regulars.shop.kinds import OrderPaid, ParcelShipped, StoreAdded
from regulars.stream import kinds
from regulars.stream.kinds import BodyError, UnknownKind
from regulars.stream.models import Activity, Retraction
from regulars.stream.operations import record, record_many, retract, retract_batch, retract_keys
from tests.stream.lakes import AT, activity

pytestmark = pytest.mark.django_db
OLIVE = Actor("staff", 1)


def test_recording_twice_is_harmless() -> None:
    assert record("store.added", "store.added:1", StoreAdded(1), by=OLIVE, at=AT, store=1)
    assert not record("store.added", "store.added:1", StoreAdded(2), by=SYSTEM, at=AT + timedelta(days=1))
    row = Activity.objects.get()
    assert (row.by, row.body, row.occurred_at, row.recorded_at) == ("staff:1", '{"store":1}', AT, AT)
    record_many([activity(1), activity(2)], by=SYSTEM, at=AT)
    record_many([activity(2), activity(3)], by=SYSTEM, at=AT)
    assert Activity.objects.filter(kind="order.paid").count() == 3


def test_what_was_rolled_back_was_not_recorded() -> None:
    with transaction.atomic():
        record("store.added", "store.added:1", StoreAdded(1), by=OLIVE, at=AT)
        transaction.set_rollback(True)
    assert not Activity.objects.exists()


def test_a_kind_nobody_declared_is_refused() -> None:
    with pytest.raises(UnknownKind, match="'shop.burnt' is no kind of activity"):
        record("shop.burnt", "shop.burnt:1", StoreAdded(1), by=OLIVE, at=AT)


@pytest.mark.parametrize("body", [ParcelShipped(1), OrderPaid("one", 0, 1), OrderPaid(1, 0, None)])  # type: ignore[arg-type]
def test_a_body_of_another_shape_is_refused(body: Any) -> None:
    with pytest.raises(BodyError, match=r"order\.paid: "):
        record("order.paid", "order.paid:1", body, by=OLIVE, at=AT)


def test_what_is_taken_back_leaves_a_retraction_and_may_be_recorded_anew() -> None:
    record_many([activity(n) for n in range(4)], by=SYSTEM, at=AT, batch=1)
    gone = Activity.objects.get(key="order.paid:2").pk
    assert retract_keys(["order.paid:2", "order.paid:99"], reason="corrected", by=OLIVE, at=AT) == 1
    row = Retraction.objects.get()
    assert (row.activity_id, row.kind, row.reason, row.by, row.at) == (gone, "order.paid", "corrected", "staff:1", AT)
    assert retract([gone], reason="corrected", by=OLIVE, at=AT) == 0
    record_many([activity(2)], by=SYSTEM, at=AT)
    assert Activity.objects.get(key="order.paid:2").pk > gone


def test_an_import_is_taken_back_whole_and_nothing_else() -> None:
    record_many([activity(n) for n in range(3)], by=SYSTEM, at=AT, batch=1)
    record_many([activity(n) for n in range(3, 7)], by=SYSTEM, at=AT, batch=2)
    assert retract_batch(2, first_id=1, reason="undone", by=OLIVE, at=AT) == 4
    assert set(Activity.objects.values_list("batch", flat=True)) == {1}
    assert Retraction.objects.count() == 4


def test_a_kinds_body_holds_only_what_the_lake_can_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", {})

    @dataclass(frozen=True)
    class Good:
        number: int
        maybe: str | None = None

    @dataclass(frozen=True)
    class Bad:
        names: list[str]

    said = {"sentence": lambda body, facts: "", "help": ""}
    kinds.kind("test.good", **said)(Good)  # type: ignore[arg-type]
    assert kinds.get("test.good").columns == (("number", int), ("maybe", str))
    with pytest.raises(TypeError, match="a body holds only"):
        kinds.kind("test.bad", **said)(Bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="declared twice"):
        kinds.kind("test.good", **said)(type("Other", (Good,), {}))  # type: ignore[arg-type]
