"""Segment's client for Node.js, unmodified, against a server as it is run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.tracker.packages import MANIFEST
from tests.tracker.site import Key, Site, gate

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("clients")]
PROGRAM = (MANIFEST / "segment_node.mjs").read_text(encoding="utf-8")
KINDS = [
    "custom", "custom", "identified", "identified", "order_hinted", "page_viewed", "page_viewed", "product_added",
    "product_viewed",
]  # fmt: skip


def send(packages: Path, key: Key, address: str, visitor: str) -> None:
    """Run the program to its end. It is read from its input, where packages are looked for in the working folder."""
    done = subprocess.run(
        ["node", "--input-type=module", "-", key.key, address, visitor, json.dumps(key.person)],
        input=PROGRAM, cwd=packages, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def all_is_there(key: Key, visitor: str) -> None:
    """Check that each call came once, typed, with what it says of who it was."""
    arrived = key.wait(len(KINDS))
    assert arrived.kinds == KINDS
    viewed, added, hinted = map(arrived.body, ("product_viewed", "product_added", "order_hinted"))
    assert (viewed["product"], viewed["name"], added["quantity"]) == ("TEA-1", "Oolong", 2)
    assert (hinted["order"], hinted["items"]) == ("A1", 2)
    paths = sorted((b["host"], b["path"], b["title"]) for kind, _, b in arrived.events if kind == "site.page_viewed")
    assert paths == [("", "Basket", "Basket"), ("shop.example", "/oolong", "Oolong")]
    said = sorted((b["event"], b["properties"]) for kind, _, b in arrived.events if kind == "site.custom")
    assert said == [("Liked the film", '{"film":"harvest"}'), ("group", '{"group":"guild"}')]
    # An alias names an account alone; its visitor is known by that.
    (by_account,) = arrived.visitors - {visitor}
    assert by_account.startswith("u:")
    assert arrived.links == {
        (visitor, "account"), (visitor, "email"), (visitor, "phone"), (by_account, "account"),
        (f"{visitor}-before", "account"),
    }  # fmt: skip


def test_each_call_arrives_once_and_typed(packages: Path, shared_site: Site) -> None:
    key = shared_site.key()
    send(packages, key, shared_site.address, "node-1")
    all_is_there(key, "node-1")


def test_what_is_refused_for_a_while_arrives_once(packages: Path, shared_site: Site) -> None:
    key = shared_site.key()
    with gate(shared_site, refuse=2) as before:
        send(packages, key, before.address, "node-2")
    assert (before.refused, set(before.seen)) == (2, {"POST /v1/batch"})
    all_is_there(key, "node-2")
