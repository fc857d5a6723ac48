"""Sorting opinions into needs on public data, beside the plain way: words and pairs of words under LinearSVC."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.framework import Outcome, in_child, say
from regulars.insight.themes.sorting import Example, Sorter, train

NAME = "needs"
HELP = "needs found in public opinions, as shares; peer: TF-IDF of words 1-2 (Chinese: signs 1-3) and LinearSVC"
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FOLDS = 10
DRAWS = 240  # of 30, one need more or less found is a percent, and which themes meet is another two
VOICES, THEMES, SHOTS = 100, 8, 10


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts, and the one label of each."""

    texts: list[str]
    labels: list[str]

    def at(self, places: np.ndarray) -> Labelled:
        return Labelled([self.texts[n] for n in places], [self.labels[n] for n in places])

    def __add__(self, other: Labelled) -> Labelled:
        return Labelled(self.texts + other.texts, self.labels + other.labels)


def banking(folder: Path = DATA) -> Labelled:
    """Return the training part of Banking77: 10,003 English questions, 77 themes."""
    with (folder / "banking77" / "train.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return Labelled([row["text"] for row in rows], [row["category"] for row in rows])


def goods(column: str, folder: Path = DATA) -> Labelled:
    """Return the given half of the Chinese reviews. column: ``cat`` (10 goods) or ``label`` (1 good, 0 bad)."""
    with (folder / "chinese_reviews" / "split_dev_online_shopping.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return Labelled([row["review"] for row in rows], [row[column] for row in rows])


Verdicts = tuple[list[str], np.ndarray]  # a label for each text, and how far it is ahead of the next
Way = Callable[[Labelled, Sequence[str]], Verdicts]


def ours(known: Labelled, texts: Sequence[str]) -> Verdicts:
    """Train and sort as the product does, without its own taxonomy."""
    return _sorted(taught(known), texts)


def together(known: Labelled, texts: Sequence[str]) -> Verdicts:
    """Train and sort as the product does with voices that wait: how common a word is, it learns from them too."""
    return _sorted(taught(known, texts), texts)


def _sorted(sorter: Sorter, texts: Sequence[str]) -> Verdicts:
    said = [found.said for found in sorter.sort(texts, in_pieces=False)]
    return [s[0].theme if s else "" for s in said], np.array([s[0].probability if s else 0.0 for s in said])


def taught(known: Labelled, beside: Sequence[str] = ()) -> Sorter:
    """Return a sorter that knows these texts and nothing else."""
    return train(
        [Example(t, (key,)) for t, key in zip(known.texts, known.labels, strict=True)], taxonomy={}, beside=beside
    )


def plain(known: Labelled, texts: Sequence[str]) -> Verdicts:
    """Train and sort the plain way."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    chinese = sum(ord(sign) >= 0x2E80 for text in known.texts[:1000] for sign in text) > 1000
    vectors = (
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=1 if len(known.texts) < 2000 else 2)
        if chinese
        else TfidfVectorizer(ngram_range=(1, 2))
    )
    model = LinearSVC().fit(vectors.fit_transform(known.texts), known.labels)
    scores = model.decision_function(vectors.transform(texts))
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    two = np.sort(scores, axis=1)[:, -2:]
    return [str(model.classes_[n]) for n in scores.argmax(axis=1)], two[:, 1] - two[:, 0]


def folds(labels: Sequence[str], parts: int, seed: int = 7) -> np.ndarray:
    """Return the part of each text, each label spread evenly over the parts."""
    places = np.random.default_rng(seed).permutation(len(labels))
    order = places[np.argsort(np.array(labels)[places], kind="stable")]
    part = np.empty(len(labels), dtype=np.int64)
    part[order] = np.arange(len(labels)) % parts
    return part


@dataclass(frozen=True, slots=True)
class Figures:
    """How good it was: share right, and the share that may go without a look at 95 % precision."""

    accuracy: float
    coverage: float


def cross_validated(data: Labelled, way: Way, *, parts: int = FOLDS, tested: int | None = None) -> Figures:
    """Return the figures over all parts, or the first ``tested`` of them."""
    part = folds(data.labels, parts)
    right, margin = [], []
    for number in range(parts if tested is None else tested):
        held = data.at(np.flatnonzero(part == number))
        found, ahead = way(data.at(np.flatnonzero(part != number)), held.texts)
        right.append(np.array(found) == np.array(held.labels))
        margin.append(ahead)
    return figures(np.concatenate(right), np.concatenate(margin))


def figures(right: np.ndarray, margin: np.ndarray) -> Figures:
    """Return accuracy, and the largest share of texts, surest first, of which 95 % are right."""
    so_far = np.cumsum(right[np.argsort(-margin, kind="stable")]) / np.arange(1, len(right) + 1)
    enough = np.flatnonzero(so_far >= 0.95)
    return Figures(float(right.mean()), (int(enough[-1]) + 1) / len(right) if len(enough) else 0.0)


def top_three(data: Labelled, way: Way, *, draws: int = DRAWS, seed: int = 3) -> float:
    """Return the share of the three greatest needs of 100 voices that are among the three that were found.

    Eight themes at random, their sizes as 1, 1/2, 1/3 and so on; ten other examples of each are known.
    """
    random = np.random.default_rng(seed)
    labels = np.array(data.labels)
    found = 0
    sizes = np.array([1 / rank for rank in range(1, THEMES + 1)])
    sizes = np.floor(VOICES * sizes / sizes.sum() + 0.5).astype(int)
    for _ in range(draws):
        names = random.permutation(np.unique(labels))[:THEMES]
        known, asked = [], []
        for name, size in zip(names, sizes, strict=True):
            places = random.permutation(np.flatnonzero(labels == name))
            known.append(places[:SHOTS])
            asked.append(places[SHOTS : SHOTS + size])
        verdicts, _ = way(data.at(np.concatenate(known)), data.at(np.concatenate(asked)).texts)
        counted = Counter(verdicts)
        best = sorted(counted, key=lambda name: (-counted[name], name))[:3]
        found += len(set(best) & set(names[:3]))
    return found / (3 * draws)


def mixed() -> Labelled:
    """Return English and Chinese together: 77 themes and 10 goods."""
    return banking() + goods("cat")


SUBJECTS: dict[str, Callable[[], Labelled]] = {
    "banking77": banking,
    "chinese_sentiment": lambda: goods("label"),
    "chinese_category": lambda: goods("cat"),
    "mixed": mixed,
}


def measure() -> tuple[dict[str, float], dict[str, object]]:
    """Return every figure and what to keep beside them."""
    ratios: dict[str, float] = {}
    detail: dict[str, object] = {}
    for name, read in SUBJECTS.items():
        data = read()
        parts = 5 if name == "mixed" else FOLDS
        for who, way in (("", ours), ("peer_", plain)):
            began = time.perf_counter()
            got = cross_validated(data, way, parts=parts)
            ratios[f"{who}{name}_accuracy"], ratios[f"{who}{name}_coverage95"] = got.accuracy, got.coverage
            detail[f"{who}{name}_seconds_a_part"] = round((time.perf_counter() - began) / parts, 2)
            say(f"  {who}{name:24} {got.accuracy:.4f} right, {got.coverage:.4f} without a look")
    for name, data in (("banking77", banking()), ("chinese_goods", goods("cat"))):
        ratios[f"top3_{name}"] = top_three(data, together)
        ratios[f"peer_top3_{name}"] = top_three(data, plain)
        say(f"  top three of 100 {name:16} {ratios[f'top3_{name}']:.3f}, plain {ratios[f'peer_top3_{name}']:.3f}")
    ratios |= speed()
    detail |= {"folds": FOLDS, "draws": DRAWS, "texts": {name: len(read().texts) for name, read in SUBJECTS.items()}}
    return ratios, detail


def speed() -> dict[str, float]:
    """Return how long 10,000 texts take to learn from, and 100,000 opinions to sort by the shop's own taxonomy."""
    ten = banking()
    began = time.perf_counter()
    taught(ten.at(np.arange(10_000)))
    found = {"retrain_10k_77_themes_seconds": time.perf_counter() - began}
    reviews = goods("cat")
    # The shop's own themes, each confirmed by as many texts as there are; what they say does not matter for time.
    half = reviews.at(np.arange(0, len(reviews.texts), 6)) + ten.at(np.arange(0, 9_600, 2))
    own = [Example(text, (key,)) for text, key in zip(half.texts[:10_000], _nineteen(10_000), strict=False)]
    began = time.perf_counter()
    sorter = train(own)
    found["retrain_10k_shop_seconds"] = time.perf_counter() - began
    many = ((reviews.texts + ten.texts) * 3)[:100_000]
    # No two alike: what is said twice would be sorted once.
    many = [f"{text} {n % 97} {n // 97}" for n, text in enumerate(many)]
    began = time.perf_counter()
    sorter.sort(many)
    found["seconds_100k"] = time.perf_counter() - began
    return found


def _nineteen(n: int) -> list[str]:
    from regulars.insight.themes.taxonomy import themes

    keys = list(themes())
    return [keys[i % len(keys)] for i in range(n)]


def run() -> Outcome:
    """Measure in a process of its own."""
    (ratios, detail), peak = in_child(measure)
    return Outcome(ratios, peak, detail)
