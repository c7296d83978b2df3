"""The network in torch, as it is trained; :mod:`cleaner.model.network` is the same thing in numpy.

``facts`` is how many rows a view's measures have: those of ``COLUMNS``, and as many more as a recipe of its own adds
(facts from HTML, say). Nothing else here knows what a row is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cleaner.model.around import MORE, NEAR, TIMES, TOGETHER, alike
from cleaner.model.features import COLUMNS, Measures
from cleaner.model.network import STEPS, WORD
from cleaner.model.own import BUCKETS

#: Numbers that stand for a line.
WIDTH = 40
#: Blank rows between the pages of a batch: no page sees another.
BETWEEN = 16


class Batch(NamedTuple):
    """Pages one below the other, with blank rows between.

    ``which`` tells the page of each row, ``start`` and ``end`` its page's first row and the one after its last;
    ``alike`` and ``pairs`` number the lines that look alike (:mod:`cleaner.model.around`).
    """

    lines: torch.Tensor
    which: torch.Tensor
    alive: torch.Tensor
    weight: torch.Tensor
    bag: torch.Tensor
    first: torch.Tensor
    runs: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor
    alike: torch.Tensor
    pairs: torch.Tensor
    pages: int


def pack(items: Sequence[Measures]) -> Batch:
    """Put pages together."""
    columns: dict[str, list[np.ndarray]] = {name: [] for name in Batch._fields[:-1]}
    base = begin = 0
    groups = [0, 0]
    for p, m in enumerate(items):
        n = len(m.weight)
        found = [g.of + number for g, number in zip(alike(m.lines), groups, strict=True)]
        groups = [int(of.max()) + 2 for of in found]
        rows = {
            "lines": m.lines.T, "which": np.full(n, p), "alive": np.ones((n, 1), np.float32),
            "weight": m.weight[:, None], "first": m.first + base, "runs": m.runs[:, None].astype(np.float32),
            "start": np.full(n, begin), "end": np.full(n, begin + n), "alike": found[0], "pairs": found[1],
        }  # fmt: skip
        base += len(m.bag)
        blank = {"which": p, "first": base, "start": begin, "end": begin + n}
        blank |= {"alike": groups[0] - 1, "pairs": groups[1] - 1}
        begin += n + BETWEEN
        for name, value in rows.items():
            columns[name] += [value, np.full((BETWEEN, *value.shape[1:]), blank.get(name, 0), value.dtype)]
        columns["bag"].append(m.bag)
    packed = {name: torch.from_numpy(np.concatenate(parts)) for name, parts in columns.items()}
    return Batch(**packed, pages=len(items))


class Net(nn.Module):
    """The network.

    Args:
        drop: share of values dropped in training.
        drop_page: the same of what the page is like as a whole.
        width: numbers that stand for a line.
        facts: measures of a line.
    """

    def __init__(
        self, drop: float = 0.1, drop_page: float = 0.3, width: int = WIDTH, facts: int = len(COLUMNS)
    ) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("line_mean", torch.zeros(facts))
        self.register_buffer("line_std", torch.ones(facts))
        self.drop, self.drop_page = nn.Dropout(drop), nn.Dropout(drop_page)
        self.bag = nn.EmbeddingBag(BUCKETS, WORD, mode="sum")
        nn.init.normal_(self.bag.weight, std=0.02)
        self.enter = nn.Linear(facts, width)
        self.enter_bag = nn.Linear(WORD, width, bias=False)
        self.pool = nn.Linear(2 * width, width)
        self.around = nn.Linear(TIMES * width + MORE, width)
        self.steps = nn.ModuleList([nn.Linear(3 * width, width) for _ in STEPS])
        self.leave = nn.Linear(2 * width, 1)

    def scale(self, sample: Sequence[Measures]) -> None:
        """Learn what measures are on average."""
        rows = np.concatenate([m.lines.T for m in sample])
        self.line_mean.copy_(torch.from_numpy(rows.mean(0)))
        self.line_std.copy_(torch.from_numpy(rows.std(0) + 0.05))

    def forward(self, b: Batch, with_words: torch.Tensor | None = None) -> torch.Tensor:
        """Score pages.

        Args:
            b: the pages.
            with_words: for each page 1, or 0 to score it without its words.

        Returns:
            A score for each row.
        """
        x = self.drop((b.lines - self.line_mean) / self.line_std)
        words = self.bag(b.bag, b.first) / (b.runs + 1).sqrt()
        if with_words is not None:
            words = words * with_words[b.which]
        h = functional.relu(self.enter(x) + self.enter_bag(self.drop(words))) * b.alive

        def mean(weight: torch.Tensor) -> torch.Tensor:
            total = torch.zeros(b.pages, 1).index_add(0, b.which, weight)
            return torch.zeros(b.pages, self.width).index_add(0, b.which, h * weight) / total

        pooled = torch.stack([mean(b.alive), mean(b.weight)], 2).flatten(1)
        view = functional.relu(self.pool(self.drop_page(pooled)))
        first = h
        h = (h + view[b.which] + functional.relu(self.around(self.drop(_around(first, b))))) * b.alive
        for step, linear in zip(STEPS, self.steps, strict=True):
            blank = torch.zeros(step, self.width)
            seen = torch.cat([torch.cat([blank, h[:-step]]), h, torch.cat([h[step:], blank])], 1)
            h = (h + functional.relu(linear(self.drop(seen)))) * b.alive
        score: torch.Tensor = self.leave(self.drop(torch.cat([h, first], 1)))[:, 0]
        return score


def _leveled(h: torch.Tensor, b: Batch, rows: torch.Tensor) -> torch.Tensor:
    """What :func:`cleaner.model.around.leveled` does; a page's last lines are not put together with blanks after it."""
    together = (((rows - b.start) % TOGETHER == 0) | (rows == b.end)).cumsum(0) - 1
    groups = int(together[-1]) + 1
    size = torch.zeros(groups, 1).index_add(0, together, torch.ones(len(h), 1))
    return (torch.zeros(groups, h.shape[1]).index_add(0, together, h) / size)[together]


def _around(h: torch.Tensor, b: Batch) -> torch.Tensor:
    """What :func:`cleaner.model.around.around` shows each line; half the logarithms, for it has ``h`` twice."""
    rows = torch.arange(len(h))
    sums = torch.cat([torch.zeros(1, h.shape[1]), _leveled(h, b, rows).cumsum(0)])
    here, behind = torch.minimum(rows, b.end), torch.minimum(rows + 1, b.end)
    spans = (
        (b.start, here), (behind, b.end),
        (torch.maximum(rows - NEAR, b.start), here), (behind, torch.minimum(rows + NEAR + 1, b.end)),
    )  # fmt: skip
    seen = [(sums[end] - sums[start]) / (end - start).clamp(min=1)[:, None] for start, end in spans]
    for group in (b.alike, b.pairs):
        groups = int(group.max()) + 1
        count = torch.zeros(groups, 1).index_add(0, group, b.alive).clamp(min=1)
        seen += [(torch.zeros(groups, h.shape[1]).index_add(0, group, h) / count)[group], count.log()[group] / 2]
    return torch.cat(seen, 1)
