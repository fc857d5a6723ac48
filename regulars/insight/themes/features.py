"""Texts as sparse rows: words, pairs of words, and runs of characters, each weighed by itself.

Four views of a text stand side by side, each with sublinear term frequency, inverse document frequency and length one:
words with the words up to four places on; any two words of a text, in no order; runs of two to five letters within
words; runs of one to three Chinese signs, which need no dictionary. Pairs lift short English questions above single
words, characters carry Chinese (measured in `bench needs`).

A feature is a 64-bit number computed from its characters, for all texts at once by arithmetic over arrays: ten times
as fast as making each feature a string. Two features meet in one number once in 10^8 models or so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np

MOST_SIGNS = 4_000  # of a text are read; what comes later repeats what was said
_RUN = re.compile(r"[a-z0-9']+|[\u2e80-\u9fff\uf900-\ufaff]+|[^\w\s]")
_WORD = re.compile(r"[a-z0-9']+")
_ENDINGS = ("ing", "edly", "ed", "ies", "es", "s", "ly", "n't")
_NEAR = 4  # places between two words of one feature
_LONGEST = 5  # signs of one feature
_FAR = 24  # places between two words of a pair: a long mail is not its every pair
_SPACE, _CHINESE = ord(" "), 0x2E80
_FEW = 2_000  # texts; of fewer every feature is kept, of more those that two texts share
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: spreads neighbouring numbers apart
Rows = Any  # scipy.sparse.csr_matrix, float32


def stem(word: str) -> str:
    """Return a word without the commonest endings: enough to join cards with card, not to confuse."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=1 << 17)
def _number(word: str) -> int:
    return int.from_bytes(blake2b(stem(word).encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class _Found:
    """Features of some texts: ``text`` (index, int64) has ``key`` (uint64), as often as the two stand here."""

    text: np.ndarray
    key: np.ndarray


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Return numbers spread over 64 bits (the finaliser of splitmix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)))


class _Read:
    """Texts laid end to end: the number of each word, and the code of each character, with the text it stands in."""

    def __init__(self, texts: Sequence[str]) -> None:
        words: list[int] = []
        word_counts: list[int] = []
        signs: list[str] = []
        for text in texts:
            runs = _RUN.findall(text[:MOST_SIGNS].lower())
            own = [_number(run) for run in runs if run[0] < "\u2e80" and run[0].isalnum()]
            words += own
            word_counts.append(len(own))
            signs.append(f" {' '.join(runs)} ")
        self.words = np.array(words, dtype=np.uint64)
        self.word_text = np.repeat(np.arange(len(texts)), np.array(word_counts, np.int64))
        code = np.frombuffer("".join(signs).encode("utf-32-le", "replace"), dtype=np.uint32)
        self.signs = code
        self.sign_text = np.repeat(np.arange(len(texts)), np.array([len(s) for s in signs], np.int64))
        # How much of a text is in letters: so much its words and pairs of words count beside its signs.
        is_sign = code != _SPACE
        of_words = is_sign & (code < _CHINESE) & ((code >= ord("0")) | (code == ord("'")))
        total = np.bincount(self.sign_text[is_sign], minlength=len(texts))
        lettered = np.sqrt(np.bincount(self.sign_text[of_words], minlength=len(texts)) / np.maximum(total, 1))
        self.shares = (lettered, lettered, np.ones(len(texts)))


def _in_words(read: _Read) -> _Found:
    """Return words, words near each other in their order, and how a text begins."""
    words, text = read.words, read.word_text
    keys, texts = [words], [text]
    for step in range(1, _NEAR + 1):
        same = text[step:] == text[:-step]
        keys.append(_mixed(words[:-step][same] * _MIX + words[step:][same]))
        texts.append(text[step:][same])
    first = np.flatnonzero(np.diff(text, prepend=-1))
    second = np.minimum(first + 1, len(words) - 1)
    following = np.where(text[second] == text[first], words[second], np.uint64(0))
    keys.append(_mixed(words[first] + following * _MIX + np.uint64(1)))
    texts.append(text[first])
    return _Found(np.concatenate(texts), np.concatenate(keys))


def _in_pairs(read: _Read) -> _Found:
    """Return any two different words of a text, in no order."""
    words, text = read.words, read.word_text
    keys, texts = [words[:0]], [text[:0]]
    for step in range(1, _FAR + 1):
        one, other = words[:-step], words[step:]
        fits = (text[step:] == text[:-step]) & (one != other)
        one, other = one[fits], other[fits]
        keys.append(_mixed(np.minimum(one, other) * _MIX + np.maximum(one, other) + np.uint64(2)))
        texts.append(text[step:][fits])
    return _Found(np.concatenate(texts), np.concatenate(keys))


