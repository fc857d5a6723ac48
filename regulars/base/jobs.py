"""Background work that must not be lost lives with the data: a small lease queue in the application's database.

A job is enqueued in the same transaction as the change that needs it. A worker claims it by conditional update and
holds a lease that its heartbeat renews; when the worker dies the lease runs out and another takes the job. Handlers
may therefore run twice and must not mind.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import translation

from regulars.base.clock import now, to_us
from regulars.base.faults import fault_point
from regulars.base.installation import shop_settings
from regulars.base.models import Cron, Job

log = logging.getLogger("regulars.jobs")

LEASE = timedelta(seconds=30)
KEEP_DONE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Handler:
    """A kind of job: what runs, how often it is tried, and every how many seconds it comes by itself."""

    kind: str
    run: Callable[..., None]
    attempts: int
    every: timedelta | None


HANDLERS: dict[str, Handler] = {}


def job(
    kind: str, *, attempts: int = 5, every: timedelta | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the decorated function as the handler of ``kind``; with ``every`` it is also run periodically."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        HANDLERS[kind] = Handler(kind, function, attempts, every)
        return function

    return register


def enqueue(kind: str, *, key: str | None = None, run_at: datetime | None = None, **args: Any) -> bool:
    """Add a job in the caller's transaction. Return False if one with this ``key`` waits or runs already."""
    if kind not in HANDLERS:
        raise LookupError(f"no job of kind {kind!r} is registered")
    at = now()
    try:
        with transaction.atomic():
            Job.objects.create(kind=kind, args=args, key=key, run_at=run_at or at, created_at=at)
    except IntegrityError:
        return False
    return True


def claim(worker: str, *, at: datetime) -> Job | None:
    """Take the job that is due longest, or whose worker's lease ran out; None if nothing waits."""
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    at_us, lease_us = to_us(at), to_us(at + LEASE) - to_us(at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE base_job SET state = 'running', worker = %s, lease_until = %s, attempts = attempts + 1
            WHERE id = (SELECT id FROM base_job
                        WHERE (state = 'ready' AND run_at <= %s) OR (state = 'running' AND lease_until < %s)
                        ORDER BY run_at, id LIMIT 1 {lock}) RETURNING id""",  # noqa: S608 - constant text
            [worker, at_us + lease_us, at_us, at_us],
        )
        row = cursor.fetchone()
    return Job.objects.get(id=row[0]) if row else None


def claim_key(key: str, worker: str, *, at: datetime) -> Job | None:
    """Take the job of this ``key`` at once, for a command that does the work itself; None while another runs it."""
    with transaction.atomic():
        waiting = Q(state="ready") | Q(state="running", lease_until__lt=at)
        taken = Job.objects.filter(waiting, key=key).update(
            state="running", worker=worker, lease_until=at + LEASE, attempts=F("attempts") + 1
        )
        return Job.objects.get(key=key, state="running") if taken else None


def renew(claimed: Job, *, at: datetime) -> bool:
    """Extend the lease; False means that it ran out and the job belongs to another worker now."""
    return bool(
        Job.objects.filter(id=claimed.id, worker=claimed.worker, attempts=claimed.attempts, state="running").update(
            lease_until=at + LEASE
        )
    )


def _heartbeat(claimed: Job, stop: threading.Event) -> None:
    while not stop.wait(LEASE.total_seconds() / 3):
        try:
            if not renew(claimed, at=now()):
                log.warning("job %s lost its lease", claimed.id)
        except Exception:  # the next beat may reach the database again
            log.exception("heartbeat of job %s", claimed.id)
    connection.close()


def run(claimed: Job) -> bool:
    """Run a claimed job to its end, keeping its lease; return whether it succeeded."""
    handler = HANDLERS[claimed.kind]
    mine = Job.objects.filter(id=claimed.id, worker=claimed.worker, attempts=claimed.attempts, state="running")
    stop = threading.Event()
    beat = threading.Thread(target=_heartbeat, args=(claimed, stop), daemon=True)
    if connection.settings_dict["NAME"] != ":memory:":
        beat.start()
    fault_point("job.1.after_claim")
    try:
        # What a job writes for people is in the shop's language; nobody's page is open to say another.
        with translation.override(shop_settings().language):
            handler.run(**claimed.args)
    except Exception:
        error = traceback.format_exc(limit=8)[-4000:]
        log.warning("job %s %s failed (attempt %s)\n%s", claimed.id, claimed.kind, claimed.attempts, error)
        if claimed.attempts >= handler.attempts:
            mine.update(state="dead", error=error, finished_at=now())
        else:
            wait = min(3600, 2**claimed.attempts) * random.uniform(0.75, 1.25)
            mine.update(state="ready", error=error, run_at=now() + timedelta(seconds=wait), lease_until=None)
        return False
    finally:
        stop.set()
        if beat.is_alive():
            beat.join(5)
    fault_point("job.2.before_done")
    mine.update(state="done", finished_at=now(), lease_until=None, error="")
    return True


def schedule(*, at: datetime) -> int:
    """Enqueue every periodic job that is due; return how many. Any number of schedulers may run."""
    count = 0
    for handler in HANDLERS.values():
        if handler.every is None:
            continue
        due, _ = Cron.objects.get_or_create(name=handler.kind, defaults={"next_at": at})
        # The conditional update is the claim: of two schedulers one moves the row.
        mine = Cron.objects.filter(name=handler.kind, next_at=due.next_at)
        if due.next_at <= at and mine.update(next_at=at + handler.every):
            count += enqueue(handler.kind, key=f"cron:{handler.kind}")
    return count


def revive(job_id: int, *, at: datetime) -> bool:
    """Have a job that was given up tried again from its first attempt. False if it is not given up."""
    try:
        with transaction.atomic():
            return bool(
                Job.objects.filter(id=job_id, state="dead").update(
                    state="ready", attempts=0, run_at=at, finished_at=None, lease_until=None
                )
            )
    except IntegrityError:
        # Another job of this key waits already and does the same: this one has nothing left to do.
        return discard(job_id)


def discard(job_id: int) -> bool:
    """Delete a job that was given up. False if it is not given up."""
    return bool(Job.objects.filter(id=job_id, state="dead").delete()[0])


@job("base.forget_done_jobs", every=timedelta(hours=6))
def forget_done_jobs() -> None:
    """Delete jobs that were done a week ago; dead ones stay until a person has seen them."""
    Job.objects.filter(state="done", finished_at__lt=now() - KEEP_DONE).delete()


def run_due(*, limit: int = 1000) -> int:
    """Run what is due in this process until nothing is left; return how many ran. For commands and tests."""
    name, count = worker_name(), 0
    while count < limit and (claimed := claim(name, at=now())):
        run(claimed)
        count += 1
    return count


def worker_name() -> str:
    """Return a name for this process that no other worker has."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{random.randrange(10**6)}"


def work(stop: threading.Event, *, idle_seconds: float = 0.5) -> None:
    """Work until ``stop`` is set: schedule, claim, run."""
    name, scheduled = worker_name(), 0.0
    while not stop.is_set():
        try:
            if time.monotonic() - scheduled > 5:
                schedule(at=now())
                scheduled = time.monotonic()
            claimed = claim(name, at=now())
            if claimed is None:
                stop.wait(idle_seconds)
            else:
                run(claimed)
        except Exception:
            log.exception("the worker could not reach its queue; trying again")
            stop.wait(2)
            close_old_connections()
