"""Where the tests run: a temporary REGULARS_HOME, SQLite by default, PostgreSQL with REGULARS_TEST_DB=postgres."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Database, find_postgres

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY.parent / "shared" / "data"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WANTED = os.environ.setdefault("REGULARS_TEST_DB", "sqlite")
HOME = tempfile.mkdtemp(prefix="regulars-tests-")
KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()

# Settings are read when Django starts, which pytest-django does after this file.
os.environ["REGULARS_HOME"] = HOME
os.environ["REGULARS_INSTALLATION_KEY"] = KEY
os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
# Playwright keeps an event loop in the main thread, where Django would refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

POSTGRES: Database | None = None
if WANTED == "postgres":
    POSTGRES = find_postgres(Path(HOME))
    # Workers of xdist inherit the address; pytest-django gives each its own test database.
    os.environ["DATABASE_URL"] = POSTGRES.url if POSTGRES else "postgresql://127.0.0.1:1/none"
elif "DATABASE_URL" in os.environ:
    del os.environ["DATABASE_URL"]


def pytest_configure(config: pytest.Config) -> None:
    """Make what is slow on purpose fast, for tests only."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    if WANTED == "sqlite":
        # A file as in life, so that threads and live servers have connections of their own; a lost one costs nothing.
        database.setdefault("TEST", {})["NAME"] = str(Path(HOME) / "test.sqlite3")
        database["OPTIONS"]["init_command"] = database["OPTIONS"]["init_command"].replace("=FULL", "=OFF")
    # Workers of xdist inherit the environment. With this name in it pytest-django reads the settings before this file
    # could give the worker a home of its own, and workers that share one overwrite each other's uploads.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the private server and remove the temporary home."""
    if POSTGRES is not None:
        POSTGRES.stop()
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    """Name the database the suite runs on."""
    return f"database: {POSTGRES.name if POSTGRES else WANTED}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave PostgreSQL's own tests to the run on PostgreSQL; skip, with the reason, what this machine cannot run."""
    if WANTED == "sqlite":
        of_postgres = [i for i in items if i.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=of_postgres)
        items[:] = [i for i in items if not i.get_closest_marker("postgres")]
    elif POSTGRES is None:
        reason = pytest.mark.skip(reason="no PostgreSQL server answers and initdb is not installed")
        for item in items:
            item.add_marker(reason)
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="chromium is not installed (apt-get install chromium)"))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium; as root it has no sandbox."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture
def data() -> Callable[[str], Path]:
    """Return the path of a file of the shared data sets; skip where they are not."""

    def find(path: str) -> Path:
        if not (DATA / path).exists():
            pytest.skip(f"the data set {path} is not beside the repository")
        return DATA / path

    return find


def _staff(name: str, role: str) -> Any:
    from regulars.base.clock import now
    from regulars.staff.models import Staff

    staff = Staff(email=f"{name.lower()}@example.com", name=name, role=role, joined_at=now())
    staff.set_password(PASSWORD)
    staff.save()
    return staff


PASSWORD = "calm harbour 42"


@pytest.fixture
def olive(db: None) -> Any:
    """Return Olive, the owner."""
    return _staff("Olive", "owner")


@pytest.fixture
def mia(db: None) -> Any:
    """Return Mia, a manager."""
    return _staff("Mia", "manager")


@pytest.fixture
def mark(db: None) -> Any:
    """Return Mark, a marketer."""
    return _staff("Mark", "marketer")


@pytest.fixture
def sam(db: None) -> Any:
    """Return Sam, an agent."""
    return _staff("Sam", "agent")


@pytest.fixture
def ana(db: None) -> Any:
    """Return Ana, an analyst, who sees no personal data."""
    return _staff("Ana", "analyst")


@pytest.fixture
def client_of() -> Callable[[Any], Any]:
    """Return a test client signed in as the given member of staff."""
    from django.test import Client

    def sign_in(staff: Any) -> Client:
        client = Client()
        client.force_login(staff)
        return client

    return sign_in


@dataclass(frozen=True)
class Installation:
    """An installation of its own, reached as its owner does: by the ``regulars`` command in another process."""

    home: Path
    env: dict[str, str]

    def run(self, *words: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``regulars WORDS…`` to its end and return what it said."""
        return subprocess.run(
            [sys.executable, "-m", "regulars.cli.main", *words],
            input=stdin, capture_output=True, text=True, timeout=300, check=False,
            cwd=REPOSITORY, env={**self.env, **(env or {})},
        )  # fmt: skip

    def init(self, currency: str = "CNY", timezone: str = "Asia/Shanghai") -> None:
        """Set the shop up with Olive as its owner."""
        done = self.run(
            "init", "--shop", "Corner Coffee", "--currency", currency, "--timezone", timezone,
            "--owner", "olive@example.com", "--password-stdin", stdin=PASSWORD,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@contextmanager
def installation_in(folder: Path) -> Iterator[Installation]:
    """Give an empty installation (home and database) whose home is in ``folder``."""
    env = {k: v for k, v in os.environ.items() if k not in {"REGULARS_FAULT", "DATABASE_URL"}}
    env["REGULARS_HOME"] = str(folder / "home")
    if env.pop("PYTHONDONTWRITEBYTECODE", None):
        # Compiling all of Django for each command would take most of the tests' time.
        env["PYTHONPYCACHEPREFIX"] = str(Path(HOME) / "bytecode")
    if POSTGRES is None:
        yield Installation(folder / "home", env)
        return
    with POSTGRES.new_database() as url:
        yield Installation(folder / "home", {**env, "DATABASE_URL": url})


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Return an empty installation for tests that start ``regulars`` in another process."""
    with installation_in(tmp_path) as made:
        yield made
