"""What each line sees of its page besides the lines next to it: those before it, those after it, those like it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleaner.model.own import AT, Floats, Ints

#: How many lines before and after a line are summed up beside all of them.
NEAR = 30
#: Of so many lines in a row each is taken for their mean there: what is summed up changes slowly, and the sums are
#: needed for these together, no more.
TOGETHER = 4
#: Lines are alike if they end and begin with the same kinds of characters and have about as many words.
_ENDS = slice(AT["ends_dot"], AT["ellipsis"] + 1)
_STARTS = slice(AT["starts_upper"], AT["starts_bullet"] + 1)
_END_KINDS = np.arange(1, _ENDS.stop - _ENDS.start + 1, dtype=np.float32)
_START_KINDS = np.arange(1, _STARTS.stop - _STARTS.start + 1, dtype=np.float32)
_KINDS = (len(_END_KINDS) + 1) * (len(_START_KINDS) + 1)
_SIZES = np.sqrt(np.array([1, 2, 3, 4, 6, 9, 14, 25, 45], np.float32) - 0.5)
#: For a line of ``n`` numbers, :func:`around` gives six times ``n``, and two more.
TIMES, MORE = 6, 2


class Groups(NamedTuple):
    """Lines put together.

    Attributes:
        of: for each line the number of its group.
        order: the lines, group by group.
        first: where in ``order`` each group begins.
        size: how many lines it has.
    """

    of: Ints
    order: Ints
    first: Ints
    size: Floats


def alike(lines: Floats) -> tuple[Groups, Groups]:
    """Put lines together that look alike, and those that do and are followed by lines that look alike.

    Args:
        lines: the measures, a row for each.

    Returns:
        The two ways of putting them together.
    """
    looks = _SIZES.searchsorted(lines[AT["words"]])
    looks *= _KINDS
    looks += (_END_KINDS @ lines[_ENDS] * (len(_START_KINDS) + 1) + _START_KINDS @ lines[_STARTS]).astype(np.int64)
    pairs = looks * (_KINDS * (len(_SIZES) + 1))
    pairs[:-1] += looks[1:]
    return _groups(looks), _groups(pairs)


def for_c() -> tuple[int, int, int, int, int, int, Floats]:
    """What the extension is told of all this: ``NEAR``, and where and by what :func:`alike` tells lines apart."""
    return NEAR, AT["words"], _ENDS.start, len(_END_KINDS), _STARTS.start, len(_START_KINDS), _SIZES


def _groups(key: Ints) -> Groups:
    order = key.argsort(kind="stable")
    found = key[order]
    new = np.empty(len(key), bool)
    new[0] = True
    np.not_equal(found[1:], found[:-1], out=new[1:])
    first = new.nonzero()[0]
    of = np.empty(len(key), np.int64)
    of[order] = new.cumsum() - 1
    return Groups(of, order, first, np.diff(first, append=len(key)).astype(np.float32))


def leveled(h: Floats) -> Floats:
    """Take each of ``TOGETHER`` lines in a row, counted from the first, for their mean."""
    first = np.arange(0, h.shape[1], TOGETHER)
    size = np.diff(first, append=h.shape[1])
    return np.repeat(np.add.reduceat(h, first, axis=1) / size.astype(np.float32), size, axis=1)


def around(h: Floats, groups: tuple[Groups, Groups], out: Floats) -> None:
    """Show each line the means of others.

    Args:
        h: a column of numbers for each line.
        groups: lines that are alike, as :func:`alike` gives them.
        out: filled in: the means of all lines before a line and of all after it, of the ``NEAR`` ones before and after
            it, ``TOGETHER`` lines being taken for their mean; and of those alike in both ways, each followed by the
            logarithm of how many these are.
    """
    width, n = h.shape
    sums = np.zeros((width, n + 1), np.float32)
    leveled(h).cumsum(axis=1, out=sums[:, 1:])
    count = np.arange(n, dtype=np.float32)
    count[0] = 1
    before, after, near_before, near_after = (out[i * width : (i + 1) * width] for i in range(4))
    np.divide(sums[:, :-1], count, out=before)
    np.subtract(sums[:, -1:], sums[:, 1:], out=after)
    after /= count[::-1]
    near_before[:, :NEAR] = before[:, :NEAR]
    near_after[:, max(0, n - NEAR) :] = after[:, max(0, n - NEAR) :]
    if n > NEAR:
        np.subtract(sums[:, NEAR:-1], sums[:, : n - NEAR], out=near_before[:, NEAR:])
        near_before[:, NEAR:] *= 1 / NEAR
        np.subtract(sums[:, NEAR + 1 :], sums[:, 1 : n - NEAR + 1], out=near_after[:, : n - NEAR])
        near_after[:, : n - NEAR] *= 1 / NEAR
    at = 4 * width
    for g in groups:
        means = np.add.reduceat(h.take(g.order, axis=1, mode="clip"), g.first, axis=1)
        means /= g.size
        means.take(g.of, axis=1, out=out[at : at + width], mode="clip")  # quicker: all are known to be there
        out[at + width] = np.log(g.size).take(g.of)
        at += width + 1
