"""A PostgreSQL server for the tests: the one that answers, or a private one where its programs are installed."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

USUAL = "postgresql://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True)
class Database:
    """Where the suite's database is. ``name`` is for people; ``stop`` ends a private server."""

    url: str
    name: str
    stop: Callable[[], None]

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """Yield the address of an empty database that is dropped afterwards."""
        parts = urlsplit(self.url)
        name = f"regulars_{secrets.token_hex(6)}"
        server = urlunsplit(parts._replace(path="/postgres"))
        with closing(psycopg.connect(server, autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
            try:
                yield urlunsplit(parts._replace(path=f"/{name}"))
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def find_postgres(folder: Path) -> Database | None:
    """Return a server to test on, or None. Its databases carry names of this run only."""
    for url in filter(None, (os.environ.get("DATABASE_URL"), USUAL)):
        if _answers(url):
            path = urlsplit(url).path if "PYTEST_XDIST_WORKER" in os.environ else f"/regulars_{secrets.token_hex(6)}"
            return Database(urlunsplit(urlsplit(url)._replace(path=path)), _version(url), lambda: None)
    return _private(folder)


def _server(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path="/postgres"))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(_server(url), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _version(url: str) -> str:
    with closing(psycopg.connect(_server(url))) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000}"


def _programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, newest first: Debian keeps them out of PATH."""
    if found := shutil.which("initdb"):
        return Path(os.path.realpath(found)).parent
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]))
    return Path(folders[-1]).parent if folders else None


def _private(folder: Path) -> Database | None:
    """Start a server of our own on a free port in ``folder``; PostgreSQL refuses to run as root."""
    programs = _programs()
    if programs is None:
        return None
    home = folder / "postgres"
    home.mkdir()
    as_user: Sequence[str] = ()
    if os.geteuid() == 0:
        as_user = ("runuser", "-u", "postgres", "--")
        folder.chmod(0o755)
        shutil.chown(home, "postgres", "postgres")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(program: str, *words: str) -> None:
        command = [*as_user, str(programs / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=120)

    cluster = str(home / "data")
    run("initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
    run("pg_ctl", "-D", cluster, "-o", options, "-l", str(home / "log"), "-w", "start")
    url = f"postgresql://postgres@127.0.0.1:{port}/regulars"
    return Database(url, f"{_version(url)} (private)", lambda: run("pg_ctl", "-D", cluster, "-m", "immediate", "stop"))
