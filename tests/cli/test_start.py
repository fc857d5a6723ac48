"""Setting a shop up, and how the command speaks."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from regulars import __version__
from tests.conftest import PASSWORD, Installation

INIT = ("init", "--shop", "Corner Coffee", "--currency", "CNY", "--timezone", "Asia/Shanghai", "--password-stdin")


def test_help_and_version_touch_no_installation(installation: Installation) -> None:
    assert "import" in installation.run("--help").stdout
    assert installation.run("--version").stdout.strip() == f"regulars {__version__}"
    assert not installation.home.exists()


def test_a_shop_is_set_up_once(installation: Installation) -> None:
    installation.init()
    again = installation.run(*INIT, "--owner", "ana@example.com", stdin=PASSWORD)
    assert again.returncode == 1
    assert "already" in again.stderr
    assert again.stderr.count("\n") == 1


def test_what_init_was_told_is_what_the_shop_is(installation: Installation, tmp_path: Path) -> None:
    installation.init(currency="EUR", timezone="Europe/Berlin")
    installation.run("export", "--out", str(tmp_path / "out"))
    about = json.loads((tmp_path / "out" / "export.json").read_text())
    assert about["shop"] | {"name": "Corner Coffee", "currency": "EUR", "timezone": "Europe/Berlin"} == about["shop"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--currency": "RUPEES"}, "RUPEES"),
        ({"--timezone": "Mars/Olympus"}, "not a time zone"),
        ({"--owner": "olive"}, "not an e-mail address"),
        ({"--shop": "  "}, "needs a name"),
        ({"stdin": "short1"}, "too short"),
        ({"stdin": ""}, "password is empty"),
    ],
)
def test_wrong_answers_make_nothing(installation: Installation, change: dict[str, str], says: str) -> None:
    words = {"--shop": "X", "--currency": "EUR", "--timezone": "UTC", "--owner": "olive@example.com"} | change
    stdin = words.pop("stdin", PASSWORD)
    said = installation.run("init", "--password-stdin", *[w for pair in words.items() for w in pair], stdin=stdin)
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert says in said.stderr


def test_an_owner_who_is_refused_leaves_no_shop(installation: Installation) -> None:
    assert installation.run(*INIT, "--owner", "olive@example.com", stdin="short1").returncode == 1
    installation.init()


def test_a_command_without_a_shop_says_how_to_make_one(installation: Installation) -> None:
    said = installation.run("export", "--out", "/nowhere")
    assert said.returncode == 1
    assert "regulars init" in said.stderr


def test_an_unknown_setting_is_one_line(installation: Installation) -> None:
    said = installation.run("doctor", env={"REGULARS_PROT": "8000"})
    assert said.returncode == 1
    assert said.stderr.startswith("regulars: unknown setting REGULARS_PROT")
    assert said.stderr.count("\n") == 1


def test_a_database_that_is_not_there_is_one_line(installation: Installation) -> None:
    said = installation.run("export", "--out", "/x", env={"DATABASE_URL": "postgresql://127.0.0.1:1/none"})
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "Traceback" not in said.stderr


@pytest.mark.slow
def test_several_may_start_at_once(installation: Installation) -> None:
    owners = [f"owner{n}@example.com" for n in range(3)]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda o: installation.run(*INIT, "--owner", o, stdin=PASSWORD), owners))
    assert sorted(d.returncode for d in done) == [0, 1, 1], [d.stderr for d in done]


def test_every_command_module_can_be_listed_without_django(installation: Installation) -> None:
    said = installation.run("--help", env={"DJANGO_SETTINGS_MODULE": "no.such.settings"})
    assert said.returncode == 0, said.stderr
