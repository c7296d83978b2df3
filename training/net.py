"""The network in torch, as it is trained; :mod:`cleaner.model.network` is the same thing in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cleaner.model.features import COLUMNS, PAGE_COLUMNS, Measures
from cleaner.model.network import STEPS
from cleaner.model.own import BUCKETS

#: Numbers that stand for a word, for a first or last word, for a line.
WORD = 12
EDGE = 6
WIDTH = 32
#: Blank rows between the pages of a batch: no page sees another.
BETWEEN = 16
#: Measures are cut off at so many standard deviations.
FAR = 5.0
FAR_PAGE = 4.0


class Batch(NamedTuple):
    """Pages one below the other, with blank rows between; ``which`` tells the page of each row."""

    lines: torch.Tensor
    page: torch.Tensor
    which: torch.Tensor
    alive: torch.Tensor
    weight: torch.Tensor
    words: torch.Tensor
    offsets: torch.Tensor
    first: torch.Tensor
    last: torch.Tensor
    runs: torch.Tensor


def pack(items: Sequence[Measures]) -> Batch:
    """Put pages together."""
    columns: dict[str, list[np.ndarray]] = {name: [] for name in Batch._fields}
    base = 0
    for p, m in enumerate(items):
        n = len(m.runs)
        ids = np.append(m.words, 0)
        some = m.runs > 0
        edge = {"first": ids[m.starts], "last": ids[m.starts + m.runs - 1]}
        rows = {
            "lines": m.lines.T, "which": np.full(n, p), "alive": np.ones((n, 1)), "weight": m.weight[:, None],
            "offsets": m.starts + base, "runs": m.runs[:, None],
            **{name: np.where(some, found, BUCKETS) for name, found in edge.items()},
        }  # fmt: skip
        blank = {"which": p, "offsets": base + len(m.words), "first": BUCKETS, "last": BUCKETS}
        for name, value in rows.items():
            columns[name] += [value, np.full((BETWEEN, *value.shape[1:]), blank.get(name, 0))]
        columns["words"].append(m.words)
        base += len(m.words)
    whole = ("which", "offsets", "first", "last", "words")
    packed = {
        name: torch.from_numpy(np.concatenate(parts).astype(np.int64 if name in whole else np.float32))
        for name, parts in columns.items()
        if parts
    }
    return Batch(**packed, page=torch.from_numpy(np.stack([m.page for m in items])))


class Net(nn.Module):
    """The network.

    Args:
        drop: share of values dropped in training.
        drop_page: the same of what the page is like as a whole.
    """

    def __init__(self, drop: float = 0.1, drop_page: float = 0.3) -> None:
        super().__init__()
        for name, size in (("line", len(COLUMNS)), ("page", len(PAGE_COLUMNS))):
            self.register_buffer(f"{name}_mean", torch.zeros(size))
            self.register_buffer(f"{name}_std", torch.ones(size))
        self.drop, self.drop_page = nn.Dropout(drop), nn.Dropout(drop_page)
        self.word = nn.EmbeddingBag(BUCKETS, WORD, mode="sum")
        self.first = nn.Embedding(BUCKETS + 1, EDGE)
        self.last = nn.Embedding(BUCKETS + 1, EDGE)
        for table in (self.word, self.first, self.last):
            nn.init.normal_(table.weight, std=0.02)
        self.enter = nn.Linear(len(COLUMNS) + WORD + 2 * EDGE, WIDTH)
        self.page = nn.Linear(len(PAGE_COLUMNS), WIDTH)
        self.pool = nn.Linear(2 * WIDTH, WIDTH)
        self.steps = nn.ModuleList([nn.Linear(3 * WIDTH, WIDTH) for _ in STEPS])
        self.leave = nn.Linear(2 * WIDTH, 1)

    def scale(self, sample: Sequence[Measures]) -> None:
        """Learn what measures are on average."""
        rows = {
            "line": np.concatenate([m.lines.T for m in sample]),
            "page": np.stack([m.page for m in sample]),
        }
        for name, values in rows.items():
            getattr(self, f"{name}_mean").copy_(torch.from_numpy(values.mean(0)))
            getattr(self, f"{name}_std").copy_(torch.from_numpy(values.std(0) + 0.05))

    def _scaled(self, name: str, value: torch.Tensor, far: float) -> torch.Tensor:
        return ((value - getattr(self, f"{name}_mean")) / getattr(self, f"{name}_std")).clamp(-far, far)

    def forward(self, b: Batch, with_words: torch.Tensor | None = None) -> torch.Tensor:
        """Score pages.

        Args:
            b: the pages.
            with_words: for each page 1, or 0 to score it without its words.

        Returns:
            A score for each row.
        """
        x = self.drop(self._scaled("line", b.lines, FAR))
        words = self.word(b.words, b.offsets) / (b.runs + 1).sqrt()
        words = torch.cat([words, self.first(b.first), self.last(b.last)], 1)
        if with_words is not None:
            words = words * with_words[b.which]
        about = self.page(self.drop_page(self._scaled("page", b.page, FAR_PAGE)))
        h = functional.relu(self.enter(torch.cat([x, self.drop(words)], 1)) + about[b.which]) * b.alive

        def mean(weight: torch.Tensor) -> torch.Tensor:
            total = torch.zeros(len(b.page), 1).index_add(0, b.which, weight)
            return torch.zeros(len(b.page), WIDTH).index_add(0, b.which, h * weight) / total

        pooled = torch.cat([mean(b.alive), mean(b.weight)], 1)
        view = functional.relu(self.pool(self.drop(pooled)) + about)
        first = h
        h = (h + view[b.which]) * b.alive
        for step, linear in zip(STEPS, self.steps, strict=True):
            blank = torch.zeros(step, WIDTH)
            seen = torch.cat([torch.cat([blank, h[:-step]]), h, torch.cat([h[step:], blank])], 1)
            h = (h + functional.relu(linear(self.drop(seen)))) * b.alive
        score: torch.Tensor = self.leave(self.drop(torch.cat([h, first], 1)))[:, 0]
        return score
