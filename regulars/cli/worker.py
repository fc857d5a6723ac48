"""The background worker as a process of its own: ``python -m regulars.cli.worker``, kept alive by ``serve``.

It stops after its present job at SIGTERM, and also when its standard input closes: that is how it learns that its
parent was killed, on every system and without asking.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from regulars.cli.start import start_django

GRACE_SECONDS = 20
# How long lines have to be closed in order.
LINE_SECONDS = 10


def _leave_with_parent(stop: threading.Event) -> None:
    # Not sys.stdin: its lock, held by a thread that waits, ends the interpreter with a fatal error.
    while os.read(0, 1024):
        pass
    stop.set()
    # A job that takes longer than this is given up; its lease runs out and another worker takes it.
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


def main() -> int:
    """Work until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_leave_with_parent, args=(stop,), daemon=True).start()
    start_django()
    from regulars.base import jobs
    from regulars.sources.answers.listening import Listening

    listening = Listening(stop)
    listening.start()
    jobs.work(stop)
    # Providers count a session that nobody said goodbye in as one that is still there.
    listening.join(LINE_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
