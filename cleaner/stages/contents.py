"""Tables of contents by number, which books and standards have: "1.", "1.1.", "1.1.1.", "1.2.".

The network takes them for the menus they look like, and what stands between them for a page's head. No page's menu
counts its entries so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: So many entries must each be the next one after the entry before.
ENTRIES = 20
_NUMBERED = re.compile(r"\d{1,3}(?:\.\d{1,3})*\.?(?=\s)")


def has_contents(lines: Iterable[str]) -> bool:
    """Whether some lines are entries of a table of contents.

    >>> has_contents([f"{part}.{i} On knots" for part in (1, 2, 3) for i in range(1, 9)])
    True

    Args:
        lines: the lines, in order; others may stand among the entries.
    """
    before: tuple[int, ...] = ()
    count = 0
    for line in lines:
        found = _NUMBERED.match(line)
        if found is None:
            continue
        number = tuple(map(int, found.group().rstrip(".").split(".")))
        count += len(before) + len(number) > 2 and _follows(before, number)
        if count == ENTRIES:
            return True
        before = number
    return False


def _follows(before: tuple[int, ...], number: tuple[int, ...]) -> bool:
    """Whether a number is the next one: of the first section in it, or of the section after it or one it is in."""
    if number == (*before, 1):
        return True
    depth = len(number)
    return depth <= len(before) and number == (*before[: depth - 1], before[depth - 1] + 1)
