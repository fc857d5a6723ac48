"""The clients of other makers, as published: fetched by npm from the lock file beside, kept outside the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import pytest

MANIFEST = Path(__file__).with_name("clients")
MISSING = "node and npm are not installed (apt-get install nodejs npm)"


def fetched() -> Path:
    """Return the folder that holds ``node_modules``. Skip where it cannot be had; in CI that is a failure."""
    lock = (MANIFEST / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "regulars-tests"
    folder = cache / f"clients-{sha256(lock).hexdigest()[:16]}"
    if not shutil.which("node"):
        _cannot(MISSING)
    if folder.exists():
        return folder
    if not shutil.which("npm"):
        _cannot(MISSING)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as made:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(MANIFEST / name, made)
        # npm refuses what has another SHA-512 than the lock file says; nothing of the packages is run.
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode:
            said = " ".join(done.stderr.split())[:300]
            _cannot(f"npm could not fetch the clients; its registry has to be reachable: {said}")
        with suppress(OSError):  # another process was first
            Path(made).rename(folder)
            Path(made).mkdir()  # for the end of the block
    return folder


def _cannot(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
