"""One server for all tests that run the clients of other makers: they share a worker and each has a key of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tracker.packages import fetched
from tests.tracker.site import Site, open_site, shop_pages


@pytest.fixture(scope="session")
def packages() -> Path:
    """Return the folder whose ``node_modules`` hold the clients."""
    return fetched()


@pytest.fixture(scope="session")
def shared_site(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a running server with keys to use up."""
    with open_site(tmp_path_factory.mktemp("site") / "home") as site:
        yield site


@pytest.fixture(scope="session")
def shop_origin(packages: Path) -> Iterator[str]:
    """Return where the shop's pages are: another origin than the server's."""
    with shop_pages(packages) as origin:
        yield origin
