"""The state of the builder page: one rule, as a text and as a form, and what is wrong with either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import (
    WORDS,
    FormErrors,
    NumberSlot,
    Rule,
    RuleError,
    TextSlot,
    TimeSlot,
    Word,
    format_rule,
    from_form,
    parse,
    to_form,
)
from regulars.desks.outreach.audiences.messages import COMPARISONS, TIMES, UNITS, problem_text

Node = dict[str, Any]
PREFIX = "f"
_NEW = {"word": "orders", "not": False, "args": {"compare_op": "at least", "compare_low": "1"}}
_MOST_PARTS = 100
_MOST_DEPTH = 12


@dataclass(slots=True)
class State:
    """A rule while it is made. ``rule`` is None while something is wrong with what was changed last."""

    text: str = ""
    form: Node = field(default_factory=dict)
    rule: Rule | None = None
    problem: RuleError | None = None
    wrong: dict[str, list[RuleError]] = field(default_factory=dict)

    @property
    def marked(self) -> tuple[str, str, str] | None:
        """Return the text before, at and after what is wrong in it."""
        if self.problem is None:
            return None
        start, end = self.problem.start, self.problem.end
        return self.text[:start], self.text[start:end] or "␣", self.text[end:]

    @property
    def message(self) -> str:
        """Return what is wrong in the text, in the reader's language."""
        return problem_text(self.problem) if self.problem else ""

    @property
    def top(self) -> Shown:
        """Return the form as the template shows it."""
        return _shown(self.form, "", self.wrong)

    @property
    def rows(self) -> list[Shown]:
        """Return every condition of the form, whatever group it is in."""
        return list(_rows(self.top))


def from_text(text: str, form: Node | None = None) -> State:
    """Return the state that a text makes; ``form`` stays as it was if the text cannot be read."""
    try:
        rule = parse(text, WORDS)
    except RuleError as error:
        return State(text, form or {"join": "all", "not": False, "parts": []}, None, error)
    return State(text, to_form(rule, WORDS), rule)


def from_fields(form: Node, text: str) -> State:
    """Return the state that a form makes; ``text`` stays as it was if something is not filled in."""
    try:
        rule = from_form(form, WORDS)
    except FormErrors as errors:
        wrong: dict[str, list[RuleError]] = {}
        for path, error in errors.found:
            wrong.setdefault(path, []).append(error)
        return State(text, form, None, None, wrong)
    return State("" if not form["parts"] else format_rule(rule, WORDS), form, rule)


def read_fields(data: QueryDict) -> Node:
    """Return the form that a request's fields hold."""
    root = _read(data, PREFIX, 0) or {"join": "all", "not": False, "parts": []}
    return root if "parts" in root else {"join": "all", "not": False, "parts": [root]}


def _read(data: QueryDict, path: str, depth: int) -> Node | None:
    is_not = data.get(f"{path}.not") == "1"
    if f"{path}.join" in data:
        parts = []
        for n in range(_MOST_PARTS):
            part = _read(data, f"{path}.{n}", depth + 1) if depth < _MOST_DEPTH else None
            if part is None:
                break
            parts.append(part)
        return {"join": data[f"{path}.join"], "not": is_not, "parts": parts}
    if f"{path}.word" not in data:
        return None
    start = f"{path}."
    args: Node = {}
    for name in data:
        if name.startswith(start):
            values = data.getlist(name)
            args[name.removeprefix(start)] = values if _is_many(name, data, path) else values[0]
    return {"word": args.pop("word"), "not": is_not, "args": args}


def _is_many(name: str, data: QueryDict, path: str) -> bool:
    word = WORDS.by_name.get(str(data[f"{path}.word"]))
    return word is not None and any(isinstance(s, TextSlot) and name == f"{path}.{s.name}" for s in word.slots)


