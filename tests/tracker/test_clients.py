"""Clients of other makers, unmodified and from their packages, against a server as it is run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import REPOSITORY, Installation
from tests.serving import answers, free_port, serving, wait

pytestmark = pytest.mark.slow

MAKE_KEY = """
from regulars.cli.start import start_django
start_django()
from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.shop.operations import add_store
from regulars.sources.tracker.operations import add_key
store = add_store(name="Site", currency="CNY", timezone="UTC", country="CN", by=SYSTEM, at=now())
print(add_key(name="Site", store=store, use="server", by=SYSTEM, at=now()).key)
"""
READ = """
from regulars.cli.start import start_django
start_django()
import json
from regulars.stream.models import Activity
rows = Activity.objects.filter(kind__startswith="site.").order_by("occurred_at", "id")
print(json.dumps([[a.kind, a.visitor, json.loads(a.body)] for a in rows]))
"""
SEGMENT = """
import sys, segment.analytics as analytics
analytics.write_key, analytics.host, analytics.gzip = sys.argv[1], sys.argv[2], True
analytics.on_error = lambda error, items: sys.exit(repr(error))
analytics.identify("77", {"email": "ada@example.com"})
analytics.page("77", "tea", "Oolong", {"url": "https://shop.example/oolong"})
analytics.track("77", "Product Viewed", {"product_id": "TEA-1", "name": "Oolong"})
analytics.track(anonymous_id="a-9", event="Product Added", properties={"product_id": "TEA-1", "quantity": 2})
analytics.group("77", "guild")
analytics.alias("a-9", "77")
analytics.screen("77", "app", "Basket")
analytics.flush(); analytics.shutdown()
"""
RUDDER = """
import sys, rudderstack.analytics as analytics
analytics.write_key, analytics.dataPlaneUrl = sys.argv[1], sys.argv[2]
analytics.on_error = lambda error, items: sys.exit(repr(error))
analytics.identify("78", {"phone": "13800138000"})
analytics.track("78", "Order Completed", {"order_id": "A1", "products": [{"product_id": "TEA-1"}]})
analytics.flush(); analytics.shutdown()
"""


@pytest.fixture
def site(installation: Installation) -> Iterator[tuple[Installation, str, str]]:
    """Yield the installation, the address of its server and a write key."""
    installation.init()
    key = _python(installation, MAKE_KEY).strip()
    port = free_port()
    with serving(installation, port):
        wait(lambda: answers(port), "the sign-in page")
        yield installation, f"http://127.0.0.1:{port}", key


def _python(installation: Installation, program: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=installation.env, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_segments_and_rudderstacks_python_libraries(site: tuple[Installation, str, str]) -> None:
    installation, address, key = site
    for _ in range(2):  # a second run has other message ids: these are other events
        _python(installation, SEGMENT, key, address)
    _python(installation, RUDDER, key, address)
    found: list[tuple[str, str, dict[str, Any]]] = json.loads(_python(installation, READ))
    kinds = sorted(kind for kind, _, _ in found)
    once = ["custom", "identified", "identified", "page_viewed", "page_viewed", "product_added", "product_viewed"]
    assert kinds == sorted([f"site.{k}" for k in once] * 2 + ["site.identified", "site.order_hinted"])
    viewed = next(body for kind, _, body in found if kind == "site.product_viewed")
    assert (viewed["product"], viewed["name"]) == ("TEA-1", "Oolong")
    added = next((visitor, body) for kind, visitor, body in found if kind == "site.product_added")
    assert (added[0], added[1]["quantity"]) == ("a-9", 2)
    assert "example.com" not in json.dumps(found)
    assert "138001" not in json.dumps(found)
