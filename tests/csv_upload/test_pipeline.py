"""An import from file to facts and back: checked first, restartable, cancellable, undone, twice the same as once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.base.installation import save_shop_settings, shop_settings
from regulars.people.models import Customer
from regulars.shop.models import Line, Order, Store
from regulars.shop.operations import add_store
from regulars.sources.csv_upload import operations, pipeline, queries
from regulars.sources.csv_upload.files import FileProblem
from regulars.sources.csv_upload.models import Batch, Change
from regulars.stream.models import Activity
from tests import snapshots

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY = Actor("staff", 1)
HEADER = "order,customer,date,total\n"


@pytest.fixture
def store(db: None) -> Store:
    """Return a store in dollars."""
    return add_store(name="Own site", currency="USD", timezone="UTC", by=BY, at=AT)


def file(tmp_path: Path, text: str, name: str = "orders.csv") -> Path:
    """Write a file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def planned(path: Path, store: Store) -> Batch:
    """Upload a file and take its proposed plan."""
    batch, proposal = operations.start_draft(path=path, name=path.name, store=store, by=BY, at=AT)
    return operations.set_plan(batch.pk, proposal.plan, store=store, by=BY, at=AT)


def checked(path: Path, store: Store) -> Batch:
    """Upload and check a file."""
    batch = planned(path, store)
    operations.request_check(batch.pk, by=BY, at=AT)
    jobs.run_due()
    batch.refresh_from_db()
    return batch


def imported(path: Path, store: Store) -> Batch:
    """Upload, check and import a file."""
    batch = checked(path, store)
    operations.confirm(batch.pk, by=BY, at=AT)
    jobs.run_due()
    batch.refresh_from_db()
    return batch


def undone(batch: Batch) -> Batch:
    """Undo an import."""
    operations.request_undo(batch.pk, by=BY, at=AT)
    jobs.run_due()
    batch.refresh_from_db()
    return batch


def log(*rows: str) -> str:
    """Return an order file of these rows."""
    return HEADER + "".join(f"{row}\n" for row in rows)


THREE = log("A1,ada,2026-01-05,10.00", "A2,ben,2026-01-06,20.00", "A3,ada,2026-02-05,30.50")


def test_nothing_of_the_facts_is_written_before_the_confirmation(store: Store, tmp_path: Path) -> None:
    before, said = snapshots.facts(), snapshots.stream()
    batch = checked(file(tmp_path, THREE), store)
    assert batch.state == Batch.State.CHECKED
    assert {k: batch.checked[k] for k in ("new", "updated", "unchanged", "rejected", "customers", "orders")} == {
        "new": 3, "updated": 0, "unchanged": 0, "rejected": 0, "customers": 2, "orders": 3,
    }  # fmt: skip
    assert batch.checked["gross"] == {"USD": 60_50}
    assert (snapshots.facts(), snapshots.stream()) == (before, said)


def test_the_check_foretells_the_import(store: Store, tmp_path: Path) -> None:
    imported(file(tmp_path, THREE), store)
    changed = file(tmp_path, log("A1,ada,2026-01-05,11.00", "A2,ben,2026-01-06,20.00", "A4,cleo,2026-02-05,1"), "b.csv")
    batch = imported(changed, store)
    assert {k: v for k, v in batch.checked.items() if k != "rejected_bytes"} == {
        k: v for k, v in batch.tally.items() if k != "rejected_bytes"
    }
    assert (batch.tally["new"], batch.tally["updated"], batch.tally["unchanged"]) == (1, 1, 1)