def act(form: Node, wish: str) -> Node:
    """Return the form after a button of it: ``add:0.1`` a condition, ``group:`` a group, ``remove:0``."""
    what, _colon, path = wish.partition(":")
    steps = [int(step) for step in path.split(".") if step.isdecimal() and len(step) < 4]
    node = form
    for step in steps[:-1] if what == "remove" else steps:
        parts = node.get("parts", [])
        if step >= len(parts):
            return form
        node = parts[step]
    if what == "remove" and steps and steps[-1] < len(node.get("parts", [])):
        del node["parts"][steps[-1]]
    elif what == "add" and "parts" in node:
        node["parts"].append(dict(_NEW))
    elif what == "group" and "parts" in node:
        join = "any" if node.get("join") != "any" else "all"
        node["parts"].append({"join": join, "not": False, "parts": [dict(_NEW)]})
    return form


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a condition as the template shows it; ``name`` begins the names of its inputs."""

    kind: str
    name: str
    id: str
    label: str
    values: Sequence[str] = ()
    op: str = ""
    ops: Sequence[tuple[str, Any]] = ()
    choices: Sequence[tuple[str, Any]] = ()
    is_closed: bool = False
    low: str = ""
    high: str = ""
    unit: str = ""
    units: Sequence[tuple[str, Any]] = ()

    @property
    def has_span(self) -> bool:
        """Return whether a time is told by its length."""
        return self.op in {"in", "over", "within"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A node of the form as the template shows it."""

    path: str
    name: str
    id: str
    is_not: bool
    join: str = ""
    parts: Sequence[Shown] = ()
    is_group: bool = False
    is_top: bool = False
    word: str = ""
    help: str = ""
    fields: Sequence[Field] = ()
    errors: Sequence[str] = ()


def _shown(node: Node, path: str, wrong: dict[str, list[RuleError]]) -> Shown:
    name = f"{PREFIX}.{path}" if path else PREFIX
    id = name.replace(".", "-")
    errors = [problem_text(error) for error in wrong.get(path, [])]
    if "parts" in node:
        parts = [_shown(part, f"{path}.{n}" if path else str(n), wrong) for n, part in enumerate(node["parts"])]
        return Shown(
            path, name, id, bool(node.get("not")), join="any" if node.get("join") == "any" else "all", parts=parts,
            is_group=True, is_top=not path, errors=errors,
        )  # fmt: skip
    word = WORDS.by_name.get(node.get("word", ""))
    fields = [_field(slot, name, node.get("args", {})) for slot in word.slots] if word else []
    return Shown(
        path, name, id, bool(node.get("not")), word=node.get("word", ""), help=str(word.help) if word else "",
        fields=fields, errors=errors,
    )  # fmt: skip


def _rows(node: Shown) -> Iterable[Shown]:
    if not node.is_group:
        yield node
    for part in node.parts:
        yield from _rows(part)


def _field(slot: Any, path: str, args: Node) -> Field:
    name = f"{path}.{slot.name}"
    made: dict[str, Any] = {"name": name, "id": name.replace(".", "-"), "label": str(slot.label)}
    said = {
        part: args.get(f"{slot.name}_{part}", "") for part in ("op", "low", "high", "count", "unit", "day", "until")
    }
    if isinstance(slot, TextSlot):
        values = args.get(slot.name, [])
        values = [values] if isinstance(values, str) else [value for value in values if value]
        shown = values[:1] or [""] if slot.is_one else [*values, ""]
        ops = [(op, COMPARISONS.get(op, op)) for op in slot.ops] if len(slot.ops) > 1 else []
        choices = list(slot.choices()) if slot.choices else []
        return Field("texts", **made, values=shown, op=said["op"], ops=ops, choices=choices, is_closed=slot.is_closed)
    empty = [] if slot.is_required else [("", _("any number"))]
    if isinstance(slot, NumberSlot):
        ops = [*empty, *COMPARISONS_OF_NUMBERS]
        return Field("number", **made, op=said["op"], ops=ops, low=said["low"], high=said["high"])
    if isinstance(slot, TimeSlot):
        ops = [*empty, *((op, TIMES[op]) for op in slot.ops)]
        op = said["op"] or ("" if empty else slot.ops[0])
        span = op in {"in", "over", "within"}
        low, high = (said["count"], "") if span else (said["day"], said["until"])
        return Field(
            "time", **made, op=op, ops=ops, low=low, high=high, unit=said["unit"] or "days", units=list(UNITS.items())
        )
    return Field("share", **made, low=args.get(slot.name, ""))


COMPARISONS_OF_NUMBERS = [(op, COMPARISONS[op]) for op in (
    "at least", "at most", "exactly", "between", "more than", "less than",
)]  # fmt: skip


def word_groups() -> list[tuple[str, list[Word]]]:
    """Return all words by their group, for a list to choose from."""
    groups: dict[str, list[Word]] = {}
    for word in WORDS:
        groups.setdefault(str(word.group), []).append(word)
    return list(groups.items())
