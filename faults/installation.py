"""An installation of its own in a temporary home, whose commands can be made to die at a fault point."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it lives. This process is set up for it too, so a scenario may call operations itself."""

    home: Path

    def start(self, *words: str, fault: str = "") -> subprocess.Popen[str]:
        """Start ``python -m WORDS…``; with ``fault`` it kills itself at that point."""
        env = {k: v for k, v in os.environ.items() if k != "REGULARS_FAULT"}
        if fault:
            env["REGULARS_FAULT"] = fault
        return subprocess.Popen(
            [sys.executable, "-m", *words], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start_and_wait(self, *words: str, fault: str = "") -> int:
        """Run ``python -m WORDS…`` to its end and return its exit code; -9 if it was killed."""
        process = self.start(*words, fault=fault)
        process.communicate(timeout=300)
        return process.returncode

    def regulars(self, *words: str, fault: str = "", stdin: str = "") -> int:
        """Run a command to its end and return its exit code; -9 if it was killed."""
        process = self.start("regulars.cli.main", *words, fault=fault)
        process.communicate(stdin, timeout=300)
        return process.returncode


@contextmanager
def new() -> Iterator[Installation]:
    """Yield a shop in a home that is gone afterwards; its database is DATABASE_URL (to be empty) or SQLite there."""
    with tempfile.TemporaryDirectory(prefix="regulars-faults-") as name:
        os.environ["REGULARS_HOME"] = name
        os.environ.pop("REGULARS_FAULT", None)
        from regulars.cli.start import start_django

        start_django()
        found = Installation(Path(name))
        done = found.regulars(
            "init", "--shop", "Corner Coffee", "--currency", "CNY", "--timezone", "Asia/Shanghai",
            "--owner", "olive@example.com", "--password-stdin", stdin="calm harbour 42",
        )  # fmt: skip
        if done:
            raise RuntimeError(f"`regulars init` ended with {done}")
        try:
            yield found
        finally:
            from django.db import connections

            connections.close_all()
