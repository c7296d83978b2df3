"""What HTML's markup says of every line of a page, as measures beside those of its text.

The page's main container is found as readability tools find it: lines that read as text vote for the elements around
them, the nearer the more. Every line then knows how it stands to the winner, and what the elements around it hold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.markup.columns import Markup
from cleaner.markup.words import NAMES, TAG_BITS
from cleaner.model.own import Bools, Floats, Ints, Lines

#: How many elements up each measure of what is around a line is taken.
LEVELS = (0, 1, 2, 3, 5)
#: A line votes for the element so many up with this weight.
VOTES = (0.3, 1.0, 0.5, 0.33, 0.25)
#: Of link text in a line that votes no more than this share.
MOST_LINKED = 0.5
SHORTEST_VOTER = 25
_TAGS = (
    ("p",), ("h1",), ("h2",), ("h3",), ("h4", "h5", "h6"), ("li",), ("td", "th", "caption"), ("div", "center"),
    ("blockquote",), ("pre",), ("figcaption", "figure"), ("dt", "dd"), ("article", "section", "main", "body", ""),
    ("button", "summary", "legend"), ("header", "hgroup"), ("footer", "address"), ("aside", "nav"),
)  # fmt: skip
_TAG_CLASS = {tag: i for i, tags in enumerate(_TAGS) for tag in tags}
_LINE = (
    "linked", "links", "strong", "depth", "alone", "of_title", "is_title", "in_winner", "from_start", "to_end", "above",
    "below", "away", "left_path", "short_of", "near_winner", "same_tag", "siblings", "order",
)  # fmt: skip
_LEVEL = ("share", "linked", "blocks", "votes", "lines", "length", "alike")
_PAGE = (
    "votes_share",
    "winner_share",
    "winner_linked",
    "winner_depth",
    "text",
    "linked",
    "elements",
    "main",
    "article",
)
#: A row each of the bits of the element a line stands in, of the three nearest, and of all around it.
_BITS = (*(f"own_{name}" for name in NAMES), *(f"near_{name}" for name in NAMES), *(f"path_{name}" for name in NAMES))
PLACES = (
    *_LINE,
    *(f"{name}_{level}" for level in LEVELS for name in _LEVEL),
    *_PAGE,
    *(f"tag_{tags[0]}" for tags in _TAGS),
    *_BITS,
)
#: The first of the columns that are bits.
FIRST_BIT = len(PLACES) - len(_BITS)
_SHIFTS = np.arange(len(NAMES))[:, None]
_MAIN, _ARTICLE = TAG_BITS.index("main"), TAG_BITS.index("article")


def measure_places(markup: Markup, where: Ints, own: Lines, title: NDArray[np.uint64]) -> Floats:
    """Measure where lines stand.

    Args:
        markup: of the page.
        where: of each line its place in the markup's columns, in ascending order.
        own: what the lines are like by themselves.
        title: the numbers of the words of the page's title.

    Returns:
        A row for each of ``PLACES``, a column for each line.
    """
    n = len(where)
    count = len(markup.parent)
    element = markup.element[where]
    size = np.maximum(markup.size[where], 1).astype(np.float32)
    chars = np.expm1(own.columns[0])
    linked = np.minimum(markup.linked[where] / size, 1).astype(np.float32)
    weight = chars
    reads = own.prose & (linked < MOST_LINKED)

    # What is in each element: a sum over the stretch of lines from its first to its last.
    first = where.searchsorted(markup.first)
    end = where.searchsorted(markup.end)
    sums = np.zeros((4, n + 1), np.float32)
    total = sums[:, 1:]
    weight.cumsum(out=total[0])
    (weight * linked).cumsum(out=total[1])
    reads.cumsum(out=total[2], dtype=np.float32)
    vote = np.where(
        (chars >= SHORTEST_VOTER) & (linked < MOST_LINKED),
        (1 + np.minimum(chars / 100, 3) + np.expm1(own.columns[2])) * (0.2 + own.prose),
        0,
    )
    vote.cumsum(out=total[3])
    inside = sums[:, end] - sums[:, first]
    held = (end - first).astype(np.float32)
    share = inside[0] / max(1.0, float(total[0, -1]))
    density = inside[1] / np.maximum(inside[0], 1)
    votes = np.zeros(count)
    up = element
    for strength in VOTES:
        votes += np.bincount(up, vote * strength, minlength=count)
        up = markup.parent[up]
    votes *= 1 - density
    winner = int(votes.argmax())
    most = max(float(votes[winner]), 1e-6)

    x = np.empty((len(PLACES), n), np.float32)
    order = np.arange(n)
    line = x[: len(_LINE)]
    line[0] = linked
    line[1] = np.log1p(markup.links[where])
    line[2] = np.minimum(markup.strong[where] / size, 1)
    line[3] = markup.depth[element] / 10
    line[4] = held[element] == 1
    line[5:7] = _titled(own, title)
    a, b = int(first[winner]), int(end[winner])
    within = (order >= a) & (order < b)
    line[7] = within
    line[8] = np.where(within, np.log1p(order - a, where=within, out=np.zeros(n)), 0)
    line[9] = np.where(within, np.log1p(b - 1 - order, where=within, out=np.zeros(n)), 0)
    line[10] = np.log1p(np.maximum(a - order, 0))
    line[11] = np.log1p(np.maximum(order - b + 1, 0))
    shared = _shared_depth(markup, winner, first, end, n)
    line[12] = (markup.depth[element] - shared) / 4
    line[13] = (markup.depth[winner] - shared) / 4
    line[14] = markup.depth[winner] / 10
    nearest = votes / most
    line[15] = nearest[markup.parent[element]]
    same = np.zeros(n, bool)
    same[1:] = element[1:] == element[:-1]
    line[16] = same
    children = np.bincount(markup.parent, minlength=count)
    line[17] = np.log1p(children[markup.parent[element]])
    line[18] = (order - first[markup.parent[element]]) / np.maximum(held[markup.parent[element]], 1)

    at = len(_LINE)
    lengths = np.log1p(inside[0] / np.maximum(held, 1))
    columns = np.stack(
        [share, density, np.log1p(inside[2]), nearest.astype(np.float32), np.log1p(held), lengths, np.log1p(children)]
    ).astype(np.float32)
    up = element
    ups = [up]
    for level in range(1, LEVELS[-1] + 1):
        up = markup.parent[up]
        if level in LEVELS:
            ups.append(up)
    for up in ups:
        columns.take(up, axis=1, out=x[at : at + len(_LEVEL)])
        at += len(_LEVEL)

    bits = np.stack(
        [markup.own[element], markup.own[element] | markup.own[ups[1]] | markup.own[ups[2]], markup.path[element]]
    )
    everything = int(np.bitwise_or.reduce(markup.path[element])) if n else 0
    page = (
        inside[3, winner] / max(float(total[3, -1]), 1e-6), share[winner], density[winner],
        np.log1p(float(markup.depth[winner])), np.log1p(float(total[0, -1])),
        float(total[1, -1]) / max(1.0, float(total[0, -1])), np.log1p(count), everything >> _MAIN & 1,
        everything >> _ARTICLE & 1,
    )  # fmt: skip
    x[at : at + len(_PAGE)] = np.array(page, np.float32)[:, None]
    at += len(_PAGE)
    kind = np.array([_TAG_CLASS.get(tag, -1) for tag in markup.tags])[element]
    x[at : at + len(_TAGS)] = kind == np.arange(len(_TAGS))[:, None]
    at += len(_TAGS)
    for row in bits:
        x[at : at + len(NAMES)] = (row >> _SHIFTS) & 1
        at += len(NAMES)
    return x


def _shared_depth(markup: Markup, winner: int, first: Ints, end: Ints, n: int) -> Ints:
    """For each line how deep its elements are the winner's too."""
    steps = np.zeros(n + 1, np.int64)
    above = winner
    while True:
        steps[first[above]] += 1
        steps[end[above]] -= 1
        if above == 0:
            break
        above = int(markup.parent[above])
    return steps.cumsum()[:-1] - 1


def _titled(own: Lines, title: NDArray[np.uint64]) -> Floats:
    """The share of each line's words that the page's title has, and whether they are most of the title."""
    out = np.zeros((2, len(own.runs)), np.float32)
    if len(title):
        known = np.isin(own.number, title)
        sums = np.zeros(len(known) + 1, np.int64)
        known.cumsum(out=sums[1:])
        found = sums[own.starts + own.runs] - sums[own.starts]
        out[0] = found / np.maximum(own.runs, 1)
        out[1] = np.minimum(found / len(title), 1) * out[0]
    return out


def is_bit(column: str) -> Bools | bool:
    """Whether a column is a bit of tags and names."""
    return column in _BITS
