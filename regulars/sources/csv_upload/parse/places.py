"""Knowing rows without numbers by their content and their place among equal rows."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from hashlib import blake2b
from pathlib import Path

_IN_MEMORY = 500_000


class Places:
    """Counts equal contents. Past half a million different ones it goes on in a file, so that memory stays flat."""

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._limit = in_memory
        self._counts: dict[bytes, int] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._file: sqlite3.Connection | None = None

    def number(self, content: str) -> str:
        """Return the number of the next row with this content: the same for the same row of the same file."""
        digest = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=12).digest()
        return f"log-{digest.hex()}-{self._next(digest)}"

    def _next(self, digest: bytes) -> int:
        if self._file is None:
            place = self._counts[digest] = self._counts.get(digest, 0) + 1
            if len(self._counts) > self._limit:
                self._move_out()
            return place
        sql = "INSERT INTO place VALUES (?, 1) ON CONFLICT (digest) DO UPDATE SET n = n + 1 RETURNING n"
        return int(self._file.execute(sql, (digest,)).fetchone()[0])

    def _move_out(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="regulars-places-")
        self._file = sqlite3.connect(Path(self._folder.name) / "places.sqlite3", isolation_level=None)
        self._file.execute("PRAGMA journal_mode=OFF")
        self._file.execute("PRAGMA synchronous=OFF")
        self._file.execute("PRAGMA cache_size=-65536")
        self._file.execute("CREATE TABLE place (digest BLOB PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID")
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO place VALUES (?, ?)", self._counts.items())
        self._counts = {}

    def close(self) -> None:
        """Remove the file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._folder is not None:
            with contextlib.suppress(OSError):
                self._folder.cleanup()
            self._folder = None
