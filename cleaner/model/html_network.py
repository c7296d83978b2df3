"""The network for HTML: from measures of lines and their places to the chance that each is content. numpy alone.

As the one for plain text (:mod:`cleaner.model.network`), and besides every line sees the mean of the lines around it in
the elements one, two and four up, and of all lines of the page whose elements are written alike: what is one of forty
cards is judged with the other thirty-nine. Trained by ``training/html.py``.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from cleaner.model.own import Floats, Ints
from cleaner.model.places import HTML_COLUMNS, Places
from cleaner.model.products import dot

#: How far off the neighbours are that each step looks at.
STEPS = (1, 3, 9)
_REACH = max(STEPS)
#: Measures are cut off at so many standard deviations; those of the page as a whole.
FAR, FAR_PAGE = 5.0, 4.0
#: Beyond this a score is as good as certain.
LIMIT = 30.0

Weights = dict[str, NDArray[np.float32]]


class HtmlNetwork:
    """A few networks of one make, whose scores are averaged.

    Args:
        weights: arrays by name, the first axis of each the number of the network.

    Raises:
        ValueError: the weights were made for other measures.
    """

    def __init__(self, weights: dict[str, NDArray[np.float16]]) -> None:
        if weights["mean"].shape[1] != len(HTML_COLUMNS):
            raise ValueError(f"the weights know {weights['mean'].shape[1]} columns, not {len(HTML_COLUMNS)}")
        count = len(weights["mean"])
        self._nets = [{name: array[i].astype(np.float32) for name, array in weights.items()} for i in range(count)]
        for w in self._nets:
            w["low"], w["high"] = (w["mean"] - FAR * w["std"])[:, None], (w["mean"] + FAR * w["std"])[:, None]
            columns = len(w["mean"])
            w["enter_words"] = w["enter.weight"][:, columns:]
            w["enter"] = np.ascontiguousarray(w["enter.weight"][:, :columns] / w["std"])
            w["enter.bias"] = w["enter.bias"] - w["enter"] @ w["mean"]

    def score(self, p: Places) -> Floats:
        """Score a page.

        Args:
            p: its measures.

        Returns:
            For each line the chance that it is content.
        """
        spans = _spans(p)
        logit = np.mean([self._one(w, p, spans) for w in self._nets], axis=0)
        chance: Floats = np.reciprocal(1 + np.exp(-np.clip(logit, -LIMIT, LIMIT)), dtype=np.float32)
        return chance

    def _one(self, w: Weights, p: Places, spans: _Spans) -> Floats:
        m = p.measures
        n = len(m.weight)
        share = m.weight / m.weight.sum()
        about = (m.lines @ share - w["pmean"]) / w["pstd"]
        about = w["page.weight"] @ np.clip(about, -FAR_PAGE, FAR_PAGE) + w["page.bias"]
        h = dot(w["enter"], np.minimum(np.maximum(m.lines, w["low"]), w["high"]))
        words = np.zeros((w["word.weight"].shape[1], len(m.bag) + 1), np.float32)
        w["word.weight"][m.bag].T.cumsum(axis=1, out=words[:, 1:])
        words = words[:, m.first + m.runs] - words[:, m.first]
        words /= np.sqrt(m.runs + 1).astype(np.float32)
        h += w["enter_words"] @ words
        h += (w["enter.bias"] + about)[:, None]
        np.maximum(h, 0, out=h)
        first = h
        view = w["pool.weight"] @ np.concatenate([h.mean(axis=1), h @ share]) + w["pool.bias"] + about
        h = h + np.maximum(view, 0)[:, None]
        h += _around(w["around.weight"], w["around.bias"], h, spans)
        width = len(h)
        wide = np.zeros((width, n + 2 * _REACH), np.float32)
        now = wide[:, _REACH : _REACH + n]
        now[:] = h
        seen = np.empty((3 * width, n), np.float32)
        for i, step in enumerate(STEPS):
            seen[:width] = wide[:, _REACH - step : _REACH - step + n]
            seen[width : 2 * width] = now
            seen[2 * width :] = wide[:, _REACH + step : _REACH + step + n]
            z = dot(w[f"steps.{i}.weight"], seen)
            z += w[f"steps.{i}.bias"][:, None]
            now += np.maximum(z, 0, out=z)
        h = now + _around(w["around2.weight"], w["around2.bias"], now, spans)
        leave = w["leave.weight"][0]
        out: Floats = leave[:width] @ h + leave[width:] @ first + w["leave.bias"][0]
        return out


class _Spans:
    """Which lines each line sees together."""

    __slots__ = ("count", "end", "first", "group", "order", "size", "start")

    def __init__(self, p: Places) -> None:
        self.first, self.end = p.first, p.end
        self.size = np.maximum(p.end - p.first, 1).astype(np.float32)
        self.group: Ints = p.group
        self.order = p.group.argsort(kind="stable")
        self.count = np.bincount(p.group).astype(np.float32)
        self.start = np.concatenate([[0], self.count.cumsum()[:-1]]).astype(np.int64)


_spans = _Spans


def _around(weight: Floats, bias: Floats, h: Floats, spans: _Spans) -> Floats:
    """What the means of the lines around each line say."""
    width, n = h.shape
    sums = np.zeros((width, n + 1), np.float32)
    h.cumsum(axis=1, out=sums[:, 1:])
    seen = np.empty((4 * width, n), np.float32)
    for i in range(3):
        part = seen[i * width : (i + 1) * width]
        np.subtract(sums[:, spans.end[i]], sums[:, spans.first[i]], out=part)
        part /= spans.size[i]
    groups = np.add.reduceat(h[:, spans.order], spans.start, axis=1)
    groups /= spans.count
    seen[3 * width :] = groups[:, spans.group]
    z = dot(weight, seen)
    z += bias[:, None]
    return np.maximum(z, 0, out=z)


@lru_cache(maxsize=1)
def html_network() -> HtmlNetwork:
    """The network for HTML, read from the package when first needed."""
    with (resources.files("cleaner.model") / "html.npz").open("rb") as f, np.load(f) as arrays:
        return HtmlNetwork({name: arrays[name] for name in arrays.files})
