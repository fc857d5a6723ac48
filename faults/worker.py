"""A background worker with a short lease, and a job whose effect can be counted: ``python -m faults.worker``."""

from __future__ import annotations

import threading
from datetime import timedelta

from regulars.cli.start import start_django


def declare() -> None:
    """Declare the job ``faults.note`` and shorten the lease; in the process that enqueues and in those that work."""
    from regulars.base import jobs
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.shop.kinds import StoreAdded
    from regulars.stream.operations import record

    jobs.LEASE = timedelta(seconds=2)

    @jobs.job("faults.note")
    def note(number: int) -> None:
        record("store.added", f"faults.note:{number}", StoreAdded(number), by=SYSTEM, at=now())


def main() -> None:
    """Work until killed, or until nothing is left to do."""
    start_django()
    declare()
    from regulars.base import jobs
    from regulars.base.models import Job

    stop = threading.Event()
    worker = threading.Thread(target=jobs.work, args=(stop,), kwargs={"idle_seconds": 0.05})
    worker.start()
    while Job.objects.filter(kind="faults.note").exclude(state__in=["done", "dead"]).exists():
        stop.wait(0.1)
    stop.set()
    worker.join()


if __name__ == "__main__":
    main()
