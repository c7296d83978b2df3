"""A second look at a page of HTML: a line's chance, given the chances of all others.

The networks see what lines look like. How sure they are of the lines around one, of those written alike and of the page
as a whole they cannot see, and they are surer than they should be of sites they do not know. So small trees, learnt
from pages whose sites the networks had not seen (``training/second.py``), tell each line's chance once more from the
chances alone, and the mean of the two counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.model.own import Floats, Ints
from cleaner.model.places import Places
from cleaner.native import kernels

#: A page of fewer lines says too little of itself to be looked at twice.
FEWEST = 12
#: How far off are the neighbours whose chances are seen, and how far the stretches reach whose means are.
NEIGHBOURS, STRETCHES = (1, 2, 3, 5), (4, 12, 30)
#: The chance of a line that is not there.
NO_LINE = -1.0
#: Questions that each tree asks of a line, one after the other.
DEPTH = 4
#: What is known of each line: its chance, three things of the page, its place twice, neighbours, stretches, three
#: things of the lines written alike, and two of each of the elements around it.
FACTS = 6 + 2 * len(NEIGHBOURS) + len(STRETCHES) + 3 + 2 * 3


class SecondLook:
    """Trees that tell a line's chance from the chances of its page.

    Args:
        fact: for each tree and each of its questions, which fact is asked for.
        limit: above which value the answer is yes.
        leaf: for each tree and each way through it, what it adds to the logit.
    """

    def __init__(self, fact: NDArray[Any], limit: NDArray[Any], leaf: NDArray[Any]) -> None:
        self._fact = np.ascontiguousarray(fact, np.int32)
        self._limit, self._leaf = (np.ascontiguousarray(array, np.float32) for array in (limit, leaf))

    def look(self, scores: Floats, p: Places) -> Floats:
        """Tell lines' chances once more.

        Args:
            scores: for each line its chance, as the networks have it.
            p: the page's measures.

        Returns:
            For each line the mean of that and the trees' answer.
        """
        if kernels is None:
            return self.look_in_python(scores, p)
        where = [np.ascontiguousarray(rows, np.int64) for rows in (p.first, p.end, p.group)]
        words = np.ascontiguousarray(p.measures.words, np.float32)
        scores = np.ascontiguousarray(scores, np.float32)
        found = kernels.second_look(scores, words, *where, self._fact, self._limit, self._leaf)
        return np.frombuffer(found, np.float32)

    def look_in_python(self, scores: Floats, p: Places) -> Floats:
        """What :meth:`look` does, without the extension."""
        chance: Floats = ((scores + 1 / (1 + np.exp(-self.logits(facts(scores, p))))) / 2).astype(np.float32)
        return chance

    def logits(self, known: Floats) -> NDArray[np.float64]:
        """What the trees say of lines, given their facts (a row for each of ``FACTS``)."""
        trees, line = np.arange(len(self._fact)), np.arange(known.shape[1])[:, None]
        at = np.zeros((known.shape[1], len(trees)), np.int64)
        for _ in range(DEPTH):
            at = 2 * at + 1 + (known[self._fact[trees, at], line] > self._limit[trees, at])
        logit = np.zeros(known.shape[1])
        for leaf in self._leaf[trees, at - self._fact.shape[1]].T:
            logit += leaf
        return logit


def facts(scores: Floats, p: Places) -> Floats:
    """What a second look knows of lines; a row for each of ``FACTS``.

    Args:
        scores: for each line its chance.
        p: the page's measures.

    Returns:
        The facts.
    """
    n = len(scores)
    row = np.arange(n)
    chance, words = scores.astype(np.float64), p.measures.words.astype(np.float64)
    right, size = (np.concatenate([[0.0], np.cumsum(part)]) for part in (chance * words, words))
    sure = float(np.cumsum(chance * chance * words)[-1])
    out = np.empty((FACTS, n))
    out[0] = chance
    out[1] = sure / max(right[-1], 1e-6)
    out[2] = right[-1] / max(size[-1], 1.0)
    out[3] = n
    out[4] = row / n
    out[5] = right[:-1] / max(right[-1], 1e-6)
    at = 6
    for off in NEIGHBOURS:
        out[at : at + 2] = NO_LINE
        out[at, off:] = chance[: max(0, n - off)]
        out[at + 1, : max(0, n - off)] = chance[off:]
        at += 2
    spans: list[tuple[Ints, Ints]] = [
        (np.maximum(row - reach, 0), np.minimum(row + reach + 1, n)) for reach in STRETCHES
    ]
    for start, stop in spans:
        out[at] = _mean(right, size, start, stop)
        at += 1
    count = np.bincount(p.group)
    mean = np.bincount(p.group, chance) / count
    out[at] = mean[p.group]
    out[at + 1] = count[p.group]
    out[at + 2] = (np.bincount(p.group, chance * chance) / count - mean * mean)[p.group]
    at += 3
    for start, stop in zip(p.first, p.end, strict=True):
        out[at] = _mean(right, size, start, stop)
        out[at + 1] = size[stop] - size[start]
        at += 2
    return out.astype(np.float32)


def _mean(right: NDArray[np.float64], size: NDArray[np.float64], start: Ints, stop: Ints) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = (right[stop] - right[start]) / np.maximum(size[stop] - size[start], 1.0)
    return mean
