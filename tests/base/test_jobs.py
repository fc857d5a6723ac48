"""The job queue: what was enqueued is done, by one worker at a time, also when workers die or lose their way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from regulars.base import jobs
from regulars.base.clock import now
from regulars.base.models import Cron, Job

AT = datetime(2026, 3, 29, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)

Register = Callable[..., list[int]]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Let only jobs of this test exist: ``register(fails=…)`` declares ``test.note`` and returns what it noted."""
    monkeypatch.setattr(jobs, "HANDLERS", {})

    def declare(*, fails: Callable[[], bool] = lambda: False, **options: object) -> list[int]:
        noted: list[int] = []

        @jobs.job("test.note", **options)  # type: ignore[arg-type]
        def note(number: int = 0) -> None:
            noted.append(number)
            if fails():
                raise ValueError("the shop is closed")

        return noted

    return declare


def only() -> Job:
    return Job.objects.get()


def test_what_was_enqueued_is_done_in_the_order_it_fell_due(register: Register) -> None:
    noted = register()
    jobs.enqueue("test.note", number=1)
    jobs.enqueue("test.note", number=2, run_at=now() - timedelta(minutes=1))
    jobs.enqueue("test.note", number=3, run_at=now() + timedelta(minutes=1))
    assert jobs.run_due() == 2
    assert noted == [2, 1]
    assert Job.objects.get(state="ready").args == {"number": 3}


def test_a_kind_nobody_declared_is_refused(register: Register) -> None:
    with pytest.raises(LookupError, match=r"no job of kind 'test.note'"):
        jobs.enqueue("test.note")


def test_a_change_rolled_back_takes_its_job_along(register: Register) -> None:
    noted = register()
    with transaction.atomic():
        jobs.enqueue("test.note", number=1)
        transaction.set_rollback(True)
    assert jobs.run_due() == 0
    assert noted == []


def test_the_same_key_waits_once(register: Register) -> None:
    noted = register()
    with transaction.atomic():
        assert jobs.enqueue("test.note", key="once", number=1)
        assert not jobs.enqueue("test.note", key="once", number=2)
        # The refusal left the caller's transaction whole.
        assert jobs.enqueue("test.note", number=3)
    jobs.run_due()
    assert noted == [1, 3]
    assert jobs.enqueue("test.note", key="once", number=4)


def test_of_many_workers_one_gets_each_job(register: Register) -> None:
    register()
    for number in range(30):
        jobs.enqueue("test.note", number=number)
    at, claimed, start = now(), [], threading.Barrier(4)
    errors: list[BaseException] = []

    def work(name: str) -> None:
        try:
            start.wait(10)
            while found := jobs.claim(name, at=at):
                claimed.append(found.pk)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert errors == []
    assert len(claimed) == len(set(claimed)) == 30


def test_a_dead_workers_job_comes_back_when_its_lease_ran_out(register: Register) -> None:
    noted = register()
    jobs.enqueue("test.note", run_at=AT, number=7)
    assert jobs.claim("dies", at=AT) is not None
    assert jobs.claim("other", at=AT + jobs.LEASE) is None
    again = jobs.claim("other", at=AT + jobs.LEASE + timedelta(microseconds=1))
    assert again is not None
    assert (again.attempts, again.worker) == (2, "other")
    assert jobs.run(again)
    assert noted == [7]
    assert only().state == "done"


def test_a_heartbeat_keeps_the_job_and_a_late_one_does_not_take_it_back(register: Register) -> None:
    register()
    jobs.enqueue("test.note", run_at=AT)
    mine = jobs.claim("slow", at=AT)
    assert mine is not None
    assert jobs.renew(mine, at=AT + timedelta(seconds=20))
    assert jobs.claim("other", at=AT + timedelta(seconds=40)) is None
    theirs = jobs.claim("other", at=AT + timedelta(seconds=60))
    assert theirs is not None
    assert not jobs.renew(mine, at=AT + timedelta(seconds=61))
    # The slow worker ends at last: what it says of the job counts no more.
    assert jobs.run(mine)
    assert (only().state, only().worker) == ("running", "other")
    assert jobs.run(theirs)
    assert only().state == "done"


