"""Drafts of needs that the taxonomy does not know: like put with like among what sorting was unsure of.

A draft is a proposal for a person to name, split or throw away; it is never counted as a need by itself. Texts are
grouped by language, since words of two languages never meet: only the taxonomy joins them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from regulars.insight.themes.features import Features, Rows, stem
from regulars.insight.themes.normalise import language, normal
from regulars.insight.themes.stopwords import ENGLISH, SIGNS

MOST = 2_000  # texts compared each with each; later ones join the draft they are nearest to
_TOPICS = 30  # dimensions that texts are brought to before they are compared
_NEAR = 0.75  # mean cosine distance up to which two groups are one
_ALIKE = 0.75  # of two needs that may be one, beside how alike the texts of each are
_WORD = re.compile(r"[a-z][a-z']+")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts that seem to say one thing. places: of all its texts, the most typical first; label: words that tell it."""

    label: tuple[str, ...]
    language: str
    places: tuple[int, ...]

    def quotes(self, n: int = 3) -> tuple[int, ...]:
        """Return the places of the texts nearest to its middle."""
        return self.places[:n]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two needs whose texts say much the same: perhaps one. likeness: of texts of the two, as a share of
    that of texts of the same, 0 to 1."""

    one: str
    other: str
    likeness: float


def drafts(texts: Sequence[str], *, least: int = 2) -> tuple[Draft, ...]:
    """Group texts; the greatest group first. least: texts below which a group is no draft.

    What is in no draft stands alone and is still to be read. The order of texts changes nothing but places.
    """
    return _drafts(texts, least)


def split(texts: Sequence[str], *, least: int = 2) -> tuple[Draft, ...]:
    """Return the parts that the texts of one need fall into, if there are two at least; else nothing."""
    parts = _drafts(texts, least)
    return parts if len(parts) > 1 else ()


def alike(needs: Mapping[str, Sequence[str]]) -> tuple[Alike, ...]:
    """Return pairs of needs that may be one, the likeliest first. needs: the texts of each."""
    names = sorted(name for name, texts in needs.items() if texts)
    texts = [normal(text) for name in names for text in needs[name]]
    if len(names) < 2:
        return ()
    rows = Features.learn(texts)[1]
    sizes = np.array([len(needs[name]) for name in names])
    ends = np.cumsum(sizes)
    sums = np.vstack([np.asarray(rows[b - n : b].sum(axis=0)) for n, b in zip(sizes, ends, strict=True)])
    between = (sums @ sums.T) / np.outer(sizes, sizes)
    # How alike texts of one need are, each beside the others: itself it always is.
    within = (np.einsum("ij,ij->i", sums, sums) - sizes) / np.maximum(1, sizes * (sizes - 1))
    within = np.where(sizes > 1, np.maximum(within, 1e-9), 1.0)
    likeness = np.minimum(1.0, between / np.sqrt(np.outer(within, within)))
    pairs = [
        Alike(names[i], names[j], float(likeness[i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if likeness[i, j] >= _ALIKE
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.likeness, pair.one, pair.other)))


def _drafts(texts: Sequence[str], least: int) -> tuple[Draft, ...]:
    by_language: dict[str, list[tuple[str, int]]] = {}
    for place, text in enumerate(texts):
        own = normal(text)
        if spoken := language(own):
            by_language.setdefault(spoken, []).append((own, place))
    found = []
    for spoken, pairs in sorted(by_language.items()):
        pairs.sort()
        spoken_texts = [text for text, _ in pairs]
        groups = _grouped(spoken_texts)
        labels = _labels([[spoken_texts[n] for n in group] for group in groups])
        found += [
            Draft(label, spoken, tuple(pairs[n][1] for n in group))
            for group, label in zip(groups, labels, strict=True)
            if len(group) >= least
        ]
    return tuple(sorted(found, key=lambda draft: (-len(draft.places), draft.language, draft.label)))


def _grouped(texts: Sequence[str]) -> list[list[int]]:
    """Return groups of places, in each the nearest to its middle first."""
    if len(texts) < 2:
        return [[n] for n in range(len(texts))]
    from scipy.cluster.hierarchy import fcluster, linkage

    points = _points(Features.learn(texts)[1])
    # Spread over all of them rather than the first, which begin with one letter.
    chosen = np.unique(np.linspace(0, len(texts) - 1, min(MOST, len(texts))).astype(int))
    group = fcluster(linkage(points[chosen], "average", metric="cosine"), _NEAR, "distance")
    names = np.unique(group)
    middles = np.vstack([points[chosen][group == name].mean(axis=0) for name in names])
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)
    nearness = points @ middles.T
    of = nearness.argmax(axis=1)
    of[chosen] = np.searchsorted(names, group)
    # Who is near to nobody joins nobody.
    alone = nearness[np.arange(len(texts)), of] < 1 - _NEAR
    alone[chosen] = False
    groups = [[int(n) for n in np.flatnonzero((of == name) & ~alone)] for name in range(len(names))]
    groups += [[int(n)] for n in np.flatnonzero(alone)]
    return [sorted(g, key=lambda n: (-round(float(nearness[n, of[n]]), 6), n)) for g in groups if g]


def _points(rows: Rows) -> np.ndarray:
    """Return texts as points of length one in a few dimensions (latent semantic analysis), the same every time."""
    from scipy.sparse.linalg import svds

    texts = rows.shape[0]
    if min(rows.shape) <= _TOPICS + 1:
        points = np.asarray(rows.todense(), dtype=np.float64)
    else:
        left, strength, _ = svds(rows.astype(np.float64), k=_TOPICS, v0=np.ones(min(rows.shape)))
        points = left * strength
    length = np.linalg.norm(points, axis=1, keepdims=True)
    # A text without features stands apart from all: a cosine needs a direction.
    empty = np.flatnonzero(length[:, 0] < 1e-9)
    points = np.hstack([points / np.maximum(length, 1e-9), np.zeros((texts, 1))])
    points[empty, -1] = 1
    return points


def _labels(groups: Sequence[Sequence[str]], most: int = 3) -> list[tuple[str, ...]]:
    """Return words that are common in a group and rare elsewhere (class-based TF-IDF: Grootendorst 2022)."""
    counts = [Counter(phrase for text in texts for phrase in set(phrases(text))) for texts in groups]
    everywhere = Counter[str]()
    for count in counts:
        everywhere.update(count)
    mean = sum(everywhere.values()) / max(1, len(groups))
    labels = []
    for count in counts:
        # A longer phrase that is said as often tells more.
        worth = {p: n * log(1 + mean / everywhere[p]) * (1 + 0.3 * _size(p)) for p, n in count.items()}
        chosen: list[str] = []
        for phrase in sorted(worth, key=lambda p: (-worth[p], p)):
            if not any(_same(phrase, other) for other in chosen):
                chosen.append(phrase)
            if len(chosen) == most:
                break
        labels.append(tuple(chosen))
    return labels


def _size(phrase: str) -> int:
    return phrase.count(" ") if phrase.isascii() else len(phrase) - 2


def _same(one: str, other: str) -> bool:
    """Return whether two phrases say one thing: one within the other, or a sign moved along."""
    if one in other or other in one:
        return True
    if one.isascii():
        return bool({stem(w) for w in one.split()} & {stem(w) for w in other.split()})
    return one[1:] == other[:-1] or other[1:] == one[:-1]


def phrases(text: str) -> list[str]:
    """Return what may name a text: words and pairs of words that say something, two to four Chinese signs."""
    words = _WORD.findall(text)
    found = [word for word in words if word not in ENGLISH and len(word) > 2]
    found += [f"{a} {b}" for a, b in zip(words, words[1:], strict=False) if a not in ENGLISH and b not in ENGLISH]
    for run in _CHINESE.findall(text):
        found += [
            part for size in (2, 3, 4) for n in range(len(run) - size + 1) if not SIGNS & set(part := run[n : n + size])
        ]
    return found
