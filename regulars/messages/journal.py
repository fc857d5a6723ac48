"""A worker's own notes of what it handed over, so that its death leaves as few riddles as can be.

A claim covers many messages and a commit for each of them would cost most of the time. Instead a worker notes each
message in a file before its first byte leaves, and what the line answered. The notes are not flushed to the disk: they
survive the death of the process, which is what happens, and are not believed after a restart of the machine (its boot
id tells), when everything that was claimed is unknown.
"""

from __future__ import annotations

import fcntl
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from django.conf import settings

from regulars.channels.contract import Outcome

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_ENTRY = struct.Struct("<qB")
# What is noted of a message; anything but the first is the outcome of a receipt.
BEGUN = "begun"
_WORDS = (BEGUN, *get_args(Outcome))


def _boot_id() -> bytes:
    """Return 36 bytes that no other run of this machine has, or none where the system does not say."""
    return _BOOT.read_bytes().strip() if _BOOT.exists() else b""


def _place(worker: str) -> Path:
    return Path(settings.HOME) / "handing_over" / worker.replace("/", "_").replace(":", "_")


class Journal:
    """The notes of one worker, while it lives; thrown away when everything in them was settled."""

    def __init__(self, worker: str) -> None:
        self._path = _place(worker)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("wb", buffering=0)
        # Held as long as the process lives, however it ends.
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._file.write(_boot_id())

    def begin(self, touch: int) -> None:
        """Note that the first byte of this message is about to leave."""
        self._file.write(_ENTRY.pack(touch, 0))

    def end(self, touch: int, outcome: Outcome) -> None:
        """Note what the line answered."""
        self._file.write(_ENTRY.pack(touch, _WORDS.index(outcome)))

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # After an error something may be claimed still, and the notes are what says how far it got.
        if kind is None:
            self._path.unlink(missing_ok=True)
        self._file.close()


def is_here(worker: str) -> bool:
    """Return whether a worker keeps, or left, its notes on this machine."""
    return _place(worker).exists()


def is_alive(worker: str) -> bool:
    """Return whether a worker of this machine still holds its notes."""
    path = _place(worker)
    if not path.exists():
        return False
    with path.open("rb") as notes:
        try:
            fcntl.flock(notes, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def notes(worker: str) -> dict[int, str] | None:
    """Return the last note of a dead worker on each message it began; None if its notes cannot be believed."""
    path, boot = _place(worker), _boot_id()
    if not boot or not path.exists():
        return None
    text = path.read_bytes()
    if text[: len(boot)] != boot:
        return None
    return dict(_entries(text[len(boot) :]))


def _entries(text: bytes) -> Iterator[tuple[int, str]]:
    # A note cut off in the middle was not followed by a byte of its message.
    for touch, word in _ENTRY.iter_unpack(text[: len(text) // _ENTRY.size * _ENTRY.size]):
        yield touch, _WORDS[word]


def forget(worker: str) -> None:
    """Remove the notes of a dead worker, once its claims were judged."""
    _place(worker).unlink(missing_ok=True)
