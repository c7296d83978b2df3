"""The network: from measures of lines to the chance that each is content. numpy alone.

Every line's measures and words become a short vector; the page as a whole is summed up in one more and added to each;
then three steps let a line see its neighbours 1, 3 and 9 lines off, so that it knows 13 lines each way. Trained by
``training/train.py``, which has the same network in torch.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from cleaner.model.features import COLUMNS, Measures
from cleaner.model.own import BUCKETS, Floats

#: How far off the neighbours are that each step looks at.
STEPS = (1, 3, 9)
_REACH = max(STEPS)
#: Words of a line beyond these say nothing: so many fit the sums of :func:`_packed`.
MOST_WORDS = 256
_OFFSET = 128
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
        self._low, self._high = w["line_low"][:, None], w["line_high"][:, None]
        self._page_low, self._page_high = w["page_low"], w["page_high"]
        columns = len(self._low)
        #: What each measure is on average.
        self.typical = (self._low + self._high) / 2
        self._enter, self._enter_words = w["enter"][:, :columns].copy(), w["enter"][:, columns:].copy()
        self._enter_bias = w["enter_bias"]
        self._first, self._last = w["first"], w["last"]
        self._word, self._word_scale = _packed(w["word"])
        self._page, self._page_bias = w["page"], w["page_bias"]
        self._pool, self._pool_bias = w["pool"], w["pool_bias"]
        self._steps = [(w[f"step{s}"], w[f"step{s}_bias"][:, None]) for s in STEPS]
        self._leave, self._leave_bias = w["leave"], float(w["leave_bias"][0])
        self._own_low, self._own_high = w["own_low"], w["own_high"]
        self._gate_in, self._gate_in_bias = w["gate_in"], w["gate_in_bias"]
        self._gate, self._gate_bias = w["gate"], w["gate_bias"]

    def score(self, m: Measures) -> Floats:
        """Score a page.

        Args:
            m: its measures.

        Returns:
            For each line the chance that it is content.
        """
        return self._run(np.minimum(np.maximum(m.lines, self._low), self._high), self._words(m), m.page, m.weight)

    def furniture(self, own: Floats) -> float:
        """Tell whether a text has furniture worth looking for, from what its lines are like one by one.

        Args:
            own: what :func:`~cleaner.model.features.sum_up` gives.

        Returns:
            The chance that it has.
        """
        x = np.minimum(np.maximum(own, self._own_low), self._own_high)
        hidden = np.maximum(self._gate_in @ x + self._gate_in_bias, 0)
        return float(_chance(self._gate @ hidden + self._gate_bias)[0])

    def _words(self, m: Measures) -> Floats:
        """What the words of each line say: all of them, the first, the last."""
        all_words, scale = self._word, self._word_scale
        first, last = self._first, self._last
        n, a = len(m.starts), len(scale)
        b = a + first.shape[1]
        out = np.empty((b + last.shape[1], n), np.float32)
        sums = np.zeros((len(all_words), len(m.words) + 1), np.uint64)
        all_words.take(m.words, axis=1).cumsum(axis=1, out=sums[:, 1:])
        counted = np.minimum(m.runs, MOST_WORDS)
        fields = sums.take(m.starts + counted, axis=1)
        fields -= sums.take(m.starts, axis=1)
        words = fields.view(np.uint16).reshape(len(all_words), n, 4).transpose(0, 2, 1).reshape(a, n)
        np.multiply(words - (_OFFSET * counted).astype(np.float32), scale[:, None], out=out[:a])
        out[:a] /= np.sqrt(counted + np.float32(1))
        padded = np.append(m.words, BUCKETS)
        none = m.runs == 0
        for table, where, to in ((first, m.starts, out[a:b]), (last, m.starts + m.runs - 1, out[b:])):
            edge = padded[where]
            edge[none] = BUCKETS
            to[:] = table[edge].T
        return out

    def _run(self, x: Floats, words: Floats, page: Floats, weight: Floats) -> Floats:
        n = x.shape[1]
        share = weight / weight.sum()
        about = self._page @ np.minimum(np.maximum(page, self._page_low), self._page_high) + self._page_bias
        h = self._enter @ x
        h += self._enter_words @ words
        h += (self._enter_bias + about)[:, None]
        np.maximum(h, 0, out=h)
        pooled = np.concatenate([h.sum(axis=1) / n, h @ share])
        view = np.maximum(self._pool @ pooled + self._pool_bias + about, 0)
        width = len(h)
        wide = np.zeros((width, n + 2 * _REACH), np.float32)
        now = wide[:, _REACH : _REACH + n]
        np.add(h, view[:, None], out=now)
        seen = np.empty((3 * width, n), np.float32)
        for step, (linear, bias) in zip(STEPS, self._steps, strict=True):
            seen[:width] = wide[:, _REACH - step : _REACH - step + n]
            seen[width : 2 * width] = now
            seen[2 * width :] = wide[:, _REACH + step : _REACH + step + n]
            z = linear @ seen
            z += bias
            now += np.maximum(z, 0, out=z)
        logit = self._leave[0, :width] @ now
        logit += self._leave[0, width:] @ h + self._leave_bias
        return _chance(logit)


def _chance(logit: Floats) -> Floats:
    chance: Floats = np.reciprocal(1 + np.exp(-np.minimum(np.maximum(logit, -LIMIT), LIMIT)), dtype=np.float32)
    return chance


def _packed(table: Floats) -> tuple[NDArray[np.uint64], Floats]:
    """Four numbers of a word in one, so that sums over many words are sums of few numbers.

    Args:
        table: a row for each word.

    Returns:
        A row for every four of the table's columns, and what to multiply each column with. A number is kept as one
        of 0 to 255, with 128 for nought.
    """
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
    whole = (np.round(table / scale) + _OFFSET).astype(np.uint16)
    return np.ascontiguousarray(whole.view(np.uint64).T), scale.astype(np.float32)


@lru_cache(maxsize=1)
def text_network() -> Network:
    """The network for plain text, read from the package when first needed."""
    with (resources.files("cleaner.model") / "text.npz").open("rb") as f, np.load(f) as arrays:
        return Network({name: arrays[name] for name in arrays.files})
