"""The demo in a database, and the command that makes and removes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.cli.demo.build import build
from regulars.cli.demo.staff import hire
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.queries import waiting
from regulars.desks.voice.reviews.models import Review
from regulars.people import queries as people
from regulars.people.models import Consent, Customer, MergeSuggestion
from regulars.shop.models import CustomerSummary, Order, Product, Refund, Store
from regulars.staff.models import Staff
from tests.conftest import Installation

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STAFF = (("Olive", "owner"), ("Sam", "agent"))


@pytest.mark.django_db
def test_the_demo_goes_through_the_shops_own_operations() -> None:
    hire(STAFF, "calm harbour 42", now=NOW)
    counts = build(now=NOW, customers=400, say=lambda text: None)
    assert Order.objects.count() == sum(counts.values())
    assert Store.objects.count() == 3
    assert {"unpaid", "paid", "closed"} >= set(Order.objects.values_list("state", flat=True)) >= {"paid", "closed"}
    assert 380 <= Customer.objects.count() <= 440
    assert Refund.objects.exists()
    assert Order.objects.filter(reporting_minor=None).count() == 0
    assert Product.objects.filter(title="House blend beans").count() == 1
    assert MergeSuggestion.objects.filter(state="open").count() >= 3
    assert Opinion.objects.count() > 60
    assert Review.objects.filter(state="shown").count() > 30
    assert Review.objects.filter(state="held").count() == 1
    assert 0 < waiting().count() < 40
    assert dict(Staff.objects.values_list("name", "role")) == dict(STAFF)
    (ada,) = people.find_by_identifier("ada@example.com")
    assert CustomerSummary.objects.get(customer_id=ada).orders > 30


@pytest.mark.django_db
def test_dan_is_not_written_to_any_more() -> None:
    build(now=NOW, customers=150, say=lambda text: None)
    (dan,) = people.find_by_identifier("dan@example.com")
    assert [p.is_suppressed for p in people.contact_points([dan])[dan] if p.kind == "email"] == [True]
    assert Consent.objects.filter(customer_id=dan).order_by("at").values_list("state", flat=True).last() == "withdrawn"


def test_what_is_no_demo_is_never_deleted(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "taxes").mkdir()
    (tmp_path / "taxes" / "2025.txt").write_text("mine")
    for words in (["--remove"], ["--no-serve"]):
        said = installation.run("demo", "--home", str(tmp_path / "taxes"), *words)
        assert said.returncode == 1
        assert "demo" in said.stderr
    assert (tmp_path / "taxes" / "2025.txt").read_text() == "mine"


@pytest.mark.slow
def test_the_demo_is_made_once_and_removed_with_one_command(installation: Installation, tmp_path: Path) -> None:
    home = tmp_path / "demo"
    # A real shop's database in the environment is not touched.
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    made = installation.run("demo", "--home", str(home), "--customers", "300", "--no-serve", env=away)
    assert made.returncode == 0, made.stderr
    mark = json.loads((home / "demo.json").read_text())
    assert installation.run("demo", "--home", str(home), "--no-serve").stdout == ""
    assert json.loads((home / "demo.json").read_text()) == mark
    own = {"REGULARS_HOME": str(home), "DATABASE_URL": "", "REGULARS_INSTALLATION_KEY": ""}
    assert installation.run("doctor", env=own).returncode == 0
    assert installation.run("demo", "--home", str(home), "--remove").returncode == 0
    assert not home.exists()


@pytest.mark.slow
def test_an_interrupted_demo_is_made_anew(installation: Installation, tmp_path: Path) -> None:
    home = tmp_path / "demo"
    home.mkdir()
    (home / "demo.unfinished").touch()
    (home / "regulars.sqlite3").write_bytes(b"half")
    made = installation.run("demo", "--home", str(home), "--customers", "120", "--no-serve")
    assert made.returncode == 0, made.stderr
    assert (home / "demo.json").exists()
