"""What can be measured of every line of a page: what it is like by itself, and how it stands in the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.model.own import BITS, BUCKETS, FIELD, OWN, Bools, Floats, Ints, Lines, look

#: Taken as logarithms.
_LOGS = (
    "gap_run", "from_top", "from_end", "copies", "same_first", "same_last", "to_prose_before", "to_prose_after",
    "prose_8", "prose_32", "text_8", "before_body", "after_body", "before_core", "after_core",
)  # fmt: skip
_REST = (
    "shared", "shared_long", "relative", "place", "place_chars", "gap_before", "gap_after", "copy", "shape_before",
    "shape_after", "like_before", "like_after", "in_body", "in_core",
)  # fmt: skip
COLUMNS = OWN + _LOGS + _REST
#: Of the page: each column's mean over lines, its mean over characters, and how long the page is.
PAGE_COLUMNS = (
    *(f"mean_{name}" for name in COLUMNS), *(f"weighted_{name}" for name in COLUMNS), "lines", "page_chars"
)  # fmt: skip
#: What a line costs in the search for the stretch of the page that holds most running text, in characters.
BODY_COST = 45.0
CORE_COST = 110.0
#: No line of running text is looked for farther off than this.
FARTHEST = 60


class Measures(NamedTuple):
    """What is known of a page.

    Attributes:
        lines: a row for each of ``COLUMNS``, a column for each line.
        page: one number for each of ``PAGE_COLUMNS``.
        words: the number of every word of the page, in order, below ``BUCKETS``.
        starts: for each line, how many of ``words`` stand before it.
        runs: how many stand in it.
        weight: what each line counts for in sums over the page.
    """

    lines: Floats
    page: Floats
    words: Ints
    starts: Ints
    runs: Ints
    weight: Floats


def measure(lines: Sequence[str], gaps: Bools) -> Measures:
    """Measure a page.

    Args:
        lines: the lines, none of them blank, none with a newline in it.
        gaps: for each line whether a blank one stands before it.

    Returns:
        The measures; they depend on nothing but the arguments.
    """
    return place(look(lines), gaps)


def place(own: Lines, gaps: Bools) -> Measures:
    """Measure how lines stand in their page.

    Args:
        own: what they are like by themselves.
        gaps: for each line whether a blank one stands before it.

    Returns:
        All measures.
    """
    n = len(gaps)
    weight, prose, head, final = own.weight, own.prose, own.head, own.final
    bucket = (own.number >> np.uint64(64 - BITS)).astype(np.int64)
    ends = own.starts + own.runs
    order = np.arange(n)
    sums = np.zeros((2, n + 1))
    prose_weight = weight * prose
    prose_weight.cumsum(out=sums[0, 1:])
    weight.cumsum(out=sums[1, 1:])
    total = sums[1, n]

    x = np.empty((len(COLUMNS), n), np.float32)
    x[: len(OWN)] = own.columns
    logs = x[len(OWN) : len(OWN) + len(_LOGS)]
    gap_number = gaps.cumsum()
    logs[0] = np.bincount(gap_number)[gap_number]
    logs[1] = order
    logs[2] = order[::-1]
    copy = _repeats(own.number, bucket, own.starts, ends, logs[3:6])
    _distances(prose, order, logs[6:8])
    _windows(sums, order, logs[8:11])
    rest = x[len(OWN) + len(_LOGS) :]
    rest[12] = _segment(sums[0], BODY_COST, order, logs[11:13])
    rest[13] = _segment(sums[0], CORE_COST, order, logs[13:15])
    logs += 1
    np.log(logs, out=logs)

    _shared(own, bucket, ends, rest[0:2])
    typical = sums[0, n] / max(1, int(prose.sum())) or total / n
    np.minimum(weight / np.float32(typical), 3, out=rest[2])
    rest[3] = order
    rest[3] /= n
    rest[4] = sums[1, 1:]
    rest[4] /= total
    rest[5] = gaps
    rest[5, 0] = 0
    rest[6, :-1] = gaps[1:]
    rest[6, -1] = 1
    rest[7] = copy
    edge = rest[8:12]
    edge[:, 0] = edge[:, -1] = 0
    edge[0, 1:] = edge[1, :-1] = np.abs(x[0, 1:] - x[0, :-1])
    edge[2, 1:] = edge[3, :-1] = (head[1:] == head[:-1]) * 0.5 + (final[1:] == final[:-1]) * 0.5

    columns = len(COLUMNS)
    page = np.empty(2 * columns + 2, np.float32)
    page[:columns] = x.sum(axis=1)
    page[:columns] /= n
    page[columns:-2] = x @ (weight / np.float32(total))
    page[-2:] = np.log1p((n, total))
    return Measures(x, page, bucket, own.starts, own.runs, weight)


def _repeats(number: NDArray[np.uint64], bucket: Ints, starts: Ints, ends: Ints, out: Floats) -> Bools:
    """Fill in how many lines have the same words, the same first word, the same last.

    Returns:
        For each line whether one before it has the same words.
    """
    n = len(starts)
    sums = np.zeros(len(number) + 1, np.uint64)
    number.cumsum(out=sums[1:])
    line = sums[ends] - sums[starts]
    order = line.argsort(kind="stable")
    ranked = line[order]
    new = np.empty(n, bool)
    new[0] = True
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
    group = new.cumsum()
    out[0, order] = np.bincount(group)[group]
    copy = np.empty(n, bool)
    copy[order] = ~new
    padded = np.zeros(len(bucket) + 1, np.int64)
    padded[:-1] = bucket
    wordless = ends == starts
    for row, where in ((out[1], starts), (out[2], ends - 1)):
        edge = padded[where]
        edge[wordless] = 0
        row[:] = np.bincount(edge)[edge]
    return copy


def _shared(own: Lines, bucket: Ints, ends: Ints, out: Floats) -> None:
    """Fill in the share of a line's words that running text elsewhere has too, and the same of its long words."""
    starts, runs, long = own.starts, own.runs, own.long
    in_prose = own.prose.repeat(runs)
    used = np.bincount(bucket[in_prose], minlength=BUCKETS).take(bucket) > in_prose
    flags = used * FIELD[0]
    flags += long * FIELD[1]
    flags += (used & long) * FIELD[2]
    sums = np.zeros(len(bucket) + 1, np.uint64)
    flags.cumsum(out=sums[1:])
    fields = (sums[ends] - sums[starts]).view(np.uint16).reshape(len(starts), 4)
    out[0] = fields[:, 0]
    out[0] /= np.maximum(runs, 1)
    out[1] = fields[:, 2]
    out[1] /= np.maximum(fields[:, 1], 1)


