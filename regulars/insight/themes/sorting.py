"""Opinions sorted into themes by a few examples, with an honest word on how sure it is.

`train` learns from the sentences of the taxonomy and from what the shop confirmed, which weighs more; `Sorter.sort`
says what each text is about, and which of it may be believed without a look: those above the margin at which 19 of 20
were right on examples it had not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.insight.themes import linear
from regulars.insight.themes.features import Features, Rows
from regulars.insight.themes.margins import Judged, judge, logistic
from regulars.insight.themes.normalise import normal, pieces
from regulars.insight.themes.taxonomy import Theme, themes

_SEED, _CUE = 0.5, 0.5  # what a sentence of the taxonomy and one of its cues weigh beside a confirmed text
_FADES = 50  # confirmed texts of a theme after which its seeds weigh half as much
_FEW = 2_000  # texts
_PROVES = 40  # confirmed texts from which on the shop's own tell how good it is, not the seeds
_FOLDS, _TESTED = 5, 1_500
# Of few texts more is learnt from those that wait: the surest of them count a little as what they seem to be. Of more
# than so many only the first are taken.
_BELIEVED, _BELIEF, _MOST_BESIDE = 2 / 3, 0.3, 2_000
_LIKELY = 0.6  # chance from which on a part of a text adds its theme to the proposal
_AT_ONCE = 4_000  # texts in memory as rows


@dataclass(frozen=True, slots=True)
class Example:
    """A text a person confirmed, and the keys of the themes it speaks of; none: it belongs to no theme."""

    text: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A theme that a text speaks of. ``piece``: which of its `pieces` says so, from 0; -1 is the text as a whole.

    probability: that it is this theme rather than another. is_sure: nobody need look.
    """

    theme: str
    probability: float
    piece: int
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a text speaks of, the likeliest first; empty where it has nothing that could be known."""

    said: tuple[Said, ...]

    @property
    def is_sure(self) -> bool:
        """Return whether the likeliest theme needs no look."""
        return bool(self.said) and self.said[0].is_sure


@dataclass(frozen=True, slots=True)
class _Lesson:
    text: str
    themes: tuple[str, ...]
    weight: float
    is_confirmed: bool
    is_cue: bool = False


@dataclass(frozen=True, slots=True)
class Sorter:
    """What was learnt. ``judged``: how good it is, on texts it had not seen; ``is_proven``: on the shop's own."""

    keys: tuple[str, ...]
    features: Features
    lines: linear.Lines
    judged: Judged
    is_proven: bool

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """Return (texts, keys), float32: the score of each theme for each normal text; nan where nothing is known."""
        parts = [self._scores(texts[n : n + _AT_ONCE]) for n in range(0, len(texts), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.keys)), np.float32)

    def _scores(self, texts: Sequence[str]) -> np.ndarray:
        rows = self.features.rows(texts)
        scores = self.lines.scores(rows)
        scores[np.diff(rows.indptr) == 0] = np.nan
        return scores

    def sort(self, texts: Iterable[str], *, in_pieces: bool = True) -> list[Sorted]:
        """Return what each text speaks of. ``in_pieces``: a text may say several things; else its likeliest only."""
        found: list[Sorted] = []
        chunk: list[str] = []
        for text in texts:
            chunk.append(text)
            if len(chunk) == _AT_ONCE:
                found += self._sort(chunk, in_pieces)
                chunk = []
        return found + self._sort(chunk, in_pieces)

    def _sort(self, texts: Sequence[str], in_pieces: bool) -> list[Sorted]:
        # The same words cost once: "good" is said by thousands.
        parts: dict[str, int] = {}
        cut: list[tuple[int, list[int]]] = []
        for text in map(normal, texts):
            own = pieces(text) if in_pieces else ()
            several = own if len(own) > 1 else ()
            cut.append((parts.setdefault(text, len(parts)), [parts.setdefault(p, len(parts)) for p in several]))
        if not self.keys or not parts:
            return [Sorted(()) for _ in cut]
        best, margin = top(self.scores(list(parts)))
        chance = logistic(self.judged, margin)
        sure = margin >= self.judged.threshold

        def said(part: int, piece: int) -> Said:
            return Said(self.keys[best[part]], float(chance[part]), piece, bool(sure[part]))

        known = np.isfinite(margin)
        return [
            _joined(
                [said(whole, -1)] if known[whole] else [],
                [
                    said(part, n)
                    for n, part in enumerate(own)
                    if known[part] and (sure[part] or chance[part] >= _LIKELY)
                ],
            )
            for whole, own in cut
        ]


def _joined(whole: list[Said], parts: list[Said]) -> Sorted:
    """Return each theme once, as the surest part says it; a text that says something more is not "something else"."""
    best: dict[str, Said] = {}
    for said in [*parts, *whole]:
        if said.theme not in best or said.probability > best[said.theme].probability:
            best[said.theme] = said
    if len(best) > 1:
        best.pop("other", None)
    return Sorted(tuple(sorted(best.values(), key=lambda s: (-s.probability, s.theme))))


