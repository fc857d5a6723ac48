"""The web process that ``serve`` starts: the server's root, and an end when the parent ends.

The server's own process may be killed outright. Its web process would live on and hold the port; so it waits for its
parent and leaves with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading

from regulars.config.asgi import application

__all__ = ["application"]


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


# The writer of events gives the interpreter up at every row it hands to the database, and would wait this long (5 ms
# by default) to get it back from the thread that answers requests.
sys.setswitchinterval(0.0005)
threading.Thread(target=_leave_with_parent, name="leaves with parent", daemon=True).start()
