"""Numbered fault points: the places where a kill must lose and double nothing. A test walks this register."""

from __future__ import annotations

import os
import signal

REGISTER = {
    "lake.1.before_files": "activities are read, no file is written",
    "lake.2.after_files": "new files are whole on disk, the manifest does not name them",
    "lake.3.before_rename": "the new manifest is whole beside the old one",
    "lake.4.after_rename": "the new manifest is in place, old files are not yet removed",
    "lake.5.after_cleanup": "everything is done but the job is not marked done",
    "import.1.before_chunk": "a chunk is parsed, its transaction is not begun",
    "import.2.inside_chunk": "a chunk's rows are written, its transaction is open",
    "import.3.after_chunk": "a chunk is committed with its checkpoint",
    "import.4.before_done": "all chunks are committed, the batch is not yet done",
    "undo.1.inside": "an undo has deleted rows, its transaction is open",
    "tracker.1.before_commit": "events are written, their transaction is open",
    "tracker.2.after_commit": "events are committed, their senders are not yet answered",
    "tracker.3.before_visits": "visits are changed and the follower has moved, their transaction is open",
    "message.1.before_plan": "messages are decided and written, their transaction is open",
    "message.2.before_claim": "messages are claimed, their transaction is open",
    "message.3.after_claim": "messages are claimed, none has begun to leave",
    "message.4.before_handing_over": "a message is noted as begun, its first byte has not left",
    "message.5.before_settled": "what became of messages is written, the transaction is open",
    "message.6.after_settled": "messages are settled, their worker still lives",
    "journey.1.before_entering": "people have begun and are woken, the follower has moved, their transaction is open",
    "journey.2.after_entering": "people have begun, they did not take a step yet",
    "journey.3.before_asked": "who came into an audience has begun, their transaction is open",
    "journey.4.before_advanced": "messages are planned and steps written down, their transaction is open",
    "journey.5.after_advanced": "steps are committed, their worker still lives",
    "job.1.after_claim": "a job is claimed, not begun",
    "job.2.before_done": "a job has run, it is not marked done",
}


def fault_point(name: str) -> None:
    """Kill this process, as ``kill -9`` would, if REGULARS_FAULT names this point (``name@N``: at the Nth pass)."""
    wanted = os.environ.get("REGULARS_FAULT")
    if not wanted:
        return
    point, _, passes = wanted.partition("@")
    if point != name:
        return
    if passes and int(passes) > 1:
        os.environ["REGULARS_FAULT"] = f"{point}@{int(passes) - 1}"
        return
    os.kill(os.getpid(), signal.SIGKILL)
