"""A provider that writes down what it takes, in a file that outlives every worker, and does not always say so."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt, Setting, register

# (what it does, what it says, how often of a hundred)
MOODS = (
    (True, "accepted", 78),
    (False, "later", 10),
    (True, "unknown", 4),
    (False, "unknown", 4),
    (False, "refused", 4),
)


class _Line:
    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def deliver(self, message: Outgoing) -> Receipt:
        takes, says, _ = random.choices(MOODS, [mood[2] for mood in MOODS])[0]
        if takes:
            os.write(self._file, f"{message.id}\n".encode())
        return Receipt(says, code="sink", retry_after=0.0 if says == "later" else None)  # type: ignore[arg-type]

    def close(self) -> None:
        os.close(self._file)


class Sink:
    """The adapter: ``path`` is the file."""

    channel, name, title = "email", "sink", "Sink"
    settings: Sequence[Setting] = (Setting("path", "File", is_required=True),)
    remembers_seconds = 0
    country = ""

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[_Line]:
        line = _Line(settings["path"])
        try:
            yield line
        finally:
            line.close()

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        return Answer(404)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        return ()


def declare() -> None:
    """Make the sink known in this process."""
    sink: Any = Sink()
    register(sink)
