"""From a page's outline to lines of text as a person would copy them, with what the markup says of each.

Nodes and pieces of text are numbered in the order they are written. What holds of a node holds of all nodes up to its
end, so that nearly everything here is a sum over columns, whatever the depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cleaner.markup.columns import Ints, Markup
from cleaner.markup.words import UNSEEN
from cleaner.read import tags as t
from cleaner.read.marks import mark
from cleaner.read.outline import Outline
from cleaner.read.said import cover, said, taken_out

Bools = NDArray[np.bool_]

#: Cells of a row stand on one line, with this between them, while the line is short.
BETWEEN_CELLS = " | "
LONGEST_ROW = 200
#: How strongly two pieces of text are parted: not at all, as cells of a row, as lines, as paragraphs.
CELLS, LINES, PARAGRAPHS = 1, 2, 3
#: How strongly an element's beginning parts, and its end.
BEGIN = np.where(t.IS_PARAGRAPH, PARAGRAPHS, np.where(t.IS_CELL, CELLS, np.where(t.IS_BLOCK | t.IS_BREAK, LINES, 0)))
END = np.where(t.IS_BREAK, 0, BEGIN)


@dataclass(slots=True)
class _Lines:
    """Lines in the making: parallel columns.

    ``where`` is the place of a line's first piece of text, ``parted`` how strongly it is parted from the line before,
    ``size`` its length without a bullet.
    """

    rows: list[str]
    where: Ints
    parted: Ints
    linked: Ints
    links: Ints
    strong: Ints
    size: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def take(self, rows: list[str], index: Ints, parted: Ints) -> _Lines:
        """Other lines made of these: for each its text, which line it is from, and how strongly it is parted."""
        return _Lines(
            rows, self.where[index], parted, self.linked[index], self.links[index], self.strong[index]
        )  # fmt: skip


def lines_of(page: Outline, *, marked: bool = False) -> tuple[list[str], Markup]:
    """Make lines of a page.

    Args:
        page: its outline.
        marked: write links, emphasis and code inside lines as markdown does.

    Returns:
        The rows of its text, a blank one where a paragraph's margin is, and their markup.
    """
    tag, parent, end = np.array(page.tag), np.array(page.parent), np.array(page.end)
    n = len(tag)
    is_text = tag == t.TEXT
    at = is_text.nonzero()[0]
    texts = page.text
    length = np.fromiter([len(text.strip()) for text in texts], np.int64, len(texts))
    real = length > 0

    is_block = t.IS_BLOCK[tag]
    is_block[0] = True
    held = ~is_text & (_between(np.bincount(at[real], minlength=n), end) > 0)
    held[0] = True
    own, unseen = said(page, held.nonzero()[0], tag, is_block)
    hidden: dict[int, str] = {}
    if unseen:
        texts = texts.copy()
        hidden = taken_out(texts, length, real, at, np.array(unseen), end)
    pre = tag == t.PRE
    in_pre = (cover(pre.nonzero()[0], end) > 0)[at] if pre.any() else None
    keep = (real if in_pre is None else real | in_pre).nonzero()[0]
    readings = (tag == t.READING).nonzero()[0].tolist()
    for i in readings:
        a, b = at.searchsorted([i, end[i]]).tolist()
        b -= 1
        if a <= b:
            texts[a] = "(" + texts[a].lstrip()
            texts[b] = texts[b].rstrip() + ")"

    if marked:
        texts = mark(texts, at, page, tag, end)
    lines = _broken(texts, length, at, keep, _forces(tag, end, is_block), tag, end, held)
    if in_pre is not None:
        lines = _verbatim(lines, texts, in_pre, at, keep)
    if CELLS in lines.parted[1:]:
        lines = _join_cells(lines)
    lines.size = np.fromiter(map(len, lines.rows), np.int64, len(lines.rows))
    _mark_items(lines, page, held, tag, end)
    if hidden:
        lines = _with_hidden(lines, hidden)
        is_block[list(hidden)] = True
        own[list(hidden)] = UNSEEN
    size = lines.size
    rows, line = _rows(lines)
    blocks = (held & is_block).nonzero()[0]
    number = np.zeros(n, np.int64)
    number[blocks] = np.arange(len(blocks))
    block_of = _settled(np.where(held & is_block, np.arange(n), parent))
    above = number[block_of[parent[blocks]]]
    kinds = tag[blocks].tolist()
    depth, path, like = _handed_down(above.tolist(), own[blocks].tolist(), kinds)
    return rows, Markup(
        line=line,
        element=number[block_of[lines.where]],
        linked=np.minimum(lines.linked, size),
        links=lines.links,
        strong=np.minimum(lines.strong, size),
        size=size,
        tags=[t.TAGS[i] for i in kinds],
        parent=above,
        depth=np.array(depth),
        own=own[blocks],
        path=np.array(path),
        like=np.array(like),
        first=lines.where.searchsorted(blocks),
        end=lines.where.searchsorted(end[blocks]),
    )  # fmt: skip


def empty_markup() -> Markup:
    """The markup of a page without a node."""
    return lines_of(Outline([None], [0], [], [0], [1]))[1]


def _between(counts: Ints, end: Ints) -> Ints:
    """For each node how many of what is counted at places lie inside it."""
    sums = np.zeros(len(counts) + 1, np.int64)
    counts.cumsum(out=sums[1:])
    inside: Ints = sums[end] - sums[:-1]
    return inside


def _settled(above: Ints) -> Ints:
    """Follow a step up until it leads nowhere else, in few rounds whatever the depth."""
    while True:
        further = above[above]
        if np.array_equal(further, above):
            return above
        above = further


def _with_hidden(lines: _Lines, hidden: dict[int, str]) -> _Lines:
    """Lines, and what was hidden in one as a line of its own below it, so that its cut is a cut like any other."""
    where = np.array(list(hidden), np.int64)
    before = lines.where.searchsorted(where)
    rows: list[str] = []
    done = 0
    for k, text in zip(before.tolist(), hidden.values(), strict=True):
        rows += lines.rows[done:k]
        rows.append(text)
        done = k
    rows += lines.rows[done:]
    length = np.fromiter(map(len, hidden.values()), np.int64, len(hidden))
    none = np.zeros(len(hidden), np.int64)
    columns = (where, none + LINES, none, none, none, length)
    old = (lines.where, lines.parted, lines.linked, lines.links, lines.strong, lines.size)
    return _Lines(rows, *(np.insert(a, before, b) for a, b in zip(old, columns, strict=True)))


def _forces(tag: Ints, end: Ints, is_block: Bools) -> Ints:
    """How strongly the text from each place on is parted from the text before it."""
    force = np.zeros(len(tag) + 1, np.int64)
    force[:-1] = BEGIN[tag]
    lists = t.IS_LIST[tag].nonzero()[0]
    inner = np.zeros(len(tag), bool)
    if len(lists):
        inner[lists] = cover(lists, end)[lists] > 1  # a list in a list's item stands close to it
        force[:-1][inner] = LINES
    after = np.zeros(len(tag) + 1, np.int64)
    for strength in (CELLS, LINES, PARAGRAPHS):
        after[end[((END[tag] == strength) & ~inner).nonzero()[0]]] = strength
    return np.maximum(force, after)


def _broken(  # noqa: PLR0917
    texts: list[str], length: Ints, at: Ints, keep: Ints, force: Ints, tag: Ints, end: Ints, held: Bools
) -> _Lines:
    """Break the text into lines."""
    none = np.zeros(0, np.int64)
    if not len(keep):
        return _Lines([], none, none, none, none, none)
    edges = np.append(0, at[keep] + 1)
    parting = np.maximum.reduceat(force, edges)[:-1]
    breaks = np.append(tag == t.BREAK, [False])
    parting[np.add.reduceat(breaks, edges, dtype=np.int64)[:-1] > 1] = PARAGRAPHS
    parting[0] = LINES
    start = parting.nonzero()[0]
    first = keep[start]
    stop = np.append(first[1:], len(texts))
    rows = [" ".join("".join(texts[a:b]).split()) for a, b in zip(first.tolist(), stop.tolist(), strict=True)]
    link, bold = (tag == t.LINK).nonzero()[0], t.IS_BOLD[tag].nonzero()[0]
    linked = np.add.reduceat(length * (cover(link, end)[at] > 0), first)
    strong = np.add.reduceat(length * (cover(bold, end)[at] > 0), first) if len(bold) else np.zeros(len(first), int)
    sums = np.zeros(len(tag) + 1, np.int64)
    ((tag == t.LINK) & held).cumsum(out=sums[1:])
    last = np.append(at[first[1:]], len(tag))
    links = sums[last] - sums[np.append(0, last[:-1])]
    return _Lines(rows, at[first], parting[start], linked, links, strong)


def _verbatim(lines: _Lines, texts: list[str], in_pre: Bools, at: Ints, keep: Ints) -> _Lines:
    """Give lines of ``<pre>`` their own line breaks and spaces back."""
    first = at.searchsorted(lines.where)
    stop = np.append(first[1:], len(texts)).tolist()
    rows: list[str] = []
    index: list[int] = []
    parted: list[int] = []
    for k, (a, row) in enumerate(zip(first.tolist(), lines.rows, strict=True)):
        force = int(lines.parted[k])
        if not in_pre[a]:
            rows.append(row)
            index.append(k)
            parted.append(force)
            continue
        b = stop[k]
        while b > a and not in_pre[b - 1]:
            b -= 1
        for piece in "".join(texts[a:b]).expandtabs(4).split("\n"):
            if piece.strip():
                rows.append(piece.rstrip())
                index.append(k)
                parted.append(force)
                force = LINES
            elif rows:
                force = PARAGRAPHS
    return lines.take(rows, np.array(index, np.int64), np.array(parted, np.int64))


def _join_cells(lines: _Lines) -> _Lines:
    """Put cells that are short on one line."""
    rows: list[str] = []
    index: list[int] = []
    for k, (row, force) in enumerate(zip(lines.rows, lines.parted.tolist(), strict=True)):
        if force == CELLS and rows and row[:1] != " " and len(rows[-1]) + len(row) <= LONGEST_ROW:
            rows[-1] += BETWEEN_CELLS + row
        else:
            rows.append(row)
            index.append(k)
    where = np.array(index, np.int64)
    joined = lines.take(rows, where, lines.parted[where])
    if len(where):
        for column in ("linked", "links", "strong"):
            setattr(joined, column, np.add.reduceat(getattr(lines, column), where))
    return joined


def _mark_items(lines: _Lines, page: Outline, held: Bools, tag: Ints, end: Ints) -> None:
    """Give items of lists their bullets and numbers."""
    items = ((tag == t.ITEM) & held).nonzero()[0]
    if not len(items):
        return
    count: dict[int, int] = {}
    target = lines.where.searchsorted(items).tolist()
    rows = lines.rows
    marks: dict[int, str] = {}
    for i, k, stop in zip(items.tolist(), target, end[items].tolist(), strict=True):
        around = page.parent[i]
        mark = "- "
        if page.tag[around] == t.ORDERED:
            if around not in count:
                start = (page.nodes[around].attributes or {}).get("start") or "1"
                count[around] = int(start) if start.isdecimal() and len(start) < 7 else 1
            mark = f"{count[around]}. "
            count[around] += 1
        if k < len(rows) and lines.where[k] < stop:
            marks[k] = mark
    for k, mark in marks.items():
        rows[k] = mark + rows[k]


def _rows(lines: _Lines) -> tuple[list[str], Ints]:
    """The rows with a blank one where a paragraph's margin is, and the line of each."""
    n = len(lines.rows)
    gaps = (lines.parted[1:] == PARAGRAPHS).nonzero()[0] + 1
    if not len(gaps):
        return lines.rows, np.arange(n)
    rows: list[str] = []
    done = 0
    for gap in gaps.tolist():
        rows += lines.rows[done:gap]
        rows.append("")
        done = gap
    rows += lines.rows[done:]
    return rows, np.insert(np.arange(n), gaps, -1)


def _handed_down(
    above: Sequence[int], own: Sequence[int], tags: Sequence[int]
) -> tuple[list[int], list[int], list[int]]:
    """How deep each element is, what it and all around it say, and a number for elements that are alike."""
    depth, path, like = [0], [own[0]], [0]
    for around, bits, tag in zip(above[1:], own[1:], tags[1:], strict=True):
        depth.append(depth[around] + 1)
        path.append(path[around] | bits)
        like.append((like[around] * 1_000_003 ^ bits * 64 + tag) & 0x7FFF_FFFF_FFFF)
    return depth, path, like