def test_a_file_twice_changes_nothing_and_undone_leaves_nothing(store: Store, tmp_path: Path) -> None:
    path = file(tmp_path, THREE)
    first = imported(path, store)
    before, said = snapshots.facts(), snapshots.stream()
    again = imported(path, store)
    assert (again.tally["new"], again.tally["updated"], again.tally["unchanged"]) == (0, 0, 3)
    assert (again.tally["customers"], again.tally["orders"], again.tally["gross"]) == (2, 3, {"USD": 60_50})
    assert snapshots.facts() == before
    assert {k: v for k, v in snapshots.stream().items() if not k[0].startswith("import.")} == {
        k: v for k, v in said.items() if not k[0].startswith("import.")
    }
    assert undone(again).state == undone(first).state == Batch.State.UNDONE
    assert (Order.objects.count(), Customer.objects.count(), Line.objects.count(), Change.objects.count()) == (0,) * 4
    assert not Activity.objects.filter(kind__startswith="order.").exists()


def test_an_import_cannot_be_undone_under_a_later_one(store: Store, tmp_path: Path) -> None:
    first = imported(file(tmp_path, THREE), store)
    second = imported(file(tmp_path, THREE.replace("10.00", "12.00"), "b.csv"), store)
    said = snapshots.stream()
    with pytest.raises(operations.ImportRefused, match=str(second.pk)):
        operations.request_undo(first.pk, by=BY, at=AT)
    assert snapshots.stream() == said
    undone(second)
    assert Order.objects.get(number="A1").paid_minor == 10_00
    assert undone(first).state == Batch.State.UNDONE


def test_each_step_is_taken_once_and_only_in_its_turn(store: Store, tmp_path: Path) -> None:
    batch = planned(file(tmp_path, THREE), store)
    with pytest.raises(operations.ImportRefused):
        operations.confirm(batch.pk, by=BY, at=AT)
    with pytest.raises(operations.ImportRefused):
        operations.request_undo(batch.pk, by=BY, at=AT)
    operations.request_check(batch.pk, by=BY, at=AT)
    with pytest.raises(operations.ImportRefused):
        operations.request_check(batch.pk, by=BY, at=AT)
    jobs.run_due()
    operations.confirm(batch.pk, by=BY, at=AT)
    with pytest.raises(operations.ImportRefused):
        operations.confirm(batch.pk, by=BY, at=AT)
    jobs.run_due()
    with pytest.raises(operations.ImportRefused):
        operations.cancel(batch.pk, by=BY, at=AT)
    assert Order.objects.count() == 3


def test_cancelling_an_import_takes_back_what_it_had_done(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "CHUNK", 1)
    batch = checked(file(tmp_path, THREE), store)
    before = snapshots.facts()
    operations.confirm(batch.pk, by=BY, at=AT)
    chunks: list[int] = []

    def cancel_at_the_second(name: str) -> None:
        if name == "import.3.after_chunk":
            chunks.append(1)
            if len(chunks) == 2:
                operations.cancel(batch.pk, by=BY, at=AT)

    monkeypatch.setattr(pipeline, "fault_point", cancel_at_the_second)
    jobs.run_due()
    batch.refresh_from_db()
    assert (batch.state, len(chunks)) == (Batch.State.CANCELLED, 2)
    assert snapshots.facts() == before
    assert Activity.objects.filter(kind="import.cancelled").count() == 1


