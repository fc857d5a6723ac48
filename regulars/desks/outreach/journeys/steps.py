"""The steps of a journey: plain values, read from JSON and written to it, and the ways between them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from regulars.decisions.guard import Rank

HOUR_US = 3_600_000_000
Texts = Mapping[str, Mapping[str, str]]
Way = Literal["next", "then", "other"]


@dataclass(frozen=True, slots=True)
class Message:
    """Say something, on the first of ``channels`` that reaches her; worth nothing ``worth_hours`` later."""

    id: str
    channels: tuple[str, ...] = ("email",)
    texts: Texts = field(default_factory=dict)
    rank: int = Rank.NEWSLETTER
    worth_hours: int = 48
    topic: str = ""
    is_personalised: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for so long."""

    id: str
    days: int = 1
    hours: int = 0


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Wait for something she does (``kind``) or for a ``rule`` to hold: ``then``; when time is up first, ``other``."""

    id: str
    kind: str = "order.paid"
    rule: str = ""
    days: int = 7
    hours: int = 0
    then: tuple[Step, ...] = ()
    other: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """``then`` for whom the rule holds now, ``other`` for all others."""

    id: str
    rule: str = ""
    then: tuple[Step, ...] = ()
    other: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Chance:
    """``then`` for so many of a hundred, by chance but for the same person always the same; ``other`` for the rest."""

    id: str
    percent: int = 50
    then: tuple[Step, ...] = ()
    other: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Exit:
    """Leave the journey here."""

    id: str


Step = Message | Wait | WaitUntil | Split | Chance | Exit
Steps = tuple[Step, ...]
KINDS: dict[str, type[Step]] = {
    "message": Message, "wait": Wait, "wait_until": WaitUntil, "split": Split, "chance": Chance, "exit": Exit,
}  # fmt: skip
NAMES = {kind: name for name, kind in KINDS.items()}
BRANCHED = (WaitUntil, Split, Chance)


def span_us(step: Wait | WaitUntil) -> int:
    """Return how long is waited at most, in microseconds; a day is 24 hours."""
    return (step.days * 24 + step.hours) * HOUR_US


def read_steps(rows: Sequence[Mapping[str, Any]]) -> Steps:
    """Return steps from JSON. What a step does not know is left out, what is missing is as in a new one."""
    return tuple(_read(row) for row in rows)


def _read(row: Mapping[str, Any]) -> Step:
    kind = KINDS[row["do"]]
    names = {f.name for f in fields(kind)}
    values = {name: value for name, value in row.items() if name in names}
    for name in ("then", "other"):
        if name in values:
            values[name] = read_steps(values[name])
    if "channels" in values:
        values["channels"] = tuple(values["channels"])
    return kind(**values)


def write_steps(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return steps as JSON."""
    return [_write(step) for step in steps]


def _write(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"do": NAMES[type(step)]}
    for part in fields(step):
        value = getattr(step, part.name)
        found[part.name] = write_steps(value) if part.name in {"then", "other"} else value
    if isinstance(step, Message):
        found |= {"channels": list(step.channels), "rank": int(step.rank)}
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A step with where it leads: ids of the steps behind it, "" where the journey ends. ``depth``: of branches."""

    step: Step
    next: str
    then: str = ""
    other: str = ""
    depth: int = 0

    def to(self, way: Way) -> str:
        """Return the id of the step that a way leads to."""
        return {"next": self.next, "then": self.then, "other": self.other}[way]


def flow_of(steps: Sequence[Step]) -> dict[str, Place]:
    """Return each step by id with its ways, in reading order: every way leads on to a later step or to the end.

    A branch that ends goes on with the step behind it. Raises ValueError where two steps have one id.
    """
    found: dict[str, Place] = {}
    for place in _places(steps, "", 0):
        if place.step.id in found:
            raise ValueError(f"two steps are named {place.step.id!r}")
        found[place.step.id] = place
    return found


def _places(steps: Sequence[Step], behind: str, depth: int) -> Iterator[Place]:
    for index, step in enumerate(steps):
        after = steps[index + 1].id if index + 1 < len(steps) else behind
        if isinstance(step, BRANCHED):
            then, other = (part[0].id if part else after for part in (step.then, step.other))
            yield Place(step, after, then, other, depth)
            yield from _places(step.then, after, depth + 1)
            yield from _places(step.other, after, depth + 1)
        else:
            yield Place(step, after, depth=depth)


def first_of(steps: Sequence[Step]) -> str:
    """Return the id of the first step, "" where there is none."""
    return steps[0].id if steps else ""


def new_id(steps: Sequence[Step], taken: Sequence[str] = ()) -> str:
    """Return an id that no step has, nor one of ``taken``."""
    numbers = [int(name[1:]) for name in (*flow_of(steps), *taken) if name[1:].isdecimal()]
    return f"s{max(numbers, default=0) + 1}"


def swapped(steps: Steps, wanted: str, new: Step | None) -> Steps:
    """Return the steps with the one named ``wanted`` replaced, or taken out with its branches."""
    found: list[Step] = []
    for step in steps:
        if step.id == wanted:
            found += [new] if new is not None else []
        elif isinstance(step, BRANCHED):
            found.append(replace(step, then=swapped(step.then, wanted, new), other=swapped(step.other, wanted, new)))
        else:
            found.append(step)
    return tuple(found)


def added(steps: Steps, new: Step, *, under: str = "", branch: str = "then") -> Steps:
    """Return the steps with ``new`` at the end, of the whole or of a branch of the step ``under``."""
    if not under:
        return (*steps, new)
    parent = flow_of(steps)[under].step
    if not isinstance(parent, BRANCHED):
        raise ValueError(f"{under!r} has no branches")
    values: dict[str, Any] = {branch: (*getattr(parent, branch), new)}
    return swapped(steps, under, replace(parent, **values))


def moved(steps: Steps, wanted: str, by: int) -> Steps:
    """Return the steps with one a place earlier (-1) or later (1) among its neighbours, if it has one there."""
    at = next((n for n, step in enumerate(steps) if step.id == wanted), None)
    if at is not None:
        to, found = at + by, list(steps)
        if 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
        return tuple(found)
    return tuple(
        replace(s, then=moved(s.then, wanted, by), other=moved(s.other, wanted, by)) if isinstance(s, BRANCHED) else s
        for s in steps
    )
