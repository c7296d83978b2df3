r"""Repair ``unwrap``, off by default: join hard-wrapped lines to paragraphs and mend words broken at line ends.

Mail, RFCs and old plain-text pages break lines at a column. A stretch of lines is taken for wrapped if nearly every
line in it is as long as it could be: the next line's first word would not have fitted. Such a stretch becomes its
paragraphs, one line each, with a blank line between them; everything else is left alone.

A hyphen at a line's end goes and the word is closed up, unless the page writes the word with its hyphen elsewhere, the
next piece starts with a capital or a digit, or the hyphen stands for a dash.
"""

from __future__ import annotations

import re
from itertools import pairwise

from cleaner.repair.look import Look
from cleaner.repair.options import DEFAULT, RepairOptions

#: A wrapped stretch has at least this many lines,
FEWEST = 3
#: its longest line has a length between these,
NARROW, WIDE = 40, 120
#: and at least this share of its lines leave no room for the next line's first word.
SHARE = 0.75

_BROKEN_WORD = re.compile(r"([^\W\d_]+)[-\u2010]\Z")
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_HEAD = re.compile(r"[^\W\d_]+")
_LISTED = re.compile(r"[-–—*•·▪‣◦>|#+]\s|\(?(?:\d{1,3}|[a-zA-Z])[.)]\s")
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"


def unwrap(lines: list[str] | Look, options: RepairOptions = DEFAULT) -> list[str] | Look:
    r"""Join hard-wrapped lines.

    Args:
        lines: a text split at ``"\n"``, after the whitespace stage, or a look at it.
        options: not read here.

    Returns:
        As many lines, the same object if none changed: the first line of a paragraph holds all of it, the others are
        empty.
    """
    if isinstance(lines, Look):
        whole = lines.lines
        joined = unwrap(whole, options)
        return lines if joined is whole else joined
    text = "\n".join(lines)
    rows = lines if text.count("\n") < len(lines) else text.split("\n")
    changed: dict[int, str] = {}
    compounds = frozenset(_COMPOUND.findall(text)) if "-\n" in text else frozenset()
    start = 0
    for i in range(len(rows) + 1):
        if i == len(rows) or not rows[i]:
            if i - start >= FEWEST and _is_wrapped(rows[start:i]):
                _join(rows, start, i, compounds, changed)
            start = i + 1
    if not changed:
        return lines
    done = [changed.get(i, row) for i, row in enumerate(rows)]
    if rows is lines:
        return done
    rest = iter(done)
    joined = ["\n".join([next(rest) for _ in range(line.count("\n") + 1)]) for line in lines]
    return [old if old == new else new for old, new in zip(lines, joined, strict=True)]


def _is_wrapped(rows: list[str]) -> bool:
    width = max(map(len, rows))
    if not NARROW <= width <= WIDE or any(row[0] == " " or _LISTED.match(row) for row in rows):
        return False
    full = sum(_is_full(row, following, width) for row, following in pairwise(rows))
    return full >= SHARE * (len(rows) - 1)


def _is_full(row: str, following: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted on this one."""
    return len(row) + 1 + len(following.partition(" ")[0]) > width


def _join(rows: list[str], start: int, stop: int, compounds: frozenset[str], changed: dict[int, str]) -> None:
    """Note for each row of a stretch what becomes of it."""
    width = max(len(row) for row in rows[start:stop])
    first = start
    paragraph = rows[start]
    for i in range(start + 1, stop + 1):
        if i < stop and _is_full(rows[i - 1], rows[i], width):
            paragraph = _glue(paragraph, rows[i], compounds)
            changed[i] = ""
        else:
            # One line alone would else stand without a blank line before what follows, and read as part of it.
            alone = i == first + 1 and i < stop
            if alone or paragraph != rows[first]:
                changed[first] = paragraph + "\n" if alone else paragraph
            if i < stop:
                first, paragraph = i, rows[i]


def _glue(left: str, right: str, compounds: frozenset[str]) -> str:
    """Two lines as one, a word broken at the seam made whole."""
    if re.match(_UNSPACED, left[-1]) and re.match(_UNSPACED, right[0]):
        return left + right
    broken = _BROKEN_WORD.search(left[-80:])
    head = _HEAD.match(right)
    if left[-1] in "-\u2010" and left[-2:-1].isalnum():
        if broken is None or head is None or not right[0].islower():
            return left + right
        if f"{broken[1]}-{head[0]}" in compounds:
            return left + right
        return left[:-1] + right
    return f"{left} {right}"
