"""The one thread of a process that writes events: what waits at the same moment shares a commit.

A request is answered after its commit. While one commit waits for the disk others queue up, and the next takes them
all: durable costs a disk flush for hundreds of requests instead of for each (group commit; DeWitt et al. 1984).
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import Error, close_old_connections, connection, transaction

from regulars.base import bulk
from regulars.base.clock import from_us, now, to_us
from regulars.base.faults import fault_point
from regulars.sources.tracker import links
from regulars.sources.tracker.refusals import SLACK, keep_newest
from regulars.sources.tracker.rules import Taken
from regulars.stream.operations import record_rows

log = logging.getLogger("regulars.tracker")

WAITING = 2000  # requests that may wait; more are told to come again
ROWS = 20_000  # events of a commit at most
# While requests come in crowds a commit waits this long for more of them, as PostgreSQL's commit_delay does: fewer
# commits leave the processor to the requests. One that comes alone is never kept waiting.
GATHERING_SECONDS = 0.002
CROWD = 3


class Busy(Exception):
    """Too much waits, or the storage is down: the client must send again later."""


@dataclass(slots=True)
class _Waiting:
    taken: Taken
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class Writer:
    """Started with its first request; one for each process."""

    def __init__(self) -> None:
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._refused: Counter[int] = Counter()
        self._is_crowded = False

    async def write(self, taken: Taken) -> None:
        """Return when everything of ``taken`` is on the disk. Raise Busy if it is not, so that it is sent again."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(taken, loop, loop.create_future())
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            raise Busy from None
        self._start()
        await waiting.done

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._work, name="tracker writer", daemon=True)
                    self._thread.start()

    def close(self) -> None:
        """Write what waits, then end the thread and its connection. A later ``write`` starts another."""
        if self._thread is not None and self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            if not group:
                continue
            try:
                self._commit([w.taken for w in group])
            except Exception as error:
                log.warning("%d requests of events could not be written: %s", len(group), error)
                self._one_by_one(group, error)
            else:
                _tell(group, None)
        connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Return the requests that share the next commit, and False behind the last of them."""
        waiting = self._queue.get()
        if self._is_crowded:
            time.sleep(GATHERING_SECONDS)
        group: list[_Waiting] = []
        rows = 0
        while waiting is not None:
            group.append(waiting)
            rows += len(waiting.taken.rows)
            if rows >= ROWS:
                break
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
        self._is_crowded = len(group) > CROWD
        return group, waiting is not None

    def _one_by_one(self, group: Sequence[_Waiting], error: Exception) -> None:
        """One request that the database refuses must not hold up those beside it."""
        close_old_connections()
        if len(group) == 1 or not isinstance(error, Error):
            _tell(group, Busy())
            return
        for waiting in group:
            try:
                self._commit([waiting.taken])
            except Exception:
                log.exception("events of site key %s could not be written", waiting.taken.key.id)
                _tell([waiting], Busy())
            else:
                _tell([waiting], None)

    def _commit(self, group: Sequence[Taken]) -> None:
        with transaction.atomic():
            put(group)
            self._count(group)
            fault_point("tracker.1.before_commit")
        fault_point("tracker.2.after_commit")

    def _count(self, group: Sequence[Taken]) -> None:
        received: Counter[int] = Counter()
        refused: Counter[int] = Counter()
        at = now()
        refusals = []
        for taken in group:
            received[taken.key.id] += len(taken.rows)
            refused[taken.key.id] += len(taken.refused)
            refusals += [(taken.key.id, to_us(at), *refusal) for refusal in taken.refused]
        day = from_us(to_us(at)).date()
        with connection.cursor() as cursor:
            for key in received:
                cursor.execute(
                    "INSERT INTO tracker_keyday (key_id, date, received, refused) VALUES (%s, %s, %s, %s) "
                    "ON CONFLICT (key_id, date) DO UPDATE SET received = tracker_keyday.received + excluded.received, "
                    "refused = tracker_keyday.refused + excluded.refused",
                    [key, day, received[key], refused[key]],
                )
        if refusals:
            bulk.insert("tracker_refusal", ["key_id", "at", "reason", "type", "name"], refusals)
            for key, count in refused.items():
                self._refused[key] += count
                if self._refused[key] >= SLACK:
                    keep_newest(key)
                    self._refused[key] = 0


def put(group: Sequence[Taken]) -> None:
    """Record what these requests brought, inside the caller's transaction."""
    if rows := [row for taken in group for row in taken.rows]:
        record_rows(rows)
    links.put(group)


def _tell(group: Sequence[_Waiting], error: Exception | None) -> None:
    """Wake the waiting requests, with one call for each loop: a call for each request costs more than its event."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for waiting in group:
        loops.setdefault(waiting.loop, []).append(waiting.done)
    for loop, futures in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_wake, futures, error)


def _wake(futures: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error) if error else future.set_result(None)
