"""Lines that stay open: what a telephone company reports over SMPP comes to whoever is bound, and to nobody else.

They are held by the background worker, in a thread each: it is one process that is supervised, stops in order and has
the database at hand, while web processes may be several and a job must end.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import close_old_connections, connection

from regulars.base.clock import now
from regulars.base.jobs import worker_name
from regulars.base.secrets import Unreadable
from regulars.channels.contract import ADAPTERS, LineRefused, Listens, Report, SettingsError
from regulars.messages.models import Sender
from regulars.messages.operations import hear, settings_of
from regulars.messages.operations.hearing import is_early
from regulars.sources.answers.operations import give_line, note_line, take_line

log = logging.getLogger("regulars.answers")

# Seconds between two looks for senders without a line, and between two signs of life of one.
LOOK_SECONDS = 10.0
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# A password that is wrong is asked seldom: too many tries lock an account.
REFUSED_PAUSE, LONGEST_REFUSED_PAUSE = 60.0, 900.0


class Early(Exception):
    """What is reported may be of a message that is not settled yet; the provider has to bring it again."""


def _adapter(sender: Sender) -> Listens | None:
    found = ADAPTERS.get((sender.channel, sender.adapter))
    return found if isinstance(found, Listens) else None


def listens(sender: Sender) -> bool:
    """Return whether a sender's provider reports over a line, and the shop wants to hear it."""
    adapter = _adapter(sender)
    try:
        return adapter is not None and adapter.is_listening(settings_of(sender))
    except (SettingsError, Unreadable):
        return False


class Hold:
    """One worker's hold on the line of one sender."""

    def __init__(
        self, sender: Sender, worker: str, until: Callable[[], bool], clock: Callable[[], datetime] = now
    ) -> None:
        self._sender, self._worker, self._until, self._clock = sender, worker, until, clock
        self._looked = time.monotonic()
        self.was_open = False

    def listen(self, adapter: Listens, settings: Mapping[str, str]) -> None:
        """Listen until told to stop, or the sender changes; raises what the adapter raises."""
        try:
            adapter.listen(settings, self._hear, self._goes_on)
        finally:
            if self.was_open:
                note_line(self._sender.pk, self._worker, open_since=None)

    def _hear(self, report: Report) -> None:
        if is_early(self._sender, report):
            raise Early
        hear(self._sender, [report], at=self._clock())

    def _goes_on(self) -> bool:
        if not self.was_open:
            self.was_open = True
            note_line(self._sender.pk, self._worker, open_since=self._clock())
        if self._until():
            return False
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return True
        self._looked = time.monotonic()
        same = Sender.objects.filter(pk=self._sender.pk, retired_at=None, sealed=bytes(self._sender.sealed))
        return same.exists() and take_line(self._sender.pk, self._worker, at=self._clock())


def hold(pk: int, worker: str, until: Callable[[], bool]) -> float | None:
    """Hold a sender's line until it ends; return after how many seconds at least to try again, None for never.

    The pause is the shortest; who calls makes it longer each time it comes to nothing.
    """
    sender = Sender.objects.filter(pk=pk, retired_at=None).first()
    adapter = _adapter(sender) if sender else None
    if sender is None or adapter is None or not listens(sender):
        return None
    if not take_line(pk, worker, at=now()):
        return LOOK_SECONDS
    line = Hold(sender, worker, until)
    try:
        line.listen(adapter, settings_of(sender))
    except LineRefused:
        log.warning("sender %s: the provider does not let us listen", pk)
        note_line(pk, worker, open_since=None, problem="refused")
        return REFUSED_PAUSE
    except ConnectionError as error:
        log.warning("sender %s: its line broke: %s", pk, error)
        note_line(pk, worker, open_since=None, problem="broken")
        return 0.0 if line.was_open else SHORTEST_PAUSE
    return 0.0


class Listening:
    """Keeps every line open from ``start()`` on, each in a thread, until ``stop`` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop, self._worker = stop, worker_name()
        self._threads: dict[int, threading.Thread] = {}
        self._look = threading.Thread(target=self._run, name="opens lines", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._look.start()

    def join(self, seconds: float) -> None:
        """Wait until every line is closed in order, after ``stop`` was set."""
        end = time.monotonic() + seconds
        for thread in (self._look, *list(self._threads.values())):
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                close_old_connections()
                for sender in Sender.objects.filter(retired_at=None):
                    thread = self._threads.get(sender.pk)
                    if (thread is None or not thread.is_alive()) and listens(sender):
                        name = f"line of sender {sender.pk}"
                        thread = threading.Thread(target=self._keep, args=(sender.pk,), name=name, daemon=True)
                        self._threads[sender.pk] = thread
                        thread.start()
            except Exception:  # the database may be back at the next look
                log.exception("lines could not be looked for")
            self._stop.wait(LOOK_SECONDS)
        connection.close()

    def _keep(self, pk: int) -> None:
        pause = 0.0
        try:
            while not self._stop.is_set():
                least = self._once(pk)
                if least is None:
                    return
                longest = LONGEST_REFUSED_PAUSE if least >= REFUSED_PAUSE else LONGEST_PAUSE
                # A line that was open is opened again at once; one that does not open, later and later.
                pause = min(longest, max(least, pause * 2)) if least else SHORTEST_PAUSE
                self._stop.wait(pause * random.uniform(0.75, 1.25))
        finally:
            try:
                give_line(pk, self._worker)
            finally:
                connection.close()

    def _once(self, pk: int) -> float | None:
        try:
            close_old_connections()
            return hold(pk, self._worker, self._stop.is_set)
        except Exception as error:
            # Its text may hold what somebody wrote.
            log.warning("the line of sender %s could not be held: %s", pk, type(error).__name__)
            return SHORTEST_PAUSE
