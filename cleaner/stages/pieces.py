"""Sentences that whatever took the text off its page broke at links and emphasis, a line for each piece.

A piece says little by itself: the network takes it for a menu's entry, or a page's head, while the rest of its sentence
stays. So a sentence of which enough stays is kept whole.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import compress

from cleaner.stages.prose import NARROW, breaks_off, is_prose
from cleaner.stages.wrapped import Text

#: What goes on with a sentence begins with a small letter or with one of these.
_GOES_ON = frozenset(",;.:)!?’”»%]،、。，；")
#: A sentence stays whole if at least this share of its characters would stay: from a half to a fifth it matters little.
STAYS = 1 / 3
#: At least this share of it is in pieces that are not short: menus too are written in small letters.
LONG = 0.5


def kept_whole(text: Text, cut: Sequence[int], again: Callable[[bytes], Sequence[int]]) -> Sequence[int]:
    """Spare pieces of sentences of which enough stays.

    Args:
        text: the text.
        cut: the lines that would go.
        again: decides once more, given which lines are there: those that go.

    Returns:
        The lines that go. If deciding again on what stays would not leave it as it is, those that would go.
    """
    spared = _spared(text, cut)
    if not spared:
        return cut
    gone = [i for i in cut if i not in spared]
    left = bytearray(text.standing or b"\x01" * len(text.lines))
    for i in gone:
        left[i] = 0
    now = again(bytes(left))
    return cut if set(now) - _spared(text._replace(standing=bytes(left)), now) else gone


def sentences(text: Text, cut: Iterable[int]) -> list[list[int]]:
    """The sentences in pieces of a text of which some would go and some would stay.

    >>> sentences(Text(["The harbour office says in a new report on", "its page", ", out now, it is shut."]), [1])
    [[0, 1, 2]]

    Args:
        text: the text.
        cut: the lines that would go.

    Returns:
        For each the places of its lines: a long one that ends no sentence, lines that go on with it, and single lines
        between two such (a link may begin with a capital). A blank line may stand above one that goes on.
    """
    lines = text.lines
    state = bytearray(text.standing or b"\x01" * len(lines))
    here = [*compress(range(len(lines)), state)]
    for i in cut:
        state[i] = 2
    fate = bytes(compress(state, state))
    above = array("q", text.blanks or bytes(8 * len(lines)))

    def goes_on(k: int) -> bool:
        return k < len(here) and ((c := lines[here[k]][0]) in _GOES_ON or c.islower())

    def joins(k: int) -> bool:
        before, gap = lines[here[k - 1]], above[here[k]] - above[here[k - 1]]
        if goes_on(k):
            return gap <= 1 and breaks_off(before, 0)
        return not gap and goes_on(k + 1) and above[here[k + 1]] == above[here[k]] and breaks_off(before, 0)

    found: list[list[int]] = []
    done = change = 0
    while here and (change := fate.find(3 - fate[change], change)) > 0:
        if change < done or not joins(change):
            continue
        start, end = change - 1, change + 1
        while start > done and joins(start):
            start -= 1
        while end < len(here) and joins(end):
            end += 1
        done = end
        while start < end and not breaks_off(lines[here[start]]):
            start += 1
        group = here[start:end]
        if len(group) > 1 and _is_running([lines[i] for i in group]):
            found.append(group)
    return found


def _is_running(parts: list[str]) -> bool:
    whole = " ".join(parts)
    return sum(len(part) for part in parts if len(part) >= NARROW) >= LONG * len(whole) and is_prose(whole)


def _spared(text: Text, cut: Sequence[int]) -> set[int]:
    """The lines among those cut that belong to a sentence of which enough stays."""
    gone = set(cut)
    spared: set[int] = set()
    for group in sentences(text, cut):
        those = gone.intersection(group)
        if sum(len(text.lines[i]) for i in those) <= (1 - STAYS) * sum(len(text.lines[i]) for i in group):
            spared |= those
    return spared
