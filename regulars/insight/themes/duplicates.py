"""What was said twice: texts that are alike but for a word or two, found without comparing each with each.

Texts are compared by the share of their runs of four signs that both have (Jaccard). Candidates are texts that agree in
all of one band of minima of hashed runs (MinHash with bands: Broder 1997; Leskovec, Rajaraman and Ullman, ch. 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regulars.insight.themes.normalise import normal

ALIKE = 0.8
_RUN = 4
_BANDS, _IN_BAND = 10, 3
_SHORTEST = 12  # signs: in a shorter text a word is its meaning
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MOST = 400  # signs of a text that are compared
_AT_ONCE = 20_000


def collapse(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Return groups of places of texts that say the same, each in ascending order, the groups by their first place.

    Texts that are equal when `normal` stand together, and longer ones that differ in little. Every place is in one
    group; which texts are together does not depend on their order, and the firsts of groups are never alike.
    """
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(normal(text), []).append(place)
    # In an order of their own, so that who meets whom first is not the caller's doing.
    different = sorted(places)
    leader = _leaders(different)
    groups: dict[int, list[int]] = {}
    for number, text in enumerate(different):
        groups.setdefault(leader[number], []).extend(places[text])
    return sorted(tuple(sorted(group)) for group in groups.values())


def _leaders(texts: Sequence[str]) -> list[int]:
    """Return for each text the first that it is alike to, by way of others if need be."""
    parent = list(range(len(texts)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    long = [n for n, text in enumerate(texts) if len(text) >= _SHORTEST]
    runs: dict[int, frozenset[str]] = {}

    def alike(one: int, other: int) -> bool:
        for n in (one, other):
            if n not in runs:
                text = texts[n][:_MOST]
                runs[n] = frozenset(text[i : i + _RUN] for i in range(len(text) - _RUN + 1))
        both = len(runs[one] & runs[other])
        return both >= ALIKE * (len(runs[one]) + len(runs[other]) - both)

    for band in _bands([texts[n] for n in long]):
        met: dict[int, list[int]] = {}
        for number, value in zip(long, band.tolist(), strict=True):
            firsts = met.setdefault(value, [])
            joined = [first for first in firsts if root(first) == root(number) or alike(first, number)]
            for first in joined:
                one, other = sorted((root(first), root(number)))
                parent[other] = one
            if not joined:
                firsts.append(number)
    return [root(number) for number in range(len(texts))]


def _bands(texts: Sequence[str]) -> np.ndarray:
    """Return (bands, texts), uint64: equal where two texts agree in a band."""
    parts = [_some_bands(texts[n : n + _AT_ONCE]) for n in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(parts, axis=1) if parts else np.zeros((0, 0), np.uint64)


def _some_bands(texts: Sequence[str]) -> np.ndarray:
    kept = [text[:_MOST] for text in texts]
    sizes = np.array([len(text) for text in kept])
    codes = np.frombuffer("".join(kept).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    run = np.zeros(len(codes) - _RUN + 1, dtype=np.uint64)
    for step in range(_RUN):
        run = run * _MIX + codes[step : len(codes) - _RUN + 1 + step]
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    inside = np.ones(len(run), dtype=bool)
    for step in range(1, _RUN):
        ends = begins[1:] - step  # a run that starts here would reach into the next text
        inside[ends[ends < len(run)]] = False
    text = np.repeat(np.arange(len(kept)), sizes)[: len(run)]
    run, text = run[inside], text[inside]
    first = np.flatnonzero(np.diff(text, prepend=-1))
    bands = np.empty((_BANDS, len(kept)), dtype=np.uint64)
    for band in range(_BANDS):
        joined = np.zeros(len(kept), dtype=np.uint64)
        for row in range(_IN_BAND):
            salt = np.uint64((band * _IN_BAND + row + 1) * int(_MIX) % 2**64)
            hashed = (run ^ salt) * np.uint64(0xBF58476D1CE4E5B9)
            hashed = (hashed ^ (hashed >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
            joined = joined * _MIX + np.minimum.reduceat(hashed ^ (hashed >> np.uint64(32)), first)
        bands[band] = joined
    return bands
