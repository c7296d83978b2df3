"""Lines in which several phrases stand in a row: "Home About us Contact", "Privacy PolicyTerms of Use"."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from sys import maxsize
from typing import Any

from cleaner.fold import count_letters
from cleaner.native import kernels
from cleaner.rules.lookup import Beginnings, Hit, Longest
from cleaner.rules.rule import Rule
from cleaner.rules.slots import START, first_letter, is_short

#: Known phrases must make up this share of a row's words.
ROW_SHARE = 0.6
#: Two phrases that are all of a line are a row if they have this many letters ("Media contact" is a heading).
LETTERS_OF_TWO = 20
#: Shorter phrases are not looked for in rows that run together.
SHORTEST_IN_ROW = 4
#: A row with one of these is a line of a program.
_CODE = re.compile(r"[{}=`]")
#: "3 views" counts by its number: "View documentation" is a heading.
_DIGIT = re.compile(r"\d")
#: So many letters of a phrase are compared before a line is searched for phrases.
OPENING = 8
#: What is known of a phrase, in so many numbers: 1, letters, words, whether it is a link by itself, the rule if it
#: counts alone or -1, and whether it has a number. All are nought if nothing is known yet.
_FACTS = 6


class Rows:
    """Finds rows of the phrases it was made with.

    Args:
        phrases: key of each phrase that may stand in a row -> number of its rule.
        rules: the rules by number.
        row: number of the rule for a row of words that prove nothing singly; None if that rule is off.
    """

    def __init__(self, phrases: Mapping[str, int], rules: Sequence[Rule], row: int | None) -> None:
        self._row = row
        self._rules = rules
        self._phrases = phrases
        self._keys = [key for key in phrases if len(key.strip("# ")) >= SHORTEST_IN_ROW]
        texts = [_bare(key) if "#" in key else key for key in self._keys]
        #: Of each phrase, found when first needed.
        self._facts = array("i", bytes(4 * _FACTS * len(texts)))
        #: How the phrases begin: head -> the phrases that are hardly longer.
        self.heads: dict[str, tuple[str, ...]] = dict.fromkeys([text[:START] for text in texts], ())
        for text in texts:
            if len(text) < OPENING:
                self.heads[text[:START]] += (text,)
        self._openings = frozenset([text[:OPENING] for text in texts])
        self._beginnings = Beginnings(self._openings, OPENING)
        self._longest = Longest(texts)
        self._finder = kernels.make_finder([text.encode() for text in texts]) if kernels is not None else None

    def find_among(
        self, lines: list[str], passed: bytes | bytearray, sizes: tuple[int, int, int], ends: str
    ) -> dict[int, tuple[int, bool]]:
        """Find rows among the lines of a page.

        Args:
            lines: folded lines, none of them empty.
            passed: for each 1 if it is passed over.
            sizes: the shortest row, the longest that may end with anything, and the longest.
            ends: what the longer ones do not end with.

        Returns:
            As :meth:`find`; lines that begin with a space are passed over.
        """
        if kernels is not None:
            return self._found(lines, self._beginnings.filter, passed, sizes, ends)
        shortest, short, longest = sizes
        numbers = [
            i
            for i in self._beginnings.lines(lines)
            if not passed[i]
            and shortest <= len(line := lines[i]) <= longest
            and (len(line) <= short or line[-1] not in ends)
            and line[0] != " "
        ]
        found = self.find([lines[i] for i in numbers])
        return {numbers[k]: row for k, row in found.items()}

    def find(self, lines: list[str]) -> dict[int, tuple[int, bool]]:
        """Find rows.

        Args:
            lines: folded lines, none of them empty.

        Returns:
            Line -> (rule, whether it is furniture beyond doubt). Beyond doubt is a line of two or more phrases and
            nothing else, one of them of a rule that counts alone. The others are mostly menu phrases, at least three.
            A single word of a row must stand free; a longer phrase may be grown
            together with others.
        """
        if kernels is not None:
            return self._found(lines)
        numbers = [k for k, line in enumerate(lines) if self.may_be(line)]
        hits = self._longest.several([lines[k] for k in numbers])
        return self._rows_of(lines, [(numbers[k], found) for k, found in hits])

    def _found(self, lines: list[str], starts: Any = None, *among: Any) -> dict[int, tuple[int, bool]]:
        """What the extension finds, in lines that it is told of."""
        assert kernels is not None
        made = (self._finder, self._facts, self._look_at, ROW_SHARE, -1 if self._row is None else self._row)
        found = kernels.rows(*made, lines, starts, *(among or (None, (1, maxsize, maxsize), "")))
        return {i: (number, is_sure) for i, number, is_sure in found if self.may_be(lines[i])}

    def _rows_of(self, lines: list[str], hits: Iterable[tuple[int, list[Hit]]]) -> dict[int, tuple[int, bool]]:
        found: dict[int, tuple[int, bool]] = {}
        for k, phrases in hits:
            if (row := self._row_of(lines[k], phrases)) is not None and self.may_be(lines[k]):
                found[k] = row
        return found

    def _row_of(self, line: str, hits: list[Hit]) -> tuple[int, bool] | None:
        """What :meth:`find` says of a line, given the phrases in it."""
        letters = count_letters(line)
        if len(hits) == 2 and hits[0][2] - hits[0][1] + hits[1][2] - hits[1][1] < letters:
            return None  # two must be all of it
        facts = self._facts
        count = size = link = 0
        sure = end_of_last = -1
        for k, (n, start, end) in enumerate(hits, 1):
            if not facts[_FACTS * n]:
                self._look_at(n)
            _, own, words, is_link, is_sure, counted = facts[_FACTS * n : _FACTS * (n + 1)]
            if words == 1:
                if start != end_of_last and line[start - 1 : start].isalpha():
                    continue
                if line[end : end + 1].isalpha() and (k == len(hits) or hits[k][1] != end):
                    continue
            end_of_last = end
            count += 1
            size += own
            link |= is_link
            if is_sure > sure and not (counted and _DIGIT.search(line) is None):
                sure = is_sure
        found = None
        if count > 1:
            if size == letters and sure >= 0:
                found = sure, True
            elif self._row is not None and self._is_row(count, size, letters, bool(link)):
                found = self._row, False
        return None if found is None or _CODE.search(line) else found

    def may_be(self, line: str) -> bool:
        """Whether a folded line begins as a phrase does; no other is a row."""
        at = 0 if line[0].isalpha() else first_letter(line)
        if line[at : at + OPENING] in self._openings:
            return True
        short = self.heads.get(line[at : at + START], ())
        return short != () and line.startswith(short, at)

    def _look_at(self, n: int) -> None:
        """Put down what is known of a phrase."""
        key = self._keys[n]
        number = self._phrases[key]
        rule = self._rules[number]
        sure = number if rule.alone and rule.run == 1 and not is_short(key) else -1
        letters = count_letters(key.replace("#", ""))
        facts = (1, letters, len(_bare(key).split()), rule.run == 1, sure, "#" in key)
        self._facts[_FACTS * n : _FACTS * (n + 1)] = array("i", facts)

    @staticmethod
    def _is_row(count: int, size: int, letters: int, link: bool) -> bool:
        if count > 2 and (size == letters or (link and size >= ROW_SHARE * letters)):
            return True
        return link and size == letters >= LETTERS_OF_TWO


def _bare(key: str) -> str:
    return key.replace("#", "").strip()