def top(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the best theme of each text and how far ahead of the next it is; nan where nothing is known."""
    if scores.shape[1] == 1:
        return np.zeros(len(scores), np.int64), scores[:, 0]
    two = np.partition(scores, -2, axis=1)
    return np.nan_to_num(scores, nan=-np.inf).argmax(axis=1), two[:, -1] - two[:, -2]


def train(
    examples: Iterable[Example],
    *,
    taxonomy: Mapping[str, Theme] | None = None,
    beside: Sequence[str] = (),
) -> Sorter:
    """Learn from examples and from the seeds of ``taxonomy`` (default: the shop's own; {} for none).

    beside: texts that nobody sorted yet; how common a word is gets learnt from them too, and where few are confirmed
    what the surest of them say (self-training: Yarowsky 1995, ACL 33, 189-196). The same examples in any order give the
    same sorter. Ten thousand texts take a few seconds.
    """
    taxonomy = themes() if taxonomy is None else taxonomy
    confirmed = sorted({(normal(e.text), tuple(sorted(set(e.themes)))) for e in examples if e.text.strip()})
    lessons = [_Lesson(text, of, 1.0, True) for text, of in confirmed] + _seeds(taxonomy, confirmed)
    keys = tuple(sorted({key for lesson in lessons for key in lesson.themes}))
    texts = [lesson.text for lesson in lessons]
    features, every = Features.learn([*texts, *sorted(map(normal, beside))])
    rows, waiting = every[: len(texts)], every[len(texts) : len(texts) + _MOST_BESIDE]
    weights = np.array([lesson.weight for lesson in lessons], dtype=np.float32)
    sides = np.array([[1 if key in lesson.themes else -1 for key in keys] for lesson in lessons], dtype=np.float32)
    sides = sides.reshape(len(lessons), len(keys))
    is_proven = len(confirmed) >= _PROVES
    tested = np.array([le.is_confirmed if is_proven else not le.is_cue for le in lessons], dtype=bool)
    judged = _judged(rows, sides, weights, tested)
    lines = _fit(rows, sides, weights)
    if is_proven and len(confirmed) < _FEW and waiting.shape[0] and len(keys) > 1:
        lines = _fit_again(lines, rows, sides, weights, waiting)
    return Sorter(keys, features, lines.rounded(), judged, is_proven)


def _fit_again(lines: linear.Lines, rows: Rows, sides: np.ndarray, weights: np.ndarray, waiting: Rows) -> linear.Lines:
    """Learn once more, with the surest of what waits as what it seems to be."""
    from scipy import sparse

    best, margin = top(lines.scores(waiting))
    margin[np.diff(waiting.indptr) == 0] = -np.inf
    surest = np.argsort(-margin, kind="stable")[: int(len(margin) * _BELIEVED)]
    seems = np.full((len(surest), sides.shape[1]), -1, np.float32)
    seems[np.arange(len(surest)), best[surest]] = 1
    belief = np.full(len(surest), _BELIEF, np.float32)
    return _fit(
        sparse.vstack([rows, waiting[surest]]).tocsr(), np.vstack([sides, seems]), np.concatenate([weights, belief])
    )


def _fit(rows: Rows, sides: np.ndarray, weights: np.ndarray) -> linear.Lines:
    # Few texts: believe each, and hardly how often they have a word. Many: the other way about (see `bench needs`).
    few = _FEW / (_FEW + len(sides))
    return linear.fit(rows, sides, weights, cost=0.3 + 3.5 * few, bayes=0.5 * (1 - few))


def _seeds(taxonomy: Mapping[str, Theme], confirmed: Sequence[tuple[str, tuple[str, ...]]]) -> list[_Lesson]:
    lessons = []
    for key, theme in sorted(taxonomy.items()):
        fade = _FADES / (_FADES + sum(key in of for _, of in confirmed))
        for language in sorted(theme.examples):
            lessons += [_Lesson(normal(t), (key,), _SEED * fade, False) for t in theme.examples[language]]
        for language in sorted(theme.cues):
            lessons += [_Lesson(normal(t), (key,), _CUE * fade, False, True) for t in theme.cues[language]]
    return lessons


def _judged(rows: Rows, sides: np.ndarray, weights: np.ndarray, tested: np.ndarray) -> Judged:
    """Return how good it is on texts it had not seen: of many texts one fifth, of few each fifth in turn."""
    places = np.flatnonzero(tested & (sides > 0).any(axis=1))
    if sides.shape[1] < 2 or len(places) < _FOLDS:
        return judge(np.zeros(0), np.zeros(0, bool))
    # Each theme spread evenly over the folds, by its order among the texts.
    first = sides[places].argmax(axis=1)
    order = np.argsort(first, kind="stable")
    fold = np.full(len(sides), -1)
    fold[places[order]] = np.arange(len(places)) % _FOLDS
    margins, right = [], []
    for number in range(_FOLDS):
        held = fold == number
        lines = _fit(rows[~held], sides[~held], weights[~held])
        best, margin = top(lines.scores(rows[held]))
        margins.append(margin)
        right.append(sides[held][np.arange(held.sum()), best] > 0)
        if sum(map(len, margins)) >= _TESTED:
            break
    return judge(np.concatenate(margins), np.concatenate(right))
