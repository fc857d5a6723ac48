"""Keeps one child process running: starts it, starts it again when it dies, stops it with its parent."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Sequence

log = logging.getLogger("regulars.serve")

STEADY_SECONDS = 30  # a child that lived this long had a good start: the next pause is short again
LONGEST_PAUSE = 30.0


class Supervisor:
    """One supervised child. Its standard input is a pipe that closes when this process dies, however it dies."""

    def __init__(self, command: Sequence[str], name: str) -> None:
        self.command, self.name = list(command), name
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name=f"keeps {name}", daemon=True)

    def start(self) -> None:
        """Start the child and the thread that keeps it."""
        self._thread.start()

    def _keep(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            began = time.monotonic()
            # A group of its own: Ctrl-C in the terminal reaches the parent, which stops the child in order.
            with subprocess.Popen(self.command, stdin=subprocess.PIPE, start_new_session=True) as self._child:
                code = self._child.wait()
            if self._stopping.is_set():
                return
            pause = 0.5 if time.monotonic() - began > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            log.error("the %s ended with %s; starting it again in %.0f s", self.name, code, pause)
            self._stopping.wait(pause)

    def stop(self, patience_seconds: float = 20) -> None:
        """Ask the child to end, wait, and kill it if it does not."""
        self._stopping.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                child.kill()
        if self._thread.ident is not None:
            self._thread.join(5)
