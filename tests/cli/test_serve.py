"""One command serves pages and does the background work, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from regulars.cli.supervisor import Supervisor
from tests.conftest import PASSWORD, Installation
from tests.serving import PATIENCE, Browser, answers, free_port, is_open, serving, wait


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
    port = free_port()
    with serving(installation, port) as server:
        wait(lambda: answers(port), "the sign-in page")
        wait(lambda: _workers(server.pid), "a worker")
        (first,) = _workers(server.pid)
        os.kill(first, signal.SIGKILL)
        wait(lambda: _workers(server.pid) and _workers(server.pid) != [first], "another worker")
        refused = installation.run("serve", "--port", str(port))
        assert (refused.returncode, f"port {port} is taken" in refused.stderr) == (1, True)
        (second,) = _workers(server.pid)
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
        assert not Path(f"/proc/{second}").exists()
        assert not is_open(port)


@pytest.mark.slow
def test_forms_uploads_and_downloads_pass_through_the_server(installation: Installation) -> None:
    installation.init()
    port = free_port()
    with serving(installation, port):
        wait(lambda: answers(port), "the sign-in page")
        browser = Browser(f"http://127.0.0.1:{port}")
        browser.post("/account/sign-in/", {"email": "olive@example.com", "password": PASSWORD})
        assert "olive@example.com" in browser.get("/account/")
        lines = "".join(f"A{n},c{n % 997},2026-01-{1 + n % 28:02},{n % 90}.50\n" for n in range(200_000))
        page = browser.upload("/imports/new/", "orders.csv", f"order,customer,date,total\n{lines}".encode())
        assert "orders.csv" in page
        assert "," in browser.get("/customers/export").splitlines()[0]
        assert 'src="/static/' in browser.get("/")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_killed_server_leaves_no_process_and_no_port(installation: Installation) -> None:
    port = free_port()
    with serving(installation, port) as server:
        assert server.stdout is not None
        wait(lambda: answers(port) and _workers(server.pid), "the first-start page and a worker")
        assert "owner" in server.stdout.readline()
        (worker,) = _workers(server.pid)
        server.kill()
        server.wait(PATIENCE)
        wait(lambda: not is_open(port), "the port is free")
        wait(lambda: not Path(f"/proc/{worker}").exists(), "the worker is gone")


def test_a_child_that_dies_is_started_again_and_stopped_with_its_parent(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    program = f"open({str(log)!r}, 'a').write('x'); import sys; sys.exit(1)"
    keeper = Supervisor([sys.executable, "-c", program], "child")
    keeper.start()
    wait(lambda: log.exists() and len(log.read_text()) >= 2, "a second start")
    keeper.stop()
    assert not keeper._thread.is_alive()
