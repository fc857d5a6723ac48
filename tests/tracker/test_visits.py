"""Events become visits: when one ends, what it holds, that each event counts once, and what late events do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from regulars.base.clock import to_us
from regulars.sources.tracker import following
from regulars.sources.tracker.models import Visit
from regulars.sources.tracker.visits import IDLE_US, Event, Going, body_of, fold
from regulars.stream.models import Activity, Retraction
from regulars.stream.operations import COLUMNS, record_rows
from tests.tracker.sending import ask, new_key

START = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
MINUTE = 60_000_000


def page(minutes: float, visitor: str = "v1", path: str = "/", **said: Any) -> Event:
    body = {"key": 1, "host": "shop.example", "path": path} | said
    return Event(visitor, 1, to_us(START) + round(minutes * MINUTE), "site.page_viewed", json.dumps(body))


def other(minutes: float, kind: str, visitor: str = "v1", **said: Any) -> Event:
    body = json.dumps({"key": 1} | said)
    return Event(visitor, 1, to_us(START) + round(minutes * MINUTE), f"site.{kind}", body)


def test_half_an_hour_ends_a_visit_and_midnight_does_not() -> None:
    visits = fold([page(0), page(29.9), page(59.8), page(89.9)], [])
    assert [(v.pages, v.last - v.started) for v in visits] == [(3, round(59.8 * MINUTE)), (1, 0)]


def test_a_new_campaign_begins_a_visit_and_the_same_one_does_not() -> None:
    visits = fold([
        page(0, source="weibo"), page(1, path="/tea"), page(2, source="weibo"), page(3, source="mail", medium="email"),
        page(4, path="/tea"),
    ], [])  # fmt: skip
    assert [(v.facts.source, v.pages) for v in visits] == [("weibo", 3), ("mail", 2)]


def test_a_visit_holds_what_was_done() -> None:
    (visit,) = fold([
        page(0, path="/", referrer="www.baidu.com", device="phone"), page(1, path="/tea"), page(1.5, path="/tea"),
        other(2, "product_viewed", product="T1", name="Oolong"), other(3, "product_viewed", product="T1"),
        other(3, "product_viewed", product="T2", name="Sencha"), page(4, path="/tea/2"),
        other(5, "product_added", product="T2", quantity=2), other(5.5, "product_removed", product="T2"),
        other(6, "engaged", path="/tea", seconds=70), other(6, "searched"), page(7, path="/till"),
        other(8, "checkout_started"),
    ], [])  # fmt: skip
    said = body_of(visit, first="new")
    assert (said.entry, said.second, said.third, said.exit) == ("/", "/tea", "/tea/2", "/till")
    assert (said.pages, said.products, said.added, said.checkouts, said.searches) == (5, 2, 1, 1, 1)
    assert (said.seconds, said.engaged_seconds, said.channel, said.device) == (480, 70, "search", "phone")
    assert (said.product, visit.facts.basket, said.agent) == ("T1", {"T2": 1}, "person")


def test_bots_and_staff_are_told_apart() -> None:
    visits = fold([page(0, "b", is_bot=True), page(0, "s"), page(1, "s", is_staff=True), page(0, "p")], [])
    assert {v.visitor: v.agent for v in visits} == {"b": "bot", "s": "staff", "p": "person"}


@given(st.lists(st.integers(0, 200), min_size=1, max_size=25), st.randoms())
def test_pieces_give_the_visits_of_the_whole(minutes: list[int], chance: Any) -> None:
    """In the order of time it does not matter where the stream was cut; nor how events of one piece are shuffled."""
    events = [page(m + n / 100, path=f"/{n}") for n, m in enumerate(sorted(minutes))]
    whole = fold(events, [])
    cut = chance.randint(0, len(events))
    first, second = events[:cut], events[cut:]
    chance.shuffle(first)
    chance.shuffle(second)
    known: list[Going] = fold(first, [])
    changed = fold(second, known)
    together = {id(v): v for v in [*known, *changed]}
    assert sorted(map(_shape, together.values())) == sorted(map(_shape, whole))
    assert sum(v.pages for v in whole) == len(events)
    times = sorted(v.started for v in whole)
    ends = sorted(v.last for v in whole)
    assert all(later - earlier > IDLE_US for earlier, later in zip(ends, times[1:], strict=False))


def _shape(visit: Going) -> tuple[Any, ...]:
    return visit.started, visit.last, visit.pages, visit.facts.entry, visit.facts.second, visit.facts.exit


def send(key: Any, *events: Event) -> None:
    """Write events into the stream as the receiver does."""
    rows = [
        dict(key=f"site:{key.pk}:{e.visitor}:{e.at_us}:{e.kind}", kind=e.kind, visitor=e.visitor, store_id=key.store_id,
             occurred_at=e.at_us, recorded_at=e.at_us, by=f"site:{key.pk}", body=e.body)
        for e in events
    ]  # fmt: skip
    with transaction.atomic():
        record_rows([tuple(row.get(column) for column in COLUMNS) for row in rows])


def visited() -> list[dict[str, Any]]:
    found = Activity.objects.filter(kind="site.visited").order_by("occurred_at", "visitor")
    return [{"visitor": a.visitor, "at": a.occurred_at, "customer": a.customer_id} | json.loads(a.body) for a in found]


@pytest.mark.django_db(transaction=True)
def test_a_visit_is_recorded_once_when_it_is_over() -> None:
    key = new_key()
    send(key, page(0), page(5, path="/tea"), page(0, "v2"))
    following.follow(at=START + timedelta(minutes=20))
    assert not visited()
    assert Visit.objects.count() == 2
    for _ in range(2):  # following twice is following once
        following.follow(at=START + timedelta(minutes=36))
    assert [(v["visitor"], v["pages"], v["first"], v["at"]) for v in visited()] == [
        ("v1", 2, "new", START), ("v2", 1, "new", START),
    ]  # fmt: skip
    send(key, page(600))
    following.follow(at=START + timedelta(hours=12))
    assert [v["first"] for v in visited()] == ["new", "new", "returning"]


@pytest.mark.django_db(transaction=True)
def test_late_events_change_a_visit_that_was_recorded() -> None:
    key = new_key()
    send(key, page(0), page(5, path="/tea"))
    following.follow(at=START + timedelta(hours=1))
    send(key, other(3, "product_added", product="T1"), page(-10, path="/first"))
    following.follow(at=START + timedelta(hours=2))
    (now,) = visited()
    assert (now["pages"], now["added"], now["entry"], now["at"]) == (3, 1, "/first", START - timedelta(minutes=10))
    assert list(Retraction.objects.values_list("kind", "reason")) == [("site.visited", "late events")]


@pytest.mark.django_db(transaction=True)
def test_pseudonyms_of_a_day_are_neither_new_nor_returning() -> None:
    key = new_key()
    send(key, page(0, "d:1"), page(600, "d:1"))
    following.follow(at=START + timedelta(days=1))
    assert [v["first"] for v in visited()] == ["unknown", "unknown"]


@pytest.mark.django_db(transaction=True)
def test_what_a_server_says_of_an_account_is_no_visit() -> None:
    key = new_key("server")
    ask("/v1/identify", {"userId": "77", "traits": {"email": "ada@example.com"}}, key=key.key)
    ask("/v1/track", {"userId": "77", "event": "Subscription Renewed"}, key=key.key)
    following.follow(at=START + timedelta(days=4000))
    assert not visited()
    assert not Visit.objects.filter(recorded_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_pieces_of_the_stream_count_each_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PIECE", 3)
    key = new_key()
    send(key, *[page(m, f"v{v}") for m in range(0, 100, 10) for v in range(4)])
    assert following.follow(at=START + timedelta(days=1)) == 40
    assert [v["pages"] for v in visited()] == [10] * 4
    assert following.follow(at=START + timedelta(days=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_step_that_fails_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    send(key, page(0))
    with monkeypatch.context() as broken:
        broken.setattr(following, "fault_point", lambda name: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            following.follow(at=START)
    assert not Visit.objects.exists()
    assert following.follow(at=START) == 1
