"""What is older than the shop keeps it goes, as the dry run said, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.base.actor import SYSTEM
from regulars.base.clock import now
from regulars.base.keeping import CLASSES, days_kept
from regulars.sources.tracker import following, keeping
from regulars.sources.tracker.models import Link, Visit
from regulars.stream import lake
from regulars.stream.models import Activity
from regulars.web.operations import change_keeping, let_go
from tests.tracker.sending import ask, new_key
from tests.tracker.test_lists import happened

pytestmark = pytest.mark.django_db(transaction=True)


def world() -> Any:
    key = new_key()
    at = now()
    for days in (500, 300, 1):
        happened(key, "v1", at - timedelta(days=days), "page_viewed", host="x", path="/")
    ask("/v1/identify", {"anonymousId": "v2", "userId": "77"}, key=key.key)
    ask("/v1/identify", {"anonymousId": "v1", "userId": "77"}, key=key.key)
    Link.objects.update(at=at - timedelta(days=900))
    Activity.objects.filter(visitor="v2").update(occurred_at=at - timedelta(days=900))
    following.follow(at=at)
    return at


def test_a_dry_run_tells_what_goes(tmp_path: Any) -> None:
    at = world()
    would = {name: each.count(at - timedelta(days=each.default_days)) for name, each in CLASSES.items()}
    assert would == {"site_events": 2, "site_visits": 0, "site_links": 1}
    assert let_go(by=SYSTEM, at=at) == would
    assert let_go(by=SYSTEM, at=at) == dict.fromkeys(would, 0)
    assert sorted(Activity.objects.filter(kind__startswith="site.").values_list("kind", "visitor")) == sorted([
        ("site.page_viewed", "v1"), ("site.page_viewed", "v1"), ("site.identified", "v1"),
        *[("site.visited", "v1")] * 3,
    ])  # fmt: skip
    assert list(Link.objects.values_list("visitor", flat=True)) == ["v1"]
    # The lake follows.
    assert lake.verify(tmp_path, at=at).is_equal
    told = Activity.objects.filter(kind="keeping.let_go").order_by("id").values_list("body", flat=True)
    assert [json.loads(body)["count"] for body in told] == [2, 1]


def test_days_are_the_shops_and_within_bounds(olive: Any, client_of: Callable[[Any], Client]) -> None:
    world()
    client, page = client_of(olive), reverse("web:keeping")
    asked = {"site_events": "30", "site_visits": "400", "site_links": "800", "do": "see"}
    seen = client.post(page, asked)
    assert [line.would_go for line in seen.context["lines"]] == [3, 1, 1]
    assert days_kept()["site_events"] == 400  # nothing is saved by looking
    for wrong in ("0", "-3", "x", "9999999", "３０"):
        assert client.post(page, asked | {"site_events": wrong, "do": "save"}).status_code == 400
    assert days_kept()["site_events"] == 400
    assert client.post(page, asked | {"do": "save"}).status_code == 302
    assert days_kept() == {"site_events": 30, "site_visits": 400, "site_links": 800}
    assert Activity.objects.filter(kind="keeping.changed").count() == 1
    with pytest.raises(ValueError, match="letters"):
        change_keeping(days={"letters": 30}, by=SYSTEM, at=now())


def test_working_rows_of_visits_go_after_their_lists() -> None:
    at = world()
    assert keeping.clear_working_visits(at=at) == 2
    assert Visit.objects.count() == 1
    assert Activity.objects.filter(kind="site.visited").count() == 3
