"""``regulars serve`` as a person runs it: in a process of its own, on a free port."""

from __future__ import annotations

import http.client
import http.cookiejar
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlencode

from tests.conftest import REPOSITORY, Installation

PATIENCE = 60


def free_port() -> int:
    """Return a port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(installation: Installation, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run ``regulars serve`` in another process until the block ends; then kill it."""
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


def wait(check: Callable[[], object], what: str) -> None:
    """Wait until ``check`` is true: by the condition, not by the clock."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not check():
        assert time.monotonic() < end, f"not in {PATIENCE} s: {what}"
        pause.wait(0.1)


def answers(port: int) -> bool:
    """Return whether the sign-in page answers."""
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection,
    ):
        connection.request("GET", "/account/sign-in/")
        return connection.getresponse().status in {200, 302}
    return False


def is_open(port: int) -> bool:
    """Return whether somebody listens on the port."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Browser:
    """Gets pages and sends forms as a browser does, with cookies and the form's token; errors are raised."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open

    def get(self, path: str) -> str:
        """Return the page at ``path``."""
        with self._open(self.address + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert found is not None
        return found[1]

    def post(self, path: str, values: dict[str, str]) -> str:
        """Fill in the form of the page at ``path`` and return the page that follows."""
        body = urlencode(values | {"csrfmiddlewaretoken": self._token(path)}).encode()
        with self._open(urllib.request.Request(self.address + path, body), timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def upload(self, path: str, name: str, content: bytes) -> str:
        """Send a file with the form of the page at ``path`` and return the page that follows."""
        line = "----regulars"
        head = (
            f'--{line}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self._token(path)}\r\n'
            f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{line}--\r\n".encode()
        request = urllib.request.Request(
            self.address + path, body, {"Content-Type": f"multipart/form-data; boundary={line}"}
        )
        with self._open(request, timeout=PATIENCE) as answer:
            return str(answer.read().decode())
