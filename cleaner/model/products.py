"""Products of matrices, in pieces so small that no linear algebra library starts threads for them.

Threads cost more than they bring on pages, and where a worker runs on every core they stand in each other's way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: For each of six products what it counts the weights of three lines for: A. Lavin and S. Gray, Fast Algorithms for
#: Convolutional Neural Networks (2015), F(4, 3).
_TAPS = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
#: Products of matrices with no more multiplications than this run on one thread (OpenBLAS's own limit).
SMALL = 250_000


def dot(a: Floats, b: Floats) -> Floats:
    """A product of a small matrix and a wide one.

    Args:
        a: a few rows.
        b: a column for each line.

    Returns:
        ``a @ b``.
    """
    n = b.shape[1]
    step = max(8, SMALL // a.size)
    if n <= step:
        return a @ b
    out = np.empty((a.shape[0], n), np.float32)
    for start in range(0, n, step):
        out[:, start : start + step] = a @ b[:, start : start + step]
    return out


def of_sums(weights: Floats) -> Floats:
    """The weights of a layer that sees three lines, as the extension multiplies them with sums of lines.

    Args:
        weights: for each network the rows for the line before, the line, the one after: ``(..., 3 * width, pad)``.

    Returns:
        ``(..., 6 * width, pad)``.
    """
    *some, rows, pad = weights.shape
    sums: Floats = (_TAPS @ weights.reshape(*some, 3, rows // 3 * pad)).astype(np.float32)
    return sums.reshape(*some, 2 * rows, pad)
