"""Reads the lake: picks the files a question needs and asks DuckDB."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regulars.insight.manifest import EMPTY, LakeError, Manifest, read_manifest

_KEPT_ANSWERS = 512
_KEPT_ROWS = 5000


class LakeChanged(LakeError):
    """A file of the manifest is gone: the lake was written anew in the meantime, or it is damaged."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query, with the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Lake:
    """A lake folder, open for reading; safe to share between threads.

    memory_mb and threads bound DuckDB, which spills to the temporary folder beyond them. The manifest is looked at
    again at most every ``refresh_seconds``; an answer is kept until a file it was read from changes.
    """

    def __init__(
        self, path: Path | str, *, memory_mb: int = 512, threads: int = 2, refresh_seconds: float = 0.0
    ) -> None:
        self.path = Path(path)
        self._settings = {"memory_limit": f"{memory_mb}MB", "threads": threads, "temp_directory": tempfile.gettempdir()}
        self._refresh_seconds = refresh_seconds
        self._lock = threading.Lock()
        self._connection: Any = None
        self._threads = threading.local()
        self._manifest = EMPTY
        self._stamp: tuple[int, int] | None = None
        self._looked = float("-inf")
        self._answers: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._spans: dict[tuple[object, ...], Answer] = {}

    @property
    def manifest(self) -> Manifest:
        """Return the lake's contents as they are now; raise LakeError for a broken manifest."""
        if time.monotonic() - self._looked >= self._refresh_seconds:
            self.refresh()
        return self._manifest

    def refresh(self) -> None:
        """Read the manifest again if it changed on disk."""
        try:
            found = (self.path / "manifest.json").stat()
            stamp = (found.st_mtime_ns, found.st_ino)
        except FileNotFoundError:
            stamp = None
        with self._lock:
            if stamp is None or stamp != self._stamp:
                self._manifest = read_manifest(self.path)
                self._stamp = stamp
            self._looked = time.monotonic()

    def run(self, sql: str, key: tuple[object, ...] = ()) -> Answer:
        """Return the answer to ``sql``; it is kept under ``key``, which names the contents of the files read.

        Raise LakeChanged when a file is gone and LakeError when DuckDB cannot answer.
        """
        with self._lock:
            kept = self._answers.get((sql, *key))
            if kept is not None:
                self._answers.move_to_end((sql, *key))
                return kept
        answer = self._execute(sql)
        if len(answer.rows) <= _KEPT_ROWS:
            with self._lock:
                self._answers[(sql, *key)] = answer
                while len(self._answers) > _KEPT_ANSWERS:
                    self._answers.popitem(last=False)
        return answer

    def _execute(self, sql: str) -> Answer:
        cursor = self._cursor()
        import duckdb

        try:
            cursor.execute(sql)
            return Answer(tuple(d[0] for d in cursor.description), tuple(cursor.fetchall()))
        except duckdb.IOException as error:
            raise LakeChanged(f"a file of the lake cannot be read: {error}") from error
        except duckdb.Error as error:
            raise LakeError(f"the lake could not answer: {error}") from error

    def run_once(self, sql: str, key: tuple[object, ...]) -> Answer:
        """Return the answer to a question about the lake itself, such as the days it spans; asked once a ``key``."""
        with self._lock:
            kept = self._spans.get((sql, *key))
        if kept is None:
            kept = self._execute(sql)
            with self._lock:
                if len(self._spans) > _KEPT_ANSWERS:
                    self._spans.clear()
                self._spans[(sql, *key)] = kept
        return kept

    def forget_answers(self) -> None:
        """Drop the kept answers, so that the next question is asked of the files again."""
        with self._lock:
            self._answers.clear()

    def _cursor(self) -> Any:
        """Return this thread's own cursor; making one anew costs as much as a small query."""
        found = getattr(self._threads, "cursor", None)
        if found is None:
            with self._lock:
                if self._connection is None:
                    import duckdb  # 0.2 s: only who asks pays

                    self._connection = duckdb.connect(config=self._settings)
                    self._connection.execute("SET parquet_metadata_cache = true")
                found = self._threads.cursor = self._connection.cursor()
        return found
