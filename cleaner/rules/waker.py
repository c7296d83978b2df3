"""Which patterns are worth trying on which lines: told by a keyword anywhere in a line, or by how it starts."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ahocorasick_rs import BytesAhoCorasick, Implementation

from cleaner.native import kernels
from cleaner.rules.slots import EDGES, START

#: Stage -> (line, pattern), in order.
Woken = dict[str, list[tuple[int, int]]]
#: The place of a pattern's stage among stages if its rule is off.
_OFF = 255


class Waker:
    """Patterns, each with its number, made ready to be woken.

    Args:
        stages: the stage of each; empty for one whose rule is off, which is never woken.
        wakes: keyword -> patterns of lines that hold it. One that begins with a newline stands at a line's start.
        starts: how the line of each pattern starts behind marks, with a letter; empty where that is not fixed. Those
            that begin otherwise are among the keywords.
        bound: pattern -> the language that it is bound to.
        always: patterns of every line.
    """

    def __init__(
        self,
        stages: Sequence[str],
        wakes: Mapping[str, tuple[int, ...]],
        starts: list[str],
        bound: Mapping[int, str],
        always: Iterable[int] = (),
    ) -> None:
        self._stages, self._wakes, self._bound = stages, wakes, bound
        self._starts = [start if start[:1].isalpha() else "" for start in starts]
        self._always = tuple(always)
        self._languages = {code: n for n, code in enumerate(sorted(set(bound.values())), 1)}
        self._waker = self._made() if kernels is not None else None
        self._automaton: BytesAhoCorasick | None = None
        #: Head -> patterns of lines that start so.
        self._heads: dict[str, list[int]] = {}

    def _made(self) -> object:
        """What the extension keeps."""
        assert kernels is not None
        names = tuple(dict.fromkeys(filter(None, self._stages)))
        place = {name: n for n, name in enumerate(names)} | {"": _OFF}
        languages = array("H", bytes(2 * len(self._starts)))
        for n, code in self._bound.items():
            languages[n] = self._languages[code]
        stages = bytes(map(place.__getitem__, self._stages))
        wakes = self._wakes
        return kernels.make_waker(
            list(wakes), list(wakes.values()), self._starts, stages, languages, names, self._always, EDGES
        )

    def woken(self, joined: bytes, language: str | None) -> Woken:
        """Find what to try.

        Args:
            joined: folded lines, a newline before each.
            language: that of the text.

        Returns:
            The patterns to try, by stage.
        """
        if kernels is not None:
            found: Woken = kernels.wake(self._waker, joined, self._languages.get(language or "", 0))
            return found
        bound, stages = self._bound, self._stages
        out: Woken = {}
        lines = joined.split(b"\n")[1:]
        pairs = {*self._by_keyword(joined), *self._by_start(lines)}
        pairs.update((i, n) for i in range(len(lines)) for n in self._always)
        for i, n in sorted(pairs):
            if stages[n] and bound.get(n, language) == language:
                out.setdefault(stages[n], []).append((i, n))
        return out

    def _by_keyword(self, joined: bytes) -> Iterator[tuple[int, int]]:
        if not self._wakes:
            return
        if self._automaton is None:
            keywords = [keyword.encode() for keyword in self._wakes]
            self._automaton = BytesAhoCorasick(keywords, implementation=Implementation.DFA)
        wakes = list(self._wakes.values())
        i, upto = -1, 0
        for keyword, start, _ in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            if start >= upto:
                i += joined.count(b"\n", upto, start + 1)
                upto = start + 1
            for n in wakes[keyword]:
                yield i, n

    def _by_start(self, lines: list[bytes]) -> Iterator[tuple[int, int]]:
        heads, starts = self._heads, self._starts
        if not heads:
            for n, start in enumerate(starts):
                if start:
                    heads.setdefault(start[:START], []).append(n)
        for i, encoded in enumerate(lines):
            line = encoded.decode("utf-8", "surrogatepass").lstrip(EDGES)
            for n in heads.get(line[:START], ()):
                if line.startswith(starts[n]):
                    yield i, n
