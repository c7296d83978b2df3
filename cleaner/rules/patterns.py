"""A rule's pattern: where in a line it is tried, and on how much of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from cleaner.fold import fold
from cleaner.rules.slots import EDGES, fills

#: Seconds a pattern may spend on one line before it is set aside for that text.
PATTERN_TIMEOUT = 0.1
#: A line longer than this is text, not furniture: whole-line patterns are not tried on it.
LONGEST_LINE = 600
#: Words of a name that are written small have at most this many letters.
LONGEST_PARTICLE = 3
#: Small letters of the scripts that write names with capitals.
_SMALL = re.compile("[a-z\u00df-\u00ff\u03ac-\u03ce\u0430-\u045f\u0561-\u0587]")
#: Start and end patterns see this many characters of the line.
WINDOW = 240

#: How a pattern is set in its place. At the end of a line it must follow a mark, not the run of a sentence.
_FRAMES = {
    "line": r"(?:{})",
    "start": r"\W{{0,8}}(?:{})",
    "end": r"(?<=[^\w\s,;'’-]\s{{0,3}})\W{{0,8}}(?:{})\W{{0,8}}\Z",
    "anywhere": r"(?:{})",
}
#: What a line that ends in such a piece ends in at any rate, looked for from its end: a fraction of the time.
_ENDING = r"(?r)(?:{})\W{{0,8}}\Z"
_METHODS = {"line": "fullmatch", "start": "match", "end": "search", "anywhere": "search"}
_OPENERS = " \t([{|•·–—-»›→:,;/"


class Pattern:
    """One pattern of a rule, compiled when first needed.

    The package's own patterns are tested to be linear and run without a clock, by the faster ``re`` where it knows
    their
    syntax. A user's run by ``regex``, which can be stopped.
    """

    __slots__ = ("_ending", "_find", "at", "number", "source", "timed")

    def __init__(self, number: int, source: str, at: str, timed: bool) -> None:
        self.number = number
        self.source = source
        self.at = at
        self.timed = timed
        self._find: Callable[[str, int, int], Any] | None = None
        self._ending: Callable[[str, int], Any] | None = None

    def _compile(self) -> Callable[[str, int, int], Any]:
        import regex  # noqa: PLC0415

        own = f"(?x:{self.source[4:]})" if self.source.startswith("(?x)") else self.source  # as ``re`` will have it
        source = _FRAMES[self.at].format(own)
        method = _METHODS[self.at]
        find: Callable[[str, int, int], Any]
        if self.timed:
            find = partial(getattr(regex.compile(source, regex.IGNORECASE), method), timeout=PATTERN_TIMEOUT)
            return find
        if self.at == "end":
            self._ending = regex.compile(_ENDING.format(own), regex.IGNORECASE).match
        try:
            find = getattr(re.compile(source, re.IGNORECASE), method)
        except re.error:
            find = getattr(regex.compile(source, regex.IGNORECASE), method)
        return find

    def rest(self, line: str) -> str | None:
        """What stays of the line if the pattern acts on it: None if it does not, empty if all goes."""
        if self._find is None:
            self._find = self._compile()
        size = len(line)
        if self.at == "line":
            return "" if size <= LONGEST_LINE and self._find(line, 0, size) else None
        if self.at == "start":
            found = self._find(line, 0, min(WINDOW, size))
            return line[found.end() :].lstrip() if found else None
        if self.at == "end":
            start = max(0, size - WINDOW)
            if self._ending is not None and not self._ending(line, start):
                return None
            found = self._find(line, start, size)
            return line[: found.start()].rstrip(_OPENERS) if found else None
        return "" if self._find(line, 0, size) else None


class SlotPattern:
    """A phrase of literal text and one slot at its end: ``photo: {name}``. Nothing to compile."""

    __slots__ = ("number", "slot", "start")

    def __init__(self, number: int, start: str, slot: str) -> None:
        self.number = number
        self.start = start
        self.slot = slot

    def rest(self, line: str) -> str | None:
        """As :meth:`Pattern.rest`: empty if the line is the phrase, None if not."""
        if len(line) > LONGEST_LINE:
            return None
        folded = fold(line).lstrip(EDGES)
        if not folded.startswith(self.start) or not fills(self.slot, folded, len(self.start)):
            return None
        if self.slot == "{name}" and not _may_be_name(line[len(self.start) - len(folded) :]):
            return None
        return ""


def _may_be_name(text: str) -> bool:
    """Whether words could be a name: hardly any written small, and of those only particles ("van", "und")."""
    small = [word for word in text.split() if _SMALL.match(word)]
    return len(small) < 3 and sum(len(word) > LONGEST_PARTICLE for word in small) < 2
