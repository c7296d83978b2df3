"""What HTML's markup says of every line of a page, as measures beside those of its text.

The page's main container is found as readability tools find it: lines that read as text vote for the elements around
them, the nearer the more. Every line then knows how it stands to the winner, and what the elements around it hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.markup.columns import Markup
from cleaner.markup.words import NAMES, TAG_BITS, UNSEEN
from cleaner.model.features import COLUMNS, Measures, place
from cleaner.model.own import BUCKETS, Bools, Floats, Ints, Lines, for_c, look
from cleaner.native import kernels

#: How many elements up each measure of what is around a line is taken.
LEVELS = (0, 1, 2, 3, 5)
#: A line votes for the element so many up with this weight.
VOTES = (0.3, 1.0, 0.5, 0.33, 0.25)
#: A line of which more is link text, or that is shorter, does not vote.
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
    "below", "away", "left_path", "winner_depth", "near_winner", "same_element", "siblings", "order", "copies",
    "alike", "alike_share",
)  # fmt: skip
_LEVEL = ("share", "linked", "blocks", "votes", "lines", "length", "children")
_PAGE = ("votes_share", "winner_share", "winner_linked", "text", "linked", "elements", "main", "article")
#: A row each of the bits of the element a line stands in, of the three nearest, and of all around it.
_BITS = (*(f"own_{name}" for name in NAMES), *(f"near_{name}" for name in NAMES), *(f"path_{name}" for name in NAMES))
PLACES = (
    *_LINE,
    *(f"{name}_{level}" for level in LEVELS for name in _LEVEL),
    *(f"page_{name}" for name in _PAGE),
    *(f"tag_{tags[0]}" for tags in _TAGS),
    *_BITS,
)
#: All measures of a line of HTML; from the second number on they are bits.
HTML_COLUMNS = COLUMNS + PLACES
FIRST_BIT = len(HTML_COLUMNS) - len(_BITS)
_SHIFTS = np.arange(len(NAMES))[:, None]
_MAIN, _ARTICLE = TAG_BITS.index("main"), TAG_BITS.index("article")


class Places(NamedTuple):
    """What is known of a page of HTML.

    Attributes:
        measures: those of its text, with a row for each of ``HTML_COLUMNS``.
        first: for each line the first line of the elements one, two and four up.
        end: the line after their last.
        group: for each line a number, the same for lines in elements that are written alike.
    """

    measures: Measures
    first: Ints
    end: Ints
    group: Ints


def measure_html(lines: Sequence[str], gaps: Bools, markup: Markup, where: Ints) -> Places:
    """Measure a page of HTML.

    Args:
        lines: its lines, none of them blank.
        gaps: for each whether a blank one stands before it.
        markup: of the page.
        where: of each line its place in the markup's columns, in ascending order.

    Returns:
        The measures; they depend on nothing but the arguments.
    """
    if kernels is None:
        return measure_in_python(lines, gaps, markup, where)
    m = markup
    found = kernels.places(
        for_c(), list(lines), gaps, m.title, where, (m.element, m.linked, m.links, m.strong, m.size),
        (m.parent, m.depth, m.own, m.path, m.like, m.first, m.end), m.tags, _TAG_CLASS,
        (len(NAMES), len(_TAGS), UNSEEN, _MAIN, _ARTICLE),
    )  # fmt: skip
    rows, weight, words = (np.frombuffer(part, np.float32) for part in found[:3])
    bag, first_word, runs, first, end, group = (np.frombuffer(part, np.int64) for part in found[3:])
    measures = Measures(rows.reshape(len(HTML_COLUMNS), -1), weight, words, bag, first_word, runs)
    return Places(measures, first.reshape(3, -1), end.reshape(3, -1), group)


def measure_in_python(lines: Sequence[str], gaps: Bools, markup: Markup, where: Ints) -> Places:  # noqa: PLR0915
    """What :func:`measure_html` does, without the extension."""
    bare = [line[2:] if line[:2] == "- " else line.strip() for line in lines]
    if not all(bare):
        bare = [line or "-" for line in bare]
    own = look(bare)
    found = place(own, gaps)
    title = look([markup.title]).bag if markup.title else np.zeros(0, np.int64)
    n = len(where)
    count = len(markup.parent)
    parent = markup.parent
    element = markup.element[where]
    ups = [element]
    for _ in range(LEVELS[-1]):
        ups.append(parent[ups[-1]])
    above = ups[1]
    size = np.maximum(markup.size[where], 1).astype(np.float32)
    chars = size
    linked = (markup.linked[where] / size).astype(np.float32)
    reads = own.prose & (linked < MOST_LINKED)

    # What is in each element: a sum over the stretch of lines from its first to its last.
    first = where.searchsorted(markup.first)
    end = where.searchsorted(markup.end)
    sums = np.zeros((4, n + 1))
    total = sums[:, 1:]
    np.minimum(chars, 2000).cumsum(out=total[0])
    (np.minimum(chars, 2000) * linked).cumsum(out=total[1])
    reads.cumsum(out=total[2])
    vote = (1 + np.minimum(chars * 0.01, 3) + own.columns[12] ** 2) * (0.2 + own.prose)
    vote[(chars < SHORTEST_VOTER) | (linked >= MOST_LINKED)] = 0
    vote.cumsum(out=total[3])
    inside = (sums.take(end, axis=1) - sums.take(first, axis=1)).astype(np.float32)
    held = (end - first).astype(np.float32)
    all_chars, all_votes = max(1.0, float(total[0, -1])), max(1e-6, float(total[3, -1]))
    share = inside[0] / all_chars
    density = inside[1] / np.maximum(inside[0], 1)
    votes = np.zeros(count)
    for strength, up in zip(VOTES, ups, strict=False):
        votes += np.bincount(up, vote * strength, minlength=count)
    votes *= 1 - density
    winner = int(votes.argmax())
    nearest = (votes / max(float(votes[winner]), 1e-6)).astype(np.float32)

    x = np.empty((len(HTML_COLUMNS), n), np.float32)
    x[: len(COLUMNS)] = found.lines
    at = len(COLUMNS)
    order = np.arange(n)
    seen = markup.own & UNSEEN == 0
    children = np.bincount(parent[seen], minlength=count)
    line = x[at : at + len(_LINE)]
    line[0] = linked
    line[1] = np.log1p(markup.links[where])
    line[2] = markup.strong[where] / size
    line[3] = markup.depth[element] / 10
    line[4] = held[element] == 1
    line[5:7] = _titled(own, title)
    a, b = int(first[winner]), int(end[winner])
    within = (order >= a) & (order < b)
    line[7] = within
    for row, distance in zip(line[8:12], (order - a, b - 1 - order, a - order, order - b + 1), strict=True):
        np.log1p(np.maximum(distance, 0), out=row, dtype=np.float32, casting="unsafe")
    line[8:10] *= within
    shared = _shared_depth(markup, winner, first, end, n)
    line[12] = (markup.depth[element] - shared) / 4
    line[13] = (markup.depth[winner] - shared) / 4
    line[14] = markup.depth[winner] / 10
    line[15] = nearest[above]
    line[16, 0] = 0
    line[16, 1:] = element[1:] == element[:-1]
    line[17] = np.log1p(children[above])
    line[18] = (order - first[above]) / np.maximum(held[above], 1)
    copies = Counter(bare)
    line[19] = np.log1p([copies[text] for text in bare])
    _, group, alike = np.unique(markup.like[element], return_inverse=True, return_counts=True)
    line[20] = np.log1p(alike[group])
    line[21] = np.bincount(group, chars)[group] / all_chars
    at += len(_LINE)

    by_element = np.stack(
        [share, density, np.log1p(inside[2]), nearest, np.log1p(held), np.log1p(inside[0] / np.maximum(held, 1)),
         np.log1p(children)]
    ).astype(np.float32)  # fmt: skip
    for level in LEVELS:
        by_element.take(ups[level], axis=1, out=x[at : at + len(_LEVEL)], mode="clip")
        at += len(_LEVEL)
    everything = int(np.bitwise_or.reduce(markup.path[element])) if n else 0
    page = (
        inside[3, winner] / all_votes, share[winner], density[winner], np.log1p(all_chars),
        float(total[1, -1]) / all_chars, np.log1p(np.count_nonzero(seen)), everything >> _MAIN & 1,
        everything >> _ARTICLE & 1,
    )  # fmt: skip
    x[at : at + len(_PAGE)] = np.array(page, np.float32)[:, None]
    at += len(_PAGE)
    kind = np.array([_TAG_CLASS.get(markup.tags[i], -1) for i in element.tolist()])
    x[at : at + len(_TAGS)] = kind == np.arange(len(_TAGS))[:, None]
    at += len(_TAGS)
    own_bits = markup.own
    for bits in (own_bits[element], own_bits[element] | own_bits[above] | own_bits[ups[2]], markup.path[element]):
        x[at : at + len(NAMES)] = (bits >> _SHIFTS) & 1
        at += len(NAMES)
    around = np.stack([above, ups[2], ups[4]])
    return Places(found._replace(lines=x), first[around], end[around], group)


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


def _titled(own: Lines, title: NDArray[np.int64]) -> Floats:
    """The share of each line's words that the page's title has, and how much of the title they are."""
    out = np.zeros((2, len(own.runs)), np.float32)
    if len(title):
        of_title = np.zeros(BUCKETS, bool)
        of_title[title] = True
        known = of_title[own.bag]
        sums = np.zeros(len(known) + 1, np.int64)
        known.cumsum(out=sums[1:])
        found = sums[own.first + own.runs] - sums[own.first]
        out[0] = found / np.maximum(own.runs, 1)
        out[1] = np.minimum(found / len(title), 1) * out[0]
    return out
