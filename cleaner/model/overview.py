"""The scores of a page seen as a whole: how its lines are spread from sure furniture to sure content."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cleaner.model.own import Floats

#: Scores are counted between these.
BINS = np.array([0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 0.97], np.float32)
#: What :func:`overview` gives: roots of the shares of lines, and of words, in each bin; the best F1; sizes; both ends.
OVERVIEW = 2 * (len(BINS) + 1) + 5


def best_f1(scores: Floats, words: Floats) -> float:
    """The best word F1 that the page can be expected to reach, if the scores are right.

    It is reached by keeping the lines with at least half that chance: where all is sure, those that are more likely
    content than not; on a page of which little is sure, more.

    Args:
        scores: each line's chance to be content.
        words: how many words each has.

    Returns:
        A number from 0 to 1.
    """
    order = scores.argsort()[::-1]
    sizes = words.take(order)
    right = (scores.take(order) * sizes).cumsum()
    both = sizes.cumsum()
    both += right[-1] + np.float32(1e-6)
    right /= both
    return 2 * float(right.max())


def overview(scores: Floats, words: Floats, best: float) -> NDArray[np.float32]:
    """Sum the scores of a page up.

    Args:
        scores: each line's chance to be content.
        words: how many words each has.
        best: what :func:`best_f1` says of them.

    Returns:
        ``OVERVIEW`` numbers.
    """
    bins = len(BINS) + 1
    where = BINS.searchsorted(scores, side="right")
    out = np.empty(OVERVIEW, np.float32)
    total = max(1.0, float(words.sum()))
    out[:bins] = np.bincount(where, minlength=bins)
    out[:bins] *= 1 / len(scores)
    out[bins : 2 * bins] = np.bincount(where, words, bins)
    out[bins : 2 * bins] *= 1 / total
    np.sqrt(out[: 2 * bins], out=out[: 2 * bins])
    out[2 * bins :] = best, math.log(len(scores)), math.log(total), scores[0], scores[-1]
    return out
