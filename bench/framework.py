"""What every benchmark shares: fair turns, medians, memory of a process of its own, and one way to report."""

from __future__ import annotations

import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a benchmark found. ratios: subject over peer unless the name says otherwise, and other numbers to keep.

    A module ``bench/NAME.py`` has ``NAME``, ``HELP`` (what is compared with what) and ``run() -> Outcome``.
    """

    ratios: Mapping[str, float]
    peak_rss_mb: float
    detail: Mapping[str, Any] = field(default_factory=dict)

    def line(self, name: str) -> str:
        """Return the outcome as the last line of a run."""
        return json.dumps(
            {
                "bench": name,
                "ratios": {key: round(value, 3) for key, value in self.ratios.items()},
                "peak_rss_mb": round(self.peak_rss_mb, 1),
                "detail": self.detail,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Median seconds of subject and peer: by the clock, and of processor time, which neighbours disturb less."""

    subject: float
    peer: float
    subject_cpu: float
    peer_cpu: float

    @property
    def ratio(self) -> float:
        """Return how many times as long as the peer the subject takes, by the clock."""
        return self.subject / self.peer

    @property
    def cpu_ratio(self) -> float:
        """Return how many times as much processor time as the peer the subject takes."""
        return self.subject_cpu / self.peer_cpu


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long one run of ``work`` takes by the clock, and how much processor time of this process."""
    began, cpu_began = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu_began


def interleaved(
    subject: Callable[[], object],
    peer: Callable[[], object],
    *,
    rounds: int = ROUNDS,
    at_least_s: float = 0.0,
    most_rounds: int = 31,
) -> Pair:
    """Return the medians of runs taken in turns after one of each to warm up.

    At least ``rounds`` of each, and more (up to ``most_rounds``) until ``at_least_s`` seconds have gone by, since a
    short work's median needs more runs to settle. Who goes first alternates, so that neither always meets the other's
    warm caches.
    """
    subject()
    peer()
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    began = time.perf_counter()
    while len(ours) < rounds or (len(ours) < most_rounds and time.perf_counter() - began < at_least_s):
        turns = [(subject, ours), (peer, theirs)]
        for work, taken in turns if len(ours) % 2 else reversed(turns):
            taken.append(seconds(work))
    medians = [statistics.median(run[kind] for run in runs) for kind in (0, 1) for runs in (ours, theirs)]
    return Pair(*medians)


def peak_rss_mb() -> float:
    """Return the most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss survives exec on Linux and would count the parent's memory.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def in_child(work: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    """Return what ``work(*args)`` returned in a fresh process, and the most memory (MB) that process held.

    work: a function of a module, with arguments and result that can be pickled. Raise ChildProcessError if it fails.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(sender, work, args))
    child.start()
    sender.close()
    try:
        result, peak = receiver.recv()
    except EOFError:
        result, peak = None, None
    child.join()
    if child.exitcode or peak is None:
        raise ChildProcessError(f"{work.__module__}.{work.__qualname__} ended with exit code {child.exitcode}")
    return result, peak


def _in_child(sender: Any, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    result = work(*args)
    sender.send((result, peak_rss_mb()))
    sender.close()


def say(text: str) -> None:
    """Tell whoever watches how far the run is; the result alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)
