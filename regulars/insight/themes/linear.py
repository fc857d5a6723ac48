"""Straight lines between themes: one against all others, for all themes at once.

The squared hinge loss with a quadratic penalty, as `LinearSVC` minimises it (Fan et al. 2008, JMLR 9, 1871-1874). It
is solved here by nonlinear conjugate gradients (Polak and Ribiere 1969, with restarts) with an exact search along each
direction. One pass over the texts serves every theme, so that many themes cost hardly more than a few, and a solution
that is nearly right, as after one more confirmation, is a start.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_ROUNDS = 40
_CLOSE = 0.01  # of the gradient at the start: nearer than this changes no verdict
_ACTIVE = 0.2  # about so many of the texts lie within the margin
_STEPS = 4  # of Newton along a direction; the loss is piecewise quadratic


def fit(
    rows: Any, sides: np.ndarray, weights: np.ndarray, cost: float, start: np.ndarray | None = None
) -> np.ndarray:
    """Return weights (columns + 1, themes), float32; the last row is the offset.

    rows: sparse (texts, columns). sides: float32 (texts, themes), 1 where a text is of a theme, -1 where it is not, 0
    where nobody knows. weights: float32 (texts,), how much a text counts. cost: of an error beside a steep line.
    """
    texts, themes = sides.shape
    across = rows.T.tocsr()
    weight = (cost * weights.astype(np.float32))[:, None] * (sides != 0)
    # Columns that many texts have bend the loss more: steps are scaled by it (Jacobi's preconditioner).
    bend = 1 + 2 * cost * _ACTIVE * np.append(across.power(2) @ weights, weights.sum()).astype(np.float32)[:, None]
    line = np.zeros((rows.shape[1] + 1, themes), np.float32)
    line[-1] = -1
    far = _length(_gradient(line, across, sides, weight, rows @ line[:-1] + line[-1]), bend)
    if start is not None:
        line = start.astype(np.float32)
    score = rows @ line[:-1] + line[-1]
    direction = before = np.zeros_like(line)
    size_before = np.ones(themes, np.float32)
    for turn in range(_ROUNDS):
        gradient = _gradient(line, across, sides, weight, score)
        size = _length(gradient, bend)
        if (size <= _CLOSE**2 * far).all():
            break
        scaled = gradient / bend
        turned = np.maximum(0, (size - np.einsum("ij,ij->j", scaled, before)) / size_before) if turn else 0
        direction = direction * turned - scaled
        before, size_before = gradient, size
        along = rows @ direction[:-1] + direction[-1]
        step = _search(line, direction, score, along, sides, weight)
        line += step * direction
        score += step * along
    return line


def _gradient(line: np.ndarray, across: Any, sides: np.ndarray, weight: np.ndarray, score: np.ndarray) -> np.ndarray:
    lack = weight * np.maximum(0, 1 - sides * score) * sides
    return line - 2 * np.vstack([across @ lack, lack.sum(0)])


def _length(gradient: np.ndarray, bend: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("ij,ij->j", gradient, gradient / bend))


def _search(
    line: np.ndarray, direction: np.ndarray, score: np.ndarray, along: np.ndarray, sides: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Return for each theme how far to go: Newton's method in one dimension, where the loss is convex."""
    slope = np.einsum("ij,ij->j", line, direction)
    length = np.einsum("ij,ij->j", direction, direction)
    margin, change = sides * score, sides * along
    step = np.zeros(line.shape[1], np.float32)
    for _ in range(_STEPS):
        lack = 1 - margin - step * change
        pull = weight * change * (lack > 0)
        first = slope + step * length - 2 * np.einsum("ij,ij->j", pull, lack)
        second = length + 2 * np.einsum("ij,ij->j", pull, change)
        step = step - first / np.maximum(second, 1e-12)
    return step
