"""The network: from measures of lines to the chance that each is content. In numpy, or in C.

Every line's measures and words become a short vector; the page as a whole is summed up in one more
and added to each; so is what a line sees of those before it, after it and like it (:mod:`cleaner.model.around`); then
three steps let it see its neighbours 1, 3 and 9 lines off. Trained by ``training/train.py``, which has the same network
in torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.model.around import MORE, TIMES, alike, around, for_c
from cleaner.model.features import COLUMNS, Measures, gaps, place
from cleaner.model.overview import BINS, best_f1, overview
from cleaner.model.own import Floats, Ints, Lines
from cleaner.model.products import dot, of_sums
from cleaner.native import kernels

#: How far off the neighbours are that each step looks at.
STEPS = (1, 3, 9)
_REACH = max(STEPS)
# A word's numbers have seven bits, and a line at most 64 words: thirteen bits hold a sum, four of them a float's 53.
_OFFSET = 64
_FIELD = 13
_FIELDS = np.arange(0, 4 * _FIELD, _FIELD)[None, :, None]
_FULL = (1 << _FIELD) - 1
#: Numbers that stand for a word: a multiple of eight.
WORD = 16
#: How hard a text may be cut: shares of the threshold that is asked of its lines.
STRICTNESS = np.array([0, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.5], np.float32)
#: Beyond this a score is as good as certain.
LIMIT = 30.0


class Network:
    """A network with its weights.

    Args:
        weights: arrays by name, as ``training/export.py`` writes them.

    Raises:
        ValueError: the weights were made for other measures.
    """

    def __init__(self, weights: dict[str, NDArray[np.float16]]) -> None:
        w = {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}
        if w["enter"].shape[1] < len(COLUMNS):
            raise ValueError(f"the weights know {w['enter'].shape[1]} columns, not {len(COLUMNS)}")
        #: What each measure is on average.
        self.typical = w["line_mean"][:, None]
        self._enter, self._enter_bias = w["enter"], w["enter_bias"][:, None]
        self._bag, self._scale = _packed(w["bag"])
        self._enter_bag = w["enter_bag"]
        self._pool, self._pool_bias = w["pool"], w["pool_bias"]
        self._around, self._around_bias = w["around"], w["around_bias"][:, None]
        self._steps = [(w[f"step{s}"], w[f"step{s}_bias"][:, None]) for s in STEPS]
        self._leave, self._leave_bias = w["leave"][0], float(w["leave_bias"][0])
        names = ("strict_low", "strict_high", "strict_in", "strict_in_bias", "strict", "strict_bias")
        #: What says how hard to cut: any text, and one known to be all of a page, if that was learnt.
        self._strict = [w[name] for name in names]
        self._page = [w.get(f"page_{name}", w[name]) for name in names]
        #: The weights for the extension.
        self.c = kernels.make_network(self._for_c(w["bag"])) if kernels is not None else None

    def _for_c(self, bag: Floats) -> tuple[Any, ...]:
        """The weights as the extension reads them: a row for each number that comes in, padded with noughts."""
        width = len(self._enter)
        whole = np.round(bag / self._scale.T).astype(np.int8)
        steps = tuple(
            (step, _rows(weights), of_sums(_rows(weights)), _padded(bias))
            for step, (weights, bias) in zip(STEPS, self._steps, strict=True)
        )
        strict = (BINS, STRICTNESS, tuple(self._strict), tuple(self._page))
        near, words_at, ends_at, ends, starts_at, starts, sizes = for_c()
        return (
            width, near, words_at, ends_at, ends, starts_at, starts, self._leave_bias, LIMIT,
            _rows(self._enter), _padded(self._enter_bias), whole, self._scale.ravel(), _rows(self._enter_bag),
            _rows(self._pool), _padded(self._pool_bias), _rows(self._around), _padded(self._around_bias),
            np.concatenate([_padded(self._leave[:width]), _padded(self._leave[width:])]), sizes, steps, strict,
        )  # fmt: skip

    def judge(self, own: Lines, stay: Ints, blanks: Ints, page: float = 0) -> tuple[Floats, float, float]:
        """Score some lines as a page of their own.

        Args:
            own: what lines are like by themselves.
            stay: which of them are there, in ascending order.
            blanks: for each line of ``own`` how many blank ones stand above it.
            page: nought, or how hard to cut at least what is known to be all of a page.

        Returns:
            For each that is there the chance that it is content; what :func:`~cleaner.model.overview.best_f1` says of
            these; what :meth:`strictness` says.
        """
        if kernels is None or self.c is None:
            measures = place(own.only(stay), gaps(blanks[stay]))
            scores = self.score(measures)
            best = best_f1(scores, measures.words)
            return scores, best, self.strictness(overview(scores, measures.words, best), page)
        found, best, strictness = kernels.judge(
            self.c, own.columns.T, own.weight, own.words, own.prose, own.bag, own.first, own.runs, stay, blanks,
            page,
        )  # fmt: skip
        return np.frombuffer(found, np.float32), best, strictness

    def strictness(self, seen: Floats, page: float = 0) -> float:
        """Tell how hard to cut a text, from how its lines' scores are spread.

        Args:
            seen: what :func:`~cleaner.model.overview.overview` gives.
            page: nought, or how hard to cut at least what is known to be all of a page.

        Returns:
            A number from nought, for a text that is clean, by way of one to the last of ``STRICTNESS``.
        """
        if page:
            return max(page, _how_hard(self._strict, seen), _how_hard(self._page, seen))
        return _how_hard(self._strict, seen)

    def _words(self, m: Measures) -> Floats:
        """What the words of each line say: the sum of their numbers, less of it the more words there are."""
        sums = np.add.reduceat(self._bag.take(m.bag, axis=0), m.first)
        fields = sums.view(np.float64).T.astype(np.int64)[:, None] >> _FIELDS
        fields &= _FULL
        out = fields.reshape(WORD, -1).astype(np.float32)
        runs = m.runs.astype(np.float32)
        out -= runs * np.float32(_OFFSET)
        runs += 1
        out /= np.sqrt(runs, out=runs)
        out *= self._scale
        return out

    def score(self, m: Measures, *, with_words: bool = True) -> Floats:
        """Score a page.

        Args:
            m: its measures.
            with_words: whether its words are known, or only what it looks like.

        Returns:
            For each line the chance that it is content.
        """
        if kernels is not None and self.c is not None:
            lines = np.ascontiguousarray(m.lines.T)
            found = kernels.score(self.c, lines, m.weight, m.bag, m.first, m.runs, with_words)
            return np.frombuffer(found, np.float32)
        return self.score_in_python(m, with_words=with_words)

    def score_in_python(self, m: Measures, *, with_words: bool = True) -> Floats:
        """What :meth:`score` does, without the extension."""
        weight = m.weight
        n = len(weight)
        h = dot(self._enter, m.lines)
        if with_words:
            h += dot(self._enter_bag, self._words(m))
        h += self._enter_bias
        h += np.abs(h)  # twice the positive part: quicker than maximum; the weights know
        width = len(h)
        share = np.empty((n, 2), np.float32)
        share[:, 0] = 1 / n
        np.multiply(weight, 1 / weight.sum(), out=share[:, 1])
        view = self._pool @ (h @ share).ravel()
        view += self._pool_bias
        view += np.abs(view)
        wide = np.zeros((width, n + 2 * _REACH), np.float32)
        now = wide[:, _REACH : _REACH + n]
        np.add(h, view[:, None], out=now)
        seen = np.empty((TIMES * width + MORE, n), np.float32)
        around(h, alike(m.lines), seen)
        z = dot(self._around, seen)
        z += self._around_bias
        z += np.abs(z)
        now += z
        seen = np.empty((3 * width, n), np.float32)
        for step, (weights, bias) in zip(STEPS, self._steps, strict=True):
            seen[:width] = wide[:, _REACH - step : _REACH - step + n]
            seen[width : 2 * width] = now
            seen[2 * width :] = wide[:, _REACH + step : _REACH + step + n]
            z = dot(weights, seen)
            z += bias
            z += np.abs(z)
            now += z
        logit = self._leave[:width] @ now
        logit += self._leave[width:] @ h
        logit += self._leave_bias
        np.maximum(logit, -LIMIT, out=logit)
        np.minimum(logit, LIMIT, out=logit)
        np.negative(logit, out=logit)
        np.exp(logit, out=logit)
        logit += 1
        scores: Floats = np.reciprocal(logit, out=logit)
        return scores


def _how_hard(weights: Sequence[Floats], seen: Floats) -> float:
    """The mean of ``STRICTNESS`` by the chance of each, as a network of one layer tells it."""
    low, high, enter, enter_bias, leave, leave_bias = weights
    hidden = enter @ np.minimum(np.maximum(seen, low), high)
    hidden += enter_bias
    np.maximum(hidden, 0, out=hidden)
    chance = leave @ hidden
    chance += leave_bias
    chance -= chance.max()
    np.exp(chance, out=chance)
    return float(chance @ STRICTNESS / chance.sum())


def _packed(table: Floats) -> tuple[NDArray[np.complex128], Floats]:
    """Eight numbers of a word in each complex one, so that sums over many words are sums of few numbers.

    Args:
        table: a row for each word.

    Returns:
        A row for each word, made of whole numbers from 1 to 127, with 64 for nought; and what to multiply with.
    """
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / (_OFFSET - 1)
    whole = np.round(table / scale) + _OFFSET
    packed = whole.reshape(len(table), WORD // 4, 4) @ 2.0 ** (_FIELD * np.arange(4))
    return np.ascontiguousarray(packed).view(np.complex128), scale.astype(np.float32)[:, None]


def _rows(weights: Floats) -> Floats:
    """Weights with a row for each number that comes in, its numbers padded to a multiple of eight."""
    return np.ascontiguousarray(np.pad(weights.T, ((0, 0), (0, -len(weights) % 8))))


def _padded(numbers: Floats) -> Floats:
    return np.pad(numbers.ravel(), (0, -numbers.size % 8))


@lru_cache(maxsize=1)
def text_network() -> Network:
    """The network for plain text, read from the package when first needed."""
    with (resources.files("cleaner.model") / "text.npz").open("rb") as f, np.load(f) as arrays:
        return Network({name: arrays[name] for name in arrays.files})
