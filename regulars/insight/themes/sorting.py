"""Which needs a text names: a linear classifier over `features`, trained anew from examples in seconds.

One linear support vector machine for each theme (LIBLINEAR, Fan et al. 2008). What it says is turned into a probability
by a logistic curve over the distance between its first and its second choice, fitted on examples it had not seen
(Platt 1999); from the same comes the distance from which at least 95 % were right: there it is sure.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.insight.themes.features import Features, View
from regulars.insight.themes.normalise import pieces, tidy

WISHED_PRECISION = 0.95
# From so many examples of at least two themes a part is held back to learn how far to trust the rest.
HOLDS_BACK_FROM = 60
MOST_HELD_BACK = 2_000
STRENGTH = 0.5  # LIBLINEAR's C
FORMAT = 1
# The logistic's where too little is known to fit one.
SLOPE, OFFSET = 2.0, -0.5


class TooFewExamples(ValueError):
    """There are not two themes with examples, so nothing can be told apart."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text a person, or the seed, put under a theme."""

    text: str
    theme: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Guess:
    """A theme that a text may name. ``piece`` counts the text's pieces from 0."""

    theme: str
    probability: float
    is_sure: bool
    piece: int = 0


@dataclass(frozen=True, slots=True)
class Trust:
    """How far to trust a distance between first and second choice: the logistic's ``slope`` and ``offset``, and from
    which distance it is ``sure`` (infinite: never). ``seen`` examples told it, ``right`` of them rightly sorted.
    """

    slope: float = SLOPE
    offset: float = OFFSET
    sure: float = float("inf")
    seen: int = 0
    right: int = 0


