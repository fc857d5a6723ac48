"""What the doctor sees."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from regulars.base.clock import now
from regulars.base.models import Job
from regulars.cli import health
from tests.conftest import Installation


def _found(about: str) -> health.Finding:
    return next(f for f in health.examine() if f.about == about)


def test_a_new_shop_is_well(installation: Installation) -> None:
    installation.init()
    said = installation.run("doctor", "--json")
    findings = {f["about"]: f["state"] for f in json.loads(said.stdout)}
    assert said.returncode == 0
    assert "bad" not in findings.values()
    assert findings["migrations"] == "ok"


def test_an_empty_home_is_no_illness(installation: Installation) -> None:
    said = installation.run("doctor")
    assert said.returncode == 0
    assert "regulars init" in said.stdout


def test_work_that_gave_up_is_bad(olive: object) -> None:
    Job.objects.create(kind="lake.write", state="dead", run_at=now(), created_at=now())
    found = _found("background work")
    assert (found.state, "lake.write" in found.text) == ("bad", True)


def test_work_that_waits_long_asks_for_serve(olive: object) -> None:
    Job.objects.create(kind="lake.write", run_at=now() - timedelta(hours=1), created_at=now())
    assert _found("background work").state == "warn"


def test_another_key_is_noticed(olive: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.base import secrets
    from regulars.base.actor import SYSTEM
    from regulars.people.drafts import BuyerDraft
    from regulars.people.operations import remember_buyers

    ada = BuyerDraft(email="ada@example.com")
    remember_buyers([ada], [0], scope="", source="test", by=SYSTEM, at=now())
    assert _found("keys").state == "ok"

    def wrong(wrapped: bytes) -> bytes:
        raise secrets.Unreadable("no")

    monkeypatch.setattr(secrets, "unwrap", wrong)
    assert _found("keys").state == "bad"


def test_a_lake_whose_files_are_gone_is_bad(olive: object, settings: object, tmp_path: Path) -> None:
    manifest = {"files": [{"path": "kind=x/gone.parquet", "rows": 1}], "cursor": {"tx": 0, "id": 0}, "as_of_us": 0}
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "manifest.json").write_text(json.dumps(manifest))
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    found = _found("lake")
    assert (found.state, "lake rebuild" in found.text) == ("bad", True)


@pytest.mark.skipif(os.name != "posix", reason="permissions are of Unix")
def test_keys_that_others_can_read_are_named(olive: object, settings: object, tmp_path: Path) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    (tmp_path / "keys.json").touch(mode=0o644)
    (tmp_path / "keys.json").chmod(0o644)
    assert "keys.json" in _found("home").text
