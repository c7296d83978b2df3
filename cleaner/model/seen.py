"""What each line of HTML sees of its page: means over the lines that belong with it.

These are the lines of the elements one, two and four up; of all elements that are written alike; all before and after
it; the nearest thirty before and after it. Here a row is a line.
"""

from __future__ import annotations

import numpy as np

from cleaner.model.own import Floats, Ints
from cleaner.model.places import Places

#: How many lines before and after a line are summed up beside all of them.
NEAR = 30
#: For a line of ``n`` numbers a line sees so many times ``n``.
TIMES = 8


class Seen:
    """Who sees whom on a page.

    Args:
        p: the page's measures.
    """

    __slots__ = ("_alike", "_count", "_first", "_order", "_size", "_spans")

    def __init__(self, p: Places) -> None:
        n = len(p.group)
        row = np.arange(n)
        behind = row + 1
        none = np.zeros(n, np.int64)
        first = [*p.first, none, behind, np.maximum(row - NEAR, 0), behind]
        end = [*p.end, row, none + n, row, np.minimum(behind + NEAR, n)]
        self._spans = np.stack(first), np.stack(end)
        self._size = 1 / np.maximum(self._spans[1] - self._spans[0], 1).astype(np.float32)[:, :, None]
        self._alike = p.group
        self._order: Ints = p.group.argsort(kind="stable")
        self._count = (1 / np.bincount(p.group).astype(np.float32))[:, None]
        self._first = p.group[self._order].searchsorted(np.arange(len(self._count)))

    def of(self, h: Floats) -> Floats:
        """What lines see.

        Args:
            h: for each network a row of numbers for each line.

        Returns:
            The same with ``TIMES`` as many.
        """
        count, n, width = h.shape
        sums = np.zeros((count, n + 1, width), np.float32)
        h.cumsum(axis=1, out=sums[:, 1:])
        out = np.empty((count, n, TIMES, width), np.float32)
        for i, (first, end, size) in enumerate(zip(*self._spans, self._size, strict=True)):
            part = sums.take(end, axis=1)
            part -= sums.take(first, axis=1)
            np.multiply(part, size, out=out[:, :, i])
        groups = np.add.reduceat(h.take(self._order, axis=1), self._first, axis=1)
        groups *= self._count
        out[:, :, -1] = groups.take(self._alike, axis=1)
        return out.reshape(count, n, -1)
