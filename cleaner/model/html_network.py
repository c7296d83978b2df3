"""The network for HTML: from measures of lines and their places to the chance that each is content. In numpy, or in C.

As the one for plain text (:mod:`cleaner.model.network`); what a line sees of its page (:mod:`cleaner.model.seen`) is
more: the lines around it in the elements one, two and four up, all lines of the page whose elements are written alike,
those before and after it. From the page as a whole it tells what type of page it is (article, forum, product, ...),
and lets the lines know. Trained by ``training/html.py``. Here a row is a line.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.model.own import Floats
from cleaner.model.places import HTML_COLUMNS, Places
from cleaner.model.products import SMALL, of_sums
from cleaner.model.second import FEWEST, SecondLook
from cleaner.model.seen import NEAR, Seen
from cleaner.native import kernels

#: How far off the neighbours are that each step looks at.
STEPS = (1, 3, 9)
_REACH = max(STEPS)
#: Measures are cut off at so many standard deviations; those of the page as a whole.
FAR, FAR_PAGE = 5.0, 4.0
#: Beyond this a score is as good as certain.
LIMIT = 30.0
#: The arrays of the second look among the weights.
TREES = ("tree.fact", "tree.limit", "tree.leaf")


class HtmlNetwork:
    """A few networks of one make, whose scores are averaged; arrays have an axis for them before all others.

    Where the weights hold trees, scores are looked at once more (:mod:`cleaner.model.second`), but for small pages.

    Args:
        weights: arrays by name, as ``training/html.py`` writes them.

    Raises:
        ValueError: the weights were made for other measures.
    """

    def __init__(self, weights: dict[str, NDArray[np.float16]]) -> None:
        columns = len(HTML_COLUMNS)
        if weights["mean"].shape[1] != columns:
            raise ValueError(f"the weights know {weights['mean'].shape[1]} columns, not {columns}")
        trees = [weights[name] for name in TREES if name in weights]
        self._second = SecondLook(*trees) if trees else None
        w = {name: array.astype(np.float32) for name, array in weights.items() if name not in TREES}
        mean, std = w["mean"][0], w["std"][0]  # those of the pages learnt from: the same for all networks
        self._low, self._high = mean - FAR * std, mean + FAR * std
        self._page_mean, self._page_std = w["pmean"][0], w["pstd"][0]
        self._words = w.pop("word.weight")
        self._weight = {name[:-7]: np.ascontiguousarray(w[name].swapaxes(1, 2)) for name in w if w[name].ndim == 3}
        self._bias = {name[:-5]: w[name][:, None] for name in w if name.endswith(".bias")}
        enter = self._weight["enter"]
        self._enter_words = np.ascontiguousarray(enter[:, columns:])
        self._enter = enter[:, :columns] / std[:, None]
        self._bias["enter"] = self._bias["enter"] - mean @ self._enter[:, None]
        #: The weights for the extension.
        self.c = self._for_c() if kernels is not None else None

    def _for_c(self) -> tuple[Any, ...]:
        """The weights as the extension reads them: a row for each number that comes in, padded with noughts."""
        weight, bias = self._weight, self._bias
        count, width = len(weight["pool"]), weight["pool"].shape[2]
        both = [
            array
            for name in ("page", "pool", "kind", "kind_in", "down", "around", "down2", "around2")
            for array in (_rows(weight[name]), _rows(bias[name]))
        ]
        # all numbers of a word side by side, whichever network they are for: they are summed up together
        words = np.ascontiguousarray(self._words.swapaxes(0, 1))
        leave = _rows(weight["leave"].reshape(count, 2, width))
        # halved, as the extension adds twice the positive part
        halves = [[_rows(array[f"steps.{i}"] * np.float32(0.5)) for array in (weight, bias)] for i in range(len(STEPS))]
        steps = tuple((step, w, of_sums(w), b) for step, (w, b) in zip(STEPS, halves, strict=True))
        return (
            width, weight["down"].shape[2], weight["kind"].shape[2], NEAR, LIMIT, FAR_PAGE,
            (self._low, self._high, self._page_mean, self._page_std, words),
            (_rows(self._enter), _rows(bias["enter"]), _rows(self._enter_words), *both, leave, bias["leave"].ravel()),
            steps,
        )  # fmt: skip

    def score(self, p: Places) -> Floats:
        """Score a page.

        Args:
            p: its measures.

        Returns:
            For each line the chance that it is content.
        """
        scores = self.first_look(p)
        return scores if self._second is None or len(scores) < FEWEST else self._second.look(scores, p)

    def first_look(self, p: Places) -> Floats:
        """Score a page by the networks alone; arguments and result are those of :meth:`score`."""
        if kernels is None or self.c is None:
            return self.first_look_in_python(p)
        m = p.measures
        found = kernels.html_score(
            self.c, np.ascontiguousarray(m.lines), m.weight, m.bag, m.first, m.runs,
            *(np.ascontiguousarray(rows, np.int64) for rows in (p.first, p.end, p.group)),
        )  # fmt: skip
        return np.frombuffer(found, np.float32)

    def first_look_in_python(self, p: Places) -> Floats:
        """What :meth:`first_look` does, without the extension."""
        m = p.measures
        share = m.weight / m.weight.sum()
        page = (m.lines @ share - self._page_mean) / self._page_std
        about = np.clip(page, -FAR_PAGE, FAR_PAGE) @ self._weight["page"] + self._bias["page"][:, 0]
        x = np.minimum(np.maximum(m.lines.T, self._low), self._high)
        words = np.add.reduceat(self._words.take(m.bag, axis=1), m.first, axis=1)
        words /= np.sqrt(m.runs + 1, dtype=np.float32)[:, None]
        h = _product(x[None], self._enter)
        h += words @ self._enter_words
        h += self._bias["enter"] + about[:, None]
        np.maximum(h, 0, out=h)
        first = h
        count, n, width = h.shape
        view = np.concatenate([h.mean(axis=1), share @ h], axis=1)[:, None]
        view = np.maximum(view @ self._weight["pool"] + self._bias["pool"] + about[:, None], 0)
        kind = np.concatenate([view, about[:, None]], axis=2) @ self._weight["kind"] + self._bias["kind"]
        kind = np.exp(kind - kind.max(axis=2, keepdims=True))
        kind /= kind.sum(axis=2, keepdims=True)
        view += kind @ self._weight["kind_in"] + self._bias["kind_in"]
        wide = np.zeros((count, n + 2 * _REACH, width), np.float32)
        now = wide[:, _REACH : _REACH + n]
        np.add(h, view, out=now)
        seen = Seen(p)
        now += self._layer("around", seen.of(self._layer("down", now)))
        near = np.empty((count, n, 3 * width), np.float32)
        for i, step in enumerate(STEPS):
            near[:, :, :width] = wide[:, _REACH - step : _REACH - step + n]
            near[:, :, width : 2 * width] = now
            near[:, :, 2 * width :] = wide[:, _REACH + step : _REACH + step + n]
            now += self._layer(f"steps.{i}", near)
        now += self._layer("around2", seen.of(self._layer("down2", now)))
        leave = self._weight["leave"]
        logit = (now @ leave[:, :width] + first @ leave[:, width:] + self._bias["leave"]).mean(axis=0)[:, 0]
        chance: Floats = np.reciprocal(1 + np.exp(-np.clip(logit, -LIMIT, LIMIT)), dtype=np.float32)
        return chance

    def _layer(self, name: str, h: Floats) -> Floats:
        z = _product(h, self._weight[name])
        z += self._bias[name]
        return np.maximum(z, 0, out=z)


def _product(h: Floats, weight: Floats) -> Floats:
    """``h @ weight``, in pieces so small that no linear algebra library starts threads for them."""
    n = h.shape[1]
    step = max(8, SMALL // weight[0].size)
    if n <= step:
        return h @ weight
    out = np.empty((len(weight), n, weight.shape[2]), np.float32)
    for start in range(0, n, step):
        np.matmul(h[:, start : start + step], weight, out=out[:, start : start + step])
    return out


def _rows(weights: Floats) -> Floats:
    """Weights of which each row is padded to a multiple of eight."""
    return np.ascontiguousarray(np.pad(weights, ((0, 0), (0, 0), (0, -weights.shape[2] % 8))))


@lru_cache(maxsize=1)
def html_network() -> HtmlNetwork:
    """The network for HTML, read from the package when first needed."""
    with (resources.files("cleaner.model") / "html.npz").open("rb") as f, np.load(f) as arrays:
        return HtmlNetwork({name: arrays[name] for name in arrays.files})
