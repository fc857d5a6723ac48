"""The web process that ``serve`` starts: Django's WSGI entry, and an end when the parent ends.

The server's own process may be killed outright. Its web process would live on and hold the port; so it waits for its
parent and leaves with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading

from regulars.config.wsgi import application

__all__ = ["application"]


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


threading.Thread(target=_leave_with_parent, name="leaves with parent", daemon=True).start()
