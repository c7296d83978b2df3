"""A rule's pattern: where in a line it is tried, and on how much of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

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
_OPENERS = " \t([{|•·–—-»›→:,;/¶\uf0c1"
#: Marks that close, and what opens for each.
_CLOSERS = {
    ")": "(",
    "]": "[",
    "}": "{",
    '"': '"',
    "”": "“„",
    "“": "„",
    "’": "‘‚",
    "»": "«",
    "«": "»",
    "）": "（",
    "」": "「",
    "』": "『",
}
_STOPS = ".!?…。！？"


#: What in a pattern may stand for capitals, or for a letter that is like one of ASCII but for its case.
_CAPITALS = re.compile(r"\\[NPUux]|(?<!\\)[A-Z\u0130\u0131\u017f\u212a]|\(\?-i")


class _Compiled(NamedTuple):
    """A pattern in its place: how it is found, and what is asked first of a line that may end so."""

    find: Callable[[str, int, int], Any]
    ending: Callable[[str, int], Any] | None


class Pattern:
    """One pattern of a rule, compiled when first needed.

    The package's own patterns are tested to be linear and run without a clock, by the faster ``re`` where it knows
    their syntax. Where they name no capitals, lines of ASCII are made small for them: not to mind the case would take
    twice as long. A user's run by ``regex``, which can be stopped.
    """

    __slots__ = ("_any", "_small", "at", "folds", "number", "source", "timed")

    def __init__(self, number: int, source: str, at: str, timed: bool) -> None:
        self.number = number
        self.source = source
        self.at = at
        self.timed = timed
        self.folds = not timed and _CAPITALS.search(source) is None
        self._any: _Compiled | None = None
        self._small: _Compiled | None = None

    def _compile(self, flags: int) -> _Compiled:
        import regex  # noqa: PLC0415

        own = f"(?x:{self.source[4:]})" if self.source.startswith("(?x)") else self.source  # as ``re`` will have it
        source = _FRAMES[self.at].format(own)
        method = _METHODS[self.at]
        if self.timed:
            return _Compiled(partial(getattr(regex.compile(source, flags), method), timeout=PATTERN_TIMEOUT), None)
        ending = regex.compile(_ENDING.format(own), flags).match if self.at == "end" else None
        try:
            return _Compiled(getattr(re.compile(source, flags), method), ending)
        except re.error:
            return _Compiled(getattr(regex.compile(source, flags), method), ending)

    def rest(self, line: str) -> str | None:
        """What stays of the line if the pattern acts on it: None if it does not, empty if all goes."""
        size, text = len(line), line
        if size > LONGEST_LINE and self.at == "line":
            return None
        if self.folds and line.isascii():
            text = line.lower()
            find, ending = self._small = self._small or self._compile(0)
        else:
            find, ending = self._any = self._any or self._compile(int(re.IGNORECASE))
        if self.at == "start":
            found = find(text, 0, min(WINDOW, size))
            return line[found.end() :].lstrip() if found else None
        if self.at == "end":
            start = max(0, size - WINDOW)
            if ending is not None and not ending(text, start):
                return None
            found = find(text, start, size)
            return _before(line, found.start()) if found else None
        return "" if find(text, 0, size) else None


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


def _before(line: str, start: int) -> str:
    """What stands before a piece, with the marks that close what was opened there: ``(at last!). Read more``."""
    end = start
    while end < len(line) and _closes(line[:end], line[end]):
        end += 1
    if end == start:
        return line[:start].rstrip(_OPENERS)
    while end < len(line) and line[end] in _STOPS:
        end += 1
    return line[:end]


def _closes(text: str, mark: str) -> bool:
    """Whether a mark closes what a text has opened."""
    openers = _CLOSERS.get(mark)
    if openers is None:
        return False
    if mark in openers:
        return text.count(mark) % 2 == 1
    return sum(map(text.count, openers)) > text.count(mark)


def _may_be_name(text: str) -> bool:
    """Whether words could be a name: hardly any written small, and of those only particles ("van", "und")."""
    small = [word for word in text.split() if _SMALL.match(word)]
    return len(small) < 3 and sum(len(word) > LONGEST_PARTICLE for word in small) < 2
