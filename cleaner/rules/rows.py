"""Lines in which several phrases stand in a row: "Home About us Contact", "Privacy PolicyTerms of Use"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from cleaner.fold import encodable, squash, without_digits
from cleaner.rules.rule import Rule
from cleaner.rules.slots import START, first_letter, is_short

#: Known phrases must make up this share of a row's words.
ROW_SHARE = 0.6
#: Two phrases that are all of a line are a row if they have this many letters ("Media contact" is a heading).
LETTERS_OF_TWO = 20
#: Shorter phrases are not looked for in rows that run together.
SHORTEST_IN_ROW = 4
#: So many letters of a phrase are compared before a line is searched for phrases.
OPENING = 8


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
        #: Of phrases found so far: letters, words, whether it is a link by itself, the rule if it counts alone or -1.
        self._facts: dict[int, tuple[int, int, int, int]] = {}
        #: How the phrases begin: head -> the phrases that are hardly longer.
        self.heads: dict[str, tuple[str, ...]] = dict.fromkeys([text[:START] for text in texts], ())
        for text in texts:
            if len(text) < OPENING:
                self.heads[text[:START]] += (text,)
        self._openings = frozenset([text[:OPENING] for text in texts])
        self._automaton = AhoCorasick(texts, matchkind=MatchKind.LeftmostLongest) if texts else None

    def find(self, lines: list[str]) -> dict[int, tuple[int, bool]]:
        """Find rows.

        Args:
            lines: folded lines that begin with a phrase, as :meth:`may_be` tells.

        Returns:
            Line -> (rule, whether it is furniture beyond doubt). Beyond doubt is a line of two or more phrases and
            nothing else, one of them of a rule that counts alone. The others are mostly menu phrases, at least three.
            A single word of a row must stand free; a longer phrase may be grown
            together with others.
        """
        if self._automaton is None:
            return {}
        text = "\n".join(lines)
        hits = self._automaton.find_matches_as_indexes(encodable(text))
        rows: dict[int, list[int]] = {}
        end_of_last = line_end = i = -1
        for k, (n, start, end) in enumerate(hits):
            while start > line_end:
                i += 1
                line_end += len(lines[i]) + 1
            size, words, link, sure = self._facts.get(n) or self._look_at(n)
            if words == 1:
                if start != end_of_last and text[start - 1 : start].isalpha():
                    continue
                if text[end : end + 1].isalpha() and (k + 1 == len(hits) or hits[k + 1][1] != end):
                    continue
            end_of_last = end
            row = rows.get(i)
            if row is None:
                rows[i] = [1, size, link, sure]
            else:
                row[0] += 1
                row[1] += size
                row[2] = max(link, row[2])
                row[3] = max(sure, row[3])
        found: dict[int, tuple[int, bool]] = {}
        for i, (count, size, link, sure) in rows.items():
            if count > 1:
                letters = len(without_digits(squash(lines[i])).decode("utf-8", "surrogatepass"))
                if size == letters and sure >= 0:
                    found[i] = (sure, True)
                elif self._row is not None and self._is_row(count, size, letters, bool(link)):
                    found[i] = (self._row, False)
        return found

    def may_be(self, line: str, start: str) -> bool:
        """Whether a line begins as a phrase does.

        Args:
            line: the line, folded.
            start: its :func:`~cleaner.rules.slots.head`.
        """
        short = self.heads.get(start)
        if short is None:
            return False
        at = 0 if line[0].isalpha() else first_letter(line)
        return line[at : at + OPENING] in self._openings or (short != () and line.startswith(short, at))

    def _look_at(self, n: int) -> tuple[int, int, int, int]:
        key = self._keys[n]
        number = self._phrases[key]
        rule = self._rules[number]
        sure = number if rule.alone and rule.run == 1 and not is_short(key) else -1
        letters = len(without_digits(squash(key.replace("#", ""))).decode("utf-8"))
        self._facts[n] = found = (letters, len(_bare(key).split()), int(rule.run == 1), sure)
        return found

    @staticmethod
    def _is_row(count: int, size: int, letters: int, link: bool) -> bool:
        if count > 2 and (size == letters or (link and size >= ROW_SHARE * letters)):
            return True
        return link and size == letters >= LETTERS_OF_TWO


def _bare(key: str) -> str:
    return key.replace("#", "").strip()
