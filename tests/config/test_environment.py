"""The environment is read loudly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from regulars.config import environment
from regulars.config.settings import database


def test_an_unknown_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_HOEM", "/tmp/x")
    with pytest.raises(environment.SettingError, match="REGULARS_HOEM"):
        environment.refuse_unknown()


def test_a_flag_is_0_or_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_DEBUG", "yes")
    with pytest.raises(environment.SettingError, match="use 0 or 1"):
        environment.flag("REGULARS_DEBUG")


def test_a_setting_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgresql://u:p@db/regulars\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "secret"))
    assert environment.read("DATABASE_URL") == "postgresql://u:p@db/regulars"


def test_a_setting_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", "/nowhere/at/all")
    with pytest.raises(environment.SettingError, match="DATABASE_URL_FILE: cannot read /nowhere/at/all"):
        environment.read("DATABASE_URL")


def test_a_database_address_is_taken_apart() -> None:
    found = database("postgresql://shop:p%40ss@db.example.com:6432/regulars?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "shop", "p@ss", "db.example.com", "6432", "regulars",
    )  # fmt: skip
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_database_we_do_not_know_is_refused() -> None:
    with pytest.raises(environment.SettingError, match="mysql"):
        database("mysql://root@localhost/shop")


def test_the_keys_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    read = "from regulars.config import keys; print(keys.secret_key())"
    env = {"REGULARS_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    said = [
        subprocess.run([sys.executable, "-c", read], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said[0] == said[1]
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
