"""Many phrases looked up in many lines: in C where that could be built, otherwise with sets and ``ahocorasick_rs``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation, MatchKind

from cleaner.fold import encodable
from cleaner.native import kernels
from cleaner.rules.slots import first_letter


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

    def lines(self, joined: bytes) -> Iterable[tuple[int, bytes]]:
        r"""Lines that are known.

        Args:
            joined: the lines, joined by ``"\n"``.

        Returns:
            Of each its number and itself; with the extension perhaps some that are not known.
        """
        if kernels is not None:
            found: list[tuple[int, bytes]] = kernels.may_be(self._filter, joined)
            return found
        lines = joined.split(b"\n")
        return compress(enumerate(lines), map(self._keys.__contains__, lines))


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
        self._filter = kernels.make_filter(self._heads, most) if kernels is not None else None

    def lines(self, lines: list[str]) -> Sequence[int]:
        """Numbers of the lines that may begin so: all that do, with the extension perhaps some others."""
        if kernels is not None:
            found: list[int] = kernels.may_start(self._filter, lines)
            return found
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


class Keywords:
    """Pieces of text, wherever in a line they stand.

    Args:
        keywords: the pieces. One that begins with a newline stands at a line's start.
    """

    def __init__(self, keywords: list[bytes]) -> None:
        self._finder = kernels.make_finder(keywords) if kernels is not None else None
        self._automaton = (
            None if self._finder is not None else BytesAhoCorasick(keywords, implementation=Implementation.DFA)
        )

    def lines(self, joined: bytes) -> Iterable[tuple[int, int]]:
        """Find them all.

        Args:
            joined: lines, a newline before each.

        Yields:
            (line, number of the keyword).
        """
        if kernels is not None and self._finder is not None:
            yield from kernels.find(self._finder, joined)
        elif self._automaton is not None:
            i, upto = -1, 0
            for keyword, start, _ in self._automaton.find_matches_as_indexes(joined, overlapping=True):
                if start >= upto:
                    i += joined.count(b"\n", upto, start + 1)
                    upto = start + 1
                yield i, keyword


class Longest:
    """Phrases in a line, one behind the other: the longest of those that begin first, then the same behind it.

    Args:
        phrases: the phrases.
    """

    def __init__(self, phrases: list[str]) -> None:
        self._phrases = phrases
        encoded = [phrase.encode("utf-8") for phrase in phrases] if kernels is not None else []
        self._finder = kernels.make_finder(encoded) if kernels is not None else None
        self._automaton: AhoCorasick | None = None

    def several(self, lines: list[str], share: float) -> Iterable[tuple[int, list[tuple[int, int, int]]]]:
        """Find lines with two phrases or more.

        Args:
            lines: the lines.
            share: those may be left out of whose letters the phrases are less than this share.

        Returns:
            Of each its number, and for each phrase in it (number of the phrase, start, end).
        """
        if not self._phrases or not lines:
            return ()
        if kernels is None:
            return self._several(lines)
        found: list[tuple[int, list[tuple[int, int, int]]]] = kernels.several(self._finder, lines, share)
        return found

    def _several(self, lines: list[str]) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
        if self._automaton is None:
            self._automaton = AhoCorasick(self._phrases, matchkind=MatchKind.LeftmostLongest)
        i = begin = 0
        found: list[tuple[int, int, int]] = []
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