def _in_signs(read: _Read) -> _Found:
    """Return two to five letters within a word, one to four Chinese signs that stand together, and marks.

    The ends of a word and of what is said without a pause count as signs.
    """
    code, text = read.signs, read.sign_text
    number, is_space = _mixed(code.astype(np.uint64) * _MIX), code == _SPACE
    key, fits, chinese = number, ~is_space, code >= _CHINESE
    keys, texts = [key[:0]], [text[:0]]
    for length in range(1, _LONGEST + 1):
        if length > 1:
            # One sign more on the right. A space may stand at either end of a run, never within.
            last = length - 1
            key = _mixed(key[:-1] * _MIX + number[last:])
            fits = ~(is_space[:-1] & is_space[1:]) if length == 2 else fits[:-1] & ~is_space[last - 1 : -1]
            chinese = chinese[:-1] | chinese[1:] if length == 2 else chinese[:-1] | (code >= _CHINESE)[last:]
        # A letter says nothing, a Chinese sign much; five of them are mostly said once.
        chosen = fits & ~chinese if length == _LONGEST else fits & chinese if length == 1 else fits
        keys.append(key[chosen])
        texts.append(text[: len(key)][chosen])
    return _Found(np.concatenate(texts), np.concatenate(keys))


VIEWS: tuple[Callable[[_Read], _Found], ...] = (_in_words, _in_pairs, _in_signs)


@dataclass(frozen=True, slots=True)
class View:
    """What one view knows: its features in ascending order, and the weight of each."""

    keys: np.ndarray  # uint64, (features,)
    idf: np.ndarray  # float32, (features,)


@dataclass(frozen=True, slots=True)
class Features:
    """The columns learnt from some texts, a block for each view; turns texts into rows of them."""

    views: tuple[View, ...]

    @classmethod
    def learn(cls, texts: Sequence[str], *, least: int | None = None) -> tuple[Features, Rows]:
        """Return the features that ``least`` texts share (default: 1, of many texts 2), and the texts as rows."""
        if least is None:
            least = 1 if len(texts) < _FEW else 2
        read = _Read(texts)
        views: list[View] = []
        blocks: list[Rows] = []
        for analyse in VIEWS:
            found = analyse(read)
            keys, column = np.unique(found.key, return_inverse=True)
            text, column, times = _counted(found.text, column, len(keys))
            shared_by = np.bincount(column, minlength=len(keys))
            kept = shared_by >= least
            # Smoothed as if one more text had every feature, so that no weight is nothing.
            idf = (np.log((1 + len(texts)) / (1 + shared_by[kept])) + 1).astype(np.float32)
            views.append(View(keys[kept], idf))
            new, chosen = np.cumsum(kept) - 1, kept[column]
            blocks.append(_block(text[chosen], new[column[chosen]], times[chosen], idf, read.shares[len(blocks)]))
        return cls(tuple(views)), _side_by_side(blocks)

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        return sum(len(view.keys) for view in self.views)

    def rows(self, texts: Sequence[str]) -> Rows:
        """Return texts as a sparse matrix (texts, columns); a text without any known feature is a row of nothing."""
        read = _Read(texts)
        blocks: list[Rows] = []
        for analyse, view in zip(VIEWS, self.views, strict=True):
            found = analyse(read)
            place = np.searchsorted(view.keys, found.key)
            place[place == len(view.keys)] = 0
            known = view.keys[place] == found.key if len(view.keys) else np.zeros(len(place), bool)
            counted = _counted(found.text[known], place[known], len(view.keys))
            blocks.append(_block(*counted, view.idf, read.shares[len(blocks)]))
        return _side_by_side(blocks)


def _counted(text: np.ndarray, column: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return text, column and how often, each pair once, by text."""
    pairs, times = np.unique(text * width + column, return_counts=True)
    return pairs // max(width, 1), pairs % max(width, 1), times


def _block(text: np.ndarray, column: np.ndarray, times: np.ndarray, idf: np.ndarray, share: np.ndarray) -> Rows:
    from scipy import sparse

    texts = len(share)
    weights = (1 + np.log(times, dtype=np.float32)) * idf[column]
    length = np.sqrt(np.bincount(text, weights=weights * weights, minlength=texts))
    ends = np.concatenate([[0], np.cumsum(np.bincount(text, minlength=texts))])
    return sparse.csr_matrix(
        ((weights * (share / np.maximum(length, 1e-9))[text]).astype(np.float32), column, ends),
        shape=(texts, len(idf)),
        dtype=np.float32,
    )


def _side_by_side(blocks: list[Rows]) -> Rows:
    from scipy import sparse

    rows = sparse.hstack(blocks, format="csr", dtype=np.float32)
    length = np.sqrt(np.asarray(rows.power(2).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ rows)
