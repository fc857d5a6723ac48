"""What clients send arrives once and typed; what cannot be used is told; storage that is down says so."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.db import OperationalError

from regulars.base.actor import SYSTEM
from regulars.base.clock import now, to_us
from regulars.sources.tracker import writer as writing
from regulars.sources.tracker.models import KeyDay, Link, Refusal, SiteKey
from regulars.sources.tracker.operations import close_key
from regulars.sources.tracker.receiver import MAX_BODY_BYTES, MAX_EVENTS, Receiver, whole_signs
from regulars.stream.models import Activity
from tests.tracker.sending import ask, ask_at_once, new_key

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(db: None) -> SiteKey:
    return new_key()


def events() -> list[Activity]:
    return list(Activity.objects.filter(kind__startswith="site.").order_by("id"))


def body_of(activity: Activity) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(activity.body)
    return found


def track(name: str = "Product Viewed", **more: Any) -> dict[str, Any]:
    return {"anonymousId": "a-1", "messageId": f"m-{name}", "event": name, "properties": {}} | more


def test_each_call_becomes_its_kind(key: SiteKey) -> None:
    page = {"url": "https://shop.example/tea?email=ada@example.com", "referrer": "https://www.baidu.com/s?wd=x"}
    for path, body in (
        ("track", track(properties={"product_id": "TEA-1", "name": "Oolong", "price": 9.5, "quantity": "2"})),
        ("track", track("Order Completed", properties={"order_id": "A1", "total": 95, "products": [{}, {}]})),
        ("track", track("Liked the film", properties={"film": "tea harvest", "email": "ada@example.com"})),
        (
            "page",
            {"anonymousId": "a-1", "messageId": "p", "properties": page, "context": {"campaign": {"source": "x"}}},
        ),
        ("screen", {"anonymousId": "a-1", "messageId": "s", "name": "Basket"}),
        ("identify", {"anonymousId": "a-1", "messageId": "i", "userId": 77, "traits": {"email": "Ada@Example.com"}}),
        ("group", {"anonymousId": "a-1", "messageId": "g", "groupId": "guild"}),
        ("alias", {"userId": "77", "previousId": "a-0", "messageId": "al"}),
    ):
        answer = ask(f"/v1/{path}", body, key=key.key)
        assert (answer.status, answer.body) == (200, {"success": True})
    kinds = [a.kind for a in events()]
    assert kinds == [
        "site.product_viewed", "site.order_hinted", "site.custom", "site.page_viewed", "site.page_viewed",
        "site.identified", "site.custom", "site.identified",
    ]  # fmt: skip
    viewed, hinted, custom, page_seen, *_ = map(body_of, events())
    assert (viewed["product"], viewed["name"], viewed["quantity"]) == ("TEA-1", "Oolong", 2)
    assert (hinted["order"], hinted["items"]) == ("A1", 2)
    assert json.loads(custom["properties"]) == {"film": "tea harvest"}
    assert (page_seen["path"], page_seen["host"], page_seen["referrer"], page_seen["source"]) == (
        "/tea", "shop.example", "www.baidu.com", "x",
    )  # fmt: skip
    assert "ada@example" not in "".join(a.body for a in events()).lower()
    # A browser's word is never business.
    assert all((a.amount_minor, a.customer_id) == (None, None) for a in events())
    assert set(Link.objects.values_list("visitor", "kind")) >= {
        ("a-1", "account"),
        ("a-1", "email"),
        ("a-0", "account"),
    }


def test_the_same_message_counts_once_for_ever(key: SiteKey) -> None:
    for _ in range(3):
        assert ask("/v1/track", track(), key=key.key).status == 200
    assert ask("/v1/batch", {"batch": [track() | {"type": "track"}] * 5}, key=key.key).status == 200
    assert len(events()) == 1


def test_a_message_without_id_is_known_by_its_content(key: SiteKey) -> None:
    said = track(messageId=None)
    ask("/v1/track", said, key=key.key)
    ask("/v1/track", said, key=key.key)
    ask("/v1/track", said | {"event": "Another"}, key=key.key)
    assert len(events()) == 2


def test_a_batch_lends_its_context_and_bad_events_stop_nobody(key: SiteKey) -> None:
    context = {"campaign": {"source": "weibo", "medium": "social"}, "userAgent": "Googlebot/2.1"}
    batch: list[Any] = [
        {"type": "page", "anonymousId": "a", "messageId": "1", "properties": {"path": "/"}},
        {"type": "track", "messageId": "2", "event": "Nobody", "anonymousId": None, "userId": "null"},
        {"type": "dance", "anonymousId": "a", "messageId": "3"},
        {"type": "track", "anonymousId": "a", "messageId": "4"},
        {"type": "track", "anonymousId": "a", "messageId": "5", "event": "x", "properties": [1]},
        {"type": "track", "anonymousId": "a", "messageId": "6", "event": "big", "properties": {"x": "y" * 40_000}},
        "nothing",
    ]
    answer = ask("/v1/batch", {"batch": batch, "context": context, "writeKey": key.key})
    assert (answer.status, len(events())) == (200, 1)
    seen = body_of(events()[0])
    assert (seen["source"], seen["medium"], seen["is_bot"]) == ("weibo", "social", True)
    assert list(Refusal.objects.order_by("id").values_list("reason", flat=True)) == [
        "no_user_anon_id", "unknown_type", "no_event_name", "not_an_event", "event_too_large", "not_an_event",
    ]  # fmt: skip
    assert list(KeyDay.objects.values_list("received", "refused")) == [(1, 6)]


@pytest.mark.parametrize(
    "path", ["/v1/t", "/v1/track?writeKey=KEY", "/v1/b", "/v1/import", "/beacon/v1/batch?writeKey=KEY"]
)
def test_browsers_and_old_libraries_have_their_own_ways(key: SiteKey, path: str) -> None:
    event = track() | {"type": "track"}
    body = event if "/t" in path else {"batch": [event]} | ({} if "KEY" in path else {"writeKey": key.key})
    given = "" if "KEY" in path else key.key
    headers = [(b"content-type", b"text/plain"), (b"origin", b"https://shop.example")]
    answer = ask(path.replace("KEY", key.key), body, key=given, headers=headers)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "https://shop.example")
    assert len(events()) == 1


def test_gzip_is_unpacked_and_a_bomb_is_not(key: SiteKey) -> None:
    packed = [(b"content-encoding", b"gzip")]
    assert ask("/v1/track", gzip.compress(json.dumps(track()).encode()), key=key.key, headers=packed).status == 200
    bomb = gzip.compress(b" " * 50 * MAX_BODY_BYTES)
    assert ask("/v1/track", bomb, key=key.key, headers=packed).body["code"] == "body_too_large"
    assert ask("/v1/track", b"not gzip", key=key.key, headers=packed).body["code"] == "bad_gzip"
    assert len(events()) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_json"),
        (b"", "bad_json"),
        (b"[]", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"x" * (MAX_BODY_BYTES + 1), "body_too_large"),
        (json.dumps({"batch": [1] * (MAX_EVENTS + 1)}).encode(), "too_many_events"),
    ],
)
def test_a_request_that_is_none_is_refused_for_good(key: SiteKey, body: bytes, code: str) -> None:
    answer = ask("/v1/batch", body, key=key.key)
    assert (answer.status, answer.body["code"]) == (400, code)
    assert answer.body["message"]
    assert not events()


def test_preflight_settings_and_what_is_not_here(key: SiteKey) -> None:
    origin = [(b"origin", b"https://shop.example"), (b"host", b"regulars.example")]
    before = ask("/v1/t", method="OPTIONS", headers=origin)
    assert (before.status, "authorization" in before.headers["access-control-allow-headers"]) == (204, True)
    # RudderStack's, which has more of them when it sends again.
    asked = b"anonymousid,authorization,content-type,rsa-retry-reason,sentat"
    again = ask("/v1/track", method="OPTIONS", headers=[*origin, (b"access-control-request-headers", asked)])
    assert again.headers["access-control-allow-headers"] == asked.decode()
    settings = ask(f"/v1/projects/{key.key}/settings", method="GET", headers=origin).body
    assert settings["integrations"]["Segment.io"] == {"apiKey": key.key, "apiHost": "regulars.example/v1"}
    assert settings["metrics"] == {"sampleRate": 0}  # or analytics.js tells Segment about itself
    source = ask(f"/sourceConfig/?writeKey={key.key}", method="GET", headers=origin).body["source"]
    assert (source["writeKey"], source["enabled"]) == (key.key, True)
    assert ask("/v1/nothing", track(), key=key.key).status == 404
    assert ask("/v1/track", method="GET").status == 404


def test_an_unknown_or_closed_key_brings_nothing(key: SiteKey) -> None:
    assert ask("/v1/track", track(), key="wrong").status == 200
    assert ask("/v1/track", track()).status == 200
    close_key(key.pk, by=SYSTEM, at=now())
    assert ask("/v1/track", track(), key=key.key).status == 200
    strict = [(b"x-strict-mode", b"1")]
    assert ask("/v1/track", track(), key=key.key, headers=strict).status == 401
    assert not events()


def test_strict_mode_tells_and_takes_nothing(key: SiteKey) -> None:
    batch = [track() | {"type": "track"}, {"type": "track", "event": "x"}]
    strict = [(b"x-strict-mode", b"1")]
    answer = ask("/v1/batch", {"batch": batch}, key=key.key, headers=strict)
    assert (answer.status, answer.body["code"]) == (400, "no_user_anon_id")
    assert not events()
    assert not Refusal.objects.exists()


def test_a_wrong_clock_is_set_right(key: SiteKey) -> None:
    # The client's clock is a year slow; it says that it sent ten seconds after the event.
    said = track(timestamp="2025-01-01T00:00:00.000Z", sentAt="2025-01-01T00:00:10.000Z")
    before = to_us(now())
    ask("/v1/track", said, key=key.key)
    # Without sentAt its word stands, but never in the future.
    ask("/v1/track", track(messageId="late", timestamp="2099-01-01T00:00:00Z"), key=key.key)
    first, second = events()
    assert before - 10_500_000 <= to_us(first.occurred_at) <= to_us(now()) - 10_000_000
    assert to_us(second.occurred_at) <= to_us(now()) + 300_000_000
    ask("/v1/track", track(messageId="bad", timestamp="yesterday"), key=key.key)
    assert to_us(events()[2].occurred_at) >= before


def test_requests_at_the_same_moment_share_commits(key: SiteKey, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[int] = []
    whole = writing.Writer._commit
    monkeypatch.setattr(
        writing.Writer, "_commit", lambda self, group: (commits.append(len(group)), whole(self, group))[1]
    )
    requests = [("/v1/track", track(messageId=f"m{n}")) for n in range(200)]
    assert set(ask_at_once(Receiver(), requests, key.key)) == {200}
    assert len(events()) == 200
    assert sum(commits) == 200
    assert len(commits) < 100


def test_storage_that_is_down_says_come_again(key: SiteKey, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rows: Any) -> None:
        raise OperationalError("disk I/O error")

    receiver = Receiver()
    assert ask("/v1/track", track(), key=key.key, receiver=receiver).status == 200
    with monkeypatch.context() as m:
        m.setattr(writing, "record_rows", broken)
        answer = ask("/v1/track", track("Another"), key=key.key, receiver=receiver)
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert len(events()) == 1
    assert ask("/v1/track", track("Another"), key=key.key, receiver=receiver).status == 200
    assert len(events()) == 2


def test_more_than_can_wait_is_sent_away(key: SiteKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "WAITING", 5)
    receiver = Receiver()
    monkeypatch.setattr(receiver.writer, "_start", lambda: None)  # nobody empties the queue

    for _ in range(5):
        receiver.writer._queue.put_nowait(None)  # type: ignore[arg-type]
    answer = ask("/v1/track", track(), key=key.key, receiver=receiver)
    assert answer.status == 503
    assert not events()


def test_odd_values_break_nothing(key: SiteKey) -> None:
    deep = {"a": {"b": {"c": 1}}}
    odd: list[Any] = [None, 0, -1, True, "", "\x00", "\ud83d", "\\ud83d", [], {}, [[[]]], "x" * 5000, 1e308, deep]
    fields = ("context", "properties", "traits", "event", "name", "timestamp", "sentAt", "userId")
    told: list[dict[str, Any]] = []
    for value in odd:
        told += [{"type": "track", "event": "x", name: value} for name in fields]
        told.append({"type": "page", "context": dict.fromkeys(("page", "campaign", "traits", "userAgent"), value)})
        told.append({"type": "page", "properties": {"url": value}})
        product = dict.fromkeys(("product_id", "name", "quantity", "products"), value)
        told.append({"type": "track", "event": "Product Added", "properties": product})
    batch = [{"anonymousId": "a", "messageId": str(n)} | said for n, said in enumerate(told)]
    assert ask("/v1/batch", {"batch": batch}, key=key.key).status == 200
    assert len(events()) + Refusal.objects.count() == len(batch)
    assert len(events()) > len(batch) / 2


def test_half_a_sign_is_replaced_and_nothing_else() -> None:
    assert whole_signs(rb'"\ud83d\ude00 \ud83d \\ud83d \ude00"') == rb'"\ud83d\ude00 \ufffd \\ud83d \ufffd"'
