"""One command serves pages and does the background work, and leaves nothing behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from regulars.cli.supervisor import Supervisor
from tests.conftest import REPOSITORY, Installation

PATIENCE = 60


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(installation: Installation, port: int) -> Iterator[subprocess.Popen[str]]:
    server = subprocess.Popen(
        [sys.executable, "-m", "regulars.cli.main", "serve", "--port", str(port)],
        env=installation.env, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield server
    finally:
        server.kill()
        server.wait(PATIENCE)
        assert server.stdout is not None
        server.stdout.close()


def _wait(check: object, what: str) -> None:
    """Wait until ``check`` is true: by the condition, not by the clock."""
    import threading
    import time

    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not check():  # type: ignore[operator]
        assert time.monotonic() < end, f"not in {PATIENCE} s: {what}"
        pause.wait(0.1)


def _answers(port: int) -> bool:
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection,
    ):
        connection.request("GET", "/account/sign-in/")
        return connection.getresponse().status in {200, 302}
    return False


def _is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _workers(parent: int) -> list[int]:
    """Return the processes below ``parent`` that do background work."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            is_child = int(path.read_text().rsplit(")", 1)[1].split()[1]) == parent
            if is_child and b"regulars.cli.worker" in (path.parent / "cmdline").read_bytes():
                found.append(int(path.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_pages_and_worker_come_and_go_together(installation: Installation) -> None:
    installation.init()
    port = _free_port()
    with _serving(installation, port) as server:
        _wait(lambda: _answers(port), "the sign-in page")
        _wait(lambda: _workers(server.pid), "a worker")
        (first,) = _workers(server.pid)
        os.kill(first, signal.SIGKILL)
        _wait(lambda: _workers(server.pid) and _workers(server.pid) != [first], "another worker")
        refused = installation.run("serve", "--port", str(port))
        assert (refused.returncode, f"port {port} is taken" in refused.stderr) == (1, True)
        (second,) = _workers(server.pid)
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
        assert not Path(f"/proc/{second}").exists()
        assert not _is_open(port)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_killed_server_leaves_no_process_and_no_port(installation: Installation) -> None:
    port = _free_port()
    with _serving(installation, port) as server:
        assert server.stdout is not None
        _wait(lambda: _answers(port) and _workers(server.pid), "the first-start page and a worker")
        assert "owner" in server.stdout.readline()
        (worker,) = _workers(server.pid)
        server.kill()
        server.wait(PATIENCE)
        _wait(lambda: not _is_open(port), "the port is free")
        _wait(lambda: not Path(f"/proc/{worker}").exists(), "the worker is gone")


def test_a_child_that_dies_is_started_again_and_stopped_with_its_parent(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    program = f"open({str(log)!r}, 'a').write('x'); import sys; sys.exit(1)"
    keeper = Supervisor([sys.executable, "-c", program], "child")
    keeper.start()
    _wait(lambda: log.exists() and len(log.read_text()) >= 2, "a second start")
    keeper.stop()
    assert not keeper._thread.is_alive()
