"""The work list: what waits, for whom, since when; pairs of customers and work that failed are decided on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.base.clock import now, to_us
from regulars.base.jobs import HANDLERS, Handler, enqueue, run_due
from regulars.base.models import Job
from regulars.people.models import Customer, MergeSuggestion
from regulars.people.operations import suggest_merges
from regulars.shop.models import Order
from regulars.sources.csv_upload.models import Batch
from regulars.stream.models import Activity
from regulars.web import worklist
from regulars.web.worklist import WorkItem, work_of
from tests.web.cast import BEN, Cast, order, take

pytestmark = pytest.mark.django_db
Sign = Callable[[Any], Client]
Count = Callable[[], None]


def page(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def batch(state: str, days_ago: int, name: str = "orders.csv") -> Batch:
    return Batch.objects.create(state=state, file_name=name, at=now() - timedelta(days=days_ago), by="staff:1")


def pair_of(cast: Cast, days_ago: int = 1) -> MergeSuggestion:
    suggest_merges([(cast.ada.pk, cast.ben.pk, "shared_phone")], at=now() - timedelta(days=days_ago))
    return MergeSuggestion.objects.get()


def dead_job() -> Job:
    return Job.objects.create(
        kind="stream.write_lake", args={}, state="dead", run_at=now(), created_at=now(), attempts=5,
        finished_at=now() - timedelta(days=2), error="Traceback …\nOSError: No space left on device",
    )  # fmt: skip


def test_the_longest_waiting_comes_first(cast: Cast, olive: Any) -> None:
    batch("checked", 3)
    batch("failed", 9, "broken.csv")
    batch("done", 30, "done.csv")
    pair_of(cast, 5)
    dead_job()
    kinds = [item.kind for item in work_of(olive)]
    assert kinds == ["import_failed", "merge_suggestions", "import_waiting", "dead_jobs"]


def test_each_line_leads_to_where_it_is_done(cast: Cast, olive: Any, client_of: Sign) -> None:
    waiting = batch("checked", 3)
    pair_of(cast)
    dead_job()
    text = page(client_of(olive))
    links = re.findall(r'<li><a href="([^"]+)"', text[text.index('class="work"') :])
    assert links == [f"/imports/{waiting.pk}/", "/background-work/", "/merge-suggestions/"]


def test_everybody_sees_only_what_she_may_do(cast: Cast, olive: Any, mark: Any, sam: Any, ana: Any) -> None:
    batch("checked", 3)
    pair_of(cast)
    dead_job()
    seen = {who.name: {item.kind for item in work_of(who)} for who in (olive, mark, sam, ana)}
    assert seen == {
        "Olive": {"import_waiting", "merge_suggestions", "dead_jobs"},
        "Mark": set(),
        "Sam": {"merge_suggestions"},
        "Ana": set(),
    }


def test_orders_without_an_exchange_rate_ask_for_one(
    cast: Cast, olive: Any, ana: Any, client_of: Sign, count_up: Count
) -> None:
    take(cast.store, order("U1", BEN, 4, 9_00), batch=2)
    Order.objects.filter(number="U1").update(currency="USD", reporting_minor=None)
    count_up()
    (item,) = [item for item in work_of(olive) if item.kind == "without_rate"]
    assert "1 order in USD has no exchange rate" in page(client_of(olive))
    assert abs((now() - item.since_at).days - 4) <= 1
    assert item.href.endswith("#rates")
    assert not [item for item in work_of(ana) if item.kind == "without_rate"]


def test_another_room_adds_its_own_lines(olive: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "PROVIDERS", [])
    item = WorkItem("letter", "mail", "A letter waits", now(), "/letters/")
    worklist.register(lambda staff: [item] if staff.name == "Olive" else [])
    assert work_of(olive) == [item]


def test_nothing_to_do_is_said_too(cast: Cast, olive: Any, client_of: Sign) -> None:
    assert "Nothing waits for you" in page(client_of(olive))


def test_a_pair_is_merged_and_the_merge_undone(cast: Cast, sam: Any, client_of: Sign) -> None:
    pair = pair_of(cast)
    client = client_of(sam)
    text = page(client, "/merge-suggestions/")
    for said in ("Ada Abel", "Ben Brandt", "ada@example.com", "Same phone number"):
        assert said in text
    answer = client.post(f"/merge-suggestions/{pair.pk}/same", follow=True).content.decode()
    assert Customer.objects.get(pk=cast.ben.pk).root_id == cast.ada.pk
    assert "Nothing to decide" in answer
    undo = re.search(r'action="(/merges/\d+/undo)"', answer)
    assert undo
    client.post(undo[1])
    assert Customer.objects.get(pk=cast.ben.pk).root_id == cast.ben.pk
    assert "Ben Brandt" in page(client, "/merge-suggestions/")


def test_a_pair_found_different_is_not_asked_again_until_that_is_undone(cast: Cast, sam: Any, client_of: Sign) -> None:
    pair = pair_of(cast)
    client = client_of(sam)
    answer = client.post(f"/merge-suggestions/{pair.pk}/different", follow=True).content.decode()
    assert "Nothing to decide" in answer
    suggest_merges([(cast.ada.pk, cast.ben.pk, "shared_phone")], at=now())
    assert "Nothing to decide" in page(client, "/merge-suggestions/")
    assert (
        "decided this already" in client.post(f"/merge-suggestions/{pair.pk}/different", follow=True).content.decode()
    )
    undo = re.search(r'action="(/merge-suggestions/\d+/reopen)"', answer)
    assert undo
    client.post(undo[1])
    assert "Ada Abel" in page(client, "/merge-suggestions/")


def test_who_may_not_see_contacts_decides_by_masked_ones(cast: Cast, sam: Any, mark: Any, client_of: Sign) -> None:
    pair = pair_of(cast)
    assert client_of(mark).get("/merge-suggestions/").status_code == 403
    assert client_of(mark).post(f"/merge-suggestions/{pair.pk}/same").status_code == 403
    assert client_of(sam).post("/merge-suggestions/99999/same").status_code == 404
    assert MergeSuggestion.objects.get().state == "open"


def test_a_merge_refused_says_why(cast: Cast, sam: Any, client_of: Sign) -> None:
    pair = pair_of(cast)
    Customer.objects.filter(pk=cast.ben.pk).update(erased_at=to_us(now()))
    answer = client_of(sam).post(f"/merge-suggestions/{pair.pk}/same", follow=True).content.decode()
    assert "erased customer cannot be merged" in answer


def test_failed_work_is_tried_again(mia: Any, client_of: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    monkeypatch.setitem(HANDLERS, "test.errand", Handler("test.errand", ran.append, 1, None))
    enqueue("test.errand", wrong=1)
    run_due()
    job = Job.objects.get(state="dead")
    client = client_of(mia)
    assert "TypeError" in page(client, "/background-work/")
    Job.objects.update(args={"object": 1})
    monkeypatch.setitem(HANDLERS, "test.errand", Handler("test.errand", lambda object: ran.append(object), 1, None))
    client.post(f"/background-work/{job.pk}/decide", {"decision": "again"})
    run_due()
    assert ran == [1]
    assert "Nothing was given up" in page(client, "/background-work/")
    assert Activity.objects.get(kind="job.decided").by == f"staff:{mia.pk}"


def test_failed_work_is_put_aside_once(olive: Any, client_of: Sign) -> None:
    job = dead_job()
    client = client_of(olive)
    assert "No space left on device" in page(client, "/background-work/")
    client.post(f"/background-work/{job.pk}/decide", {"decision": "aside"})
    assert not Job.objects.filter(pk=job.pk).exists()
    again = client.post(f"/background-work/{job.pk}/decide", {"decision": "again"}, follow=True).content.decode()
    assert "decided this already" in again


def test_failed_work_that_waits_again_anyway_is_not_doubled(olive: Any, client_of: Sign) -> None:
    job = dead_job()
    Job.objects.filter(pk=job.pk).update(key="one")
    Job.objects.create(kind="stream.write_lake", key="one", run_at=now(), created_at=now())
    client_of(olive).post(f"/background-work/{job.pk}/decide", {"decision": "again"})
    assert Job.objects.filter(key="one").count() == 1