def test_an_import_that_was_interrupted_goes_on_where_it_was(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "CHUNK", 2)
    path = file(tmp_path, THREE + "A4,dan,2026-02-07,1.00\nA5,dan,2026-02-07,x\n")
    batch = checked(path, store)
    operations.confirm(batch.pk, by=BY, at=AT)

    def stop(name: str) -> None:
        if name == "import.3.after_chunk":
            raise ConnectionError("the plug was pulled")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "fault_point", stop)
        with pytest.raises(ConnectionError):
            operations.run_import(batch.pk)
    batch.refresh_from_db()
    assert (batch.parsed, Order.objects.count()) == (2, 2)
    operations.run_import(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.DONE
    assert (batch.tally["new"], batch.tally["customers"], batch.tally["rejected"]) == (4, 3, 1)
    assert pipeline.write_rejected(batch).read_text(encoding="utf-8-sig").count("A5") == 1


def test_rejected_rows_can_be_mended_and_imported_without_doubling(store: Store, tmp_path: Path) -> None:
    batch = imported(file(tmp_path, THREE + "A4,dan,yesterday,1.00\n"), store)
    assert (batch.tally["new"], batch.tally["rejected"]) == (3, 1)
    rejected = pipeline.write_rejected(batch)
    text = rejected.read_text(encoding="utf-8-sig")
    assert "yesterday" in text
    assert "A1" not in text
    mended = file(tmp_path, text.replace("yesterday", "2026-02-07", 1), "mended.csv")
    again = imported(mended, store)
    assert (again.tally["new"], again.tally["rejected"], Order.objects.count()) == (1, 0, 4)


def test_a_file_that_cannot_be_read_leaves_no_import_behind(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileProblem):
        operations.start_draft(path=file(tmp_path, ""), name="empty.csv", store=store, by=BY, at=AT)
    assert not Batch.objects.exists()


def test_a_mapping_is_remembered_for_the_next_file_with_these_headers(store: Store, tmp_path: Path) -> None:
    strange = "Beleg,Wer,Wann,Wieviel\nA1,ada,2026-01-05,10.00\n"
    batch, proposal = operations.start_draft(path=file(tmp_path, strange), name="a.csv", store=store, by=BY, at=AT)
    plan = proposal.plan
    plan.columns = {"number": "Beleg", "account": "Wer", "placed_at": "Wann", "total": "Wieviel"}
    operations.set_plan(batch.pk, plan, store=store, by=BY, at=AT)
    _, again = operations.start_draft(path=file(tmp_path, strange), name="a.csv", store=store, by=BY, at=AT)
    assert again.plan.columns == plan.columns


def test_progress_tells_rate_and_time_left(store: Store, tmp_path: Path) -> None:
    batch = checked(file(tmp_path, THREE), store)
    batch.started_at, batch.rows_done, batch.rows_total = AT, 100, 300
    seen = queries.progress(batch, at=AT.replace(second=10))
    assert (seen.rows_per_second, seen.seconds_left) == (10.0, 20.0)


REAL = [
    ("cdnow/CDNOW_master.txt", "USD", 69_659, 23_570),
    ("shop_exports/shopify_orders_from_olist.csv", "BRL", 3_977, None),
    ("shop_exports/taobao_orders_gbk_constructed.csv", "CNY", 500, 173),
]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("path", "currency", "orders", "customers"), REAL)
def test_real_files_hit_their_totals_twice_and_undone_leave_nothing(
    db: None, data: Callable[[str], Path], path: str, currency: str, orders: int, customers: int | None
) -> None:
    real = add_store(name="Real", currency=currency, timezone="UTC", by=BY, at=AT)
    first = imported(data(path), real)
    assert first.state == Batch.State.DONE, first.problem
    assert (first.tally["orders"], first.tally["new"], first.tally["rejected"]) == (orders, orders, 0)
    if customers is not None:
        assert first.tally["customers"] == customers == Customer.objects.count()
    again = imported(data(path), real)
    assert (again.tally["new"], again.tally["updated"], again.tally["unchanged"]) == (0, 0, orders)
    for key in ("customers", "orders", "gross"):
        assert again.tally[key] == first.tally[key]
    undone(again)
    undone(first)
    assert (Order.objects.count(), Customer.objects.count(), Line.objects.count()) == (0, 0, 0)


def test_reasons_are_in_the_language_of_the_shop(store: Store, tmp_path: Path) -> None:
    save_shop_settings(replace(shop_settings(), language="zh-hans"), by=BY, at=AT)
    batch = checked(file(tmp_path, HEADER + "A1,ada,2026-01-05,gratis\n"), store)
    (problem,) = batch.checked["problems"].values()
    assert problem["examples"][0]["text"] == "“gratis”不是金额。"
