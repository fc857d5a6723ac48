"""Questions, the way through them, and what an answer is. Pure: no database, no clock."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["stars", "csat", "nps", "ces", "yes_no", "choice", "text", "photo"]
KINDS: tuple[Kind, ...] = ("stars", "csat", "nps", "ces", "yes_no", "choice", "text", "photo")
# Lowest and highest mark of each scale.
SCALES: Mapping[str, tuple[int, int]] = {"stars": (1, 5), "csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
MOST_QUESTIONS, MOST_OPTIONS = 10, 12
MOST_WORDS, MOST_LABEL = 4_000, 300
MOST_PHOTOS = 3  # to one question
# Sending is one of them.
MOST_TAPS = 5
# What is at or below this share of the best mark lets a person of the shop know at once.
LOW = 0.4
END = "end"
Texts = Mapping[str, str]  # by language


@dataclass(frozen=True, slots=True)
class Jump:
    """Where to go on after an answer: marks up to ``to_mark``, or one of ``values``; otherwise the next question."""

    go_to: str
    up_to: int | None = None
    values: tuple[str, ...] = ()

    def fits(self, value: object) -> bool:
        """Return whether an answer leads this way."""
        if self.up_to is not None:
            return isinstance(value, int) and value <= self.up_to
        return value in self.values


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``case``: the reason for which a "no" becomes a case at once."""

    id: str
    kind: Kind
    text: Texts
    options: tuple[Texts, ...] = ()
    is_required: bool = False
    jumps: tuple[Jump, ...] = ()
    case: str = ""

    @property
    def best(self) -> int | None:
        """Return the best mark of its scale; None of a question without one."""
        return SCALES[self.kind][1] if self.kind in SCALES else None

    @property
    def is_tap(self) -> bool:
        """Return whether it is answered by one tap."""
        return self.kind not in {"text", "photo"}

    @property
    def values(self) -> tuple[str, ...]:
        """Return what may be tapped, as it is sent."""
        if self.kind in SCALES:
            low, high = SCALES[self.kind]
            return tuple(str(mark) for mark in range(low, high + 1))
        if self.kind == "yes_no":
            return ("yes", "no")
        return tuple(str(n) for n in range(len(self.options)))


class QuestionError(ValueError):
    """Questions that cannot be asked. ``code`` says why, ``question`` which one (from 1; 0 is all of them)."""

    def __init__(self, code: str, question: int = 0) -> None:
        super().__init__(f"{code} (question {question})")
        self.code, self.question = code, question


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody answered: marks and choices by question, words by question; what is missing or wrong."""

    values: Mapping[str, int | str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)  # question: missing, unknown, or what is wrong
    photos: Mapping[str, Sequence[bytes]] = field(default_factory=dict)  # question: JPEGs drawn anew

    @property
    def is_empty(self) -> bool:
        """Return whether nothing at all was answered."""
        return not self.values and not self.words and not self.photos


def to_json(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Return questions as they are kept."""
    return [json.loads(json.dumps(asdict(question))) for question in questions]


def read_questions(kept: Any) -> tuple[Question, ...]:
    """Return checked questions; raise QuestionError."""
    if not isinstance(kept, list) or not kept:
        raise QuestionError("none")
    if len(kept) > MOST_QUESTIONS:
        raise QuestionError("too_many")
    found = tuple(_question(number, row) for number, row in enumerate(kept, 1))
    ids = [question.id for question in found]
    for number, question in enumerate(found, 1):
        if ids.count(question.id) > 1:
            raise QuestionError("same_id", number)
        for jump in question.jumps:
            # Only forwards: no way through can turn in a circle.
            if jump.go_to != END and jump.go_to not in ids[number:]:
                raise QuestionError("backwards", number)
    if most_taps(found) > MOST_TAPS:
        raise QuestionError("too_many_taps")
    return found


def _question(number: int, row: Any) -> Question:
    if not isinstance(row, dict) or row.get("kind") not in KINDS:
        raise QuestionError("unknown_kind", number)
    kind: Kind = row["kind"]
    name = str(row.get("id") or f"q{number}")
    if not (name.isascii() and name.replace("_", "").isalnum() and len(name) <= 20) or name == END:
        raise QuestionError("bad_id", number)
    text = _texts(row.get("text"), number, "no_text")
    options = tuple(_texts(option, number, "no_option") for option in row.get("options") or ())
    if kind == "choice" and not 2 <= len(options) <= MOST_OPTIONS:
        raise QuestionError("options", number)
    found = Question(
        name, kind, text, options if kind == "choice" else (), bool(row.get("is_required")),
        (), str(row.get("case") or "")[:20] if kind == "yes_no" else "",
    )  # fmt: skip
    jumps = tuple(_jump(jump, found, number) for jump in row.get("jumps") or ())
    return Question(name, kind, text, found.options, found.is_required, jumps, found.case)


def _texts(texts: Any, number: int, code: str) -> dict[str, str]:
    if not isinstance(texts, Mapping):
        raise QuestionError(code, number)
    kept = {str(k)[:12]: str(v).replace("\0", "").strip()[:MOST_LABEL] for k, v in texts.items()}
    kept = {language: text for language, text in kept.items() if text}
    if not kept:
        raise QuestionError(code, number)
    return kept


