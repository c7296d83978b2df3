"""Many phrases looked up in many lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from ahocorasick_rs import AhoCorasick, MatchKind

from cleaner.fold import encodable
from cleaner.native import kernels
from cleaner.rules.slots import first_letter

#: A phrase in a line: its number, start and end.
Hit = tuple[int, int, int]
_NUMBER = re.compile("[0-9]+")


class Known:
    """Whole lines that are known.

    Args:
        keys: the lines.
    """

    def __init__(self, keys: frozenset[bytes]) -> None:
        self._keys = keys
        self._filter = kernels.make_filter(keys, 0) if kernels is not None else None

    def __contains__(self, line: bytes) -> bool:
        return line in self._keys

    def lines(self, joined: bytes) -> list[int]:
        r"""Lines that are known.

        Args:
            joined: the lines, joined by ``"\n"``.

        Returns:
            Their numbers; with the extension perhaps some of lines that are not known.
        """
        if kernels is not None:
            found: list[int] = kernels.may_be(self._filter, joined)
            return found
        lines = joined.split(b"\n")
        return list(compress(range(len(lines)), map(self._keys.__contains__, lines)))


def with_noughts(line: str) -> str:
    """A line with a nought for each of its numbers: lines that differ in them alone are the same phrase, or none.

    >>> with_noughts("page 12 of 1,250")
    'page 0 of 0,0'

    Args:
        line: the line, folded.
    """
    return _NUMBER.sub("0", line)


def recall(known: dict[str, int | None], lines: list[str], numbers: list[int]) -> tuple[dict[int, int], list[int]]:
    """Look up what was found of lines before.

    Args:
        known: line, as :func:`with_noughts` gives it -> what was found, None for nothing.
        lines: the lines.
        numbers: those of the lines that are looked up.

    Returns:
        Number of a line -> what was found, where that is not nothing; and the numbers of lines that are not known,
        which have a place in the table.
    """
    if kernels is not None:
        found: tuple[dict[int, int], list[int]] = kernels.recall(known, lines, numbers)
        return found
    return recall_in_python(known, lines, numbers)


def recall_in_python(
    known: dict[str, int | None], lines: list[str], numbers: list[int]
) -> tuple[dict[int, int], list[int]]:
    """What :func:`recall` does, without the extension."""
    found: dict[int, int] = {}
    others: list[int] = []
    for i in numbers:
        number = known.get(with_noughts(lines[i]), -1)
        if number == -1:
            others.append(i)
        if number is not None:
            found[i] = i if number == -1 else number
    return found, others


class Beginnings:
    """What lines begin with, from their first letter on.

    Args:
        starts: beginnings; empty ones do not count.
        most: so many characters of them are looked at.
    """

    def __init__(self, starts: Iterable[str], most: int) -> None:
        self._most = most
        self._heads = frozenset([start[:most] for start in starts if start])
        self._short = frozenset([len(head) for head in self._heads if len(head) < most])
        #: What the extension looks the beginnings up in.
        self.filter = kernels.make_filter(self._heads, most) if kernels is not None else None

    def lines(self, lines: list[str]) -> Sequence[int]:
        """Numbers of the lines that begin so."""
        heads, most, short = self._heads, self._most, self._short
        if not short:
            return [
                i
                for i, line in enumerate(lines)
                if (line[:most] if line[0].isalpha() else line[(at := first_letter(line)) : at + most]) in heads
            ]
        out: list[int] = []
        for i, line in enumerate(lines):
            start = line[:most] if line[0].isalpha() else line[(at := first_letter(line)) : at + most]
            if start in heads or any(start[:size] in heads for size in short):
                out.append(i)
        return out


class Longest:
    """Phrases in a line, one behind the other: the longest of those that begin first, then the same behind it.

    Args:
        phrases: the phrases.
    """

    def __init__(self, phrases: list[str]) -> None:
        self._phrases = phrases
        self._automaton: AhoCorasick | None = None

    def several(self, lines: list[str]) -> Iterator[tuple[int, list[Hit]]]:
        """Find lines with two phrases or more.

        Args:
            lines: the lines.

        Yields:
            Of each its number, and for each phrase in it (number of the phrase, start, end).
        """
        if not self._phrases or not lines:
            return
        if self._automaton is None:
            self._automaton = AhoCorasick(self._phrases, matchkind=MatchKind.LeftmostLongest)
        i = begin = 0
        found: list[Hit] = []
        for n, start, end in self._automaton.find_matches_as_indexes(encodable("\n".join(lines))):
            while start > begin + len(lines[i]):
                if len(found) > 1:
                    yield i, found
                begin += len(lines[i]) + 1
                i += 1
                found = []
            found.append((n, start - begin, end - begin))
        if len(found) > 1:
            yield i, found
