"""Paragraphs that were broken at a column, as mail, manuals and text browsers break them.

Line by line they do not read as running text. A text is taken for broken if it has lines that go on with a sentence
broken off above, most of them under a line that had no room for their first word. The lines of such a paragraph are
judged as one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from itertools import compress
from typing import NamedTuple

from cleaner.page import Page
from cleaner.stages.prose import NARROW, blanks_above, going_on, is_prose

#: No column is further right.
WIDE = 132
#: So many lines at least must go on with a sentence, and of these so large a share must stand under a full one.
FEWEST, FULL = 3, 0.6
#: A line is full if the next one's first word would have gone past the column less so much: lists are set further in.
SLACK = 8
#: Of the lines that are not short no more than this share may go past the column by more than that.
BEYOND = 0.1
#: The column is the longest of this share of the lines that broke off: a link or a row of a table may stick out.
WITHIN = 0.9
#: A paragraph either reads as running text, or at least this share of its lines go on with a sentence.
SMALL = 1 / 3
#: A line that begins so is another item of a list.
_ITEM = frozenset("-–—*•·▪‣◦>|#+")
#: How often, at most, lines go because others went.
ROUNDS = 4
#: Lines of mere marks shorter than this are tidied away where a line next to them went.
LEFTOVER = 4

#: Decides on lines, given (their texts, which of them are there, which stay at any rate, the round): those that go, and
#: what tells why.
Judge = Callable[[list[str], bytes, bytearray, int], tuple[Sequence[int], Callable[[int], str]]]


class Text(NamedTuple):
    """A text whose lines are decided on.

    Attributes:
        lines: its lines, none blank.
        blanks: for each how many blank lines stand above it, as numbers of eight bytes; None for none above any.
        standing: for each 1 if it is there, 0 if it has gone; None if all are there.
        fixed: for each 1 if it stays at any rate; None if none does.
        links: those that are nothing but links.
    """

    lines: list[str]
    blanks: bytearray | None = None
    standing: bytes | None = None
    fixed: bytearray | None = None
    links: frozenset[int] = frozenset()


def paragraphs(text: Text) -> list[list[int]]:
    """The paragraphs of a text that were broken at a column.

    Args:
        text: the text.

    Returns:
        For each such paragraph the places of its lines, two or more. None of a text that is not broken at a column.
    """
    lines, blanks, standing = text[:3]
    small = going_on(lines, blanks, standing)
    if len(small) < FEWEST:
        return []
    every = standing or b"\x01" * len(lines)
    before = {i: every.rfind(1, 0, i) for i in small}
    sizes = sorted(len(lines[j]) for j in before.values())
    column = sizes[int(WITHIN * (len(sizes) - 1))]
    if column > WIDE:
        return []

    def is_full(i: int, j: int) -> bool:
        size = len(lines[j])
        return size <= column + SLACK and size + 1 + len(lines[i].partition(" ")[0]) > column - SLACK

    if sum(is_full(i, j) for i, j in before.items()) < FULL * len(small):
        return []
    here = [*compress(range(len(lines)), every)]
    long = [size for i in here if (size := len(lines[i])) >= NARROW]
    if sum(size > column + SLACK for size in long) > BEYOND * len(long):
        return []
    above = array("q", blanks or bytes(8 * len(lines)))

    def goes_on(i: int, j: int) -> bool:
        if i < 0 or above[i] != above[j] or lines[i][0] in _ITEM:
            return False
        return i in before or (len(lines[j]) >= NARROW and is_full(i, j))

    found: list[list[int]] = []
    now = here[:1]
    for i in [*here[1:], -1]:
        if goes_on(i, now[-1]):
            now.append(i)
            continue
        if len(now) > 1 and (
            len(before.keys() & now) >= SMALL * (len(now) - 1) or is_prose(" ".join([lines[i] for i in now]))
        ):
            found.append(now)
        now = [i]
    return found


def paragraphs_of(page: Page) -> dict[int, list[int]]:
    """The paragraphs of running text of a page that was broken at a column.

    Args:
        page: the page; lines already cut are there.

    Returns:
        Line -> the places of its paragraph's lines, two or more; empty if the text is not broken. HTML is not.
    """
    known: dict[int, list[int]] | None = page.facts.get("paragraphs")
    if known is None:
        lines = page.lines
        found = paragraphs(Text(lines, blanks_above(page))) if page.markup is None else []
        running = [paragraph for paragraph in found if _is_running([lines[j] for j in paragraph])]
        known = page.facts["paragraphs"] = {j: paragraph for paragraph in running for j in paragraph}
    return known


def _is_running(lines: list[str]) -> bool:
    """Whether a paragraph's lines are running text, which may lead to an example (":")."""
    text = " ".join(lines)
    return is_prose(text[:-1] + "." if text[-1] == ":" else text)


def decide_whole(judge: Judge, found: list[list[int]], text: Text) -> tuple[list[int], Callable[[int], str]]:
    """Decide which lines of a text go, each of its paragraphs as one line.

    What is left is judged again until nothing goes: deciding again on what comes out cuts none of it. If that has not
    settled after a few rounds, nothing goes.

    Args:
        judge: decides on lines.
        found: the text's paragraphs.
        text: the text.

    Returns:
        The lines that go, and what tells of each why.
    """
    lines, standing, fixed = text.lines, text.standing, text.fixed
    left = bytearray(standing or b"\x01" * len(lines))
    why: dict[int, Callable[[], str]] = {}
    for number in range(ROUNDS):
        texts, there, stays = lines.copy(), left.copy(), bytearray(fixed or bytes(len(lines)))
        whole = {paragraph[0]: paragraph for paragraph in found}
        for first, paragraph in whole.items():
            texts[first] = " ".join([lines[i] for i in paragraph])
            stays[first] = max(stays[i] for i in paragraph)
            for i in paragraph[1:]:
                there[i] = 0
        cut, explain = judge(texts, bytes(there), stays, number)
        if not cut:
            return sorted(why), lambda i: why[i]()
        for first in cut:
            for i in whole.get(first, (first,)):
                left[i] = 0
                why[i] = partial(explain, first)
        _tidy(left, lines)
        found = paragraphs(text._replace(standing=bytes(left)))
    return [], str


def _tidy(left: bytearray, lines: list[str]) -> None:
    """Take out lines of mere marks that stand next to one that went."""
    near = bytes(left)
    for i, line in enumerate(lines):
        if near[i] and len(line) < LEFTOVER and 0 in near[max(0, i - 1) : i + 2] and not any(map(str.isalnum, line)):
            left[i] = 0
