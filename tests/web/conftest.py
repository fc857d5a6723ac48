"""The cast for every test of a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.web.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Return Corner Coffee with its customers and orders."""
    # This file is read before Django is set up.
    from tests.web.cast import open_shop

    return open_shop()


@pytest.fixture
def count_up(db: None, settings: Any, tmp_path: Path) -> Callable[[], None]:
    """Return a function that does what the background does: writes the lake, and works the numbers of pages out."""
    from regulars.stream.lake import write_now
    from regulars.web import jobs
    from regulars.web.numbers import engine

    settings.HOME = tmp_path

    def work() -> None:
        write_now()
        engine.engine().refresh()
        jobs.refresh_numbers()
        jobs.refresh_store_numbers()

    return work
