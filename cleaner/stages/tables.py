"""Tables drawn with lines, as manuals and terminals have them: the network takes their rows for furniture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from cleaner.native import kernels

#: What tables are drawn with; a row may begin and end with a plain bar as well.
_LINES, _PLAIN = range(0x2500, 0x2580), "+|"
_DRAWN = frozenset(map(chr, _LINES)) | {"+"}
_EDGES = _DRAWN | set(_PLAIN)
#: A line of so many such marks, or dashes between them, and nothing else is a border; a table has two.
_BORDER, _BORDERS = 5, 2
_BETWEEN = _EDGES | set("-=: ")
_first = itemgetter(0)


def is_drawn(lines: list[str], those: Iterable[int]) -> bool:
    """Whether some lines may be rows of a table."""
    if kernels is not None:
        found: bool = kernels.any_opens(lines, [*those], _LINES.start, _LINES.stop, _PLAIN)
        return found
    return is_drawn_in_python(lines, those)


def is_drawn_in_python(lines: list[str], those: Iterable[int]) -> bool:
    """What :func:`is_drawn` does, without the extension."""
    return not _EDGES.isdisjoint(map(_first, map(lines.__getitem__, those)))


def drawn(lines: Sequence[str]) -> list[int]:
    """The lines of all tables of a text."""
    borders = {i for i, line in enumerate(lines) if line[0] in _DRAWN and _is_border(line)}
    if len(borders) < _BORDERS:
        return []
    found: list[int] = []
    rows = groupby(range(len(lines)), lambda i: lines[i][0] in _EDGES and lines[i][-1] in _EDGES)
    for run in (list(run) for is_row, run in rows if is_row):
        if len(borders.intersection(run)) >= _BORDERS:
            found += run
    return found


def _is_border(line: str) -> bool:
    return len(line) >= _BORDER and line[-1] in _EDGES and _BETWEEN.issuperset(line)
