"""What can be measured of every line of a page: what it is like by itself, and how it stands in the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.model.own import OWN, Bools, Floats, Ints, Lines, look

#: Taken as roots.
_ROOTS = (
    "gap_run", "from_top", "from_end", "before_body", "after_body", "text_8", "text_32", "prose_8", "prose_32",
)  # fmt: skip
_REST = ("in_body", "relative", "place", "place_chars", "gap_before", "gap_after")
COLUMNS = OWN + _ROOTS + _REST
#: What a line costs in the search for the stretch of the page that holds most running text, in characters.
BODY_COST = 60.0
#: Lines farther off than this count as this far.
FARTHEST = 60
#: How many lines each way text and running text are summed up over.
REACHES = np.array([[8], [32]])
_PER_LINE = 1 / (2 * REACHES + 1)


class Measures(NamedTuple):
    """What is known of a page.

    Attributes:
        lines: a row for each of ``COLUMNS``, a column for each line; rows of further facts may follow.
        weight: what each line counts for in sums over the page.
        words: how many words each line has.
        bag: a number for every word of the page, in order.
        first: for each line where in ``bag`` its words begin.
        runs: how many there are.
    """

    lines: Floats
    weight: Floats
    words: Floats
    bag: Ints
    first: Ints
    runs: Ints


def measure(lines: Sequence[str], gaps: Bools) -> Measures:
    """Measure a page.

    Args:
        lines: the lines, none of them blank, none with a newline in it.
        gaps: for each line whether a blank one stands before it.

    Returns:
        The measures; they depend on nothing but the arguments.
    """
    return place(look(lines), gaps)


def gaps(blanks: Ints) -> Bools:
    """Before which lines a blank one stands.

    Args:
        blanks: for each line how many blank ones stand above it.
    """
    out = np.empty(len(blanks), bool)
    out[0] = False
    np.not_equal(blanks[1:], blanks[:-1], out=out[1:])
    return out


def place(own: Lines, gaps: Bools) -> Measures:
    """Measure how lines stand in their page.

    Args:
        own: what they are like by themselves.
        gaps: for each line whether a blank one stands before it.

    Returns:
        All measures.
    """
    n = len(gaps)
    weight, prose = own.weight, own.prose
    order = np.arange(n, dtype=np.float32)
    sums = np.zeros((2, n + 1))
    both = np.empty((2, n), np.float32)
    both[0] = weight
    np.multiply(weight, prose, out=both[1])
    both.cumsum(axis=1, dtype=np.float64, out=sums[:, 1:])
    running = sums[1, 1:]

    first = len(OWN)
    x = np.empty((len(COLUMNS), n), np.float32)
    x[:first] = own.columns
    roots, rest = x[first : first + 9], x[first + 9 :]
    block = gaps.cumsum()
    roots[0] = np.bincount(block).take(block)
    roots[1] = order
    roots[2] = order[::-1]
    _body(running, order, roots[3:5], rest[0])
    np.minimum(roots[:5], FARTHEST, out=roots[:5])
    _windows(sums, order, roots[5:])
    np.sqrt(roots, out=roots)

    total = sums[0, -1]
    typical = running[-1] / max(1, np.count_nonzero(prose)) or total / n
    np.multiply(weight, 1 / typical, out=rest[1])
    np.minimum(rest[1], 3, out=rest[1])
    np.multiply(order, 1 / n, out=rest[2])
    rest[3] = sums[0, 1:]
    rest[3] *= 1 / total
    rest[4] = gaps
    rest[5, :-1] = gaps[1:]
    rest[4, 0] = 0
    rest[5, -1] = 1
    return Measures(x, weight, own.words, own.bag, own.first, own.runs)


def _windows(sums: NDArray[np.float64], order: Floats, out: Floats) -> None:
    """Fill in text per line, and running text, within 8 lines and within 32."""
    n = len(order)
    index = np.arange(n)
    high = index + (REACHES + 1)
    np.minimum(high, n, out=high)
    low = index - REACHES
    np.maximum(low, 0, out=low)
    found = sums.take(high, axis=1)
    found -= sums.take(low, axis=1)
    found *= _PER_LINE
    out[:] = found.reshape(4, n)


def _body(running: NDArray[np.float64], order: Floats, out: Floats, inside: Floats) -> None:
    """Find the stretch of lines that holds most running text, each line costing so many characters.

    Fills in how far before or after it each line lies, and whether inside.
    """
    net = np.empty(len(order) + 1)
    net[0] = 0
    np.multiply(order, -BODY_COST, out=net[1:])
    net[1:] += running
    net[1:] -= BODY_COST
    stop = int((net - np.minimum.accumulate(net)).argmax())
    start = int(net[: stop + 1].argmin())
    out[0] = start
    out[0] -= order
    out[1] = order
    out[1] -= stop - 1
    np.maximum(out, 0, out=out)
    inside[:] = 0
    inside[start:stop] = 1
