"""Everything of the shop comes out as plain files."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.base.actor import SYSTEM
from regulars.base.clock import to_us
from regulars.cli.commands.export import export
from regulars.cli.problem import Problem
from regulars.people.drafts import BuyerDraft
from regulars.shop.drafts import LineDraft, OrderDraft
from regulars.shop.operations import Intake, add_store, apply_drafts

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def orders(transactional_db: None) -> None:
    store = add_store(name="Shop", currency="EUR", timezone="Europe/Berlin", by=SYSTEM, at=AT)
    order = OrderDraft(
        row=2, number="1001", state="paid", currency="EUR", placed_us=to_us(AT), gross_minor=1850, paid_minor=1850,
        buyer=BuyerDraft(email="fang@example.com", phone="+8614200000000", name="王芳", accepts_email=True),
        lines=(LineDraft(title="Beans, 250 g\nwhole", total_minor=1850),),
    )  # fmt: skip
    apply_drafts(Intake(store, source="test", by=SYSTEM, at=AT), [order], at=AT)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_holds_people_orders_and_what_happened(orders: None, tmp_path: Path) -> None:
    counts = export(tmp_path / "out")
    folder = tmp_path / "out"
    assert {r["value"] for r in _rows(folder, "identifiers")} == {"fang@example.com", "+8614200000000"}
    assert [r["name"] for r in _rows(folder, "customers")] == ["王芳"]
    (order,) = _rows(folder, "orders")
    assert (order["gross_minor"], order["placed_at"], order["closed_at"]) == ("1850", "2026-03-01T09:30:00Z", "")
    assert _rows(folder, "lines")[0]["title"] == "Beans, 250 g\nwhole"
    assert "order.paid" in {r["kind"] for r in _rows(folder, "activities")}
    assert json.loads((folder / "export.json").read_text(encoding="utf-8"))["rows"] == counts
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_zip_holds_the_same(orders: None, tmp_path: Path) -> None:
    export(tmp_path / "out")
    export(tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("orders.csv") == (tmp_path / "out" / "orders.csv").read_bytes()
        assert set(archive.namelist()) == {p.name for p in (tmp_path / "out").iterdir()}


def test_nothing_is_overwritten(orders: None, tmp_path: Path) -> None:
    from argparse import Namespace

    from regulars.cli.commands.export import run

    (tmp_path / "mine.zip").write_text("mine")
    with pytest.raises(Problem, match="already"):
        run(Namespace(out=tmp_path / "mine.zip", json=False))
    assert (tmp_path / "mine.zip").read_text() == "mine"


def test_an_export_that_fails_leaves_nothing(orders: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.cli import exported

    def broken(value: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(exported, "as_text", broken)
    with pytest.raises(OSError, match="disk full"):
        export(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