def _jump(row: Any, question: Question, number: int) -> Jump:
    if not isinstance(row, Mapping) or not question.is_tap:
        raise QuestionError("jump", number)
    values = tuple(str(value) for value in row.get("values") or ())
    up_to = row.get("up_to")
    if up_to is not None:
        if question.kind not in SCALES or not isinstance(up_to, int):
            raise QuestionError("jump", number)
    elif not values or not set(values) <= set(question.values):
        raise QuestionError("jump", number)
    return Jump(str(row.get("go_to") or ""), up_to, () if up_to is not None else values)


def most_taps(questions: Sequence[Question]) -> int:
    """Return the taps of the longest way through: one for each question that wants one, and one to send."""
    longest: dict[str, int] = {END: 0}
    after = END
    for question in reversed(questions):
        ways = [longest[after], *(longest[jump.go_to] for jump in question.jumps)]
        longest[question.id] = max(ways) + question.is_tap
        after = question.id
    return longest[after] + 1


def way(questions: Sequence[Question], values: Mapping[str, int | str]) -> list[Question]:
    """Return the questions that somebody who answered so is asked."""
    asked, skip_to = [], ""
    for question in questions:
        if skip_to and question.id != skip_to:
            continue
        skip_to = ""
        asked.append(question)
        for jump in question.jumps:
            if question.id in values and jump.fits(values[question.id]):
                skip_to = jump.go_to
                break
    return asked


def read_given(questions: Sequence[Question], sent: Mapping[str, str]) -> Given:
    """Return what was sent (``{"a.<question>": text}``) as an answer. What is off the way through is left out."""
    values: dict[str, int | str] = {}
    problems: dict[str, str] = {}
    for question in questions:
        said = sent.get(f"a.{question.id}", "").strip()
        if not (question.is_tap and said):
            continue
        if said not in question.values:
            problems[question.id] = "unknown"
        else:
            values[question.id] = int(said) if question.kind in SCALES else said
    asked = way(questions, values)
    on_way = {question.id for question in asked}
    words = {q.id: text for q in asked if q.kind == "text" and (text := tidy(sent.get(f"a.{q.id}", "")))}
    kept = {name: value for name, value in values.items() if name in on_way}
    for question in asked:
        if question.is_required and question.kind != "photo" and question.id not in {*kept, *words}:
            problems.setdefault(question.id, "missing")
    return Given(kept, words, {name: code for name, code in problems.items() if name in on_way})


def read_keyword(text: str) -> tuple[str, str]:
    """Return the first word of a message as keywords are compared, and the rest of it."""
    first, _space, rest = unicodedata.normalize("NFKC", text).strip().partition(" ")
    return keyword_of(first), rest.strip()


def keyword_of(word: str) -> str:
    """Return a word as keywords are compared: letters and digits only, in small ones."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", word).casefold() if sign.isalnum())


def read_reply(questions: Sequence[Question], text: str) -> Given:
    """Return what somebody answered in a message, after the keyword: "5 lovely tea" is a mark and words.

    The mark goes to the first question that can be tapped, yes and no in both languages; the words to the first that
    asks for some. What is on no scale is words.
    """
    values: dict[str, int | str] = {}
    first, _space, rest = text.partition(" ")
    tap = next((question for question in questions if question.is_tap), None)
    said = {"y": "yes", "是": "yes", "n": "no", "否": "no"}.get(keyword_of(first), keyword_of(first))
    if tap is not None and tap.kind != "choice" and said in tap.values:
        values[tap.id], text = (int(said) if tap.kind in SCALES else said), rest
    elif tap is not None and tap.kind == "choice" and first.isdecimal() and str(int(first) - 1) in tap.values:
        values[tap.id], text = str(int(first) - 1), rest  # people count from one
    asked = next((question for question in way(questions, values) if question.kind == "text"), None)
    words = {asked.id: tidy(text)} if asked is not None and text.strip() else {}
    return Given(values, words)


def tidy(text: str) -> str:
    """Return words as they are kept: no NUL, one kind of line end, not beyond what is kept."""
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:MOST_WORDS]


def mark_of(questions: Sequence[Question], values: Mapping[str, int | str]) -> tuple[int, int] | None:
    """Return the mark that an answer is shown with, and the best of its scale: that of the first scale answered."""
    for question in questions:
        value = values.get(question.id)
        if question.best is not None and isinstance(value, int):
            return value, question.best
    return None


def case_of(questions: Sequence[Question], values: Mapping[str, int | str]) -> str:
    """Return why an answer cannot wait: a "no" that matters, or a low mark on any scale; "" if it can."""
    for question in questions:
        if question.case and values.get(question.id) == "no":
            return question.case
    for question in questions:
        value = values.get(question.id)
        if question.best is not None and isinstance(value, int) and value <= question.best * LOW:
            return "low_mark"
    return ""


def in_language(texts: Texts, *wishes: str) -> str:
    """Return a text in the first language that it is written in; otherwise in any."""
    for wish in wishes:
        if texts.get(wish):
            return texts[wish]
    return next(iter(texts.values()), "")
