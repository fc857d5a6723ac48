"""The register of activity kinds. Each room declares its own in its ``kinds.py``; an unknown kind is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import msgspec

Sentence = Callable[[Any, dict[str, str]], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of activity.

    name: dotted, ``order.paid``. body: its frozen dataclass of ids, numbers, codes and truth values; never a
    customer's words or contact data (they would enter the lake). sentence: what the timeline says, a translated text
    made from the body and the facts ``amount``, ``store``, ``by`` (already formatted for reading). dated_by: the body
    field (microseconds) whose local day the lake files it under; by default ``occurred_at``.
    """

    name: str
    body: type
    sentence: Sentence
    help: str
    icon: str = "dot"
    dated_by: str | None = None
    columns: tuple[tuple[str, type], ...] = field(default=())


KINDS: dict[str, Kind] = {}
_LAKE_TYPES = (int, str, bool, float)


class UnknownKind(LookupError):
    """An activity of a kind that nobody declared."""


class BodyError(ValueError):
    """A body that is not of its kind's dataclass; the message names kind and field."""


def _column_type(annotation: Any) -> type:
    text = str(annotation).replace("None", "").replace("|", " ").strip()
    for candidate in _LAKE_TYPES:
        if annotation is candidate or text == candidate.__name__:
            return candidate
    raise TypeError(f"{annotation!r}: a body holds only int, str, bool, float, or one of them or None")


def kind(
    name: str, *, sentence: Sentence, help: str, icon: str = "dot", dated_by: str | None = None
) -> Callable[[type], type]:
    """Register the decorated frozen dataclass as the body of kind ``name``."""

    def register(body: type) -> type:
        if not is_dataclass(body):
            raise TypeError(f"{name}: the body must be a frozen dataclass")
        columns = tuple((f.name, _column_type(f.type)) for f in fields(body))
        if name in KINDS and KINDS[name].body.__qualname__ != body.__qualname__:
            raise ValueError(f"kind {name} is declared twice")
        KINDS[name] = Kind(name, body, sentence, help, icon, dated_by, columns)
        return body

    return register


def get(name: str) -> Kind:
    """Return the kind ``name``; raise UnknownKind if nobody declared it."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(f"{name!r} is no kind of activity; custom site events go under site.custom") from None


def encode(name: str, body: Any) -> str:
    """Return ``body`` as JSON after checking it against the dataclass of kind ``name``."""
    declared = get(name)
    try:
        checked: Any = msgspec.convert(msgspec.to_builtins(body), declared.body)
    except msgspec.ValidationError as error:
        raise BodyError(f"{name}: {error}") from error
    return msgspec.json.encode(checked).decode()


def decode(name: str, text: str) -> Any:
    """Return the body dataclass of kind ``name`` from its JSON."""
    try:
        return msgspec.json.decode(text.encode(), type=get(name).body)
    except msgspec.ValidationError as error:
        raise BodyError(f"{name}: {error}") from error