def _distances(prose: Bools, order: Ints, out: Floats) -> None:
    """Fill in for each line how many lines off the nearest other line of running text is, above and below."""
    n = len(prose)
    out[:] = FARTHEST
    above = np.maximum.accumulate(np.where(prose, order, -FARTHEST))
    below = np.minimum.accumulate(np.where(prose, order, n + FARTHEST)[::-1])[::-1]
    out[0, 1:] = order[1:] - above[:-1]
    out[1, :-1] = below[1:] - order[:-1]
    np.minimum(out, FARTHEST, out=out)


def _windows(sums: NDArray[np.float64], order: Ints, out: Floats) -> None:
    """Fill in running text per line within 8 lines and within 32, and all text within 8."""
    n = len(order)
    for reach, rows, to in ((8, sums, out[0::2]), (32, sums[:1], out[1:2])):
        if n <= reach:
            to[:] = rows[:, n:] / n
            continue
        inside = rows[:, np.minimum(order + (reach + 1), n)]
        inside[:, reach + 1 :] -= rows[:, 1 : n - reach]
        size = np.full(n, 2 * reach + 1)
        size[: reach + 1] -= order[reach::-1]
        size[n - reach :] -= order[1 : reach + 1]
        to[:] = inside / size


def _segment(sums: NDArray[np.float64], cost: float, order: Ints, out: Floats) -> Bools:
    """Find the stretch of lines that holds most running text, each line costing so many characters.

    Fills in how far before or after it each line lies.

    Returns:
        Whether each line lies in it.
    """
    net = sums[1:] - order * cost
    net -= cost
    net = np.concatenate([[0.0], net])
    stop = int((net - np.minimum.accumulate(net)).argmax())
    start = int(net[: stop + 1].argmin())
    out[0] = start - order
    out[1] = order - (stop - 1)
    np.maximum(out, 0, out=out)
    inside: Bools = out.max(axis=0) == 0
    return inside