class Sorter:
    """A trained classifier."""

    def __init__(self, themes: Sequence[str], features: Features, weights: Any, offsets: Any, trust: Trust) -> None:
        """Take what `train`, or `from_bytes`, made: weights (columns, themes) and offsets (themes,), float32."""
        self.themes = tuple(themes)
        self.features, self.weights, self.offsets, self.trust = features, weights, offsets, trust

    def distances(self, texts: Sequence[str]) -> np.ndarray:
        """Return (texts, themes): how far each text lies on the side of each theme."""
        return np.asarray(self.features.rows(texts) @ self.weights) + self.offsets

    def sort(self, texts: Sequence[str], *, most: int = 3) -> list[list[Guess]]:
        """Return for each text what it may name, the likeliest first.

        A text of several pieces is sorted as a whole and piece by piece: a need that a piece names surely counts
        beside the one of the whole.
        """
        tidied = [tidy(text) for text in texts]
        parts = [(n, k, piece) for n, text in enumerate(tidied) for k, piece in enumerate(_several(text))]
        table = self.distances([*tidied, *(piece for _, _, piece in parts)])
        whole = [self._guesses(row, 0)[:most] for row in table[: len(tidied)]]
        for (n, k, _piece), row in zip(parts, table[len(tidied) :], strict=True):
            best = self._guesses(row, k)[0]
            known = {guess.theme: place for place, guess in enumerate(whole[n])}
            if not best.is_sure:
                continue
            if best.theme not in known:
                whole[n].append(best)
            elif not whole[n][known[best.theme]].is_sure:
                whole[n][known[best.theme]] = best
        return [sorted(found, key=lambda guess: (-guess.is_sure, -guess.probability)) for found in whole]

    def _guesses(self, row: np.ndarray, piece: int) -> list[Guess]:
        order = np.argsort(-row, kind="stable")
        first, second = float(row[order[0]]), float(row[order[1]])
        chances = _chances(row, self.trust.slope)
        top = _logistic(self.trust.slope * (first - second) + self.trust.offset)
        rest = 1.0 - float(chances[order[0]]) or 1.0
        found = [Guess(self.themes[order[0]], round(top, 4), first - second >= self.trust.sure, piece)]
        found += [
            Guess(self.themes[n], round((1 - top) * float(chances[n]) / rest, 4), False, piece) for n in order[1:]
        ]
        return found

    def counts(self, texts: Sequence[str], *, rounds: int = 30) -> dict[str, float]:
        """Return how many of these texts name each theme, as expected counts that add up to the number of texts.

        Examples are no sample of what comes in, so the shares are found from the texts themselves (Saerens, Latinne
        and Decaestecker 2002).
        """
        if not texts:
            return dict.fromkeys(self.themes, 0.0)
        table = self.distances([tidy(text) for text in texts])
        chances = np.array([_chances(row, self.trust.slope) for row in table])
        shares = start = np.full(len(self.themes), 1 / len(self.themes))
        moved = chances
        for _round in range(rounds):
            # A tenth of an even share keeps a theme that is rare from being talked away.
            moved = chances * (shares / start)
            moved /= moved.sum(axis=1, keepdims=True)
            shares = 0.9 * moved.mean(axis=0) + 0.1 * start
        return dict(zip(self.themes, moved.sum(axis=0).tolist(), strict=True))

    def to_bytes(self) -> bytes:
        """Return the sorter as bytes that hold numbers and texts only: opening them runs nothing."""
        head = {"format": FORMAT, "themes": self.themes, "terms": [view.terms for view in self.features.views]}
        trust = self.trust
        numbers = np.array([trust.slope, trust.offset, trust.sure, trust.seen, trust.right])
        out = io.BytesIO()
        np.savez_compressed(
            out, head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8), trust=numbers,
            weights=self.weights.astype(np.float16), offsets=self.offsets,
            **{f"idf{n}": view.idf for n, view in enumerate(self.features.views)},
        )  # fmt: skip
        return out.getvalue()

    @classmethod
    def from_bytes(cls, kept: bytes) -> Sorter:
        """Return the sorter that `to_bytes` kept. Raises ValueError for another format."""
        with np.load(io.BytesIO(kept), allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            if head["format"] != FORMAT:
                raise ValueError(f"a sorter of format {head['format']} cannot be read here; train it anew")
            views = [View(tuple(terms), file[f"idf{n}"]) for n, terms in enumerate(head["terms"])]
            slope, offset, sure, seen, right = file["trust"].tolist()
            trust = Trust(slope, offset, sure, int(seen), int(right))
            return cls(head["themes"], Features(views), file["weights"].astype(np.float32), file["offsets"], trust)


def train(examples: Iterable[Example]) -> Sorter:
    """Return a sorter that learnt from examples; the same examples in any order give the same. Raises TooFewExamples."""
    known = sorted({(tidy(one.text), one.theme, one.weight) for one in examples if tidy(one.text)})
    count = Counter(theme for _, theme, _ in known)
    themes = sorted(count)
    if len(themes) < 2:
        raise TooFewExamples("examples of at least two themes are needed")
    features, rows = Features.learn([text for text, _, _ in known])
    labels = np.array([themes.index(theme) for _, theme, _ in known])
    heavy = np.array([weight for _, _, weight in known])
    trust = _trust(rows, labels, heavy, len(themes)) if len(known) >= HOLDS_BACK_FROM else Trust()
    weights, offsets = _fit(rows, labels, heavy, len(themes))
    return Sorter(themes, features, weights, offsets, trust)


def _fit(rows: Any, labels: np.ndarray, heavy: np.ndarray, themes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (columns, themes) and offsets (themes,); a theme without a row keeps everything far away."""
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=STRENGTH, random_state=0).fit(rows, labels, sample_weight=heavy)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.array([-intercepts[0], intercepts[0]])
    weights = np.zeros((rows.shape[1], themes), dtype=np.float32)
    offsets = np.full(themes, -9.0, dtype=np.float32)
    weights[:, model.classes_], offsets[model.classes_] = coefficients.T, intercepts
    return weights, offsets


def _trust(rows: Any, labels: np.ndarray, heavy: np.ndarray, themes: int) -> Trust:
    """Return how far to trust, from examples held back. Each fifth of a theme's examples, by their order, is unseen."""
    place = np.zeros(len(labels), dtype=int)
    for label in range(themes):
        where = np.flatnonzero(labels == label)
        place[where] = np.arange(len(where))
    unseen = (place % 5 == 4) & (np.cumsum(place % 5 == 4) <= MOST_HELD_BACK)
    if not unseen.any() or len(np.unique(labels[~unseen])) < 2:
        return Trust()
    weights, offsets = _fit(rows[~unseen], labels[~unseen], heavy[~unseen], themes)
    table = np.asarray(rows[unseen] @ weights) + offsets
    ordered = np.sort(table, axis=1)
    gaps, right = ordered[:, -1] - ordered[:, -2], table.argmax(axis=1) == labels[unseen]
    slope, offset = _platt(gaps, right)
    return Trust(slope, offset, sure_from(gaps, right), len(right), int(right.sum()))


def sure_from(gaps: np.ndarray, right: np.ndarray, precision: float = WISHED_PRECISION) -> float:
    """Return the least distance from which at least ``precision`` were right; infinite if there is none."""
    order = np.argsort(-gaps, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share >= precision)
    return float(gaps[order][good[-1]]) if len(good) else float("inf")


def _platt(gaps: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    if right.all() or not right.any():
        return SLOPE, OFFSET
    found = LogisticRegression(C=10.0).fit(gaps.reshape(-1, 1), right)
    return max(0.1, float(found.coef_[0, 0])), float(found.intercept_[0])


def _chances(row: np.ndarray, slope: float) -> np.ndarray:
    raised = np.exp(max(slope, 2.0) * (row - row.max()))
    return np.asarray(raised / raised.sum())


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def _several(text: str) -> list[str]:
    found = pieces(text)
    return found if len(found) > 1 else []
