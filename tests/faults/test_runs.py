"""Short forms of the fault runs: processes die at every point, nothing is lost and nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from faults import imports, ingest, jobs, journeys, lake, send, visits
from regulars.base.faults import fault_point
from tests.conftest import REPOSITORY, Installation


def run(name: str, installation: Installation, rounds: int = 1) -> dict[str, Any]:
    """Run ``python -m faults NAME`` on the database of this test and return its last line."""
    command = [sys.executable, "-m", "faults", name, "--rounds", str(rounds), "--json"]
    done = subprocess.run(
        command, env=installation.env, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_a_killed_lake_writer(installation: Installation) -> None:
    found = run("lake", installation)
    assert found["acknowledged"] > 0
    assert (found["lost"], found["doubled"], set(found["kills"])) == (0, 0, set(lake.POINTS))


@pytest.mark.slow
def test_a_killed_worker(installation: Installation) -> None:
    found = run("jobs", installation)
    assert found["detail"]["run_again"] >= len(jobs.POINTS)
    assert (found["lost"], found["doubled"], set(found["kills"])) == (0, 0, set(jobs.POINTS))


@pytest.mark.slow
def test_a_killed_import_and_a_killed_undo(installation: Installation) -> None:
    found = run("imports", installation)
    assert (found["detail"]["rejected"], found["acknowledged"] > 10_000) == (12, True)
    assert (found["lost"], found["doubled"], set(found["kills"])) == (0, 0, set(imports.POINTS))


@pytest.mark.slow
def test_a_server_killed_while_events_pour_in(installation: Installation) -> None:
    found = run("ingest", installation, rounds=len(ingest.POINTS) + 1)
    assert found["acknowledged"] > 100
    assert (found["lost"], found["doubled"], set(found["kills"]) >= set(ingest.POINTS)) == (0, 0, True)


@pytest.mark.slow
def test_killed_workers_that_send_through_a_lying_provider(installation: Installation) -> None:
    found = run("send", installation, rounds=len(send.POINTS) + 1)
    assert found["acknowledged"] > 1_500
    assert (found["lost"], found["doubled"], set(found["kills"]) >= set(send.POINTS)) == (0, 0, True)


def test_a_point_kills_at_the_wanted_pass_only(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(number))
    monkeypatch.delenv("REGULARS_FAULT", raising=False)
    fault_point("job.1.after_claim")
    monkeypatch.setenv("REGULARS_FAULT", "job.1.after_claim@3")
    for _ in range(2):
        fault_point("job.1.after_claim")
        fault_point("job.2.before_done")
    assert killed == []
    fault_point("job.1.after_claim")
    assert killed == [9]


@pytest.mark.slow
def test_a_killed_follower_of_visits(installation: Installation) -> None:
    found = run("visits", installation, rounds=3)
    assert found["acknowledged"] == found["detail"]["pages"] > 0
    assert (found["lost"], found["doubled"], set(found["kills"])) == (0, 0, set(visits.POINTS))


@pytest.mark.slow
def test_killed_workers_of_journeys(installation: Installation) -> None:
    found = run("journeys", installation, rounds=len(journeys.POINTS))
    assert found["acknowledged"] == 2 * journeys.DAILY * len(journeys.POINTS)
    assert (found["lost"], found["doubled"], set(found["kills"])) == (0, 0, set(journeys.POINTS))