def test_a_long_job_keeps_its_lease_while_it_runs(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.3))
    beaten = threading.Event()
    renew = jobs.renew

    def told(claimed: Job, *, at: datetime) -> bool:
        found = renew(claimed, at=at)
        beaten.set()
        return found

    monkeypatch.setattr(jobs, "renew", told)

    @jobs.job("test.long")
    def long() -> None:
        assert beaten.wait(20)
        assert only().lease_until > first

    jobs.enqueue("test.long")
    claimed = jobs.claim("worker", at=now())
    assert claimed is not None
    first = claimed.lease_until
    assert jobs.run(claimed)


def test_a_failing_job_is_tried_later_and_given_up_in_the_end(register: Register) -> None:
    noted = register(fails=lambda: True, attempts=3)
    jobs.enqueue("test.note", number=5)
    waits = []
    for attempt in range(3):
        Job.objects.update(run_at=now())
        assert jobs.run_due() == 1
        waits.append(only().run_at - now())
        assert only().attempts == attempt + 1
    assert noted == [5, 5, 5]
    assert timedelta(0) < waits[0] < waits[1]
    assert (only().state, "the shop is closed" in only().error) == ("dead", True)
    assert jobs.run_due() == 0


def test_a_job_that_fails_once_is_done_in_the_end(register: Register) -> None:
    noted = register(fails=lambda: len(noted) == 1)
    jobs.enqueue("test.note", key="k")
    jobs.run_due()
    assert only().state == "ready"
    assert not jobs.enqueue("test.note", key="k")
    Job.objects.update(run_at=now())
    jobs.run_due()
    assert (only().state, only().error, len(noted)) == ("done", "", 2)


def test_a_periodic_job_comes_once_however_many_schedule_it(register: Register) -> None:
    noted = register(every=timedelta(minutes=5))
    assert jobs.schedule(at=AT) == 1
    assert jobs.schedule(at=AT) == 0
    assert jobs.schedule(at=AT + timedelta(minutes=6)) == 0  # it still waits for a worker
    Job.objects.update(run_at=AT)
    jobs.run_due()
    assert noted == [0]
    assert jobs.schedule(at=AT + timedelta(minutes=10)) == 0
    assert jobs.schedule(at=AT + timedelta(minutes=12)) == 1
    assert Cron.objects.count() == 1


def test_of_two_schedulers_at_once_one_enqueues(register: Register) -> None:
    register(every=timedelta(minutes=5))
    jobs.schedule(at=AT)
    Job.objects.all().delete()
    start, found = threading.Barrier(2), []

    def schedule() -> None:
        try:
            start.wait(10)
            found.append(jobs.schedule(at=AT + timedelta(minutes=5)))
        finally:
            connection.close()

    both = [threading.Thread(target=schedule) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(found) == [0, 1]
    assert Job.objects.count() == 1


def test_a_command_takes_the_job_of_its_key_at_once(register: Register) -> None:
    noted = register()
    jobs.enqueue("test.note", key="import:1", run_at=AT + timedelta(days=1), number=1)
    assert jobs.claim_key("import:2", "command", at=AT) is None
    mine = jobs.claim_key("import:1", "command", at=AT)
    assert mine is not None
    assert jobs.claim_key("import:1", "other", at=AT) is None
    assert jobs.run(mine)
    assert noted == [1]


def test_done_jobs_are_forgotten_after_a_week_dead_ones_never(register: Register) -> None:
    register()
    for number in range(3):
        jobs.enqueue("test.note", number=number)
    old = now() - timedelta(days=8)
    done, dead, recent = Job.objects.order_by("id")
    Job.objects.filter(pk=done.pk).update(state="done", finished_at=old)
    Job.objects.filter(pk=dead.pk).update(state="dead", finished_at=old)
    Job.objects.filter(pk=recent.pk).update(state="done", finished_at=now())
    jobs.forget_done_jobs()
    assert set(Job.objects.values_list("pk", flat=True)) == {dead.pk, recent.pk}


def test_a_worker_works_until_told_to_stop(register: Register) -> None:
    stop = threading.Event()
    noted: list[int] = []

    @jobs.job("test.last")
    def last(number: int) -> None:
        noted.append(number)
        if number == 2:
            stop.set()

    for number in range(3):
        jobs.enqueue("test.last", number=number)
    jobs.work(stop, idle_seconds=0.01)
    assert noted == [0, 1, 2]
