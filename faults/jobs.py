"""Workers are killed with a job in their hands; its lease runs out and another worker does it, once."""

from __future__ import annotations

import time
from collections import Counter

from faults.installation import new
from faults.outcome import Outcome

POINTS = ("job.1.after_claim", "job.2.before_done")
JOBS = 12


def run(rounds: int = 1) -> Outcome:
    """Kill a worker at every point, ``rounds`` times, at another job each time."""
    outcome = Outcome("jobs")
    waited = 0.0
    with new() as shop:
        from faults.worker import declare
        from regulars.base import jobs
        from regulars.base.models import Job
        from regulars.stream.models import Activity

        declare()
        for number in range(rounds * len(POINTS)):
            point = POINTS[number % len(POINTS)]
            for job in range(number * JOBS, (number + 1) * JOBS):
                outcome.acknowledged += jobs.enqueue("faults.note", key=f"note:{job}", number=job)
            # The first jobs of a worker are those of the schedule, so a few of ours are done before it dies.
            worker = shop.start("faults.worker", fault=f"{point}@{5 + number}")
            outcome.killed(point, worker.wait(timeout=120))
            began = time.monotonic()
            shop.start("faults.worker").wait(timeout=120)
            waited = max(waited, time.monotonic() - began)
        done: Counter[str] = Counter(Job.objects.filter(kind="faults.note").values_list("state", flat=True))
        notes = Activity.objects.filter(kind="store.added", key__startswith="faults.note:").count()
        outcome.lost = max(outcome.acknowledged - done["done"], outcome.acknowledged - notes, 0)
        outcome.doubled = max(notes - outcome.acknowledged, 0)
        again = Job.objects.filter(kind="faults.note", attempts__gt=1).count()
        outcome.detail = {"run_again": again, "seconds_until_all_done": round(waited, 1)}
    return outcome
